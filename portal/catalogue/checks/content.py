"""Checks across the parts: what is named must exist, what is listed must be complete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from portal.catalogue.checks.rules import (
    LIST,
    NUMBER,
    TEXT,
    TRUTH,
    RuleScope,
    check_rule,
    kind_of_fact,
    kind_of_rule,
)
from portal.catalogue.functions import ANY_GATE, CALC, ITEM, RECORD_FIELDS, RULE, SIGNATURES, names_in_scope
from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.parts.calculators import Calculator
from portal.catalogue.parts.filings import Blocker, Clock, Filing
from portal.catalogue.parts.items import Item
from portal.core.expressions import Expression

Report = Callable[[str, str, str], None]  # (file, id, fault)
CONFIDENCE = ("H", "M", "L")
ITEM_NAMES: Mapping[str, str | None] = {"answer": None, "rows": NUMBER, "files": NUMBER, "approved": TRUTH}
_ANSWER_KINDS = {
    "text": TEXT,
    "number": NUMBER,
    "percent": NUMBER,
    "money": NUMBER,
    "single_choice": TEXT,
    "multi_choice": LIST,
    "yes_no_na": TEXT,
    "date": "date",
}


class Checker:
    """Runs every check over a catalogue and reports faults as (file, id, fault)."""

    def __init__(self, catalogue: Catalogue, report: Report) -> None:
        self.c = catalogue
        self.report = report
        self.kinds = {fact.id: kind_of_fact(fact) for fact in catalogue.facts.values()}
        self.allowed = {fact.id: frozenset(fact.choices) for fact in catalogue.facts.values() if fact.type in ("bool3", "enum", "set")}

    def run(self) -> None:
        """All checks."""
        self.functions()
        self.facts()
        for filing in self.c.filings.values():
            self.filing(filing)
        for blocker in self.c.blockers.values():
            self.blocker(blocker)
        for item in self.c.items.values():
            self.item(item)
        for calculator in self.c.calculators.values():
            self.calculator(calculator)
        self.coverage()
        self.gates()
        self.segregation()

    # -- names

    def known(self, file: str, owner: str, what: str, values: Iterable[str | None], among: Iterable[str]) -> None:
        """Every value must be among the known ones."""
        known = set(among)
        for value in values:
            if value is not None and value not in known:
                self.report(file, owner, f"unknown {what} {value}")

    def vocabulary(self, file: str, owner: str, what: str, value: str | None, vocabulary: str) -> None:
        """A value must stand in a vocabulary."""
        if value is not None and value not in self.c.vocabularies[vocabulary]:
            self.report(file, owner, f"{what} {value} is not in the vocabulary {vocabulary}")

    def rule(self, file: str, owner: str, rule: Expression | None, scope: RuleScope) -> None:
        """A rule must be sound."""
        if rule is not None:
            for fault in check_rule(rule, scope):
                self.report(file, owner, fault)

    # -- scopes

    def fact_scope(self, *, strict: bool = False, before: int | None = None) -> RuleScope:
        """Scope of rules on facts; ``before`` limits it to the asked facts and the first derived ones."""
        derived = [fact.id for fact in self.c.derived_facts]
        hidden = set() if before is None else set(derived[before:])
        names = {name: kind for name, kind in self.kinds.items() if name not in hidden}
        return RuleScope(names_in_scope(RULE), names, self.allowed, {"filing": self._filing}, strict)

    def item_scope(self, item: Item, *, visible: bool) -> RuleScope:
        """Scope of the rules of an item; ``visible_if`` cannot see the answer."""
        names: dict[str, str | None] = dict(self.kinds)
        allowed = dict(self.allowed)
        if not visible:
            names |= {**ITEM_NAMES, "answer": _ANSWER_KINDS.get(item.answer_type)}
            if item.answer_type == "yes_no_na":
                allowed["answer"] = frozenset({"yes", "no", "na"})
            elif item.choices:
                allowed["answer"] = frozenset(item.choices)
        return RuleScope(names_in_scope(ITEM), names, allowed, self._references(item))

    def _references(self, item: Item) -> dict[str, Callable[[tuple[object, ...]], str]]:
        def field(given: tuple[object, ...]) -> str:
            return "" if given[-1] in item.fields else f"the item has no column {given[-1]}"

        def value(given: tuple[object, ...]) -> str:
            column = item.fields.get(str(given[-2]))
            if column is None or not column.choices or given[-1] in column.choices or given[-1] == "*":
                return ""
            return f"column {column.name} has no value {given[-1]}"

        def output(given: tuple[object, ...]) -> str:
            known = self.c.calculators.get(str(given[0]))
            missing = known is not None and given[1] not in known.outputs
            return f"calculator {given[0]} has no output {given[1]}" if missing else ""

        def parameter(given: tuple[object, ...]) -> str:
            known = self.c.calculators.get(str(given[0]))
            missing = known is not None and given[1] not in known.parameters
            return f"calculator {given[0]} has no parameter {given[1]}" if missing else ""

        gates = {*self.c.vocabularies["filing_gates"].choices, ANY_GATE}
        return {
            "filing": self._filing,
            "field": field,
            "value": value,
            "output": output,
            "parameter": parameter,
            "item": lambda given: "" if given[0] in self.c.items else f"unknown item {given[0]}",
            "calculator": lambda given: "" if given[0] in self.c.calculators else f"unknown calculator {given[0]}",
            "filing_gate": lambda given: "" if given[0] in gates else f"unknown gate of filings {given[0]}",
            "record_field": lambda given: "" if given[0] in RECORD_FIELDS else f"unknown field of a filing {given[0]}",
        }

    def _filing(self, given: tuple[object, ...]) -> str:
        return "" if given[0] in self.c.filings else f"unknown filing {given[0]}"

    # -- parts

    def functions(self) -> None:
        """The version's list of functions must be the product's."""
        listed = self.c.functions
        for name in sorted(set(listed) | set(SIGNATURES)):
            if name not in SIGNATURES:
                self.report("functions.yaml", name, "the portal has no such function")
            elif name not in listed:
                self.report("functions.yaml", name, "missing")
            elif listed[name].scopes != SIGNATURES[name].scopes:
                self.report("functions.yaml", name, f"scopes must be {', '.join(sorted(SIGNATURES[name].scopes))}")

    def facts(self) -> None:
        """Derived facts, and what facts say they are used by."""
        for position, fact in enumerate(self.c.derived_facts):
            self.rule("facts.yaml", fact.id, fact.derived, self.fact_scope(before=position))
        known: dict[str, set[str]] = {
            "filing": set(self.c.filings),
            "blocker": set(self.c.blockers),
            "item": set(self.c.items),
            "derived": {fact.id for fact in self.c.derived_facts},
            "gate": set(self.c.gates),
            "calculator": set(self.c.calculators),
            "tier": {condition.id for condition in self.c.tiers.conditions},
        }
        for fact in self.c.facts.values():
            if fact.id in ITEM_NAMES:
                self.report("facts.yaml", fact.id, "this name is kept for the rules of items")
            for user in fact.used_by:
                kind, _, name = user.partition(":")
                if name and name not in known.get(kind, {name}):
                    self.report("facts.yaml", fact.id, f"used_by names unknown {user}")

    def _users(self, file: str, owner: str, rules: Iterable[Expression | None], user: str) -> None:
        for rule in rules:
            for name in sorted(rule.names if rule is not None else ()):
                fact = self.c.facts.get(name)
                if fact is not None and user not in fact.used_by:
                    self.report(file, owner, f"used_by of fact {name} does not name it")

    def filing(self, filing: Filing) -> None:
        """One filing."""
        file, owner = f"filings/{filing.regime}.yaml", filing.id
        self._applies(file, filing, self.fact_scope(strict=True))
        for what, value, vocabulary in (
            ("kind", filing.kind, "filing_kinds"),
            ("gate", filing.gate, "filing_gates"),
            ("status", filing.status, "rule_status"),
        ):
            self.vocabulary(file, owner, what, value, vocabulary)
        for what, names in (
            ("depends_on", filing.depends_on),
            ("related", filing.related),
            ("replaces", filing.replaces),
            ("superseded_by", filing.superseded_by),
        ):
            self.known(file, owner, f"filing in {what}", names, self.c.filings)
        for clock in filing.clocks:
            self._clock(file, owner, clock)
        scope = self.fact_scope()
        for recurring in filing.recurring:
            self.rule(file, owner, recurring.when, scope)
            self.vocabulary(file, owner, "basis", recurring.basis, "bases")
            self.vocabulary(file, owner, "unit", recurring.every.unit if recurring.every else None, "units")
        for case in filing.effective_cases:
            self.rule(file, owner, case.when, scope)
        for basis in filing.legal_basis:
            self.known(file, owner, "confidence of a clause", [basis.confidence], CONFIDENCE)
        self._users(file, owner, [filing.applies_when, filing.likely_when], f"filing:{owner}")

    def blocker(self, blocker: Blocker) -> None:
        """One red finding."""
        self._applies("blockers.yaml", blocker, self.fact_scope(strict=True))
        self.known("blockers.yaml", blocker.id, "gate", blocker.closes_gates, self.c.gates)
        self._users("blockers.yaml", blocker.id, [blocker.applies_when], f"blocker:{blocker.id}")

    def _applies(self, file: str, entry: Filing | Blocker, scope: RuleScope) -> None:
        used: set[str] = set()
        for rule in (entry.applies_when, entry.likely_when):
            self.rule(file, entry.id, rule, scope)
            used |= rule.names if rule is not None else set()
        if used != set(entry.facts):
            differing = ", ".join(sorted(used ^ set(entry.facts)))
            self.report(file, entry.id, f"the list of facts differs from the rule: {differing}")
        for place in entry.jurisdiction:
            self.vocabulary(file, entry.id, "jurisdiction", place, "jurisdictions")
        self.known(file, entry.id, "source", entry.sources, self.c.sources)
        self.known(file, entry.id, "confidence", [entry.confidence], CONFIDENCE)

    def _clock(self, file: str, owner: str, clock: Clock) -> None:
        for what, value, vocabulary in (
            ("event", clock.event, "events"),
            ("unit", clock.unit, "units"),
            ("action", clock.action, "actions"),
            ("basis", clock.basis, "bases"),
            ("calendar", clock.calendar, "calendars"),
            ("direction", clock.direction, "directions"),
        ):
            self.vocabulary(file, owner, f"clock: {what}", value, vocabulary)
        self.rule(file, owner, clock.when, self.fact_scope())

    def item(self, item: Item) -> None:
        """One item."""
        file = "checklists.yaml"
        for _, rule in item.rule.in_order():
            self.rule(file, item.id, rule, self.item_scope(item, visible=False))
        self.rule(file, item.id, item.visible_if, self.item_scope(item, visible=True))
        self.known(file, item.id, "role", [item.answered_by, item.approved_by], self.c.roles)
        if item.answered_by == item.approved_by:
            self.report(file, item.id, "the same role answers and approves")
        self.known(file, item.id, "gate", [item.due_gate], self.c.gates)
        self.known(file, item.id, "dimension", [item.dimension], self.c.dimensions)
        self.known(file, item.id, "calculator", [item.calculator], self.c.calculators)
        self.known(file, item.id, "depth", [item.depth], [depth.value for depth in self.c.tiers.depths])
        self.vocabulary(file, item.id, "answer_type", item.answer_type, "answer_types")
        prefixes = [framework.prefix for framework in self.c.frameworks.values()]
        self.known(file, item.id, "framework", [ref.partition(":")[0] for ref in item.refs], prefixes)
        self.known(file, item.id, "article point", item.article_points, self.c.article_points)
        if item.answer_type in ("single_choice", "multi_choice") and not item.choices:
            self.report(file, item.id, "no options")
        if item.answer_type == "table" and not item.fields:
            self.report(file, item.id, "a table without columns")

    def calculator(self, calculator: Calculator) -> None:
        """One calculator."""
        file, owner = "calculators.yaml", calculator.id
        sources = {choice.value for choice in self.c.input_sources}
        for one in calculator.inputs.values():
            if one.source not in sources:
                self.report(file, owner, f"input {one.id}: unknown source {one.source}")
            named = one.source in ("item", "fact", "calc")
            if named != bool(one.of):
                self.report(file, owner, f"input {one.id}: the source must {'' if named else 'not '}name something")
            elif one.source == "item":
                self.known(file, owner, f"item as source of {one.id}", [one.of], self.c.items)
            elif one.source == "fact":
                self.known(file, owner, f"fact as source of {one.id}", [one.of], self.c.facts)
            elif one.source == "calc":
                other, _, output = one.of.partition(".")
                known = self.c.calculators.get(other)
                if known is None or output not in known.outputs:
                    self.report(file, owner, f"unknown output as source of {one.id} {one.of}")
        names: dict[str, str | None] = dict.fromkeys(calculator.inputs)
        names |= dict.fromkeys(calculator.parameters, NUMBER)
        for step in calculator.steps.values():
            scope = RuleScope(names_in_scope(CALC), dict(names))
            for fault in check_rule(step.expr, scope, truth=False):
                self.report(file, owner, f"step {step.id}: {fault}")
            names[step.id] = kind_of_rule(step.expr, scope)
        for output_id in calculator.outputs:
            if output_id not in names or output_id in calculator.parameters:
                self.report(file, owner, f"output {output_id} is neither a step nor an input")
        origins = [choice.value for choice in self.c.parameter_origins]
        for parameter in calculator.parameters.values():
            self.known(file, owner, f"origin of {parameter.id}", [parameter.origin], origins)
        if calculator.dimension != "ALL":
            self.known(file, owner, "dimension", [calculator.dimension], self.c.dimensions)

    def coverage(self) -> None:
        """Article points."""
        for point in self.c.article_points.values():
            self.known("checklists.yaml", point.id, "item", point.covered_by, self.c.items)
            self.known("checklists.yaml", point.id, "dimension", [point.dimension], self.c.dimensions)

    def gates(self) -> None:
        """Gates and their criteria."""
        for gate in self.c.gates.values():
            file = "gates.yaml"
            self.known(file, gate.id, "role", gate.approvers, self.c.roles)
            self.known(file, gate.id, "gate", gate.due_upto, self.c.gates)
            for criterion in gate.criteria:
                owner = criterion.id
                self.known(file, owner, "item", criterion.items, self.c.items)
                self.known(file, owner, "gate", criterion.due, self.c.gates)
                self.known(file, owner, "fact", criterion.facts, self.c.facts)
                verdicts = [*self.c.vocabularies["verdicts"].choices, "waived"]
                self.known(file, owner, "verdict", criterion.accept + criterion.accept_with_condition, verdicts)
                for value in criterion.filing_gates:
                    self.vocabulary(file, owner, "filing gate", value, "filing_gates")

    def segregation(self) -> None:
        """Rules of separation."""
        for rule in self.c.segregation.values():
            self.known("segregation.yaml", rule.id, "item", rule.items, self.c.items)
            self.known("segregation.yaml", rule.id, "role", rule.roles, self.c.roles)
            self.known("segregation.yaml", rule.id, "gate", rule.gates, self.c.gates)
            self.known("segregation.yaml", rule.id, "dimension", rule.dimensions, self.c.dimensions)
