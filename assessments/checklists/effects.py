"""What a change of facts means for the tier, the items and the gates: the lines people see before they save.

checklist_effects(project, before, after) -> list[Effect]     # registered with portal.projects.registry, order 10
tier_effects(assessment, raised) -> list[Effect]              # the same for raising the tier or withdrawing a raise
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.checklists.dependencies import dependencies
from assessments.checklists.judging import ProjectView, view_of
from assessments.checklists.loading import load_answers, load_runs, read_rows
from assessments.checklists.models import Assessment
from assessments.checklists.planning import SHARES
from assessments.checklists.registry import gate_facts
from assessments.scoring.answers import ItemAnswer
from assessments.scoring.changes import Change, Side, compare
from assessments.scoring.tier import TierResult
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Item, same
from portal.catalogue.words import Lexicon, fact_label, listed, quoted, say_visibility
from portal.projects.facts import dictionary
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project
from portal.projects.registry import Effect, Facts
from portal.tenants.clock import organisation_today

_MOST = 6


@dataclass(frozen=True)
class Given:
    """What of a project does not follow from facts: answers that conditions of items read, outputs, a raise, decided gates."""

    answers: Mapping[str, ItemAnswer]
    outputs: Mapping[str, Mapping[str, object]]
    raised: str = ""
    decided: tuple[str, ...] = ()


NOTHING_GIVEN = Given({}, {})


def given_of(content: Catalogue, project: Project | None) -> Given:
    """What stands in the assessment of the project; nothing for a project to be."""
    assessment = Assessment.objects.filter(project=project).first() if project is not None else None
    if assessment is None:
        return NOTHING_GIVEN
    graph = dependencies(content)
    needed = sorted({item for reads in graph.visibility.values() for item in reads.items})
    rows = load_answers(assessment, needed, organisation_today())
    outputs: Mapping[str, Mapping[str, object]] = {}
    if any(reads.outputs for reads in graph.visibility.values()):
        outputs = {name: run.outputs for name, run in load_runs(assessment).items()}
    return Given(read_rows(content, rows, needed), outputs, assessment.tier_raised, gate_facts(project).decided)


def checklist_effects(project: Project | None, before: Facts | None, after: Facts) -> list[Effect]:
    """Lines on tier, items and gates; writes nothing."""
    content = dictionary.content_of(project)
    given = given_of(content, project)
    project_id = project.pk if project is not None else None
    new = view_of(content, after, project_id=project_id)
    if before is None:
        return _for_new(content, new)
    old = view_of(content, before, project_id=project_id)
    old_tier, new_tier = old.tier(given.raised), new.tier(given.raised)
    change = compare(
        content,
        Side(old_tier.tier, old.applying(old_tier.tier, given.answers, given.outputs)),
        Side(new_tier.tier, new.applying(new_tier.tier, given.answers, given.outputs)),
        given.decided,
    )
    return [*_tier_lines(content, old_tier, new_tier), *change_lines(content, change)]


def tier_effects(assessment: Assessment, raised: str) -> list[Effect]:
    """Lines on what a raise to this tier ("" for none) would change, on today's facts."""
    content = dictionary.content_of(assessment.project)
    given = given_of(content, assessment.project)
    view = view_of(content, project_facts(assessment.project), project_id=assessment.project_id)
    tier = view.tier(raised)
    change = compare(
        content,
        Side(assessment.tier, view.applying(assessment.tier, given.answers, given.outputs)),
        Side(tier.tier, view.applying(tier.tier, given.answers, given.outputs)),
        given.decided,
    )
    lines = []
    if change.rises or change.falls:
        lines.append(_moved(content, change.tier_before, change.tier_after, Text("人工设定", "Set by hand")))
    return [*lines, *change_lines(content, change)]


def tier_label(content: Catalogue, tier: str) -> Text:
    """The name of a tier."""
    return content.tiers.tier(tier).label


def grounds(content: Catalogue, result: TierResult) -> Text:
    """The conditions a tier rests on, in words."""
    labels = {condition.id: condition.label for condition in content.tiers.conditions}
    if result.computed == "standard":
        unmet = [labels[name] for name in result.because]
        phrase = Text("完整档、简易档的条件未全部确定或满足：{list}", "Neither full nor light for certain: {list}")
        return phrase.fill(list=_some(unmet))
    return _some([labels[name] for name in result.because])


def _some(texts: Sequence[Text]) -> Text:
    shown = listed(texts[:_MOST], "；", "; ")
    if len(texts) <= _MOST:
        return shown
    return Text(f"{shown.zh}等 {len(texts)} 条", f"{shown.en} and {len(texts) - _MOST} more")


def _tier_lines(content: Catalogue, old: TierResult, new: TierResult) -> list[Effect]:
    if old.tier != new.tier:
        return [_moved(content, old.tier, new.tier, grounds(content, new))]
    if old.computed != new.computed or set(old.because) != set(new.because):
        text = Text("评估档位仍为{tier}", "The tier stays {tier}").fill(tier=tier_label(content, new.tier))
        return [Effect("tier_grounds", "tier", text, grounds(content, new), 40, {"old": old.tier, "new": new.tier})]
    return []


def _moved(content: Catalogue, old: str, new: str, reason: Text) -> Effect:
    rises = content.tiers.tier(new).order > content.tiers.tier(old).order
    phrase = (
        Text("评估档位由{a}升为{b}", "The tier rises from {a} to {b}")
        if rises
        else Text("评估档位由{a}降为{b}", "The tier falls from {a} to {b}")
    )
    text = phrase.fill(a=tier_label(content, old), b=tier_label(content, new))
    return Effect("tier_rises" if rises else "tier_falls", "tier", text, reason, 90, {"old": old, "new": new})


def change_lines(content: Catalogue, change: Change) -> list[Effect]:
    """Lines for items that open or leave and for gates whose decision goes stale."""
    lines = [_item_line(content, content.items[name], opens=True, change=change) for name in change.appearing]
    lines += [_item_line(content, content.items[name], opens=False, change=change) for name in change.vanishing]
    for gate in change.stale:
        due = [name for name in change.opened if content.items[name].due_gate in content.gates[gate].due_upto]
        text = Text("{gate} 的签批失效", "The sign-off of {gate} becomes stale").fill(gate=_gate_name(content, gate))
        reason = Text("新适用的检查项属于该阶段门：{items}", "Items that open belong to it: {items}").fill(
            items=_some([same(name) for name in due])
        )
        lines.append(Effect("gate_stale", gate, text, reason, 80, {"items": due}))
    return lines


def _gate_name(content: Catalogue, gate: str) -> Text:
    return Text("{id} {name}", "{id} {name}").fill(id=gate, name=content.gates[gate].name)


def _item_line(content: Catalogue, item: Item, *, opens: bool, change: Change) -> Effect:
    text = Text("{id} {question}", "{id} {question}").fill(id=item.id, question=item.question)
    data: dict[str, Any] = {"dimension": item.dimension, "gate": item.due_gate, "blocker": item.blocker, "depth": item.depth}
    weight = (5 if item.blocker else 0) + (2 if opens else 0)
    return Effect("item_opens" if opens else "item_leaves", item.id, text, _why(content, item, opens=opens, change=change), weight, data)


def _why(content: Catalogue, item: Item, *, opens: bool, change: Change) -> Text:
    other = change.tier_before if opens else change.tier_after
    if item.depth not in content.tiers.tier(other).depths:
        tier = tier_label(content, change.tier_after)
        phrase = Text("{tier}要求作答", "Asked in the {tier} tier") if opens else Text("{tier}不要求作答", "Not asked in the {tier} tier")
        return phrase.fill(tier=tier)
    condition = say_visibility(item, Lexicon(content, item=item))
    phrase = Text("条件成立或待定：{rule}", "Its condition holds or is open: {rule}")
    if not opens:
        phrase = Text("条件不再成立：{rule}", "Its condition no longer holds: {rule}")
    return phrase.fill(rule=condition)


def _for_new(content: Catalogue, view: ProjectView) -> list[Effect]:
    tier = view.tier()
    applying = [content.items[name] for name in view.applying(tier.tier, {}, {})]
    reason = grounds(content, tier)
    text = Text("评估档位：{tier}", "Assessment tier: {tier}").fill(tier=tier_label(content, tier.tier))
    data: dict[str, Any] = {
        "tier": tier.tier,
        "because": [condition_data(content, tier, name) for name in tier.because],
        "could_lower": list(tier.could_lower),
        "could_raise": list(tier.could_raise),
        "items": len(applying),
        "all": len(content.items),
    }
    lines = [Effect("tier_set", "tier", text, reason, 90, data)]
    lines += [_ahead(content, name, [item for item in applying if item.dimension == name]) for name in content.dimensions]
    return [*lines, *_gates_ahead(content, view, applying)]


def condition_data(content: Catalogue, tier: TierResult, name: str) -> dict[str, Any]:
    """A condition of a tier as plain data: its words, its result, and the facts to look at."""
    condition = next(one for one in content.tiers.conditions if one.id == name)
    result = tier.conditions[name]
    if condition.expr is not None:
        facts = sorted(asked_behind(content, condition.expr.names))
    else:
        filings = [*result.applying, *result.undetermined]
        facts = sorted({fact for one in filings for fact in asked_behind(content, content.filings[one].facts)})
    return {
        "id": name,
        "kind": condition.kind,
        "label": condition.label,
        "explanation": condition.explanation,
        "value": {True: "yes", False: "no"}.get(result.value, "unknown") if isinstance(result.value, bool) else "unknown",
        "facts": [one for one in content.facts if one in facts],
        "open_facts": [one for one in content.facts if one in result.open_facts],
        "filings": [{"id": one, "name": content.filings[one].name} for one in (*result.applying, *result.undetermined)],
    }


def asked_behind(content: Catalogue, names: Any) -> set[str]:
    """The asked facts behind these names: a derived fact is replaced by those of its rule."""
    found: set[str] = set()
    for name in names:
        fact = content.facts.get(name)
        if fact is not None:
            found |= {name} if fact.derived is None else asked_behind(content, fact.derived.names)
    return found


def _ahead(content: Catalogue, dimension: str, items: Sequence[Item]) -> Effect:
    label = content.dimensions[dimension].label
    blockers = sum(item.blocker for item in items)
    text = Text("{d}：{n} 项", "{d}: {n} items").fill(d=label, n=str(len(items)))
    return Effect("items_ahead", dimension, text, {}, 0, {"name": label, "count": len(items), "blockers": blockers})


def _gates_ahead(content: Catalogue, view: ProjectView, items: Sequence[Item]) -> list[Effect]:
    launch = view.env.values.get("launch_date")
    days = (launch - view.today).days if isinstance(launch, dt.date) and launch > view.today else None
    lines = []
    for gate in content.gates.values():
        due = None if days is None or gate.id not in SHARES else view.today + dt.timedelta(days=days * SHARES[gate.id] // 100)
        roles = listed([content.roles[role].name for role in gate.approvers])
        lines.append(
            Effect(
                "gate_ahead",
                gate.id,
                _gate_name(content, gate.id),
                Text("签署：{roles}", "Signed by: {roles}").fill(roles=roles),
                0,
                {
                    "name": gate.name,
                    "items": sum(item.due_gate == gate.id for item in items),
                    "due": due.isoformat() if due else "",
                    "roles": roles,
                },
            )
        )
    return lines


def facts_in_words(content: Catalogue, facts: Sequence[str]) -> Text:
    """Labels of facts in one line."""
    return listed([quoted(fact_label(content.facts[name])) for name in facts])
