"""Answers and approvals of many items at once.

One act per item would take minutes: each scores the project anew. Here the answers that are due at one gate are written with one
statement per person, then the project is scored once, then the approvals follow, one statement per person. What the single acts
guarantee holds here too: values pass the product's own checks, hashes are made by the product's own function, verdicts come from
the product's own scoring, an approval is bound to the hash it was given for, the approver is another person, and the trail gets
the same acts under the names of the same people (the row triggers fire as ever).
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from assessments.checklists.actions.answers import marks_of
from assessments.checklists.hashing import content_hash
from assessments.checklists.models import Answer, AnswerEvidence, CalculatorRun, Evidence
from assessments.checklists.rescore import lock_assessment, rescore
from assessments.checklists.states import AnswerState
from assessments.checklists.values import clean_answer
from assessments.reviews.models import ReviewDecision
from compliance.demo.acts import Act, record_acts
from compliance.demo.content import answers, read
from compliance.demo.outcomes import NA, OPEN, PASS, RETURNED, REVIEW, Outcome
from compliance.demo.papers import papers_for
from compliance.demo.projects import FLAGSHIP, GATES, Case
from portal.core.access import Actor

_ANSWER = """
update assessments_answer a
   set value = v.value, note = v.note, state = 'answered', content_hash = v.hash, evidence_count = v.proofs,
       answered_by_id = %(user)s, answered_person_id = %(person)s, answered_at = %(now)s, version = a.version + 1, updated_at = %(now)s
  from unnest(%(ids)s::uuid[], %(values)s::jsonb[], %(notes)s::text[], %(hashes)s::text[], %(proofs)s::int[])
       as v(id, value, note, hash, proofs)
 where a.tenant_id = %(tenant)s and a.id = v.id
"""
_SUBMIT = """
update assessments_answer
   set state = 'in_review', updated_at = %(now)s, answered_by_id = coalesce(answered_by_id, %(user)s),
       answered_person_id = coalesce(answered_person_id, %(person)s), answered_at = coalesce(answered_at, %(now)s)
 where tenant_id = %(tenant)s and id = any(%(ids)s::uuid[])
"""
_APPROVE = """
update assessments_answer
   set state = case when verdict = 'na' then 'not_applicable' else 'approved' end, approved_by_id = %(user)s,
       approved_person_id = %(person)s,
       approved_role = approve_role, approved_at = %(now)s, approved_hash = content_hash, updated_at = %(now)s
 where tenant_id = %(tenant)s and id = any(%(ids)s::uuid[])
"""


@dataclass(frozen=True)
class _Written:
    row: Answer
    value: Any
    note: str
    hash: str
    proofs: list[Evidence]


def fill(case: Case, gate: str, outcomes: dict[str, Outcome]) -> None:
    """Answer what is due at the gate, enter the figures of the calculators, score the project."""
    for _round in range(2):  # an answer may make another item appear
        waiting = [row for row in _waiting(case, gate, outcomes) if _round or not row.waiting]
        if _round and not waiting:
            break
        groups: dict[str, list[Answer]] = defaultdict(list)
        for row in waiting:
            groups[case.answerer(row.answer_role)].append(row)
        for key, rows in groups.items():
            with case.world.acting(key) as by:
                _answer(case, rows, outcomes, by)
        if not _round:
            _enter_figures(case, gate, outcomes)
        with case.world.acting(case.person("pmo")):
            held = lock_assessment(assessment_id=case.assessment.pk)
            rescore(held, locked=True)


def _waiting(case: Case, gate: str, outcomes: dict[str, Outcome]) -> list[Answer]:
    with case.world.acting(case.person("pmo")):
        rows = list(
            Answer.objects.filter(assessment=case.assessment, due_gate=gate, applies=True, state=AnswerState.OPEN).order_by("position")
        )
    return [row for row in rows if row.item_key in answers() and _outcome(outcomes, row).verdict != OPEN]


def _outcome(outcomes: dict[str, Outcome], row: Answer) -> Outcome:
    return outcomes.get(row.item_key, Outcome())


def _answer(case: Case, rows: list[Answer], outcomes: dict[str, Outcome], by: Actor) -> None:
    written = []
    for row in rows:
        entry = answer_of(case, row.item_key, _outcome(outcomes, row).verdict)
        proofs = papers_for(case, entry.get("papers", ()), by)
        item = case.content.items[row.item_key]
        attached = {str(one.pk) for one in proofs}
        value = clean_answer(item, case.filler(entry["value"]), currency=case.project.currency, evidence=attached)
        note = str(case.filler(entry.get("note", "")))
        written.append(_Written(row, value, note, content_hash(row.item_key, value, note, marks_of(proofs)), proofs))
    AnswerEvidence.objects.bulk_create(AnswerEvidence(answer=one.row, evidence=proof) for one in written for proof in one.proofs)
    parameters = {
        **_who(by),
        "ids": [one.row.pk for one in written],
        "values": [json.dumps(one.value, ensure_ascii=False) for one in written],
        "notes": [one.note for one in written],
        "hashes": [one.hash for one in written],
        "proofs": [len(one.proofs) for one in written],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, parameters)
    acts: list[Act] = [
        ("assessments.item.evidence_attached", one.row, {"item": one.row.item_key, "version": one.row.version, "name": proof.name})
        for one in written
        for proof in one.proofs
    ]
    acts += [("assessments.item.answered", one.row, {"item": one.row.item_key, "version": one.row.version + 1}) for one in written]
    record_acts(case.project.pk, acts)


def answer_of(case: Case, item: str, verdict: str) -> dict[str, Any]:
    """The content of an answer: the project's own words where it has some, else those for all."""
    if verdict == NA:
        return {"value": "na", "note": read("stories")["na"][case.code][item]}
    own = (read("flagship") if case.code == FLAGSHIP else read("own").get(case.code, {})).get(item, {})
    general = answers()[item]
    same = general[verdict].get("value") == general.get(PASS, {}).get("value")  # then the outcome lies in the proofs alone
    entry: dict[str, Any] = {
        **general[verdict],
        **own.get(verdict, {"value": own[PASS]["value"]} if same and "value" in own.get(PASS, {}) else {}),
    }
    return entry


def _who(by: Actor) -> dict[str, Any]:
    return {"user": by.user_id, "person": by.person_id, "tenant": by.tenant_id, "now": timezone.now()}


def _enter_figures(case: Case, gate: str, outcomes: dict[str, Outcome]) -> None:
    """Figures of the calculators from this gate on, as the technical lead enters or imports them."""
    runs = []
    with case.world.acting(case.person("tech_lead")) as by:
        for name, entry in read("calculators").items():
            if entry["from"] != gate or case.facts.get("hosting") not in entry.get("hosting", [case.facts.get("hosting")]):
                continue
            entered = dict(entry.get("enter", {}))
            entered |= entry.get("by_route", {}).get(case.facts.get("route"), {})
            entered |= entry.get("by_sourcing", {}).get(case.facts.get("sourcing"), {})
            for item, variants in entry.get("items", {}).items():
                entered |= variants.get(outcomes.get(item, Outcome()).verdict, {})
            if entered:
                runs.append(
                    CalculatorRun(
                        assessment=case.assessment, calculator=name, entered=case.filler(entered), run_by=by.user, run_at=timezone.now()
                    )
                )
        _merge(case, runs)
        acts: list[Act] = [("assessments.calculator.entered", run, {"calculator": run.calculator, "values": run.entered}) for run in runs]
        record_acts(case.project.pk, acts)


def _merge(case: Case, runs: list[CalculatorRun]) -> None:
    """New runs, and figures for those that the scoring has made already."""
    known = {run.calculator: run for run in CalculatorRun.objects.filter(assessment=case.assessment)}
    CalculatorRun.objects.bulk_create(run for run in runs if run.calculator not in known)
    for number, run in enumerate(runs):
        if run.calculator in known:
            stored = known[run.calculator]
            stored.entered, stored.run_by, stored.run_at = {**stored.entered, **run.entered}, run.run_by, run.run_at
            stored.version += 1
            stored.save(update_fields=["entered", "run_by", "run_at", "version"])
            runs[number] = stored


def approve(case: Case, gate: str, outcomes: dict[str, Outcome]) -> None:
    """Hand over what is answered at the gate and let the roles that approve it decide, but for what waits or came back."""
    with case.world.acting(case.person("pmo")):
        rows = list(
            Answer.objects.filter(assessment=case.assessment, due_gate=gate, applies=True, state=AnswerState.ANSWERED).order_by("position")
        )
    for key, mine in _grouped(case, rows, answering=True).items():
        with case.world.acting(key) as by:
            _run(_SUBMIT, by, mine)
            record_acts(
                case.project.pk, [("assessments.item.submitted", row, {"item": row.item_key, "version": row.version}) for row in mine]
            )
    for row in rows:
        row.answered_person_id = row.answered_person_id or case.world.users[case.answerer(row.answer_role)].person_id
    ready = [row for row in rows if _outcome(outcomes, row).standing not in (REVIEW, RETURNED)]
    for key, mine in _grouped(case, ready, answering=False).items():
        with case.world.acting(key) as by:
            _run(_APPROVE, by, mine)
            ReviewDecision.objects.bulk_create(_decision(row, by) for row in mine)
            details = [{"item": row.item_key, "verdict": row.verdict, "role": row.approve_role, "hash": row.content_hash} for row in mine]
            record_acts(case.project.pk, [("assessments.item.approved", row, detail) for row, detail in zip(mine, details, strict=True)])


def _grouped(case: Case, rows: list[Answer], *, answering: bool) -> dict[str, list[Answer]]:
    groups: dict[str, list[Answer]] = defaultdict(list)
    for row in rows:
        groups[case.answerer(row.answer_role) if answering else case.person(row.approve_role)].append(row)
    return groups


def _run(sql: str, by: Actor, rows: list[Answer]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_who(by), "ids": [row.pk for row in rows]})


def _decision(row: Answer, by: Actor) -> ReviewDecision:
    return ReviewDecision(
        answer=row,
        project_id=row.project_id,
        outcome=ReviewDecision.Outcome.APPROVED,
        answer_version=row.version,
        content_hash=row.content_hash,
        verdict=row.verdict,
        answered_person_id=row.answered_person_id,
        decided_by=by.user,
        decided_person_id=by.person_id,
        role_key=row.approve_role,
    )


__all__ = ["GATES", "PASS", "answer_of", "approve", "fill"]
