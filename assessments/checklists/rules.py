"""Who may do what with an item, each with a sentence for the person; empty when nothing stands against it.

Answering needs the permission on the project and a reason to answer this very item: the role that the catalogue names, the
business owner's responsibility for the whole, an assignment, or a grant to contribute. Auditors and administrators never
answer, whatever else they hold (S6). The PMO runs the flow (S7) and the executive sponsor decides: in these capacities people
answer nothing but the items for which the catalogue names that very role.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from assessments.checklists.models import Answer, Comment
from portal.catalogue import Catalogue, catalogue
from portal.catalogue.parts.items import Item
from portal.core import formats
from portal.core.access import Actor
from portal.core.permissions import GRANT_CONTRIBUTE
from portal.projects.access import may_on_project, project_roles_of
from portal.projects.models import Project, ProjectGroupGrant, ProjectUserGrant
from portal.projects.states import Stage
from portal.roles.models import TeamMember

BUSINESS_OWNER, SPONSOR, PMO, AUDITOR, ADMINISTRATOR = "business_owner", "exec_sponsor", "pmo", "auditor", "administrator"
# Roles that carry no answer of their own: who holds only these answers nothing but items that name the role.
_STEERING = frozenset({SPONSOR, PMO, AUDITOR})
CLOSED_STAGES = (Stage.STOPPED, Stage.RETIRED)


def why_only_reads(actor: Actor, project: Project | None) -> str:
    """S6: auditors change nothing, whatever else they hold."""
    if AUDITOR in actor.roles or (project is not None and AUDITOR in project_roles_of(actor, project)):
        return _("Auditors read everything and change nothing (rule S6).")
    return ""


def why_no_judge(actor: Actor, project: Project | None) -> str:
    """S6: who neither answers nor approves, whatever else he or she holds. ``project`` None: what belongs to the organisation."""
    if refusal := why_only_reads(actor, project):
        return refusal
    if ADMINISTRATOR in actor.roles:
        return _("Administrators grant roles; they neither answer nor approve (rule S6).")
    return ""


def why_closed(project: Project) -> str:
    """Nothing is answered, reviewed or waived in a project that is over."""
    return _("This project is closed. Its checklists can be read, not changed.") if project.stage in CLOSED_STAGES else ""


def why_read_only(actor: Actor, project: Project) -> str:
    """What keeps the person from changing anything in this checklist."""
    return why_no_judge(actor, project) or why_closed(project)


def why_not_answer(actor: Actor, project: Project, item: Item, answer: Answer) -> str:
    """Why the actor cannot answer this item of this project."""
    refusal = why_read_only(actor, project)
    if refusal:
        return refusal
    roles = project_roles_of(actor, project)
    if item.answered_by in roles & {PMO, SPONSOR}:
        return ""
    if roles and roles <= _STEERING:
        if SPONSOR in roles:
            return _("The executive sponsor answers only {items}.").format(items=", ".join(items_of_role(catalogue_of(answer), SPONSOR)))
        return _("The PMO checks completeness and runs the flow; it answers only {items} (rule S7).").format(
            items=", ".join(items_of_role(catalogue_of(answer), PMO))
        )
    if not may_on_project(actor, "assessments.answer_item", project):
        return _("Your role in this project does not include answering.")
    if item.answered_by in roles or BUSINESS_OWNER in roles:
        return ""
    if answer.assignee_id == actor.user_id:
        return ""
    if has_contribute_grant(actor, project):
        return ""
    name = formats.in_language(catalogue_of(answer).roles[item.answered_by].name)
    return _("This item is answered by: {role}. Ask the business owner to assign it to you.").format(role=name)


def catalogue_of(answer: Answer) -> Catalogue:
    """The version of the content that the answer's assessment is on."""
    return catalogue(answer.assessment.catalogue_id)


def items_of_role(content: Catalogue, role: str) -> tuple[str, ...]:
    """Items for which the catalogue names the role as the one who answers; figures that compute themselves aside."""
    return _items_of_role(content.version, role)


@cache
def _items_of_role(version: str, role: str) -> tuple[str, ...]:
    return tuple(item.id for item in catalogue(version).items.values() if item.answered_by == role and not item.computed)


def has_contribute_grant(actor: Actor, project: Project) -> bool:
    """Whether the project was shared with the account, or a team of it, for contributing. Two queries, seldom needed."""
    wanted = {"content_object_id": project.pk, "permission__codename": GRANT_CONTRIBUTE, "tenant_id": actor.tenant_id}
    if ProjectUserGrant.objects.filter(user_id=actor.user_id, **wanted).exists():
        return True
    groups = TeamMember.objects.filter(user_id=actor.user_id).values("team__group_id")
    return ProjectGroupGrant.objects.filter(group_id__in=groups, **wanted).exists()


def why_not_add_evidence(actor: Actor, project: Project) -> str:
    """Why the actor cannot add proofs to the project's library."""
    refusal = why_read_only(actor, project)
    if refusal or may_on_project(actor, "assessments.add_evidence", project):
        return refusal
    return _("Your role in this project does not include adding evidence.")


def why_not_remove_evidence(actor: Actor, project: Project, evidence: Any) -> str:
    """Why the actor cannot remove a proof: whoever added it does, or the business owner."""
    refusal = why_not_add_evidence(actor, project)
    if refusal:
        return refusal
    if evidence.added_by_id == actor.user_id or BUSINESS_OWNER in project_roles_of(actor, project):
        return ""
    return _("A proof is removed by the person who added it or by the business owner.")


def why_not_comment(actor: Actor, project: Project) -> str:
    """Why the actor cannot comment on items of the project."""
    if refusal := why_only_reads(actor, project):
        return refusal
    if not may_on_project(actor, "assessments.comment_item", project):
        return _("Your role in this project does not include commenting.")
    return ""


def why_not_remove_comment(actor: Actor, comment: Comment) -> str:
    """Why the actor cannot remove a comment: only the author does."""
    return "" if comment.author_id == actor.user_id else _("A comment is removed by its author.")


def why_not_assign(actor: Actor, project: Project) -> str:
    """Why the actor cannot hand items to people."""
    if AUDITOR in actor.roles or project.stage in CLOSED_STAGES:
        return why_read_only(actor, project)
    if not may_on_project(actor, "assessments.assign_item", project):
        return _("Items are assigned by the business owner or the PMO.")
    return ""


def why_not_run_calculator(actor: Actor, project: Project) -> str:
    """Why the actor cannot enter figures in a calculator of the project."""
    refusal = why_read_only(actor, project)
    if refusal or may_on_project(actor, "assessments.run_calculator", project):
        return refusal
    return _("Your role in this project does not include entering figures.")
