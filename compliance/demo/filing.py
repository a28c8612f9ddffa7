"""Filings of the demo: decided by the compliance officer, seconded by security, carried through as far as the project has come.

Written per project with one statement and scored once, for the reason given in ``answering.py``; columns, events and acts are those
of the single acts.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from assessments.checklists.rescore import lock_assessment, rescore
from compliance.demo.acts import Act, record_acts
from compliance.demo.content import read, shuffled
from compliance.demo.projects import Case
from compliance.filings.clocks import note_next_date
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision, FilingState, first_state

# Duties that begin with an incident: nothing is filed while there is none.
INCIDENT = {"cybersecurity_incident_report", "pi_breach_notice", "gdpr_breach_notification", "eu_ai_act_serious_incident"}
_NO_INCIDENT = {
    "zh": "尚无触发事件；报告时限已写入事件预案，发生时另行登记。",
    "en": "Nothing has happened that calls for it; the time limit stands in the incident plan.",
}
_UNDER_WAY = (
    FilingState.PREPARING,
    FilingState.SUBMITTED,
    FilingState.INTERNAL_REVIEW,
    FilingState.UNDER_REVIEW,
    FilingState.READY,
    FilingState.SUPPLEMENT_REQUESTED,
)
# Synthetic numbers in the manner of the authority; "{n}" is different for every project.
_NUMBERS = {
    "genai_service_filing": "Shanghai-XingHe-20260512{n:04d}",
    "genai_service_registration": "Shanghai-XingHeYingYong-20260630{n:04d}",
    "algorithm_filing": "网信算备310115{n:06d}260017号",
    "mlps_grading_filing": "31011526-{n:05d}",
    "icp_filing": "沪ICP备2026{n:06d}号",
    "app_filing": "沪ICP备2026{n:06d}号-2A",
}
_FIELDS = (
    "decision", "decision_reason", "decided_result", "decided_facts", "decided_by", "decided_person_id", "decided_role", "decided_at",
    "second_by", "second_person_id", "second_role", "second_at", "state", "number", "submitted_on", "approved_on", "valid_until",
    "due_on", "renewal_on", "owner", "cost", "version", "updated_at",
)  # fmt: skip


def settle(case: Case, *, closed: bool, leave: int = 0) -> None:
    """Decide what is undecided but for ``leave`` of them; ``closed``: carry everything through to its end."""
    world = case.world
    officer, second = world.roles["compliance_officer"], case.person("security")
    with world.acting(officer) as by:
        rows = list(Filing.objects.filter(Q(project=case.project) | Q(project=None)).order_by("regime"))
        left = set(shuffled(case.code, [row.regime for row in rows])[:leave])
        rows = [row for row in rows if row.regime not in left]
        before = {row.pk: (row.decision, row.state) for row in rows}
        for position, row in enumerate(rows):
            if row.decision == FilingDecision.NONE:
                _decide(case, row, by.user, world.users[second])
            if row.decision == FilingDecision.CONFIRMED:
                _carry(case, row, position, closed=closed)
            row.version += 1
            row.updated_at = timezone.now()
        Filing.objects.bulk_update(rows, _FIELDS)
        events, acts = _said(case, rows, before)
        FilingEvent.objects.bulk_create(events)
        record_acts(case.project.pk, acts)
        finish(case)


def finish(case: Case) -> None:
    """Bring what counts filings up to date. Needs the organisation in scope."""
    note_next_date(case.project)
    rescore(lock_assessment(assessment_id=case.assessment.pk), locked=True)


def _decide(case: Case, row: Filing, officer: Any, second: Any) -> None:
    language = "zh" if case.world.language.startswith("zh") else "en"
    now = timezone.now()
    rejected = row.regime in INCIDENT
    row.decision = FilingDecision.REJECTED if rejected else FilingDecision.CONFIRMED
    row.decision_reason = _NO_INCIDENT[language] if rejected else _ground(row, language)
    row.decided_result, row.decided_facts = row.result, row.facts_used
    row.decided_by, row.decided_person_id, row.decided_role, row.decided_at = officer, officer.person_id, "compliance", now
    row.second_by, row.second_person_id, row.second_role = second, second.person_id, "security"
    row.second_at = now + dt.timedelta(hours=3)
    row.state = FilingState.NOT_APPLICABLE if rejected else first_state(row.gate)
    row.owner = case.world.users[case.person("compliance")]
    row.cost = 0 if row.gate in ("after_event", "recurring", "continuous") else 12000


def _ground(row: Filing, language: str) -> str:
    if row.result in ("required", "likely"):
        return ""
    return {"zh": "按较严口径先行办理。", "en": "Taken up on the stricter reading."}[language]


def _carry(case: Case, row: Filing, position: int, *, closed: bool) -> None:
    today = timezone.localdate()
    launch = case.world.today + dt.timedelta(days=case.spec["launch"])
    ahead = max(launch - dt.timedelta(days=12), case.world.today + dt.timedelta(days=24 + 3 * position))
    near = read("stories")["due"].get(case.code, {}).get(row.regime)
    row.due_on = case.world.today + dt.timedelta(days=near) if near is not None else row.due_on or ahead
    if not closed:
        if row.gate in ("before_launch", "practice_gate", "before_activity"):
            row.state = _UNDER_WAY[(position + case.project.started_on.day) % len(_UNDER_WAY)]
            if row.state in (FilingState.SUBMITTED, FilingState.UNDER_REVIEW, FilingState.SUPPLEMENT_REQUESTED):
                row.submitted_on = today - dt.timedelta(days=3)
        return
    row.submitted_on = row.submitted_on or today - dt.timedelta(days=40)
    row.approved_on = today - dt.timedelta(days=5)
    if row.gate == "recurring":
        row.state, row.submitted_on = FilingState.DONE, None
    else:
        row.state = (
            FilingState.PUBLISHED
            if row.regime in ("genai_service_registration", "genai_service_filing", "algorithm_filing")
            else FilingState.APPROVED
        )
        pattern = _NUMBERS.get(row.regime)
        if pattern and not row.number and row.project_id is not None:
            row.number = pattern.format(n=int(case.code[-4:]) * 7 + 11)
    row.renewal_on = case.world.today + dt.timedelta(days=210 + 9 * position)


def _said(case: Case, rows: list[Filing], before: dict[Any, tuple[str, str]]) -> tuple[list[FilingEvent], list[Act]]:
    events: list[FilingEvent] = []
    acts: list[Act] = []
    for row in rows:
        decision, state = before[row.pk]
        name = dict(case.content.filings[row.regime].name)
        common = {"regime": row.regime, "filing": name}
        if decision == FilingDecision.NONE:
            verb = "rejected" if row.decision == FilingDecision.REJECTED else "confirmed"
            start = str(first_state(row.gate)) if verb == "confirmed" else state
            detail = {"reason": row.decision_reason, "result": row.result, "role": row.decided_role}
            events.append(_event(row, verb, state, start, detail, row.decided_by))
            events.append(
                _event(
                    row,
                    "seconded",
                    start,
                    str(FilingState.NOT_APPLICABLE) if verb == "rejected" else start,
                    {"reason": "", "role": "security"},
                    row.second_by,
                )
            )
            acts.append((f"compliance.filing.{verb}", row, {**common, "old": state, "new": start, **detail}))
            state = start
        if row.decision == FilingDecision.CONFIRMED and state != row.state:
            events.append(_event(row, "stepped", state, row.state, {"number": row.number}, row.owner))
    return events, acts


def _event(row: Filing, verb: str, old: str, new: str, detail: dict[str, Any], who: Any) -> FilingEvent:
    return FilingEvent(filing=row, verb=verb, old_state=old, new_state=new, detail=detail, done_by=who)
