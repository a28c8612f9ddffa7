"""What is special about single projects: open rounds, returned and renewed ones, lapsed sign-offs, conditions.

Everything here goes through the product's own acts, at the moment it is dated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.submitting import submit_items
from assessments.checklists.tier.actions import raise_tier
from assessments.gates.conditions import report_condition, settle_condition
from assessments.gates.models import Condition
from assessments.gates.rounds import NewCondition, sign_round
from assessments.reviews.actions import approve_item
from compliance.demo.clock import at
from compliance.demo.content import read
from compliance.demo.gating import CONDITIONAL, open_gate, prepare, settle_old_conditions, sign, signer
from compliance.demo.people_around import name_stakeholders
from compliance.demo.projects import Case
from compliance.demo.remarks import comment, person_of, return_items, share, waive
from compliance.filings.clocks import note_next_date
from compliance.filings.models import Filing
from portal.projects.facts.actions import save_facts


def decide(case: Case, gate: str, day: int, opened: int) -> None:
    """The round of a gate that is passed; with conditions, or returned once before, where the story says so."""
    if case.story == "approval_returned" and gate == "G1":
        _returned_first(case, gate, opened)
    round_ = open_gate(case, gate, opened)
    entries = read("stories")["decided"].get(case.code, {}).get(gate, [])
    conditions = [_condition(case, entry) for entry in entries]
    sign(case, round_, day, outcome=CONDITIONAL.get(gate, ""), conditions=conditions)
    for entry in entries:
        if "report" in entry:
            _report(case, gate, day + 12, entry)


def _returned_first(case: Case, gate: str, day: int) -> None:
    round_ = open_gate(case, gate, day)
    with at(case.moment(day, hour=15)), case.world.acting(signer(case, "tech_lead")) as by:
        sign_round(
            round_,
            case.project,
            role="tech_lead",
            outcome="return",
            remark="准确率目标没有区分岗位类别，请分类设定后再提交。",
            revision_sha256=round_.revision.sha256,
            by=by,
        )


def _condition(case: Case, entry: dict[str, Any]) -> NewCondition:
    owner = case.world.users[person_of(case, entry["by"])]
    return NewCondition(entry["text"], owner, case.world.today + dt.timedelta(days=entry["due"]), entry.get("item", ""))


def _report(case: Case, gate: str, day: int, entry: dict[str, Any]) -> None:
    """The owner reports how the condition was met; another role that signs the gate accepts it."""
    key = person_of(case, entry["by"])
    with at(case.moment(day)), case.world.acting(key) as by:
        row = Condition.objects.get(project=case.project, gate=gate, text=entry["text"])
        report_condition(row, case.project, report=entry["report"], by=by)
    other = "exec_sponsor" if key != case.person("exec_sponsor") else "security"
    with at(case.moment(day + 2)), case.world.acting(signer(case, other)) as by:
        settle_condition(row, case.project, accept=True, by=by)


def tell(case: Case) -> None:
    """Let happen what the content says of this project."""
    name_stakeholders(case)
    share(case)
    return_items(case)
    if case.spec["launch"] < -60:
        settle_old_conditions(case)
    waive(case)
    if case.story in _STORIES:
        _STORIES[case.story](case)
    comment(case)  # last: the latest were written after a round was opened
    if case.code == "XH-0020":
        _raise(case)


def _raise(case: Case) -> None:
    with at(case.moment(-14)), case.world.acting(case.world.roles["compliance_officer"]) as by:
        raise_tier(case.project, "full", reason_key="authority_interest", reason="监管部门要求按高风险场景管理食品安全信息发布。", by=by)


def _open(case: Case, gate: str, opened: int, due: int, roles: list[str], *, instead: dict[str, str] | None = None) -> None:
    """An open round with some signatures on it. Days from today; ``due`` as well."""
    prepare(case, gate, opened - 1)
    round_ = open_gate(case, gate, opened, due=(case.world.today + dt.timedelta(days=due) - case.moment(opened).date()).days)
    sign(case, round_, min(-1, opened + 1), roles=roles, instead=instead)


def _flagship(case: Case) -> None:
    _open(case, "G4", -4, 0, ["security", "tech_lead"])


def _approval_open(case: Case) -> None:
    _open(case, "G2", -3, 2, ["data_owner", "security"])


def _build_open(case: Case) -> None:
    _open(case, "G3", -9, -1, ["tech_lead"])


def _assessment_open(case: Case) -> None:
    _open(case, "G1", -3, 5, ["pmo"])


def _review_open(case: Case) -> None:
    _open(case, "G5", -4, 6, ["pmo", "security"])


def _eu_launch_open(case: Case) -> None:
    """The information security officer is away: her delegate has signed for her."""
    _open(case, "G4", -3, 3, ["tech_lead", "security"], instead={"security": "sofie.janssen"})


def _live_delta(case: Case) -> None:
    """The engine was changed after the launch: its sign-off lapsed, and a round that covers the difference waits for signatures."""
    note = "识别引擎由 3.2 升到 4.0，回归 2,000 张单据，要素准确率由 96.1% 升到 97.4%；变更单和对比表已附。"
    _answer_anew(case, "D8.12", note, answered=-9, approved=-8)
    round_ = open_gate(case, "G4", -5, due=9, delta=True)
    sign(case, round_, -3, roles=["tech_lead", "security"])


def _live_stale(case: Case) -> None:
    """An answer that the launch rests on was changed and approved again: the sign-offs that used it no longer cover the project."""
    _answer_anew(case, "D3.11", "新增直播间行为数据，监测指标由周更新改为日更新，并补充告警阈值。", answered=-6, approved=-5)
    with at(case.moment(-5, hour=12)), case.world.acting(case.world.roles["compliance_officer"]):
        _change_due(case, "algorithm_filing", 3)


def _answer_anew(case: Case, item: str, note: str, *, answered: int, approved: int) -> None:
    entry = case.content.items[item]
    with at(case.moment(answered, hour=10)), case.world.acting(case.answerer(entry.answered_by)) as by:
        answer = visible_answer(case.project, item)
        save_answer(answer, value=answer.value, note=note, version=answer.version, by=by)
        submit_items(case.project, [item], by=by)
    with at(case.moment(approved, hour=11)), case.world.acting(case.person(entry.approved_by)) as by:
        answer = visible_answer(case.project, item)
        approve_item(answer, case.project, version=answer.version, by=by)


def _change_due(case: Case, regime: str, days: int) -> None:
    """The authority has to hear of a change within a few days."""
    row = Filing.objects.get(project=case.project, regime=regime)
    row.state, row.due_on = "change_due", case.world.today + dt.timedelta(days=days)
    row.version += 1
    row.save(update_fields=["state", "due_on", "version", "updated_at"])
    note_next_date(case.project)


def _build_stale(case: Case) -> None:
    """The circle of users grew after the approval: the tier rises, items open, earlier sign-offs lapse."""
    with at(case.moment(-8)), case.world.acting(case.spec["owner"]) as by:
        save_facts(case.project, {"audience": ["internal_staff", "partner"]}, by=by.user, sources={"audience": "供应商试点会议纪要"})


_STORIES: dict[str, Callable[[Case], None]] = {
    "flagship": _flagship,
    "approval_open": _approval_open,
    "build_open": _build_open,
    "assessment_open": _assessment_open,
    "review_open": _review_open,
    "eu_launch_open": _eu_launch_open,
    "live_stale": _live_stale,
    "live_delta": _live_delta,
    "build_stale": _build_stale,
}
