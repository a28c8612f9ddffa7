"""What is special about single projects: open rounds, lapsed sign-offs, waivers, conditions, returned items, comments.

Everything here goes through the product's own acts, at the moment it is dated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.comments import add_comment
from assessments.checklists.actions.submitting import submit_items
from assessments.checklists.models import Answer
from assessments.checklists.tier.actions import raise_tier
from assessments.gates.conditions import report_condition, settle_condition
from assessments.gates.models import Condition
from assessments.gates.rounds import NewCondition, sign_round
from assessments.reviews.actions import approve_item, return_item
from assessments.reviews.waiving import lapse_due_waivers, request_waiver, sign_waiver
from compliance.demo.clock import at
from compliance.demo.content import read
from compliance.demo.gating import CONDITIONAL, open_gate, prepare, settle_old_conditions, sign, signer
from compliance.demo.outcomes import RETURNED, Outcome
from compliance.demo.projects import Case
from compliance.filings.clocks import note_next_date
from compliance.filings.models import Filing
from portal.permissions import DOERS
from portal.projects.actions import share_with_team
from portal.projects.facts.actions import save_facts
from portal.roles.models import Team
from portal.stakeholders.actions import add_stakeholder, create_contact

Told = dict[str, Outcome]


def decide(case: Case, gate: str, day: int, opened: int) -> None:
    """The round of a gate that is passed; with conditions, or returned once before, where the story says so."""
    if case.story == "approval_returned" and gate == "G1":
        _returned_first(case, gate, opened)
    round_ = open_gate(case, gate, opened)
    conditions = _conditions(case, gate, day)
    sign(case, round_, day, outcome=CONDITIONAL.get(gate, ""), conditions=conditions)
    if conditions:
        _report(case, gate, day + 12)


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


def _conditions(case: Case, gate: str, day: int) -> list[NewCondition]:
    users, today = case.world.users, case.world.today
    if case.story == "flagship" and gate == "G2":
        return [
            NewCondition(
                "上线前完成 1000 题内容安全复测并提交报告。", users[case.person("security")], today + dt.timedelta(days=day + 40), "D9.13"
            ),
            NewCondition(
                "与模型服务商补签分包方清单和 24 小时事件通知条款。", users[case.person("compliance")], today + dt.timedelta(days=day + 30)
            ),
        ]
    if case.story == "live_condition" and gate == "G4":
        return [
            NewCondition("三个月内把价签识别扩展到冷柜区，并复测错报率。", users[case.person("tech_lead")], today - dt.timedelta(days=9)),
            NewCondition("为理货员提供一次操作培训。", users[case.spec["owner"]], today + dt.timedelta(days=day + 20)),
        ]
    return []


def _report(case: Case, gate: str, day: int) -> None:
    """Conditions due early on are reported by their owners and accepted by a role that signs the gate."""
    people = {user.pk: key for key, user in case.world.users.items()}
    limit = case.world.today + dt.timedelta(days=day + 40)
    with case.world.acting(case.person("pmo")):
        rows = list(
            Condition.objects.filter(
                project=case.project, gate=gate, round__isnull=False, due_on__lt=min(limit, case.world.today - dt.timedelta(days=20))
            )
        )
    for row in rows:
        with at(case.moment(day)), case.world.acting(people[row.owner_id]) as by:
            report_condition(row, case.project, report="已完成，材料附在相应检查项。", by=by)
        other = "exec_sponsor" if row.owner_id != case.project.sponsor_id else "security"
        with at(case.moment(day + 2)), case.world.acting(signer(case, other)) as by:
            settle_condition(row, case.project, accept=True, by=by)


def tell(case: Case, outcomes: Told) -> None:
    """Let happen what the content says of this project."""
    _return_items(case, outcomes)
    _comment(case)
    _stakeholders(case)
    if case.spec["launch"] < -60:
        settle_old_conditions(case)
    if case.story in _STORIES:
        _STORIES[case.story](case)
    if case.code == "XH-0030":
        with at(case.moment(-1)), case.world.acting(case.person("pmo")) as by:
            share_with_team(case.project, team=Team.objects.get(), level="view_project", by=by.user)
    if case.code == "XH-0020":
        _raise(case)


def _return_items(case: Case, outcomes: Told) -> None:
    for name in (name for name, one in outcomes.items() if one.standing == RETURNED):
        with at(case.moment(-2, hour=16)), case.world.acting(case.person(case.content.items[name].approved_by)) as by:
            answer = visible_answer(case.project, name)
            return_item(answer, case.project, version=answer.version, reason=read("stories")["returned"][case.code], by=by)


def _comment(case: Case) -> None:
    for number, entry in enumerate(read("stories")["comments"].get(case.code, ())):
        with at(case.moment(-5, hour=9 + number)), case.world.acting(signer(case, entry["by"])) as by:
            named = [case.world.users[case.person(role)].pk for role in entry["names"]]
            add_comment(visible_answer(case.project, entry["item"]), body=entry["text"], by=by, mentioned=named)


def _stakeholders(case: Case) -> None:
    for entry in read("stories")["stakeholders"].get(case.code, ()):
        with at(case.moment(case.spec["started"] + 2)), case.world.acting(case.spec["owner"]) as by:
            contact = create_contact(by=by.user, name=entry["name"], organisation=entry["organisation"])
            add_stakeholder(
                case.project, by=by.user, part=entry["part"], contact=contact, influence=entry["influence"], interest=entry["interest"]
            )


def _raise(case: Case) -> None:
    with at(case.moment(-14)), case.world.acting(case.world.roles["compliance_officer"]) as by:
        raise_tier(case.project, "full", reason_key="authority_interest", reason="监管部门要求按高风险场景管理食品安全信息发布。", by=by)


def _open(case: Case, gate: str, opened: int, due: int, roles: list[str]) -> None:
    """An open round with some signatures on it. Days from today; ``due`` as well."""
    prepare(case, gate, opened - 1)
    round_ = open_gate(case, gate, opened, due=(case.world.today + dt.timedelta(days=due) - case.moment(opened).date()).days)
    sign(case, round_, min(-1, opened + 1), roles=roles)


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
    _open(case, "G4", -3, 3, ["tech_lead", "security"])


def _live_stale(case: Case) -> None:
    """An answer that the launch rests on was changed and approved again: the sign-offs that used it no longer cover the project."""
    with at(case.moment(-6, hour=10)), case.world.acting(case.person("tech_lead")) as by:
        answer = visible_answer(case.project, "D3.11")
        note = "新增直播间行为数据，监测指标由周更新改为日更新，并补充告警阈值。"
        save_answer(answer, value=answer.value, note=note, version=answer.version, by=by)
        submit_items(case.project, ["D3.11"], by=by)
    with at(case.moment(-5, hour=11)), case.world.acting(case.person("data_owner")) as by:
        answer = visible_answer(case.project, "D3.11")
        approve_item(answer, case.project, version=answer.version, by=by)
    with at(case.moment(-5, hour=12)), case.world.acting(case.world.roles["compliance_officer"]):
        _change_due(case, "algorithm_filing", 3)


def _change_due(case: Case, regime: str, days: int) -> None:
    """The authority has to hear of a change within a few days."""
    row = Filing.objects.get(project=case.project, regime=regime)
    row.state, row.due_on = "change_due", case.world.today + dt.timedelta(days=days)
    row.renewal_on = row.due_on
    row.version += 1
    row.save(update_fields=["state", "due_on", "renewal_on", "version", "updated_at"])
    note_next_date(case.project)


def _build_stale(case: Case) -> None:
    """The circle of users grew after the approval: the tier rises, items open, earlier sign-offs lapse."""
    with at(case.moment(-8)), case.world.acting(case.spec["owner"]) as by:
        save_facts(case.project, {"audience": ["internal_staff", "partner"]}, by=by.user, sources={"audience": "供应商试点会议纪要"})


def _build_waiver(case: Case) -> None:
    with case.world.acting(case.person("pmo")):
        rows = list(
            Answer.objects.filter(assessment=case.assessment, applies=True, due_gate="G3", verdict="open")
            .exclude(item_key="D3.03")
            .order_by("position")
        )
    waiting = visible(case, "D3.03")
    until = case.world.today + dt.timedelta(days=45)
    with at(case.moment(-6)), case.world.acting(case.person("tech_lead")) as by:
        waiver = request_waiver(
            waiting,
            case.project,
            reason="40 份测试合同仍在脱敏，独立测试集两周后才能定稿。",
            measure="脱敏完成前以公开示范合同 120 份代替，结果单独标注。",
            until=until,
            by=by,
        )
    with at(case.moment(-4)), case.world.acting(case.person("exec_sponsor")) as by:
        sign_waiver(waiver, case.project, by=by)
    if rows:
        _waive(case, rows[0], -20, 40)


def visible(case: Case, item: str) -> Answer:
    """The answer of an item, read as the PMO."""
    with case.world.acting(case.person("pmo")):
        return visible_answer(case.project, item)


def _waive(case: Case, answer: Answer, day: int, until: int) -> None:
    """A waiver asked for by the technical lead and signed by the item's approver and the sponsor."""
    with at(case.moment(day)), case.world.acting(case.answerer(answer.answer_role)) as by:
        waiver = request_waiver(
            visible_answer(case.project, answer.item_key),
            case.project,
            reason="供应商的改造排在下一个版本，当前版本无法满足。",
            measure="人工每周抽查并登记结果。",
            until=case.world.today + dt.timedelta(days=until),
            by=by,
        )
    role = waiver.approver_role
    with at(case.moment(day + 1)), case.world.acting(signer(case, role)) as by:
        sign_waiver(waiver, case.project, by=by)
    with at(case.moment(day + 2)), case.world.acting(case.person("exec_sponsor")) as by:
        sign_waiver(waiver, case.project, by=by)


def _build_late(case: Case) -> None:
    """One waiver is in force, another one ran out."""
    with case.world.acting(case.person("pmo")):
        found = Answer.objects.filter(assessment=case.assessment, applies=True, blocker=False, verdict__in=["open", "attention"])
        rows = [row for row in found.order_by("-position") if row.answer_role in DOERS and case.content.items[row.item_key].waivable]
    _waive(case, rows[0], -60, -6)
    with case.world.acting(case.person("pmo")), at(case.moment(-5)):
        lapse_due_waivers(timezone.localdate())
    _waive(case, rows[1], -15, 60)


_STORIES: dict[str, Callable[[Case], None]] = {
    "flagship": _flagship,
    "approval_open": _approval_open,
    "build_open": _build_open,
    "assessment_open": _assessment_open,
    "review_open": _review_open,
    "eu_launch_open": _eu_launch_open,
    "live_stale": _live_stale,
    "build_stale": _build_stale,
    "build_waiver": _build_waiver,
    "build_late": _build_late,
}
