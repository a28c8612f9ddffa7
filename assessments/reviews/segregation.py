"""Segregation of duties (catalogue: segregation.yaml, S1 to S8): who may approve, sign or waive, and why not.

Every function answers with a sentence for the person, empty when nothing stands against the act. The database holds S1, S2
and S5 as constraints as well; these functions come first so that people read a reason and not a constraint's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.reviews.models import Delegation
from portal.core.access import Actor
from portal.projects.access import ACTS_AS, project_roles_of
from portal.projects.models import Project, ProjectMember
from portal.roles.models import MembershipRole

AUDITOR = "auditor"


@dataclass(frozen=True)
class Authority:
    """In which role somebody acts, and on whose delegation if not on the own."""

    role: str
    delegation_id: UUID | None = None


def holders_of(project: Project, role: str, on: date | None = None) -> set[int]:
    """Accounts that hold the catalogue role on the project today: holders, deputies, and tenant-wide stand-ins."""
    today = on or timezone.localdate()
    current = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    found = set(ProjectMember.objects.filter(current, project=project, role_key=role).values_list("user_id", flat=True))
    if role == "exec_sponsor" and project.sponsor_id:
        found.add(project.sponsor_id)
    standing = [key for key, acts in ACTS_AS.items() if acts == role]
    if standing:
        found |= set(
            MembershipRole.objects.filter(role__kind="tenant", role__key__in=standing, membership__active=True).values_list(
                "membership__user_id", flat=True
            )
        )
    return found


def authority_for(actor: Actor, project: Project, role: str) -> Authority | None:
    """How the actor may act in ``role`` on this project: by holding it, or by a delegation in force from a holder (S8)."""
    if role in project_roles_of(actor, project):
        return Authority(role)
    today = timezone.localdate()
    given = Delegation.objects.filter(
        Q(project=None) | Q(project=project),
        Q(role_key="") | Q(role_key=role),
        receiver_id=actor.user_id,
        starts_on__lte=today,
        ends_on__gte=today,
        revoked_at=None,
    ).order_by("ends_on")
    delegations = list(given)
    if not delegations:
        return None
    holders = holders_of(project, role, today)
    for delegation in delegations:
        if delegation.giver_id in holders:
            return Authority(role, delegation.pk)
    return None


def why_read_only(actor: Actor) -> str:
    """S6: auditors read everything and change nothing, whatever else they hold; administrators neither answer nor approve."""
    if AUDITOR in actor.roles:
        return _("Auditors read everything and change nothing.")
    return ""


def why_not_owner(project: Project, actor: Actor) -> str:
    """S3: nobody approves a project that he or she owns."""
    owner_person = project.owner.person_id
    if actor.person_id == owner_person:
        return _("You own this project, so a deputy of the role or the next higher level has to approve it.")
    return ""


def why_not_approve(actor: Actor, project: Project, item: Any, answer: Any, *, own_project: bool | None = None) -> str:
    """S1, S2, S3, S6, S7 for one item: empty when the actor may approve it in the item's approver role.

    ``item`` is the catalogue item of the assessment's version; ``answer`` its row.
    """
    refusal = why_read_only(actor)
    if refusal:
        return refusal
    if answer.answered_person_id is not None and answer.answered_person_id == actor.person_id:
        return _("You answered this item yourself. Somebody else has to approve it.")
    refusal = why_not_owner(project, actor)
    if refusal:
        return refusal
    if authority_for(actor, project, item.approved_by) is None:
        return _("This item is approved by another role of the project.")
    return ""


def needs_two_roles(item: Any, rule: Any) -> bool:
    """S2: a blocker, or an item or dimension that the rule lists, needs two people of two roles."""
    return bool(item.blocker or item.id in (rule.items or ()) or item.dimension in (rule.dimensions or ()))


def lacks_guardian(item: Any, rule: Any) -> bool:
    """S2: for the listed dimensions and items one of the two roles must be security or compliance.

    The catalogue names the two roles of every item; this says whether they leave the rule unmet, so that a catalogue with
    such a fault is refused at review time rather than silently accepted.
    """
    listed = item.dimension in (rule.dimensions or ()) or item.id in (rule.items or ())
    return listed and not ({item.answered_by, item.approved_by} & set(rule.roles or ()))


def why_not_sign(actor: Actor, project: Project, role: str, approvers: Iterable[str]) -> str:
    """S2, S3, S6, S8 for one role's signature at a gate."""
    refusal = why_read_only(actor) or why_not_owner(project, actor)
    if refusal:
        return refusal
    if role not in set(approvers):
        return _("This gate is not signed by that role.")
    if authority_for(actor, project, role) is None:
        return _("You do not hold this role on the project, and nobody who does has delegated it to you.")
    return ""
