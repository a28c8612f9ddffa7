"""Which filings a person may see, decide, second and carry through, as predicates in SQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from compliance.filings.models import GUARDIANS, NO_DATE, UNASKED, Filing
from compliance.filings.rules import DECIDE, SECOND, VIEW_ALL, WORK, roles_of
from compliance.filings.states import FilingDecision
from compliance.filings.taking_back import ADDED_BY_TWO, ASKED, last_word
from portal.core.access import Actor
from portal.permissions import AUDITOR
from portal.projects.access import projects_visible_to
from portal.projects.conflicts import SPONSOR
from portal.projects.models import Project, ProjectMember
from portal.roles.models import RolePermission
from portal.tenants.clock import organisation_today


def filings_visible_to(actor: Actor) -> QuerySet[Filing]:
    """Filings of projects that the person may see; those of the organisation have their own page (:func:`of_organisation`)."""
    return Filing.objects.filter(project__in=projects_visible_to(actor).values("pk"))


def of_organisation(actor: Actor) -> QuerySet[Filing]:
    """What asks for the person's attention among the filings of the organisation: late, or waiting for this person's word."""
    rows = Filing.objects.filter(project=None)
    if not actor.may(VIEW_ALL):
        return rows.filter(pk__isnull=True)
    # Each part asks for no project itself: its few rows are found by an index, not sought among those of all projects.
    waiting = Q()
    for found in (waiting_for_decision(actor), waiting_for_second(actor), waiting_to_take_back(actor)):
        waiting |= Q(pk__in=found.filter(project=None).values("pk"))
    return rows.filter(Q(due_sort__lt=organisation_today()) | waiting)


def _seen(actor: Actor) -> Q:
    """Of a project the person may see, or of the organisation if its page is open to the person.

    Looked up row by row: the rows are few, the projects many.
    """
    of_project = Q(Exists(projects_visible_to(actor).filter(pk=OuterRef("project_id"))))
    return of_project | Q(project=None) if actor.may(VIEW_ALL) else of_project


def _current(today: dt.date) -> Q:
    return Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))


def _memberships(actor: Actor) -> QuerySet[Any]:
    return ProjectMember.objects.filter(_current(organisation_today()), user_id=actor.user_id, project_id=OuterRef("project_id"))


def _allowed(actor: Actor, permission: str) -> Q:
    """True for filings on whose project the person holds the permission; tenant-wide it covers those of the organisation too."""
    if actor.may(permission):
        return _seen(actor)
    # One set of projects, few for a person: the filings are sought below them, not the person beside every filing.
    today = organisation_today()
    carrying = RolePermission.objects.filter(permission=permission, role__kind="project").values("role__key")
    named = ProjectMember.objects.filter(_current(today), user_id=actor.user_id, role_key__in=carrying).values("project_id")
    sponsors = RolePermission.objects.filter(permission=permission, role__kind="project", role__key=SPONSOR)
    sponsored = Project.objects.filter(Exists(sponsors), sponsor_id=actor.user_id).values("pk")
    return Q(project_id__in=named.union(sponsored))


def _judged(actor: Actor) -> QuerySet[Filing]:
    """Filings the person may judge at all: not as auditor (S6), not of an own project (S3)."""
    rows = Filing.objects.all()
    if AUDITOR in actor.roles:
        return rows.filter(pk__isnull=True)  # not none(): these rows are counted and united in one statement
    return rows.exclude(project__owner__person_id=actor.person_id)


def waiting_for_decision(actor: Actor) -> QuerySet[Filing]:
    """Filings without a decision that the person may decide; what the rules exclude waits for nobody."""
    return _judged(actor).filter(_allowed(actor, DECIDE), decision=FilingDecision.NONE).exclude(UNASKED)


def waiting_for_second(actor: Actor) -> QuerySet[Filing]:
    """Decisions of other people that this person's role would complete (rule S2)."""
    rows = _judged(actor).filter(_allowed(actor, SECOND), second_person_id=None)
    rows = rows.exclude(decision=FilingDecision.NONE).exclude(decided_person_id=actor.person_id)
    return rows.filter(_completing(actor, "decided_role"))


def _completing(actor: Actor, role: str) -> Q:
    """True where the person holds a role that completes the pair with the one in the column ``role``."""
    members = _memberships(actor).exclude(role_key=OuterRef(role))
    guardian = Q(**{f"{role}__in": GUARDIANS})
    completes = guardian & Q(Exists(members)) | Q(Exists(members.filter(role_key__in=GUARDIANS)))
    completes |= guardian & Q(project__sponsor_id=actor.user_id) & ~Q(**{role: SPONSOR})
    for held in roles_of(actor, None):
        other = ~Q(**{role: held})
        completes |= other if held in GUARDIANS else other & guardian
    return completes


def waiting_to_take_back(actor: Actor) -> QuerySet[Filing]:
    """Duties that two people added and somebody else asks to take back: this person's role would complete the pair (``taking_back``)."""
    last = last_word().filter(filing=OuterRef("pk"), done_at__gte=OuterRef("second_at"))
    rows = _judged(actor).filter(ADDED_BY_TWO, _allowed(actor, SECOND))
    rows = rows.annotate(
        wish=Subquery(last.values("verb")[:1]),
        wish_person=Subquery(last.values("done_by__person_id")[:1]),
        wish_role=Subquery(last.values_list(KeyTextTransform("role", "detail"))[:1]),
    )
    return rows.filter(_completing(actor, "wish_role"), wish=ASKED).exclude(wish_person=actor.person_id)


def as_second(actor: Actor) -> Q:
    """What waits for the person as the second one of a pair, to decide or to take back."""
    return Q(pk__in=waiting_for_second(actor).values("pk")) | Q(pk__in=waiting_to_take_back(actor).values("pk"))


def workable_by(actor: Actor) -> QuerySet[Filing]:
    """Filings that the person may carry through."""
    rows = Filing.objects.filter(_allowed(actor, WORK))
    return rows.filter(pk__isnull=True) if AUDITOR in actor.roles else rows


def mine_with_a_date(actor: Actor) -> QuerySet[Filing]:
    """Filings that the person carries through and that have a date to keep."""
    rows = Filing.objects.filter(_seen(actor), owner_id=actor.user_id, due_sort__lt=NO_DATE)
    return rows.exclude(decision=FilingDecision.REJECTED)
