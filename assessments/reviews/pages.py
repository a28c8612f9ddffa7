"""What the pages of reviews show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessments.checklists.models import Answer
from assessments.reviews import segregation
from assessments.reviews.models import Waiver
from assessments.reviews.queries import review_queue_of, waivers_waiting_for
from assessments.reviews.states import WaiverState
from assessments.reviews.waiving import open_slots, why_not_sign_waiver
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.projects.models import Project

SHOWN = 100


@dataclass(frozen=True)
class QueueRow:
    """One answer that waits for the reader."""

    answer: Answer
    item: Any
    dimension: Any


@dataclass(frozen=True)
class Queue:
    """The reader's queue; ``more`` says that only the first rows are shown."""

    rows: list[QueueRow]
    more: bool
    projects: list[Project]


def queue_page(actor: Actor, *, project: str = "", blockers: bool = False, dimension: str = "") -> Queue:
    """Answers that wait for this person, blockers first."""
    everything: QuerySet[Answer] = review_queue_of(actor)
    rows = everything
    if project:
        rows = rows.filter(project__code=project)
    if blockers:
        rows = rows.filter(blocker=True)
    if dimension:
        number = dimension.removeprefix("D")
        rows = rows.filter(dimension=int(number)) if number.isdecimal() and len(number) < 3 else rows
    found = list(rows[: SHOWN + 1])
    shown = []
    for answer in found[:SHOWN]:
        content = catalogue(answer.assessment.catalogue_id)
        item = content.items.get(answer.item_key)
        if item is not None:
            shown.append(QueueRow(answer, item, content.dimensions[item.dimension]))
    projects = {row.answer.project_id: row.answer.project for row in shown}
    return Queue(shown, len(found) > SHOWN, sorted(projects.values(), key=lambda one: one.code))


def count_waiting(actor: Actor) -> int:
    """How many answers wait for this person, up to 100."""
    return len(review_queue_of(actor).values_list("pk")[:SHOWN])


@dataclass(frozen=True)
class WaiverRow:
    """One waiver with what the reader may do about it. ``item`` is None where the version of the content dropped the item."""

    waiver: Waiver
    item: Any
    may_sign: bool
    sign_role: str
    refusal: str
    may_end: bool


def waiver_row(waiver: Waiver, actor: Actor) -> WaiverRow:
    """Prepare one waiver. Its project and answer must be loaded."""
    refusal = why_not_sign_waiver(waiver, waiver.project, actor) if waiver.state in ("proposed", "first_approved") else ""
    waiting = waiver.state in (WaiverState.PROPOSED, WaiverState.FIRST_APPROVED)
    may_sign = waiting and not refusal
    slots = open_slots(waiver, waiver.project, actor) if may_sign else []
    version = waiver.answer.assessment.catalogue_id
    mine = actor.user_id in (waiver.requested_by_id, waiver.approver_by_id, waiver.sponsor_by_id)
    ends = (*(() if not waiting else (WaiverState.PROPOSED, WaiverState.FIRST_APPROVED)), WaiverState.ACTIVE)
    return WaiverRow(
        waiver,
        catalogue(version).items.get(waiver.item_key),
        may_sign,
        slots[0][1].role if slots else "",
        refusal,
        mine and waiver.state in ends and not segregation.why_no_judge(actor, waiver.project),
    )


def waivers_to_sign(actor: Actor) -> list[WaiverRow]:
    """Waivers that lack this person's signature."""
    rows: QuerySet[Any] = waivers_waiting_for(actor)
    rows = rows.select_related("project", "answer__assessment", "requested_by", "approver_by", "sponsor_by")
    # The statement has checked what ``why_not_sign_waiver`` asks of one waiver; asking again would take queries for each project.
    return [
        WaiverRow(row, catalogue(row.answer.assessment.catalogue_id).items.get(row.item_key), True, row.signs_as, "", False)
        for row in rows[:SHOWN]
    ]
