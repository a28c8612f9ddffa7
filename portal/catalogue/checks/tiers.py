"""Checks of tiers and depths: a light project must keep every control that can stop a launch."""

from __future__ import annotations

from itertools import pairwise

from portal.catalogue.checks.content import Checker, Report
from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.parts.items import Item
from portal.core.expressions.tree import literals

FILE = "tiers.yaml"
TIERS = ("light", "standard", "full")
_LEAST_CORE_ITEMS = 3


def check_tiers(catalogue: Catalogue, report: Report, checker: Checker) -> None:
    """Tiers, their conditions, effects of filings, depth of items."""
    _order(catalogue, report)
    _conditions(catalogue, report, checker)
    _effects(catalogue, report)
    _depths(catalogue, report)


def _order(catalogue: Catalogue, report: Report) -> None:
    tiers = catalogue.tiers.tiers
    if tuple(tier.id for tier in tiers) != TIERS or [tier.order for tier in tiers] != [1, 2, 3]:
        report(FILE, "tiers", f"must be {', '.join(TIERS)} with order 1, 2, 3")
        return
    known = {depth.value for depth in catalogue.tiers.depths}
    for tier in tiers:
        for depth in sorted(tier.depths - known):
            report(FILE, tier.id, f"unknown depth {depth}")
    for lower, higher in pairwise(tiers):
        if not lower.depths < higher.depths:
            report(FILE, higher.id, f"must ask every depth of {lower.id} and more")
    if tiers[-1].depths != known:
        report(FILE, tiers[-1].id, "must ask every depth")


def _conditions(catalogue: Catalogue, report: Report, checker: Checker) -> None:
    tests = {choice.value for choice in catalogue.tiers.filing_conditions}
    seen: set[str] = set()
    for condition in catalogue.tiers.conditions:
        if condition.id in seen:
            report(FILE, condition.id, "id used twice")
        seen.add(condition.id)
        checker.rule(FILE, condition.id, condition.expr, checker.fact_scope())
        if condition.expr is not None:
            for name in sorted(condition.expr.names):
                fact = catalogue.facts.get(name)
                if fact is not None and f"tier:{condition.id}" not in fact.used_by:
                    report(FILE, condition.id, f"used_by of fact {name} does not name it")
        elif condition.test not in tests:
            report(FILE, condition.id, f"unknown test {condition.test}")


def _effects(catalogue: Catalogue, report: Report) -> None:
    rules = catalogue.tiers
    placed = [*rules.raises_to_full, *rules.raises_to_standard]
    for _, filings in rules.no_effect:
        placed += filings
    for name in sorted(set(placed)):
        filing = catalogue.filings.get(name)
        if placed.count(name) > 1:
            report(FILE, name, "the filing stands in two lists")
        if filing is None:
            report(FILE, name, "unknown filing")
        elif filing.gate not in rules.effect_gates:
            report(FILE, name, f"a filing of gate {filing.gate} has no effect on the tier")
    for filing in catalogue.filings.values():
        if filing.gate in rules.effect_gates and filing.id not in placed:
            report(FILE, filing.id, "no effect on the tier is stated for this filing")
    for role in rules.raise_roles:
        if role not in catalogue.roles:
            report(FILE, "raise_roles", f"unknown role {role}")


def _depths(catalogue: Catalogue, report: Report) -> None:
    core = catalogue.tiers.depths[0].value if catalogue.tiers.depths else ""
    order = {depth.value: position for position, depth in enumerate(catalogue.tiers.depths)}
    file = "checklists.yaml"
    for item in catalogue.items.values():
        if (item.blocker or not item.waivable) and item.depth != core:
            report(file, item.id, f"a blocker or non-waivable item must be {core}")
        for name in sorted(items_needed_by(catalogue, item)):
            other = catalogue.items.get(name)
            if other is not None and order.get(other.depth, 0) > order.get(item.depth, 0):
                report(file, item.id, f"needs {name}, which is deeper ({other.depth} than {item.depth})")
    for dimension, items in catalogue.items_by_dimension.items():
        always = [item for item in items if item.depth == core and item.visible_if is None]
        if len(always) < _LEAST_CORE_ITEMS:
            report(file, dimension, f"only {len(always)} {core} items are always visible, {_LEAST_CORE_ITEMS} are needed")
    for point in catalogue.article_points.values():
        depths = {catalogue.items[name].depth for name in point.covered_by if name in catalogue.items}
        if not depths & set(list(order)[:2]):
            report(file, point.id, "covered by no core or standard item")
    for gate in catalogue.gates.values():
        for criterion in gate.criteria:
            for name in criterion.items:
                if name in catalogue.items and catalogue.items[name].depth != core:
                    report("gates.yaml", criterion.id, f"names {name}, which is not {core}")


def items_needed_by(catalogue: Catalogue, item: Item) -> frozenset[str]:
    """Items whose answers the rules of an item need, directly or through calculators; optional inputs do not count."""
    needed: set[str] = set()
    rules = [rule for _, rule in item.rule.in_order()]
    for rule in [*rules, item.visible_if] if item.visible_if is not None else rules:
        for call in rule.calls:
            given = [str(value) for value in literals(call)]
            if call.function == "item" and given:
                needed.add(given[0])
            if call.function == "calc" and len(given) == 2:
                needed |= _items_behind(catalogue, given[0], given[1], set())
    return frozenset(needed - {item.id})


def _items_behind(catalogue: Catalogue, calculator_id: str, output: str, seen: set[tuple[str, str]]) -> set[str]:
    calculator = catalogue.calculators.get(calculator_id)
    if calculator is None or (calculator_id, output) in seen:
        return set()
    seen.add((calculator_id, output))
    found: set[str] = set()
    todo, done = [output], set[str]()
    while todo:
        name = todo.pop()
        if name in done:
            continue
        done.add(name)
        if name in calculator.steps:
            todo += calculator.steps[name].expr.names
        one = calculator.inputs.get(name)
        if one is None or one.optional:
            continue
        if one.source == "item":
            found.add(one.of)
        elif one.source == "calc":
            other, _, of = one.of.partition(".")
            found |= _items_behind(catalogue, other, of, seen)
    return found
