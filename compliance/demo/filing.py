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
from compliance.demo.clock import at
from compliance.demo.content import read, shuffled
from compliance.demo.projects import Case
from compliance.filings.clocks import note_next_date
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision, FilingState, first_state
from portal.tenants.clock import organisation_today

# Duties that begin with an incident: nothing is filed while there is none.
INCIDENT = {"cybersecurity_incident_report", "pi_breach_notice", "gdpr_breach_notification", "eu_ai_act_serious_incident"}
_NO_INCIDENT = {
    "zh": "尚无触发事件；报告时限已写入事件预案，发生时另行登记。",
    "en": "Nothing has happened that calls for it; the time limit stands in the incident plan.",
}
# Matters of the house: written and approved here, no authority takes part.
_INTERNAL = {
    "pipia", "gdpr_dpia", "ai_content_labeling", "eu_ai_act_art50_transparency", "eu_ai_act_worker_notice",
    "large_pi_handler_duties", "deep_synthesis_feature_assessment",
}  # fmt: skip
_HERE = (FilingState.PREPARING, FilingState.INTERNAL_REVIEW, FilingState.READY)
_UNDER_WAY = (
    FilingState.PREPARING,
    FilingState.SUBMITTED,
    FilingState.INTERNAL_REVIEW,
    FilingState.UNDER_REVIEW,
    FilingState.READY,
    FilingState.SUPPLEMENT_REQUESTED,
)
S = FilingState
_OUTWARD = (
    S.TO_PREPARE, S.PREPARING, S.INTERNAL_REVIEW, S.READY, S.SUBMITTED, S.ACCEPTED, S.UNDER_REVIEW, S.APPROVED, S.PUBLISHED,
)  # fmt: skip
_INWARD = (S.TO_PREPARE, S.PREPARING, S.INTERNAL_REVIEW, S.READY, S.APPROVED)
_RECURRING = (S.SCHEDULED, S.IN_PROGRESS, S.DONE)
_PUBLISHED = ("genai_service_registration", "genai_service_filing", "algorithm_filing")
# Invented numbers of the form that the authority uses: "{n}" and "{m}" are different for every project, "{day}" is the day of approval.
_NUMBERS = {
    "genai_service_filing": "Shanghai-XingHe-{day:%Y%m%d}{n:04d}",
    "genai_service_registration": "Shanghai-XingHe-{day:%Y%m%d}S{n:04d}",
    "algorithm_filing": "网信算备310115418206601{day:%y}{n:04d}号",
    "mlps_grading_filing": "31011500426-{n:05d}",
    "icp_filing": "沪ICP备2019047712号-{m}",
    "app_filing": "沪ICP备2019047712号-{m}A",
    "public_security_filing": "沪公网安备 31011502{n:06d}号",
}
_RECEIPT = {"zh": "回执", "en": "Receipt"}
_ASKED = {
    "zh": "请补充训练语料来源说明和关键词库抽样记录，十个工作日内提交。",
    "en": "Please add the source of the examples shown to users, within ten working days.",
}
_SENT_BACK = {
    "zh": "负责人证件照片不清晰，网站名称与经营范围不符，退回补正。",
    "en": "The form of notice does not name the deployer; sent back.",
}
_AHEAD = dt.timedelta(days=14)
_FIELDS = (
    "decision", "decision_reason", "decided_result", "decided_facts", "decided_by", "decided_person_id", "decided_role", "decided_at",
    "second_by", "second_person_id", "second_role", "second_at", "state", "number", "submitted_on", "approved_on", "valid_until",
    "due_on", "renewal_on", "owner", "cost", "version", "updated_at",
)  # fmt: skip


def settle(case: Case, *, closed: bool, leave: int = 0, told_only: bool = False) -> None:
    """Decide what is undecided but for ``leave`` of them; ``closed``: carry everything through to its end.

    The decisions date from two weeks ago, or from when the project was registered; the steps since then lie in between.
    ``told_only``: carry the filings named in the stories from where they are to the state that is told of them.
    """
    world, now = case.world, timezone.now()
    since = max(now - _AHEAD, case.moment(case.spec["started"], hour=15))
    told = read("stories")["states"].get(case.code, {})
    if told_only and not told:
        return
    with world.acting(world.roles["compliance_officer"]) as by:
        rows = list(Filing.objects.filter(Q(project=case.project) | Q(project=None)).order_by("regime"))
        left = set(shuffled(case.code, [row.regime for row in rows if row.regime not in told])[:leave])
        rows = [row for row in rows if row.regime not in left and (row.regime in told or not told_only)]
        if told_only:
            since = min(max([since, *(row.updated_at + dt.timedelta(hours=1) for row in rows)]), now - dt.timedelta(hours=2))
        fresh = {row.pk for row in rows if row.decision == FilingDecision.NONE}
        for row in rows:
            if row.pk in fresh:
                _decide(case, row, by.user, world.users[case.person("security")], since)
        before = {row.pk: row.state for row in rows}
        walks = {}
        for position, row in enumerate(rows):
            if row.decision == FilingDecision.CONFIRMED:
                _carry(case, row, position, closed=closed, told=told_only)
                walks[row.pk] = _walk(before[row.pk], row)
            row.version += 1
            row.updated_at = now
        longest = max((len(walk) for walk in walks.values()), default=0)
        days = _working_days(since, now, longest)
        for row in rows:
            _date(case, row, walks.get(row.pk, []), days)
        Filing.objects.bulk_update(rows, _FIELDS)
        with at(since):
            _say_decisions(case, [row for row in rows if row.pk in fresh])
        for number, day in enumerate(days):
            with at(day):
                _say_steps(case, [(row, before[row.pk], walks[row.pk], number) for row in rows if len(walks.get(row.pk, [])) > number])
        finish(case)


def finish(case: Case) -> None:
    """Bring what counts filings up to date. Needs the organisation in scope."""
    note_next_date(case.project)
    rescore(lock_assessment(assessment_id=case.assessment.pk), locked=True)


def _language(case: Case) -> str:
    return "zh" if case.world.language.startswith("zh") else "en"


def _decide(case: Case, row: Filing, officer: Any, second: Any, now: dt.datetime) -> None:
    language = _language(case)
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


def _working_days(since: dt.datetime, now: dt.datetime, count: int) -> list[dt.datetime]:
    """Moments between the two in working hours, one after the other."""
    found, last = [], since
    for number in range(1, count + 1):
        moment = timezone.localtime(since + (now - since) * number / (count + 1))
        moment = moment.replace(hour=10 + number % 6, minute=17 * number % 60, second=0)
        moment -= dt.timedelta(days=max(0, moment.weekday() - 4))
        last = min(max(moment, last + dt.timedelta(minutes=9)), now)
        found.append(last)
    return found


def _carry(case: Case, row: Filing, position: int, *, closed: bool, told: bool) -> None:
    """The state that the filing comes to, and when it is due or renewed."""
    stories, code = read("stories"), case.code
    launch = case.world.today + dt.timedelta(days=case.spec["launch"])
    ahead = max(launch - dt.timedelta(days=12), case.world.today + dt.timedelta(days=24 + 3 * position))
    near = stories["due"].get(code, {}).get(row.regime)
    row.due_on = case.world.today + dt.timedelta(days=near) if near is not None else row.due_on or ahead
    state = stories["states"].get(code, {}).get(row.regime)
    if state:  # what is told of it happens in these days
        row.state = FilingState(state) if told else FilingState.PREPARING
    elif closed:
        row.state = S.DONE if row.gate == "recurring" else S.PUBLISHED if row.regime in _PUBLISHED else S.APPROVED
        row.due_on = None
    elif row.gate in ("before_launch", "practice_gate", "before_activity"):
        states = _HERE if row.regime in _INTERNAL else _UNDER_WAY
        row.state = states[(position + case.project.started_on.day) % len(states)]
    if closed:
        renewal = stories["renewals"].get(code, {}).get(row.regime, 210 + 9 * position)
        row.renewal_on = case.world.today + dt.timedelta(days=renewal)


def _walk(old: str, row: Filing) -> list[str]:
    """The states between the old one and the present one, step by step, the present one last."""
    if old == row.state:
        return []
    usual: tuple[FilingState, ...] = _RECURRING if row.gate == "recurring" else _INWARD if row.regime in _INTERNAL else _OUTWARD
    order = tuple(str(state) for state in usual)
    if row.state in (S.SUPPLEMENT_REQUESTED, S.REJECTED):
        order = (*order[: order.index(S.UNDER_REVIEW) + 1], str(row.state))
    elif old in (S.SUPPLEMENT_REQUESTED, S.REJECTED):
        again = str(S.RESUBMITTED if old == S.SUPPLEMENT_REQUESTED else S.PREPARING)
        order = (old, again, *order[order.index(S.UNDER_REVIEW) :])
    return list(order[order.index(old) + 1 : order.index(row.state) + 1])


def _date(case: Case, row: Filing, walk: list[str], days: list[dt.datetime]) -> None:
    """Dates and number, as the steps give them."""
    for state, moment in zip(walk, days, strict=False):
        day = timezone.localtime(moment).date()
        if state in (S.SUBMITTED, S.RESUBMITTED):
            row.submitted_on = day
        elif state in (S.APPROVED, S.DONE):
            row.approved_on = day
        pattern = _NUMBERS.get(row.regime) if state == S.APPROVED and not row.number and row.project_id else None
        if pattern:
            number = int(case.code[-4:])
            row.number = pattern.format(n=number * 7 + 11, m=number + 2, day=day)


def _say_decisions(case: Case, rows: list[Filing]) -> None:
    events: list[FilingEvent] = []
    acts: list[Act] = []
    for row in rows:
        verb = "rejected" if row.decision == FilingDecision.REJECTED else "confirmed"
        start = str(FilingState.NOT_APPLICABLE if verb == "rejected" else first_state(row.gate))
        old = str(FilingState.NOT_ASSESSED)
        detail = {"reason": row.decision_reason, "result": row.result, "role": row.decided_role}
        events.append(_event(row, verb, old, start, detail, row.decided_by))
        events.append(_event(row, "seconded", start, start, {"reason": "", "role": "security"}, row.second_by))
        name = dict(case.content.filings[row.regime].name)
        words = {"regime": row.regime, "filing": name, "new_word": _word(case, start)}
        acts.append((f"compliance.filing.{verb}", row, {**words, "old": old, "new": start, **detail}))
    FilingEvent.objects.bulk_create(events)
    record_acts(case.project.pk, acts)


def _say_steps(case: Case, steps: list[tuple[Filing, str, list[str], int]]) -> None:
    events: list[FilingEvent] = []
    acts: list[Act] = []
    day = organisation_today().isoformat()
    for row, first, walk, number in steps:
        old, new = (first, *walk)[number], walk[number]
        detail: dict[str, Any] = {}
        if new in (S.SUBMITTED, S.RESUBMITTED):
            detail = {
                "on": day,
                "receipt": f"{'回执' if _language(case) == 'zh' else 'Receipt'} {case.code}-{row.regime[:3].upper()}-{number}",
            }
        elif new in (S.APPROVED, S.DONE, S.ACCEPTED, S.PUBLISHED):
            detail = {"on": day, **({"number": row.number} if new == S.APPROVED and row.number else {})}
        elif new in (S.SUPPLEMENT_REQUESTED, S.REJECTED):
            detail = {"on": day, "note": (_ASKED if new == S.SUPPLEMENT_REQUESTED else _SENT_BACK)[_language(case)]}
        events.append(_event(row, "stepped", old, new, detail, row.owner))
        name = dict(case.content.filings[row.regime].name)
        words = {"regime": row.regime, "filing": name, "new_word": _word(case, new)}
        acts.append(("compliance.filing.stepped", row, {**words, "old": old, "new": new, **detail}))
    FilingEvent.objects.bulk_create(events)
    record_acts(case.project.pk, acts)


def _word(case: Case, state: str) -> dict[str, str]:
    return dict(case.content.vocabularies["filing_states"].label(state))


def _event(row: Filing, verb: str, old: str, new: str, detail: dict[str, Any], who: Any) -> FilingEvent:
    return FilingEvent(filing=row, verb=verb, old_state=old, new_state=new, detail=detail, done_by=who)
