"""What this slice puts into the list of work: items to answer, to submit, returned and expired; proofs; mentions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from assessments.checklists.rules import ADMINISTRATOR, AUDITOR, BUSINESS_OWNER, PMO, SPONSOR
from assessments.checklists.states import AnswerState
from assessments.checklists.telling import MENTIONED
from assessments.checklists.work import RESTING, WorkRow, WorkSource, as_rows, register_source, shaped
from portal.catalogue import catalogue, installed_versions
from portal.core.access import Actor
from portal.notices.models import Notice
from portal.projects.access import projects_visible_to
from portal.projects.models import Project, ProjectMember
from portal.projects.registry import register_workload
from portal.tenants.clock import organisation_today

EXPIRES_WITHIN = timedelta(days=30)


@cache
def _computed_items() -> tuple[str, ...]:
    """Items whose figures are computed, over all installed versions."""
    return tuple(sorted({item.id for version in installed_versions() for item in catalogue(version).items.values() if item.computed}))


def _never_answers(actor: Actor) -> bool:
    return AUDITOR in actor.roles or ADMINISTRATOR in actor.roles


# What a state asks of the person.
_KINDS = {
    AnswerState.RETURNED: "returned",
    AnswerState.EXPIRED: "expired",
    AnswerState.OPEN: "answer",
    AnswerState.ANSWERED: "submit",
}


def _items(actor: Actor) -> QuerySet[Any] | None:
    """Items the person is to act on: assigned to the person, or, assigned to nobody, of a role held on the project.

    Two halves that each start from an index of the person's own rows. What the PMO would answer falls to the business owner where
    nobody holds that role; figures that are not complete yet wait for other items, not for a person.
    """
    if _never_answers(actor):
        return None
    today = organisation_today()
    member = ProjectMember.objects.filter(Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today)), user_id=actor.user_id)
    holds = member.filter(project_id=OuterRef("project_id"))
    of_role = Q(Exists(holds.filter(role_key=OuterRef("answer_role")).exclude(role_key=AUDITOR)))
    of_owner = Q(answer_role=PMO) & Q(Exists(holds.filter(role_key=BUSINESS_OWNER)))
    of_sponsor = Q(answer_role=SPONSOR, project__sponsor_id=actor.user_id)
    own = Answer.objects.filter(applies=True, state__in=list(_KINDS))
    sponsored = Project.objects.filter(sponsor_id=actor.user_id)
    projects = member.order_by().values("project_id").union(sponsored.order_by().values("id"), all=True)
    by_role = own.filter(assignee=None, project_id__in=projects).filter(of_role | of_owner | of_sponsor)
    assigned = own.filter(assignee_id=actor.user_id)
    rows = Answer.objects.filter(pk__in=assigned.order_by().values("pk").union(by_role.order_by().values("pk"), all=True))
    rows = rows.exclude(state=AnswerState.OPEN, item_key__in=_computed_items())
    kind = Case(*(When(state=state, then=Value(kind)) for state, kind in _KINDS.items()), output_field=CharField())
    return as_rows(rows, kind=kind, blocker=F("blocker"), version=F("assessment__catalogue_id"), note=F("verdict"))


def _expiring(actor: Actor) -> QuerySet[Any] | None:
    """Proofs in use that the person added, or that carry an answer of the person, and that run out within 30 days."""
    today = organisation_today()
    used = AnswerEvidence.objects.filter(evidence_id=OuterRef("pk"))
    mine = Q(added_by_id=actor.user_id) | Q(Exists(used.filter(answer__answered_by_id=actor.user_id)))
    soon = (
        Evidence.objects.filter(removed_at=None, expires_on__gte=today, expires_on__lte=today + EXPIRES_WITHIN)
        .filter(Exists(used))
        .filter(mine)
    )
    return as_rows(soon, kind="expiring", key=Value(""), due=F("expires_on"), note=F("name"))


def _mentions(actor: Actor) -> QuerySet[Any]:
    """Unread messages that name the person in a comment. They hold the project's id alone, so its names are looked up."""
    unread = Notice.objects.filter(user_id=actor.user_id, kind=MENTIONED, read_at=None, project_id__isnull=False)
    project = Project.objects.filter(pk=OuterRef("project_id"))
    words = Concat(KeyTextTransform("by", "params"), Value("\n"), KeyTextTransform("text", "params"), output_field=CharField())
    return shaped(
        unread.filter(Exists(project)),
        kind="mention",
        project=F("project_id"),
        code=Subquery(project.values("code")[:1]),
        zh=Subquery(project.values("name_zh")[:1]),
        en=Subquery(project.values("name_en")[:1]),
        key=KeyTextTransform("item", "params"),
        note=words,
    )


MOST_PEOPLE = 20


def workload_of(actor: Actor) -> list[Mapping[str, Any]]:
    """Open items per person over the running projects that the actor sees: ``user_id, name, open, overdue``; most first, 20 people.

    Counts what is assigned and could be acted on today: to answer, to submit, returned or expired.
    """
    today = organisation_today()
    rows = (
        Answer.objects.filter(applies=True, state__in=list(_KINDS), assignee__isnull=False, project__in=projects_visible_to(actor))
        .exclude(project__stage__in=RESTING)
        .exclude(state=AnswerState.OPEN, item_key__in=_computed_items())
        .order_by()
        .values("assignee_id", "assignee__name")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
        .order_by("-open", "assignee__name")[:MOST_PEOPLE]
    )
    return [{"user_id": row["assignee_id"], "name": row["assignee__name"], "open": row["open"], "overdue": row["overdue"]} for row in rows]


def _library(row: WorkRow, slug: str) -> str:
    return reverse("assessments:evidence", kwargs={"tenant_slug": slug, "project_id": row.project_id}) + f"#evidence-{row.id}"


def _comments(row: WorkRow, slug: str) -> str:
    return reverse("assessments:item", kwargs={"tenant_slug": slug, "project_id": row.project_id, "item_key": row.key}) + "#comments"


def install() -> None:
    """Register the sources of this slice."""
    for source in (
        WorkSource("returned", gettext_lazy("Returned"), 10, None, gettext_lazy("Rework"), "attention"),
        WorkSource("expired", gettext_lazy("Expired"), 15, None, gettext_lazy("Renew the proof"), "fail"),
        WorkSource("answer", gettext_lazy("To answer"), 20, _items, gettext_lazy("Answer"), "open"),
        WorkSource("submit", gettext_lazy("To submit"), 28, None, gettext_lazy("Submit for review"), "review"),
        WorkSource(
            "expiring",
            gettext_lazy("Expires soon"),
            80,
            _expiring,
            gettext_lazy("Renew"),
            "attention",
            title=lambda row: _("“{name}” expires soon").format(name=row.note),
            url=_library,
        ),
        WorkSource(
            "mention",
            gettext_lazy("Mentions"),
            90,
            _mentions,
            gettext_lazy("Read"),
            "info",
            title=lambda row: _("{name} mentioned you: {text}").format(name=row.note.partition("\n")[0], text=row.note.partition("\n")[2]),
            url=_comments,
        ),
    ):
        register_source(source)
    register_workload(10, workload_of)
