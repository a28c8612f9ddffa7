"""Reading for reviewers: the queue as a predicate in SQL, waivers, delegations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, When

from assessments.checklists.models import Answer
from assessments.checklists.rules import AUDITOR, CLOSED_STAGES, why_no_judge
from assessments.checklists.states import AnswerState
from assessments.checklists.work import RESTING
from assessments.reviews.models import Delegation, ReviewDecision, Waiver
from assessments.reviews.states import WaiverState
from portal.core.access import Actor
from portal.projects.access import ACTS_AS, projects_visible_to
from portal.projects.models import ProjectMember
from portal.roles.models import MembershipRole
from portal.tenants.clock import organisation_today

OPEN_WAIVERS = (WaiverState.PROPOSED, WaiverState.FIRST_APPROVED)


def _in_force(today: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}starts_on__lte": today}) & (Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": today}))


def delegations_to(actor: Actor) -> list[Any]:
    """Delegations in force today that let the actor sign for somebody; each with ``giver_roles``, the giver's tenant-wide roles."""
    # Once per person and request: every kind of work that can be delegated asks.
    known: list[Any] | None = actor.__dict__.get("delegations_in_force")
    if known is None:
        today = organisation_today()
        rows = Delegation.objects.filter(receiver_id=actor.user_id, revoked_at=None, starts_on__lte=today, ends_on__gte=today)
        roles = MembershipRole.objects.filter(
            membership__user_id=OuterRef("giver_id"), membership__active=True, role__kind="tenant", role__key__in=list(ACTS_AS)
        )
        rows = rows.select_related("giver").annotate(giver_roles=ArraySubquery(roles.values("role__key"))).order_by("ends_on", "id")
        known = actor.__dict__["delegations_in_force"] = list(rows)
    return known


def _holds(user_id: int, standing: set[str], role: str, today: date) -> Q:
    """True for rows with a ``project`` on which the account holds the role named by the column ``role``."""
    member = ProjectMember.objects.filter(_in_force(today), project_id=OuterRef("project_id"), user_id=user_id, role_key=OuterRef(role))
    holds = Q(Exists(member)) | Q(**{role: "exec_sponsor", "project__sponsor_id": user_id})
    return holds | Q(**{f"{role}__in": sorted(standing)}) if standing else holds


ANSWERED_BY = ("answered_person_id", "answered_by__person_id")
_OWNED_BY = "project__owner__person_id"


def approvable_by(actor: Actor, role: str = "approve_role", *, barred: Sequence[str] = ANSWERED_BY) -> Q:
    """Predicate on rows with ``project`` and a role column: the actor holds that role there, or it was delegated to him or her.

    ``barred`` names columns of persons who cannot act on the row, and so delegate nothing there; nor does the project's owner.
    Nothing for those who neither answer nor approve (S6), in the organisation or on the project.
    """
    if why_no_judge(actor, None):
        return Q(pk__in=[])
    today = organisation_today()
    allowed = _holds(actor.user_id, {ACTS_AS[key] for key in actor.roles if key in ACTS_AS}, role, today)
    for delegation in delegations_to(actor):
        given = _holds(delegation.giver_id, {ACTS_AS[key] for key in delegation.giver_roles}, role, today)
        for column in (*barred, _OWNED_BY):
            given &= ~Q(**{column: delegation.giver.person_id})
        if delegation.role_key:
            given &= Q(**{role: delegation.role_key})
        if delegation.project_id:
            given &= Q(project_id=delegation.project_id)
        allowed |= given
    audits = ProjectMember.objects.filter(_in_force(today), project_id=OuterRef("project_id"), user_id=actor.user_id, role_key=AUDITOR)
    return allowed & ~Q(Exists(audits))


def review_queue_of(actor: Actor) -> QuerySet[Answer]:
    """Answers that wait for this person's approval: in review, of a role he or she holds, neither answered nor owned by the person.

    Ordered by blockers first, then by due date and age.
    """
    return (
        Answer.objects.filter(state=AnswerState.IN_REVIEW, applies=True, project__in=projects_visible_to(actor))
        .filter(approvable_by(actor))
        .exclude(answered_person_id=actor.person_id)
        .exclude(answered_by__person_id=actor.person_id)
        .exclude(project__owner__person_id=actor.person_id)
        .exclude(project__stage__in=RESTING)
        .select_related("project", "answered_by", "assessment")
        .order_by("-blocker", F("due_on").asc(nulls_last=True), "answered_at", "id")
    )


def decisions_on(answer: Answer) -> QuerySet[ReviewDecision]:
    """All review decisions on one answer, newest first."""
    return ReviewDecision.objects.filter(answer=answer).select_related("decided_by").order_by("-decided_at")


# Stored persons, and the persons whom their accounts are linked to by now.
_WAIVER_PEOPLE = (
    *("requested_person_id", "approver_person_id", "sponsor_person_id"),
    *("requested_by__person_id", "approver_by__person_id", "sponsor_by__person_id"),
)


def waivers_waiting_for(actor: Actor) -> QuerySet[Waiver]:
    """Waivers that lack a signature this person could give, with ``signs_as``, the role he or she would sign in."""
    own = Q(**{_OWNED_BY: actor.person_id})
    for column in _WAIVER_PEOPLE:
        own |= Q(**{column: actor.person_id})
    approver = Q(approver_person_id=None) & approvable_by(actor, "approver_role", barred=_WAIVER_PEOPLE)
    sponsor = Q(sponsor_person_id=None) & approvable_by(actor, "sponsor_role", barred=_WAIVER_PEOPLE)
    return (
        Waiver.objects.filter(state__in=OPEN_WAIVERS, project__in=projects_visible_to(actor))
        .exclude(project__stage__in=CLOSED_STAGES)
        .exclude(own)
        .filter(approver | sponsor)
        .annotate(signs_as=Case(When(approver, then=F("approver_role")), default=F("sponsor_role"), output_field=CharField()))
        .select_related("project", "answer", "requested_by")
        .order_by("until", "id")
    )


def open_waiver_of(answer: Answer) -> Waiver | None:
    """The waiver of an item that waits or is in force, if any."""
    return Waiver.objects.filter(answer=answer, state__in=[*OPEN_WAIVERS, WaiverState.ACTIVE]).select_related("requested_by").first()


def delegations_of(actor: Actor) -> dict[str, Any]:
    """What the person has delegated and what was delegated to the person, current and past."""
    rows = Delegation.objects.filter(Q(giver_id=actor.user_id) | Q(receiver_id=actor.user_id)).select_related(
        "giver", "receiver", "project"
    )
    ordered = list(rows.order_by("-ends_on"))
    return {
        "given": [row for row in ordered if row.giver_id == actor.user_id],
        "received": [row for row in ordered if row.receiver_id == actor.user_id],
    }
