"""Writing what a recomputation found: only rows that changed, in one statement per table."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone
from uuid_utils.compat import uuid7

from assessments.checklists.judging import Judged
from assessments.checklists.loading import AnswerRow, RunRow
from assessments.checklists.models import Assessment
from assessments.checklists.states import AnswerState
from assessments.scoring.verdicts import OPEN
from portal.catalogue.parts import Item
from portal.core.tenancy import require_scope

# Answers given freely to an item that did not apply go to review once it does (rule C2).
_TO_REVIEW = (AnswerState.ANSWERED, AnswerState.APPROVED, AnswerState.RETURNED)
# A figure that was agreed upon and has changed since must be looked at again (rule S5).
_AGREED = (AnswerState.IN_REVIEW, AnswerState.APPROVED, AnswerState.NOT_APPLICABLE)

_UPDATE = """
update assessments_answer a
   set applies = v.applies, waiting = v.waiting, verdict = v.verdict, remark = v.remark, state = v.state, content_hash = v.hash,
       version = a.version + v.moved::int,
       approved_by_id = case when v.unbound then null else a.approved_by_id end,
       approved_person_id = case when v.unbound then null else a.approved_person_id end,
       approved_at = case when v.unbound then null else a.approved_at end,
       approved_role = case when v.unbound then '' else a.approved_role end,
       approved_hash = case when v.unbound then '' else a.approved_hash end,
       updated_at = %(now)s
  from unnest(%(ids)s::uuid[], %(applies)s::bool[], %(waiting)s::bool[], %(verdict)s::text[], %(remark)s::text[], %(state)s::text[],
              %(hash)s::text[], %(moved)s::bool[], %(unbound)s::bool[])
       as v(id, applies, waiting, verdict, remark, state, hash, moved, unbound)
 where a.tenant_id = %(tenant)s and a.id = v.id
"""
_RUNS = """
insert into assessments_calculatorrun (id, tenant_id, assessment_id, calculator, entered, inputs, outputs, missing, version, run_at)
select v.id, %(tenant)s, %(assessment)s, v.calculator, '{}', v.inputs, v.outputs, v.missing, 1, %(now)s
  from unnest(%(ids)s::uuid[], %(names)s::text[], %(inputs)s::jsonb[], %(outputs)s::jsonb[], %(missing)s::jsonb[])
       as v(id, calculator, inputs, outputs, missing)
on conflict (tenant_id, assessment_id, calculator) do update
   set inputs = excluded.inputs, outputs = excluded.outputs, missing = excluded.missing, run_at = excluded.run_at
"""


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What becomes of one row. ``moved``: the figures of a computed item are others now, which is a new version of it, as a new
    answer is of any other; ``unbound``: an approval no longer stands, because the content it was given for is gone.
    """

    row: AnswerRow
    now: Judged
    state: str
    content_hash: str
    moved: bool
    unbound: bool

    def apply(self, row: AnswerRow) -> None:
        """Bring the row in memory up to date."""
        row.applies, row.waiting, row.verdict, row.remark = self.now.applies, self.now.waiting, self.now.verdict, self.now.remark
        row.state, row.content_hash = self.state, self.content_hash


def change_of(item: Item, row: AnswerRow, now: Judged, *, opens: bool, figures: Sequence[Any] = ()) -> AnswerChange | None:
    """The change of one row, None if it stays as it is.

    ``opens``: it applies from now on because the tier rose; ``figures``: what a computed item rests on, as plain data.
    """
    state, content_hash = row.state, row.content_hash
    if item.computed:
        state, content_hash = computed_state(row, now, figures)
        if opens and state == AnswerState.APPROVED:
            state = AnswerState.ANSWERED  # nobody answers for figures until a person hands them over (rule S1)
    elif opens and state in _TO_REVIEW:
        state = AnswerState.IN_REVIEW
    unbound = row.state in (AnswerState.APPROVED, AnswerState.NOT_APPLICABLE) and state != row.state
    if (state, content_hash) == (row.state, row.content_hash) and _same(row, now):
        return None
    return AnswerChange(row, now, str(state), content_hash, content_hash != row.content_hash, unbound)


def _same(row: AnswerRow, now: Judged) -> bool:
    return (row.applies, row.waiting, row.verdict, row.remark) == (now.applies, now.waiting, now.verdict, now.remark)


def computed_state(row: AnswerRow, now: Judged, figures: Sequence[Any]) -> tuple[str, str]:
    """(state, content hash) of a computed item: its figures answer it; when they move, it must be agreed upon again (rule S5).

    The hash is over the figures alone: a note or a proof that changes lifts the approval by itself. A waiver stands whatever
    the figures are, but they are followed meanwhile.
    """
    if not now.applies:
        return row.state, row.content_hash
    content_hash = ""
    if now.verdict != OPEN:
        content = json.dumps([row.item, now.verdict, list(figures)], ensure_ascii=False, sort_keys=True)
        content_hash = hashlib.sha256(content.encode()).hexdigest()
    if row.state == AnswerState.WAIVED:
        return row.state, content_hash
    if now.verdict == OPEN:
        return AnswerState.OPEN, content_hash
    moved = content_hash != row.content_hash
    if row.state == AnswerState.OPEN or (moved and row.state in (*_AGREED, AnswerState.RETURNED)):
        return AnswerState.ANSWERED, content_hash
    return row.state, content_hash


def write_answers(changes: Sequence[AnswerChange]) -> None:
    """One statement for all rows that changed. A verdict alone leaves the version: nobody's typing becomes stale by it."""
    if not changes:
        return
    parameters: dict[str, Any] = {
        "now": timezone.now(),
        "tenant": require_scope().tenant_id,
        "ids": [change.row.id for change in changes],
        "applies": [change.now.applies for change in changes],
        "waiting": [change.now.waiting for change in changes],
        "verdict": [change.now.verdict for change in changes],
        "remark": [change.now.remark for change in changes],
        "state": [change.state for change in changes],
        "hash": [change.content_hash for change in changes],
        "moved": [change.moved for change in changes],
        "unbound": [change.unbound for change in changes],
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, parameters)


def write_runs(assessment: Assessment, fresh: Mapping[str, RunRow]) -> None:
    """One statement for all calculators that came out differently."""
    if not fresh:
        return
    parameters: dict[str, Any] = {
        "now": timezone.now(),
        "tenant": require_scope().tenant_id,
        "assessment": assessment.pk,
        "ids": [uuid7() for _name in fresh],
        "names": list(fresh),
        "inputs": [json.dumps(row.inputs, ensure_ascii=False) for row in fresh.values()],
        "outputs": [json.dumps(row.stored, ensure_ascii=False) for row in fresh.values()],
        "missing": [json.dumps(row.missing) for row in fresh.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, parameters)


def write_assessment(assessment: Assessment, **fields: Any) -> None:
    """Set columns of the assessment, in the database and in memory."""
    Assessment.objects.filter(pk=assessment.pk).update(**fields)
    for name, value in fields.items():
        setattr(assessment, name, value)
