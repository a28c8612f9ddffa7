"""Segregation of duties (catalogue: segregation.yaml, S1 to S8): who may approve, sign or waive, and why not.

Every function answers with a sentence for the person, empty when nothing stands against the act. The database holds S1, S2
and S5 as constraints as well; these functions come first so that people read a reason and not a constraint's name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.checklists.people import members_who_see
from assessments.checklists.rules import why_no_judge, why_read_only
from assessments.reviews.queries import delegations_to
from portal.core.access import Actor
from portal.projects.access import ACTS_AS, project_roles_of
from portal.projects.models import Project, ProjectMember
from portal.roles.models import MembershipRole
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class Authority:
    """In which role somebody acts, and on whose delegation if not on the own."""

    role: str
    delegation_id: UUID | None = None


def holders_of(project: Project, role: str, on: date | None = None) -> set[int]:
    """Accounts that hold the catalogue role on the project today: holders, deputies, and tenant-wide stand-ins who can see it."""
    return holders_by_role(project, (role,), on)[role]


def holders_by_role(project: Project, roles: Collection[str], on: date | None = None) -> dict[str, set[int]]:
    """``holders_of`` for several roles at once, in at most two statements.

    Who stands in tenant-wide holds the role on a confidential project only when cleared for such projects or named on this one:
    these people are told of the project by name.
    """
    today = on or organisation_today()
    found: dict[str, set[int]] = {role: set() for role in roles}
    current = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    for role, user in ProjectMember.objects.filter(current, project=project, role_key__in=roles).values_list("role_key", "user_id"):
        found[role].add(user)
    if "exec_sponsor" in found and project.sponsor_id:
        found["exec_sponsor"].add(project.sponsor_id)
    standing = [key for key, acts in ACTS_AS.items() if acts in found]
    if standing:
        links = MembershipRole.objects.filter(role__kind="tenant", role__key__in=standing, membership__active=True)
        if project.confidential:
            links = links.filter(membership_id__in=members_who_see(project).order_by().values("pk"))
        for key, user in links.values_list("role__key", "membership__user_id"):
            found[ACTS_AS[key]].add(user)
    return found


def authority_for(actor: Actor, project: Project, role: str, *, barred: Collection[int | None] = ()) -> Authority | None:
    """How the actor may act in ``role`` on this project: by holding it, or by a delegation in force from a holder (S8).

    ``barred``: ids of persons who could not act themselves and therefore let nobody act for them (S1, S3, S4 by way of S8).
    """
    if role in project_roles_of(actor, project):
        return Authority(role)
    given = [one for one in delegations_to(actor) if one.project_id in (None, project.pk) and one.role_key in ("", role)]
    if not given:
        return None
    # Like the own roles on the project, looked up once per request: lists ask for every row.
    known: Any = actor.project_cache
    holders = known.get((project.pk, role))
    if holders is None:
        holders = known[project.pk, role] = holders_of(project, role)
    able = (one for one in given if one.giver_id in holders and one.giver.person_id not in barred)
    return next((Authority(role, one.pk) for one in able), None)


def why_not_owner(project: Project, actor: Actor) -> str:
    """S3: nobody approves a project that he or she owns."""
    owner_person = project.owner.person_id
    if actor.person_id == owner_person:
        return _("You own this project, so a deputy of the role or the next higher level has to approve it.")
    return ""


def persons_who_answered(answer: Any) -> set[int]:
    """Ids of the person who answered: as stored then, and as the account is linked now (S1 holds for people, not accounts)."""
    found = {answer.answered_person_id, answer.answered_by.person_id if answer.answered_by_id else None}
    return {person for person in found if person is not None}


def approving_authority(actor: Actor, project: Project, item: Any, answer: Any) -> Authority | None:
    """In which role the actor could approve the answer; nobody who answered it or owns the project delegates that."""
    barred = {*persons_who_answered(answer), project.owner.person_id}
    return authority_for(actor, project, item.approved_by, barred=barred)


def why_not_approve(actor: Actor, project: Project, item: Any, answer: Any) -> str:
    """S1, S2, S3, S6, S7 for one item: empty when the actor may approve it in the item's approver role.

    ``item`` is the catalogue item of the assessment's version; ``answer`` its row.
    """
    refusal = why_read_only(actor, project)
    if refusal:
        return refusal
    if actor.person_id in persons_who_answered(answer):
        return _("You answered this item yourself. Somebody else has to approve it.")
    refusal = why_not_owner(project, actor)
    if refusal:
        return refusal
    if approving_authority(actor, project, item, answer) is None:
        return _("This item is approved by another role of the project.")
    return ""


def lacks_guardian(item: Any, rule: Any) -> bool:
    """S2: for the listed dimensions and items one of the two roles must be security or compliance.

    The catalogue names the two roles of every item; this says whether they leave the rule unmet, so that a catalogue with
    such a fault is refused at review time rather than silently accepted.
    """
    listed = item.dimension in (rule.dimensions or ()) or item.id in (rule.items or ())
    return listed and not ({item.answered_by, item.approved_by} & set(rule.roles or ()))


def why_not_sign(actor: Actor, project: Project, role: str, approvers: Iterable[str]) -> str:
    """S2, S3, S6, S8 for one role's signature at a gate."""
    refusal = why_no_judge(actor, project) or why_not_owner(project, actor)
    if refusal:
        return refusal
    if role not in set(approvers):
        return _("This gate is not signed by that role.")
    if authority_for(actor, project, role, barred=(project.owner.person_id,)) is None:
        return _("You do not hold this role on the project, and nobody who does has delegated it to you.")
    return ""
