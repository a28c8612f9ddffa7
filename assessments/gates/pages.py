"""What gate pages show, gathered once per request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.gates import rules
from assessments.gates.conditions import in_short
from assessments.gates.flags import CONFIRMED_BY, LABELS, human_flags
from assessments.gates.models import ConditionChange, Confirmation, GateRound, Signature
from assessments.gates.rounds import stages_before, what_stands_against, why_only_negative
from assessments.gates.standing import Standing, outcome_label
from assessments.gates.states import OUTCOME_KIND, ConditionState, RoundState
from assessments.reviews import segregation
from assessments.scoring.explain import Explanation, explain_criterion, explain_readiness
from assessments.scoring.gates import CriterionResult, GateResult
from portal.catalogue import Text
from portal.catalogue.parts import Gate
from portal.core.access import Actor
from portal.projects.access import may_on_project
from portal.tenants.models import User

TONES = {
    RoundState.OPEN: "review",
    RoundState.APPROVED: "pass",
    RoundState.APPROVED_WITH_CONDITIONS: "attention",
    RoundState.RETURNED: "attention",
    RoundState.REJECTED: "fail",
    RoundState.WITHDRAWN: "na",
}


@dataclass(frozen=True)
class GateCard:
    """One gate on the overview: where it stands and what it says."""

    gate: Gate
    state: str
    tone: str
    label: str
    round: GateRound | None = None
    outcome: Any = None
    stale: bool = False
    carries: bool = False


def gate_cards(standing: Standing) -> list[GateCard]:
    """All gates in order, each with its latest round."""
    cards = []
    following = standing.next_gate
    for gate in standing.content.gates.values():
        row = standing.latest(gate.id)
        decided = standing.decided(gate.id)
        stale = decided is not None and decided.stale_since is not None
        if row is not None and row.state == RoundState.OPEN:
            cards.append(GateCard(gate, "open", "review", _("waiting for signatures"), row, stale=stale))
        elif stale and decided is not None:
            cards.append(GateCard(gate, "stale", "fail", _("sign-off is stale"), decided, outcome_label(gate, decided.outcome), True))
        elif standing.expired(gate.id) is not None and decided is not None:
            cards.append(GateCard(gate, "expired", "attention", _("sign-off has expired"), decided, outcome_label(gate, decided.outcome)))
        elif row is not None:
            tone = TONES[RoundState(row.state)]
            cards.append(GateCard(gate, row.state, tone, row.get_state_display(), row, outcome_label(gate, row.outcome)))
        elif following is not None and gate.id == following.id:
            cards.append(GateCard(gate, "next", "open", pgettext("gate", "next")))
        else:
            cards.append(GateCard(gate, "ahead", "na", _("not yet")))
    return [replace(card, carries=card.gate.id == standing.carrying) for card in cards]


@dataclass(frozen=True)
class Approver:
    """One role that signs: who holds it, who signed, and whether this person may sign for it now.

    ``refusal``: why somebody who could sign in this role cannot any more in this round (S2).
    """

    key: str
    name: Any
    holders: list[User]
    signature: Signature | None
    mine: bool
    refusal: str = ""


@dataclass
class GatePage:
    """Everything the page of one gate shows. ``settled``: ``round`` decided the gate, and no further round is to come."""

    gate: Gate
    result: Any
    round: GateRound | None
    decided: GateRound | None
    approvers: list[Approver]
    criteria: list[dict[str, Any]]
    against: list[dict[str, Any]]
    may_open: bool
    open_refusal: str
    may_renew: bool
    may_withdraw: bool
    right_stage: bool
    expired: bool
    readiness_why: Explanation
    outcomes: list[tuple[str, Any]]
    earlier: list[GateRound]
    stale_reasons: list[dict[str, Any]] = field(default_factory=list)
    stale_before: list[str] = field(default_factory=list)
    settled: bool = False

    @property
    def only_negative(self) -> str:
        """Why the open round cannot be approved now: the sign-off of an earlier gate is stale."""
        return why_only_negative(self.stale_before) if self.stale_before else ""


def gate_page(standing: Standing, gate_id: str, actor: Actor) -> GatePage:
    """Gather one gate's page for this person. Raises KeyError for an unknown gate."""
    gate = standing.content.gates[gate_id]
    latest = standing.latest(gate_id)
    waiting = latest if latest is not None and latest.state == RoundState.OPEN else None
    decided = standing.decided(gate_id)
    signatures = rules.signatures_of(latest) if latest else []
    signed = {row.role_key for row in signatures} if waiting else set()
    result = standing.judge(gate_id, signed)
    project = standing.project
    open_refusal = rules.why_not_open(actor, project)
    stale = decided is not None and decided.stale_since is not None
    expired = standing.expired(gate_id) is not None
    renewable = stale or expired
    right_stage = project.stage in stages_before(gate)
    settled = decided is not None and decided is latest and not renewable and not right_stage
    against = [] if waiting else what_stands_against(standing, gate_id, delta=renewable and not right_stage)
    return GatePage(
        gate=gate,
        result=result,
        round=latest,
        decided=decided,
        approvers=_approvers(standing, gate, waiting, signatures, actor),
        criteria=[_criterion(standing, result, _signed_then(one, decided) if settled and decided else one) for one in result.criteria],
        against=against,
        may_open=not waiting and not open_refusal and not against and right_stage,
        open_refusal=open_refusal,
        may_renew=not waiting and renewable and not open_refusal and not [one for one in against if one["kind"] != "stage"],
        may_withdraw=waiting is not None and not rules.why_not_withdraw(actor, project, waiting),
        right_stage=right_stage,
        expired=expired,
        readiness_why=explain_readiness(standing.content, result.readiness),
        outcomes=[(choice.value, choice.label) for choice in gate.outcomes if choice.value in OUTCOME_KIND],
        earlier=[row for row in standing.rounds if row.gate == gate_id],
        stale_reasons=decided.stale_reasons if stale and decided else [],
        stale_before=standing.stale_before(gate_id) if waiting else [],
        settled=settled,
    )


def _signed_then(one: CriterionResult, decided: GateRound) -> CriterionResult:
    """That everybody has signed, on a gate that is decided: signatures were given then, all else is judged as it stands now."""
    if one.kind != "approvals" or decided.decided_at is None:
        return one
    said = Text("批准人已在第 {n} 轮全部签署（{day}）", "every approver signed in round {n}, {day}")
    reason = said.fill(n=str(decided.number), day=timezone.localdate(decided.decided_at).isoformat())
    return replace(one, met=True, pending=False, reason=reason, roles=())


def _approvers(standing: Standing, gate: Gate, waiting: GateRound | None, signatures: list[Signature], actor: Actor) -> list[Approver]:
    by_role = {row.role_key: row for row in signatures}
    holders = segregation.holders_by_role(standing.project, gate.approvers)
    people = User.objects.in_bulk({uid for ids in holders.values() for uid in ids})
    found = []
    for role in gate.approvers:
        refusal = rules.why_not_sign(actor, standing.project, waiting, role, signatures) if waiting else ""
        could = waiting is not None and not segregation.why_not_sign(actor, standing.project, role, gate.approvers)
        named = sorted((people[uid] for uid in holders[role]), key=lambda user: user.name)
        signature = by_role.get(role)
        name = standing.content.roles[role].name
        found.append(
            Approver(role, name, named, signature, waiting is not None and not refusal, refusal if could and not signature else "")
        )
    return found


def _criterion(standing: Standing, result: GateResult, one: CriterionResult) -> dict[str, Any]:
    """A criterion with the rule it follows, links to what stands in its way, and the confirmation it asks for if any."""
    content = standing.content
    why = explain_criterion(content, result, one)
    project_id = standing.project.pk
    flags = [flag for flag in one.flags if flag in human_flags()]
    return {
        "id": one.id,
        "text": why.title,
        "rule": why.rule,
        "met": one.met,
        "pending": one.pending,
        "reason": one.reason,
        "items": [
            {"key": key, "question": content.items[key].question, "project_id": project_id} for key in one.items if key in content.items
        ],
        "facts": [content.facts[name] for name in one.facts if name in content.facts],
        "filings": [content.filings[name] for name in one.filings if name in content.filings],
        "flags": [{"key": flag, "label": LABELS.get(flag, flag), "roles": CONFIRMED_BY.get(flag, ())} for flag in flags],
        "needs_condition": one.kind in ("blocker_attention_conditioned", "item_verdict") and not one.met,
    }


def confirmations_of(standing: Standing) -> list[Confirmation]:
    """Recorded confirmations that stand."""
    return list(
        Confirmation.objects.filter(project=standing.project, withdrawn_at=None).select_related("confirmed_by").order_by("confirmed_at")
    )


def condition_rows(standing: Standing, actor: Actor, gate: str = "") -> list[dict[str, Any]]:
    """Conditions, of one gate or of all, with what this person may do about each. They are changed on the page of their gate."""
    rows = []
    open_now = {row.gate for row in standing.rounds if row.state == RoundState.OPEN}
    for row in sorted(standing.conditions, key=lambda one: (one.state not in (ConditionState.OPEN, ConditionState.REPORTED), one.due_on)):
        if gate and row.gate != gate:
            continue
        reported = row.state == ConditionState.REPORTED
        asked = gate and not rules.why_not_change_condition(actor, standing.project, row, standing.content, round_open=row.gate in open_now)
        rows.append(
            {
                "row": row,
                "may_report": not rules.why_not_report_condition(actor, standing.project, row),
                "may_settle": reported and not rules.why_not_settle_condition(actor, standing.project, row, standing.content),
                "may_change": bool(asked),
                "changes": [_changed(change) for change in row.changes],
                "may_drop": row.round_id is None and row.state == ConditionState.OPEN and row.created_by_id == actor.user_id,
            }
        )
    return rows


def _changed(change: ConditionChange) -> str:
    return _("Changed on {day} by {name}: until {due}, owner {owner}. {reason}").format(
        day=change["at"][:10], name=change["by_name"], reason=change["reason"], **in_short(change)
    )


def stale_sentence(standing: Standing, reason: dict[str, Any]) -> str:
    """One reason of staleness as a sentence."""
    kind = reason.get("kind")
    if kind == "items_changed":
        return _("Changed after the decision: {items}.").format(items=", ".join(reason.get("items", [])))
    if kind == "tier_rise":
        tier = standing.content.tiers.tier(str(reason.get("after"))).label
        from portal.core.formats import in_language as tr

        return _("The assessment tier rose to “{tier}”; newly applying items: {items}.").format(
            tier=tr(tier), items=", ".join(reason.get("items", []))
        )
    from portal.core.formats import in_language as tr

    return _("Condition {criterion} no longer holds: {reason}.").format(
        criterion=reason.get("criterion"), reason=tr(reason.get("reason", {}))
    )


def may_confirm(actor: Actor, standing: Standing) -> bool:
    """May record confirmations at all."""
    return not segregation.why_no_judge(actor, standing.project) and may_on_project(actor, "assessments.confirm_flag", standing.project)


def may_write_conditions(actor: Actor, standing: Standing) -> bool:
    """May write conditions at all."""
    return not segregation.why_no_judge(actor, standing.project) and may_on_project(actor, "assessments.write_condition", standing.project)


def gate_url(slug: str, project_id: Any, gate: str) -> str:
    """Address of a gate's page."""
    return reverse("assessments:gate", kwargs={"tenant_slug": slug, "project_id": project_id, "gate": gate})
