"""Who may do what to a filing, each with a sentence for the person; empty when nothing stands against it.

``project`` None: a filing of the organisation, for which tenant-wide roles count.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from assessments.reviews import segregation
from compliance.filings.models import GUARDIANS, Filing, FilingEvent
from compliance.filings.states import (
    BEFORE_AUTHORITY,
    NEEDS_SECOND,
    OFFICER,
    OVER,
    OWED,
    REVIEWER,
    SETTLED,
    STEP_TAKERS,
    FilingDecision,
    FilingState,
)
from portal.core.access import Actor
from portal.permissions import EXECUTIVE
from portal.projects.access import ACTS_AS, may_on_project, project_roles_of
from portal.projects.models import Project

DECIDE, SECOND, WORK = "compliance.decide_filing", "compliance.second_filing", "compliance.work_filing"
VIEW_ALL, VIEW = "compliance.view_filings", "compliance.view_project_filings"
# Security and compliance stand first: a person of several roles acts in the one that rule S2 asks for.
_PREFERRED = ("compliance", "security")


def may(actor: Actor, permission: str, project: Project | None) -> bool:
    """Holds the permission tenant-wide or on the project."""
    return actor.may(permission) if project is None else may_on_project(actor, permission, project)


def roles_of(actor: Actor, project: Project | None) -> frozenset[str]:
    """Roles in which the person can act on a filing: of the project, and the tenant-wide ones in their names of the catalogue."""
    standing = frozenset(ACTS_AS.get(key, key) for key in actor.roles if key in ACTS_AS or key == EXECUTIVE)
    return standing if project is None else standing | project_roles_of(actor, project)


def deciding_role(actor: Actor, project: Project | None) -> str:
    """The role in which a first decision is recorded; empty for a person without any."""
    return _best(roles_of(actor, project))


def seconding_role(actor: Actor, project: Project | None, decided_role: str) -> str:
    """The role in which the person can stand beside a decision made as ``decided_role`` (rule S2); empty for none."""
    others = roles_of(actor, project) - {decided_role}
    if decided_role not in GUARDIANS:
        others &= set(GUARDIANS)
    return _best(others)


def _best(roles: Collection[str]) -> str:
    return min(roles, key=lambda role: (_PREFERRED.index(role) if role in _PREFERRED else len(_PREFERRED), role), default="")


def _why_not_judge(actor: Actor, project: Project | None, permission: str) -> str:
    """S6, S3 and the permission, for both people of a decision."""
    refusal = segregation.why_no_judge(actor, project)
    if not refusal and project is not None:
        refusal = segregation.why_not_owner(project, actor)
    if not refusal and not may(actor, permission, project):
        refusal = _("Decisions on filings are made by the compliance officer.")
        if permission == SECOND:
            refusal = _("Decisions on filings are seconded by security, compliance or the executive sponsor.")
    return refusal


def why_not_decide(actor: Actor, project: Project | None) -> str:
    """Why the person cannot decide whether a filing applies."""
    refusal = _why_not_judge(actor, project, DECIDE)
    if not refusal and not deciding_role(actor, project):
        refusal = _("You hold no role in which this decision could be recorded.")
    return refusal


def why_not_second(actor: Actor, project: Project | None, row: Filing | None) -> str:
    """Why the person cannot be the second one of a decision."""
    if row is None or row.decision == FilingDecision.NONE:
        return _("There is no decision to second yet.")
    if row.second_person_id is not None:
        return _("Two people have decided this already.")
    refusal = _why_not_judge(actor, project, SECOND)
    if refusal:
        return refusal
    if row.decided_person_id == actor.person_id:
        return _("You made this decision yourself. Rule S2 asks for a second person.")
    if not seconding_role(actor, project, row.decided_role):
        return _("Rule S2 asks for two different roles, one of them security or compliance. Your role does not complete the pair.")
    return ""


def why_not_withdraw(actor: Actor, project: Project | None, wish: FilingEvent | None) -> str:
    """Why the person cannot take a decision back; ``wish``: that of a first person, where two are needed (``taking_back``).

    Of a wish: why the person can neither agree nor object.
    """
    if wish is None:
        return why_not_decide(actor, project)
    refusal = _why_not_judge(actor, project, SECOND)
    if refusal:
        return refusal
    if wish.done_by is not None and wish.done_by.person_id == actor.person_id:
        return _("You asked for this yourself. Rule S2 asks for a second person; until then the decision counts.")
    if not seconding_role(actor, project, str(wish.detail.get("role", ""))):
        return _("Rule S2 asks for two different roles, one of them security or compliance. Your role does not complete the pair.")
    return ""


def why_not_work(actor: Actor, project: Project | None) -> str:
    """Why the person cannot carry a filing through."""
    refusal = segregation.why_no_judge(actor, project)
    if not refusal and not may(actor, WORK, project):
        refusal = _("Filings are carried through by compliance or the business owner.")
    return refusal


def why_not_take(actor: Actor, project: Project | None, row: Filing | None, to: str) -> str:
    """Why this person cannot take this step (``states.STEP_TAKERS``); the state of the filing itself is :func:`why_not_step`."""
    refusal = why_not_work(actor, project)
    taker = STEP_TAKERS.get(to, "")
    if refusal or not taker or may(actor, DECIDE, project):
        return refusal
    if taker == OFFICER:
        return _("This step is recorded by compliance.")
    if taker == REVIEWER and row is not None and row.state == FilingState.INTERNAL_REVIEW:
        handed = FilingEvent.objects.filter(filing=row, verb="stepped", new_state=FilingState.INTERNAL_REVIEW)
        handed = handed.select_related("done_by").order_by("-done_at", "-id")
        last = handed.first()
        if last is None or last.done_by is None or last.done_by.person_id == actor.person_id:
            return _("You prepared this yourself. Compliance or a second person reviews it.")
    return ""


def why_not_correct(actor: Actor, project: Project | None, to: str) -> str:
    """Why this person cannot correct what the step to ``to`` was given: whoever records what an authority decided corrects it too."""
    refusal = why_not_work(actor, project)
    if not refusal and STEP_TAKERS.get(to) == OFFICER and not may(actor, DECIDE, project):
        refusal = _("This step is recorded by compliance.")
    return refusal


def why_not_step(row: Filing | None, to: str) -> str:
    """What about the filing itself stands against a step, besides the table of steps."""
    # What the authority has must be told of a change or an end whatever became of our decision since; nothing leaves the house with this.
    if row is not None and to in OWED and row.state in SETTLED | OWED:
        return ""
    if row is None or row.decision == FilingDecision.NONE:
        return _("Compliance has not decided yet whether this filing applies.")
    if row.decision == FilingDecision.REJECTED:
        return _("This filing was found not applicable.")
    if to in NEEDS_SECOND and row.second_person_id is None:
        return _("The decision waits for a second person (rule S2). The filing can be prepared, but not submitted or closed.")
    return ""


def why_not_reject(row: Filing | None) -> str:
    """A filing that the authority knows of cannot be found not applicable any more, until it is over there."""
    if row is not None and row.state not in BEFORE_AUTHORITY | OVER:
        return _("The authority has this filing already. Withdraw or cancel it there first, and record the step here.")
    return ""
