"""Gates of the demo: confirmations, written conditions, rounds and signatures, all by the product's own acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from assessments.checklists.models import Answer
from assessments.gates.conditions import NewCondition, confirm_flag, report_condition, settle_condition, write_condition
from assessments.gates.models import Condition, GateRound
from assessments.gates.rounds import open_round, sign_round, what_stands_against
from assessments.gates.standing import Standing
from compliance.demo.clock import at
from compliance.demo.content import read
from compliance.demo.projects import GATES, Case
from portal.core.access import Actor
from portal.tenants.clock import organisation_today

OUTCOMES = {"G0": "admit", "G1": "submit", "G2": "approve", "G3": "pass", "G4": "launch", "G5": "continue"}
CONDITIONAL = {"G2": "approve_with_conditions", "G4": "launch_limited", "G5": "continue_with_conditions"}
_FLAGS = {
    "G4": (
        (
            "measurements_imported",
            "tech_lead",
            {"zh": "准确率与压测结果已导入并核对。", "en": "Accuracy and load test were imported and checked."},
        ),
    ),
    "G5": (
        ("items_refreshed", "pmo", {"zh": "到期项目均已重新核对。", "en": "All items due were looked at again."}),
        ("figures_reimported", "tech_lead", {"zh": "本期实测数据已重新导入。", "en": "The figures of this period were imported again."}),
    ),
}
_ACCEPTING = ("exec_sponsor", "security", "tech_lead", "pmo")
_REPORT = {"zh": "已补齐，材料附在该检查项。", "en": "Done; the proof is with the item."}
_ACCEPTANCE = {
    "zh": "知悉现状与条件，同意在限定范围内先行上线。",
    "en": "I know the state and the conditions and accept a launch within limits.",
}


def prepare(case: Case, gate: str, days: int) -> None:
    """Confirmations and written conditions without which the round cannot be opened."""
    for flag, role, text in _FLAGS.get(gate, ()):
        with at(case.moment(days, hour=9)), case.world.acting(signer(case, role)) as by:
            confirm_flag(case.project, flag=flag, text=str(case.filler(text)), by=by)
    with at(case.moment(days, hour=9, minute=30)), case.world.acting(case.person("pmo")) as by:
        _conditions(case, gate, by)
        low = any(one.id == "G4.5" and not one.met for one in Standing(case.project).judge(gate).criteria) if gate == "G4" else False
    if low:
        with at(case.moment(days, hour=9, minute=40)), case.world.acting(case.person("exec_sponsor")) as by:
            confirm_flag(case.project, flag="exec_acceptance", text=str(case.filler(_ACCEPTANCE)), by=by)


def _conditions(case: Case, gate: str, by: Actor) -> None:
    """Every blocker that calls for attention gets a condition: what, who, until when."""
    due = GATES[: GATES.index(gate) + 1]
    rows = Answer.objects.filter(assessment=case.assessment, applies=True, blocker=True, verdict="attention", due_gate__in=due)
    known = set(Condition.objects.filter(project=case.project).values_list("item_key", flat=True))
    first = max(case.world.today + dt.timedelta(days=12), organisation_today() + dt.timedelta(days=30))
    for number, row in enumerate(rows.order_by("position")):
        if row.item_key in known:
            continue
        text = case.filler(read("stories")["conditions"].get(row.item_key) or _general(case, row.item_key))
        owner = case.world.users[case.answerer(row.answer_role)]
        due_on = first + dt.timedelta(days=number * 9)
        write_condition(case.project, gate=gate, text=text, owner=owner, due_on=due_on, by=by, item_key=row.item_key)


def _general(case: Case, item: str) -> dict[str, str]:
    question = case.content.items[item].question
    return {"zh": f"补齐“{question.zh}”一项的缺口，并提交证据。", "en": f"Close the gap of “{question.en}” and show the proof."}


def signer(case: Case, role: str) -> str:
    """Who signs for a role: the compliance officer for compliance, otherwise who holds it."""
    return case.world.roles["compliance_officer"] if role == "compliance" else case.person(role)


def open_gate(case: Case, gate: str, days: int, *, due: int = 5, delta: bool = False) -> GateRound:
    """Open a round by the PMO."""
    moment = case.moment(days, hour=10)
    with at(moment), case.world.acting(case.person("pmo")) as by:
        against = what_stands_against(Standing(case.project), gate, delta=delta)
        if against:
            words = [
                f"{one['criterion'].id}: {one['criterion'].reason.en}" if "criterion" in one else str(one["reason"]) for one in against
            ]
            raise RuntimeError(f"The demo does not fit the content: {case.code} {gate} cannot be opened: {'; '.join(words)}")
        return open_round(case.project, gate, by=by, due_on=moment.date() + dt.timedelta(days=due), delta=delta)


def sign(
    case: Case,
    round_: GateRound,
    days: int,
    *,
    roles: Sequence[str] = (),
    outcome: str = "",
    conditions: Sequence[NewCondition] = (),
    instead: Mapping[str, str] | None = None,
) -> None:
    """Let the roles sign (all of the gate by default); conditions come with the last signature. ``instead``: role → who signs for it."""
    wanted = list(roles or case.content.gates[round_.gate].approvers)
    for number, role in enumerate(wanted):
        last = number == len(wanted) - 1
        key = (instead or {}).get(role) or signer(case, role)
        with at(case.moment(days, hour=11 + number // 2, minute=25 * (number % 2))), case.world.acting(key) as by:
            chosen = outcome if last and conditions else OUTCOMES[round_.gate]
            sign_round(
                round_,
                case.project,
                role=role,
                outcome=chosen,
                conditions=conditions if last else (),
                revision_sha256=round_.revision.sha256,
                by=by,
            )


def settle_old_conditions(case: Case) -> None:
    """In projects that went live long ago two of three conditions were met: reported by their owners, accepted by the sponsor."""
    with case.world.acting(case.person("pmo")):
        rows = list(
            Condition.objects.filter(project=case.project, state="open", round=None).select_related("owner").order_by("gate", "item_key")
        )
    people = {user.pk: key for key, user in case.world.users.items()}
    reports = read("stories")["reports"]
    for row in (row for number, row in enumerate(rows) if number % 3):
        gates = case.content.gates[row.gate].approvers
        role = next(role for role in _ACCEPTING if role in gates and case.person(role) != people[row.owner_id])
        with at(case.moment(-30)), case.world.acting(people[row.owner_id]) as by:
            report = case.filler(
                reports.get(row.item_key) or {"zh": "已补齐，材料附在该检查项。", "en": "Done; the proof is with the item."}
            )
            report_condition(row, case.project, report=str(report), by=by)
        with at(case.moment(-27)), case.world.acting(case.person(role)) as by:
            settle_condition(row, case.project, accept=True, by=by)
