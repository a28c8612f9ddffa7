"""What a change of facts means for filings and red findings: the lines people see before they save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from assessments.checklists.judging import ProjectView, view_of
from assessments.scoring.registry import filing_provider
from compliance.filings.evaluation import facts_on_record
from compliance.filings.models import Filing
from compliance.filings.states import FilingDecision
from compliance.regimes.applicability import (
    APPLYING,
    NOT_APPLICABLE,
    REQUIRED,
    UNDETERMINED,
    Decision,
    Finding,
    clauses_in_words,
    rule_in_words,
)
from portal.catalogue import Catalogue, Text
from portal.catalogue.words import fact_label, listed, quoted
from portal.projects.facts import dictionary
from portal.projects.models import Project
from portal.projects.registry import Effect, Facts

RESULTS = {
    "required": Text("须办理", "required"),
    "likely": Text("可能须办理", "likely"),
    "undetermined": Text("待定", "undetermined"),
    "not_applicable": Text("不适用", "not applicable"),
}
# Heavier lines stand first: what must be closed before launch before what recurs afterwards.
_GATES = {"before_activity": 9, "before_launch": 8, "practice_gate": 7}
_MOST_FACTS = 4


def filing_effects(project: Project | None, before: Facts | None, after: Facts) -> list[Effect]:
    """Lines on filings, red findings and decisions that would lapse; writes nothing."""
    content = dictionary.content_of(project)
    project_id = project.pk if project is not None else None
    new = view_of(content, after, project_id=project_id)
    old = view_of(content, before, project_id=project_id) if before is not None else None
    decisions: Mapping[str, Decision] = new.filings  # type: ignore[assignment]
    earlier: Mapping[str, Decision] = old.filings if old is not None else {}  # type: ignore[assignment]
    lines = [
        line for name, one in decisions.items() if (line := _filing_line(content, one, earlier.get(name), fresh=old is None)) is not None
    ]
    lines += _findings(content, new, old)
    if project is not None:
        lines += _lapses(content, project, decisions)
    return lines


def _filing_line(content: Catalogue, now: Decision, before: Decision | None, *, fresh: bool) -> Effect | None:
    old = before.result if before is not None else NOT_APPLICABLE
    if now.result == old or (fresh and now.result == NOT_APPLICABLE):
        return None
    kind = "filing_leaves"
    if now.result in APPLYING:
        kind = "filing_appears"
    elif now.result == UNDETERMINED:
        kind = "filing_undetermined"
    label = RESULTS[now.result] if fresh or before is None else Text("{a} → {b}", "{a} → {b}").fill(a=RESULTS[old], b=RESULTS[now.result])
    weight = _GATES.get(now.filing.gate, 0) + (20 if now.result == REQUIRED else 10 if now.result in APPLYING else 0)
    return Effect(
        kind,
        now.id,
        Text("{name}：{result}", "{name}: {result}").fill(name=now.filing.name, result=label),
        _why(content, now),
        weight,
        {
            "name": now.filing.name,
            "old": old,
            "result": now.result,
            "gate": now.filing.gate,
            "gate_label": content.vocabularies["filing_gates"].label(now.filing.gate),
            "timing": now.timing.state,
            "clauses": clauses_in_words(now.filing),
            "confidence": now.filing.confidence,
            "missing": list(now.missing),
        },
    )


def _why(content: Catalogue, now: Decision) -> Text:
    """Why a filing has its result: the rule for one that applies, the missing facts for one that waits."""
    if now.result == UNDETERMINED:
        return Text("尚缺事实：{facts}", "Facts are missing: {facts}").fill(facts=_named(content, now.missing))
    if now.result == NOT_APPLICABLE:
        return Text("条件不再成立：{rule}", "The condition no longer holds: {rule}").fill(rule=rule_in_words(content, now.filing))
    reason = Text("适用条件：{rule}", "Applies if {rule}").fill(rule=rule_in_words(content, now.filing))
    if now.presumed:
        presumed = Text("（推定：{facts}，直至另有说明）", " (presumed until shown otherwise: {facts})")
        reason = Text("{a}{b}", "{a}{b}").fill(a=reason, b=presumed.fill(facts=_named(content, now.presumed)))
    return reason


def _named(content: Catalogue, facts: Any) -> Text:
    names = list(facts)
    shown = listed([quoted(fact_label(content.facts[name])) for name in names[:_MOST_FACTS]])
    if len(names) <= _MOST_FACTS:
        return shown
    return Text(f"{shown.zh}等 {len(names)} 项", f"{shown.en} and {len(names) - _MOST_FACTS} more")


def _findings(content: Catalogue, new: ProjectView, old: ProjectView | None) -> list[Effect]:
    provider = filing_provider()
    now: Mapping[str, Finding] = provider.red_findings(new.env)  # type: ignore[assignment]
    before: Mapping[str, Finding] = provider.red_findings(old.env) if old is not None else {}  # type: ignore[assignment]
    lines = []
    for name, one in now.items():
        was_red = name in before and before[name].red
        if one.red == was_red:
            continue
        gates = listed([Text(gate, gate) for gate in one.blocker.closes_gates])
        if one.red:
            reason = Text("{why} {remedy}（关闭 {gates}）", "{why} {remedy} (closes {gates})")
            reason = reason.fill(why=one.blocker.reason, remedy=one.blocker.remedy, gates=gates)
            lines.append(Effect("red_finding", name, one.blocker.name, reason, 100, {"result": one.result}))
        else:
            lines.append(Effect("red_finding_gone", name, one.blocker.name, Text("情形已消除", "It no longer holds"), 0, {}))
    return lines


def _lapses(content: Catalogue, project: Project, decisions: Mapping[str, Decision]) -> list[Effect]:
    """Recorded decisions that rest on facts which would be different."""
    lines = []
    rows = Filing.objects.filter(Q(project=project) | Q(project=None)).exclude(decision=FilingDecision.NONE)
    for regime, facts in rows.values_list("regime", "decided_facts"):
        if regime not in decisions:
            continue
        now = facts_on_record(decisions[regime])
        moved = [name for name, then in facts.items() if name in now and now[name] != then]
        if moved:
            name = content.filings[regime].name
            text = Text("合规对“{name}”的决定失效", "The decision of compliance on “{name}” lapses").fill(name=name)
            reason = Text("所依据的事实有变：{facts}", "It rests on facts that change: {facts}").fill(facts=_named(content, moved))
            lines.append(Effect("decision_lapses", regime, text, reason, 50, {"name": name}))
    return lines
