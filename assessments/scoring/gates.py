"""Criteria of a stage gate, each with the reason why it is met or not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from assessments.scoring.readiness import Readiness, effective_verdict, readiness, rounded_down, shortened
from assessments.scoring.verdicts import ATTENTION, FAIL, OPEN
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Criterion, Gate, same
from portal.catalogue.words import fact_label, listed, quoted

_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GateState:
    """What a gate is judged on.

    ``verdicts``: of the applying items alone; ``waived``: items with a waiver in force; ``conditions``: items with a
    written condition; ``flags``: confirmations on record; ``signed``: roles that have signed; ``facts_known``: facts with
    a value, None for all; ``filings_open``: filings not done, by gate of the filing; ``red_findings``: ids.
    """

    verdicts: Mapping[str, str]
    waived: Collection[str] = _NOBODY
    conditions: Collection[str] = _NOBODY
    flags: Collection[str] = _NOBODY
    signed: Collection[str] = _NOBODY
    facts_known: Collection[str] | None = None
    filings_open: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    red_findings: Collection[str] = _NOBODY


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One criterion: met or not, why in both languages, and what stands in the way.

    ``pending``: it rests on the signatures themselves, which come last.
    """

    id: str
    kind: str
    met: bool
    reason: Text
    pending: bool = False
    items: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    filings: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate: open if every criterion is met; ``failed`` names the others; readiness over the items due up to it."""

    gate: str
    criteria: tuple[CriterionResult, ...]
    readiness: Readiness

    @property
    def open(self) -> bool:
        """Whether every criterion is met."""
        return all(one.met for one in self.criteria)

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the criteria that are not met."""
        return tuple(one.id for one in self.criteria if not one.met)

    @property
    def ready_to_sign(self) -> bool:
        """Whether nothing but signatures is missing."""
        return all(one.met or one.pending for one in self.criteria)


def evaluate_gate(catalogue: Catalogue, gate_id: str, state: GateState) -> GateResult:
    """Judge every criterion of a gate. Raises ``KeyError`` for an unknown gate."""
    gate = catalogue.gates[gate_id]
    judge = _Judge(catalogue, gate, state)
    return GateResult(
        gate_id,
        tuple(judge.criterion(criterion) for criterion in gate.criteria),
        readiness(catalogue, state.verdicts, waived=state.waived, due=gate.due_upto),
    )


class _Judge:
    def __init__(self, catalogue: Catalogue, gate: Gate, state: GateState) -> None:
        self.catalogue, self.gate, self.state = catalogue, gate, state
        self.verdicts = {name: effective_verdict(catalogue.items[name], verdict, state.waived) for name, verdict in state.verdicts.items()}

    def criterion(self, criterion: Criterion) -> CriterionResult:
        kinds: dict[str, Callable[[Criterion], CriterionResult]] = {
            "items_answered": self.items_answered,
            "no_failed_blocker": self.no_failed_blocker,
            "no_open_blocker": self.no_open_blocker,
            "blocker_attention_conditioned": self.attention_conditioned,
            "item_verdict": self.item_verdict,
            "facts_known": self.facts_known,
            "flag": self.flag,
            "any_flag": self.any_flag,
            "readiness": self.readiness,
            "filings_closed": self.filings_closed,
            "no_red_finding": self.no_red_finding,
            "approvals": self.approvals,
        }
        return kinds[criterion.kind](criterion)

    def counted(self, criterion: Criterion, *, blockers: bool) -> list[str]:
        """Applying items that the criterion is about: the named ones, else those due."""
        items = self.catalogue.items
        names = criterion.items or [name for name in self.verdicts if items[name].due_gate in criterion.due]
        return [name for name in names if name in self.verdicts and (items[name].blocker or not blockers)]

    def by_items(self, criterion: Criterion, failing: list[str], met: Text, unmet: Text) -> CriterionResult:
        reason = unmet.fill(items=shortened(failing), n=str(len(failing))) if failing else met
        return CriterionResult(criterion.id, criterion.kind, not failing, reason, items=tuple(failing))

    def items_answered(self, criterion: Criterion) -> CriterionResult:
        failing = [name for name in self.counted(criterion, blockers=False) if self.verdicts[name] == OPEN]
        return self.by_items(
            criterion,
            failing,
            Text("相关适用项均已作答", "every applying item concerned is answered"),
            Text("尚有 {n} 项未答或等待事实：{items}", "{n} not answered or waiting for a fact: {items}"),
        )

    def no_failed_blocker(self, criterion: Criterion) -> CriterionResult:
        failing = [name for name in self.counted(criterion, blockers=True) if self.verdicts[name] == FAIL]
        return self.by_items(
            criterion,
            failing,
            Text("没有未通过的阻断项", "no blocker has failed"),
            Text("{n} 个阻断项未通过：{items}", "{n} failed among the blockers: {items}"),
        )

    def no_open_blocker(self, criterion: Criterion) -> CriterionResult:
        failing = [name for name in self.counted(criterion, blockers=True) if self.verdicts[name] == OPEN]
        return self.by_items(
            criterion,
            failing,
            Text("阻断项均已作答", "every blocker is answered"),
            Text("{n} 个阻断项未答或等待事实：{items}", "{n} open among the blockers: {items}"),
        )

    def attention_conditioned(self, criterion: Criterion) -> CriterionResult:
        blockers = [name for name in self.counted(criterion, blockers=True) if self.verdicts[name] == ATTENTION]
        failing = [name for name in blockers if name not in self.state.conditions]
        return self.by_items(
            criterion,
            failing,
            Text("“关注”的阻断项均附有书面条件", "every blocker with attention carries a written condition")
            if blockers
            else Text("没有“关注”的阻断项", "no blocker calls for attention"),
            Text("{n} 个“关注”的阻断项没有书面条件：{items}", "{n} with attention lack a written condition: {items}"),
        )

    def item_verdict(self, criterion: Criterion) -> CriterionResult:
        named = [name for name in criterion.items if name in self.verdicts]
        failing = [name for name in named if not self.accepted(criterion, name)]
        verdicts = self.catalogue.vocabularies["verdicts"].choices
        said = [
            Text("{id} 为{v}", "{id} is {v}").fill(
                id=name, v=quoted(verdicts[self.verdicts[name]].label if self.verdicts[name] in verdicts else _WAIVED)
            )
            for name in (failing or named)
        ]
        reason = listed(said) if named else Text("所列检查项不适用于本项目", "the items named do not apply to this project")
        if failing and any(self.verdicts[name] in criterion.accept_with_condition for name in failing):
            reason = Text(reason.zh + "，须附书面条件", reason.en + "; a written condition is needed")
        return CriterionResult(criterion.id, criterion.kind, not failing, reason, items=tuple(failing))

    def accepted(self, criterion: Criterion, name: str) -> bool:
        verdict = self.verdicts[name]
        if verdict in criterion.accept:
            return True
        return verdict in criterion.accept_with_condition and name in self.state.conditions

    def facts_known(self, criterion: Criterion) -> CriterionResult:
        known = self.state.facts_known
        missing = [name for name in criterion.facts if known is not None and name not in known]
        labels = listed([quoted(fact_label(self.catalogue.facts[name])) for name in missing])
        reason = Text("未填写：{labels}", "not given: {labels}").fill(labels=labels)
        if not missing:
            reason = Text("所需事实均已填写", "every fact needed is given")
        return CriterionResult(criterion.id, criterion.kind, not missing, reason, facts=tuple(missing))

    def flag(self, criterion: Criterion) -> CriterionResult:
        return self.any_flag(criterion, (criterion.flag or "",))

    def any_flag(self, criterion: Criterion, flags: tuple[str, ...] | None = None) -> CriterionResult:
        wanted = criterion.flags if flags is None else flags
        met = any(flag in self.state.flags for flag in wanted)
        reason = Text("已确认", "confirmed") if met else Text("尚未确认", "not confirmed yet")
        return CriterionResult(criterion.id, criterion.kind, met, reason, flags=() if met else wanted)

    def readiness(self, criterion: Criterion) -> CriterionResult:
        value = readiness(self.catalogue, self.state.verdicts, waived=self.state.waived, due=criterion.due).value
        least, fallback = criterion.least or 0, criterion.fallback_least
        parts = {"r": f"{rounded_down(value)}", "least": str(least), "fallback": str(fallback)}
        missing: tuple[str, ...] = ()
        if value >= least:
            met, reason = True, Text("就绪度 {r}，不低于 {least}", "readiness {r}, at least {least}")
        elif fallback is None or value < fallback:
            limit = least if fallback is None else fallback
            parts["least"] = str(limit)
            met, reason = False, Text("就绪度 {r}，低于 {least}", "readiness {r}, below {least}")
        elif criterion.fallback_flag in self.state.flags:
            met = True
            reason = Text("就绪度 {r}，低于 {least}，已书面接受", "readiness {r}, below {least}, accepted in writing")
        else:
            met, missing = False, (criterion.fallback_flag or "",)
            reason = Text(
                "就绪度 {r}，低于 {least}、不低于 {fallback}，须书面接受",
                "readiness {r}, below {least} and at least {fallback}: needs a written acceptance",
            )
        return CriterionResult(criterion.id, criterion.kind, met, reason.fill(**parts), flags=missing)

    def filings_closed(self, criterion: Criterion) -> CriterionResult:
        left = [name for gate in criterion.filing_gates for name in self.state.filings_open.get(gate, ())]
        if not left:
            reason = Text("相关备案登记事项均已办结", "every filing concerned is done")
            return CriterionResult(criterion.id, criterion.kind, True, reason)
        filings = self.catalogue.filings
        names = listed([quoted(filings[name].name) if name in filings else same(name) for name in left])
        excused = criterion.or_flag is not None and criterion.or_flag in self.state.flags
        reason = Text("{n} 项未办结：{names}", "{n} not done: {names}")
        if excused:
            reason = Text("{n} 项未办结，已有书面条件：{names}", "{n} not done, under a written condition: {names}")
        flags = () if excused or criterion.or_flag is None else (criterion.or_flag,)
        filled = reason.fill(n=str(len(left)), names=names)
        return CriterionResult(criterion.id, criterion.kind, excused, filled, filings=tuple(left), flags=flags)

    def no_red_finding(self, criterion: Criterion) -> CriterionResult:
        left = tuple(self.state.red_findings)
        blockers = self.catalogue.blockers
        names = listed([quoted(blockers[name].name) if name in blockers else same(name) for name in left])
        reason = Text("红色发现：{names}", "red finding: {names}").fill(names=names)
        if not left:
            reason = Text("没有红色发现", "no red finding")
        return CriterionResult(criterion.id, criterion.kind, not left, reason, findings=left)

    def approvals(self, criterion: Criterion) -> CriterionResult:
        missing = tuple(role for role in self.gate.approvers if role not in self.state.signed)
        names = listed([self.catalogue.roles[role].name for role in missing])
        reason = Text("待签署：{names}", "still to sign: {names}").fill(names=names)
        if not missing:
            reason = Text("批准人均已签署", "every approver has signed")
        return CriterionResult(criterion.id, criterion.kind, not missing, reason, pending=bool(missing), roles=missing)


_WAIVED = Text("已豁免", "waived")
