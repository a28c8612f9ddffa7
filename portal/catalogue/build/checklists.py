"""checklists.yaml and calculators.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.catalogue.build.common import build_all
from portal.catalogue.parts.calculators import Calculator, Input, Output, Parameter, Step
from portal.catalogue.parts.items import ArticlePoint, Dimension, Field, Item, VerdictRule
from portal.catalogue.reading import Entry
from portal.core.expressions import trees

ALWAYS = "always"
FIELD_TYPES = frozenset({"text", "number", "percent", "money", "date", "choice", "file"})


def dimensions(file: Entry) -> Mapping[str, Dimension]:
    """The ten dimensions."""
    return build_all(
        file.entries("dimensions", needed=True),
        lambda entry: Dimension(entry.words("id"), entry.own_text(), entry.text("summary"), entry.whole("weight")),
    )


def article_points(file: Entry) -> Mapping[str, ArticlePoint]:
    """The points of the source article."""
    return build_all(
        file.entries("article_points", needed=True),
        lambda entry: ArticlePoint(entry.words("id"), entry.words("dimension"), entry.own_text(), entry.strings("covered_by")),
    )


def items(file: Entry) -> Mapping[str, Item]:
    """All items."""
    return build_all(file.entries("items", needed=True), _item)


def _field(entry: Entry) -> Field:
    field = Field(entry.words("name"), entry.words("type"), entry.own_text(), MappingProxyType(entry.choices("options")))
    if field.type not in FIELD_TYPES:
        entry.fault(f"unknown type {field.type}")
    if (field.type == "choice") != bool(field.choices):
        entry.fault("a choice column has options, no other column has")
    entry.done()
    return field


def _item(entry: Entry) -> Item:
    fields: dict[str, Field] = {}
    for part in entry.entries("fields"):
        field = _field(part)
        if field.name in fields:
            part.fault("name used twice")
        fields[field.name] = field
    rules = entry.entry("rule")
    rule = VerdictRule(rules.rule("fail"), rules.rule("pass"), rules.rule("attention"))
    rules.done()
    visible = entry.words("visible_if")
    item = Item(
        id=entry.words("id"),
        dimension=entry.words("dimension"),
        question=entry.text("question"),
        why=entry.text("why"),
        evidence=entry.text("evidence"),
        answer_type=entry.words("answer_type"),
        unit=entry.maybe_words("unit"),
        choices=MappingProxyType(entry.choices("options")),
        fields=MappingProxyType(fields),
        calculator=entry.maybe_words("calculator"),
        weight=entry.whole("weight"),
        blocker=entry.flag("blocker"),
        waivable=entry.flag("waivable"),
        due_gate=entry.words("due_gate"),
        depth=entry.words("depth"),
        rule=rule,
        visible_if=None if visible == ALWAYS else entry.rule("visible_if"),
        names_na=any("na" in trees.literals(expression.tree) for _, expression in rule.in_order()),
        answered_by=entry.words("answered_by"),
        approved_by=entry.words("approved_by"),
        refs=entry.strings("refs"),
        article_points=entry.strings("article_points"),
    )
    if item.weight < 1:
        entry.fault("weight must be 1 or more")
    return item


def calculators(file: Entry) -> Mapping[str, Calculator]:
    """All calculators."""
    return build_all(file.entries("calculators", needed=True), _calculator)


def _calculator(entry: Entry) -> Calculator:
    calculator = Calculator(
        id=entry.words("id"),
        dimension=entry.words("dimension"),
        name=entry.text("name"),
        note=entry.text("note"),
        inputs=build_all(entry.entries("inputs", needed=True), _input),
        parameters=build_all(entry.entries("parameters"), _parameter),
        steps=build_all(entry.entries("steps", needed=True), lambda part: Step(part.words("id"), part.rule("expr"))),
        outputs=build_all(
            entry.entries("outputs", needed=True),
            lambda part: Output(part.words("id"), part.own_text(), part.words("unit")),
        ),
    )
    for step in calculator.steps:
        if step in calculator.inputs or step in calculator.parameters:
            entry.fault(f"step {step} has the name of an input or a parameter")
    for name in calculator.parameters:
        if name in calculator.inputs:
            entry.fault(f"parameter {name} has the name of an input")
    return calculator


def _input(entry: Entry) -> Input:
    source, _, of = entry.words("source").partition(":")
    return Input(
        id=entry.words("id"),
        label=entry.own_text(),
        unit=entry.words("unit"),
        source=source,
        of=of,
        default=entry.value("default"),
        optional=entry.flag("optional", default=False),
    )


def _parameter(entry: Entry) -> Parameter:
    return Parameter(entry.words("id"), entry.own_text(), entry.words("unit"), entry.number("value"), entry.words("origin"))
