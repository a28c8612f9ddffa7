"""Inputs of a calculator taken from where the catalogue says: answers, facts, other calculators, what was entered.

Rule for ``source: item:…`` (docs/content.md):

1. a value entered on the page of the calculator stands above all;
2. a binding says which column, which rows and what to do with several rows;
3. else the column or single field of the same name (a table with one row gives the cell, with several rows the sum);
4. else the answer itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.calculators.bindings import Binding, CalculatorBinding
from assessments.calculators.entered import engine_input
from assessments.scoring.answers import ItemAnswer, Row, blank
from portal.catalogue import Catalogue, Env, Text
from portal.catalogue.parts import Calculator, Input, Item
from portal.catalogue.words import fact_label, listed, quoted
from portal.core.expressions import EMPTY, UNKNOWN, ExpressionError
from portal.core.expressions.values import fraction_of, simplest

ENTERED, ITEM, FACT, CALC, DEFAULT, LEFT_OUT, MISSING = "entered", "item", "fact", "calc", "default", "left_out", "missing"


@dataclass(frozen=True, slots=True)
class GatheredInput:
    """One input: its value (``UNKNOWN`` if it could not be found), where it came from, and in words.

    ``origin``: ``entered``, ``item``, ``fact``, ``calc``, ``portal``, ``default``, ``left_out`` (optional and
    not given) or ``missing``; ``of``: the item, fact or output; ``note``: how it was read, or what to do if it is missing.
    """

    id: str
    value: object
    origin: str
    of: str
    note: Text


@dataclass(frozen=True, slots=True)
class Gathered:
    """All inputs of a calculator."""

    inputs: Mapping[str, GatheredInput]

    def values(self) -> dict[str, object]:
        """Values for ``run``; defaults and inputs that could not be found are left to it."""
        return {name: one.value for name, one in self.inputs.items() if one.origin not in (DEFAULT, LEFT_OUT, MISSING)}

    @property
    def missing(self) -> tuple[str, ...]:
        """Inputs without which an output stays unknown."""
        return tuple(name for name, one in self.inputs.items() if one.origin == MISSING)


def gather_inputs(
    calculator: Calculator,
    answers: Mapping[str, ItemAnswer],
    env: Env,
    outputs: Mapping[str, Mapping[str, object]],
    entered: Mapping[str, object],
    binding: CalculatorBinding,
    *,
    row: tuple[str, Row] | None = None,
) -> Gathered:
    """Find every input of a calculator.

    ``answers``: by item id; ``outputs``: of other calculators, by id; ``entered``: values from the page
    of the calculator and from the portal, by input id; ``row``: an item and the one row of its table
    to read, for a calculator that runs once per row. What cannot be found is said in the note of the input.
    """
    reader = _Reader(env, answers, outputs, binding, row)
    return Gathered({name: reader.read(one, entered) for name, one in calculator.inputs.items()})


class _Reader:
    def __init__(
        self,
        env: Env,
        answers: Mapping[str, ItemAnswer],
        outputs: Mapping[str, Mapping[str, object]],
        binding: CalculatorBinding,
        row: tuple[str, Row] | None,
    ) -> None:
        self.env, self.answers, self.outputs, self.binding, self.row = env, answers, outputs, binding, row
        self.catalogue: Catalogue = env.catalogue

    def read(self, one: Input, entered: Mapping[str, object]) -> GatheredInput:
        if entered.get(one.id) is not None:
            # A figure that somebody typed was not measured, wherever the content would rather have it from.
            origin = "portal" if one.source == "portal" else ENTERED
            return GatheredInput(one.id, engine_input(one, entered[one.id]), origin, "", _ENTERED_NOTES[origin])
        try:
            value, note = self.found(one)
        except ExpressionError as error:
            value, note = UNKNOWN, Text(f"无法读取：{error.fault}", f"cannot be read: {error.fault}")
        if value is not UNKNOWN and value is not EMPTY:
            return GatheredInput(one.id, engine_input(one, value), one.source, one.of, note)
        if one.default is not None:
            return GatheredInput(one.id, one.default, DEFAULT, one.of, Text("采用默认值", "the default"))
        if one.optional:
            return GatheredInput(one.id, EMPTY, LEFT_OUT, one.of, Text("未提供，可不填", "not given, may be left out"))
        return GatheredInput(one.id, UNKNOWN, MISSING, one.of, note)

    def found(self, one: Input) -> tuple[object, Text]:
        if one.source == "item":
            return self.from_item(one)
        if one.source == "fact":
            label = quoted(fact_label(self.catalogue.facts[one.of]))
            known = self.env.known(one.of)
            note = Text("事实{label}", "fact {label}") if known else Text("请填写事实{label}", "give the fact {label}")
            return self.env.values.get(one.of, UNKNOWN), note.fill(label=label)
        if one.source == "calc":
            calculator, _, output = one.of.partition(".")
            other = self.catalogue.calculators[calculator]
            names = {"c": quoted(other.name), "o": quoted(other.outputs[output].label)}
            value = self.outputs.get(calculator, {}).get(one.id if self.derived(one) else output, UNKNOWN)
            if value is UNKNOWN or value is EMPTY:
                return value, Text("请先完成{c}，得出{o}", "first run {c} to get {o}").fill(**names)
            return value, self.note_of(one).fill(**names)
        return UNKNOWN, _ASK_NOTES[one.source]

    def note_of(self, one: Input) -> Text:
        line = self.binding.inputs.get(one.id)
        if line is not None and line.over:
            return Text("对每个选项运行{c}，汇总{o}的选项", "{c} run for every option; those with {o}")
        if line is not None and line.per:
            return Text("{c}的{o}，按用量折算", "{o} of {c}, per unit of use")
        return Text("{c}的{o}", "{o} of {c}")

    def derived(self, one: Input) -> bool:
        """Whether the input is worked out from several runs of the other calculator (see ``project``)."""
        line = self.binding.inputs.get(one.id)
        return line is not None and bool(line.over or line.per)

    def from_item(self, one: Input) -> tuple[object, Text]:
        item = self.catalogue.items[one.of]
        answer = self.answers.get(one.of)
        where = Text(f"检查项 {item.id}", f"item {item.id}")
        if answer is None or not answer.answered:
            return UNKNOWN, Text(f"请先回答检查项 {item.id}", f"answer item {item.id} first")
        line = self.binding.inputs.get(one.id)
        if line is not None and line.ask:
            return UNKNOWN, Text("{w} 的答案为文字，请直接填写数值", "{w} holds it as text only: enter the number").fill(w=where)
        rows: Sequence[Row] = answer.rows
        if self.row is not None and self.row[0] == item.id:
            rows = [self.row[1]]
        if line is None and one.id in answer.fields:
            return answer.fields[one.id], where
        line = line if line is not None else _general(item, one.id)
        if not line.columns:
            value = _mapped(answer.value, line)
            if value is UNKNOWN or value is EMPTY:
                return value, Text(
                    "{w} 没有给出该值，请补充或直接填写", "{w} does not give it: complete the item, or enter the value"
                ).fill(w=where)
            return value, where
        value = _from_rows(item, answer, rows, line)
        labels = listed([quoted(item.fields[column].label) for column in line.columns], "加", " plus ")
        note = Text("{w} 的{c}{how}", "{c} of {w}{how}").fill(w=where, c=labels, how=_HOW.get(line.take, _PLAIN))
        if value is UNKNOWN or value is EMPTY:
            note = Text("{w} 中没有可用的{c}，请补充或直接填写", "{w} gives no usable {c}: complete it, or enter the value").fill(
                w=where, c=labels
            )
        return value, note


_ENTERED_NOTES = {
    ENTERED: Text("在计算器页面填写", "entered on the page of the calculator"),
    "portal": Text("由门户统计", "counted by the portal"),
}
_ASK_NOTES = {
    "entered": Text("请在计算器页面填写", "enter it on the page of the calculator"),
    "import": Text("请在计算器页面填写实测数值", "enter the measured figure on the page of the calculator"),
    "portal": Text("尚无统计", "not counted yet"),
}
_PLAIN = Text("", "")
_HOW: dict[str, Text] = {
    "sum": Text("之和", ", added up"),
    "mean": Text("的加权平均", ", weighted mean"),
    "max": Text("的最大值", ", greatest"),
    "min": Text("的最小值", ", least"),
    "highest": Text("的最高级别", ", highest"),
    "count": Text("的种类数", ", number of different ones"),
    "tasks": Text("的个数", ", number of different ones"),
    "tasks_with_one_accountable": Text("中恰有一名 A 的个数", " that have exactly one A"),
}


def _general(item: Item, input_id: str) -> Binding:
    """The general rule: the column or field of the same name, else the answer itself."""
    if input_id in item.fields:
        return Binding(columns=(input_id,), take="sum" if item.answer_type == "table" else "only")
    return Binding()


def _mapped(value: object, line: Binding) -> object:
    if not line.map or value is EMPTY:
        return value
    return line.map.get(str(value), UNKNOWN)


def _from_rows(item: Item, answer: ItemAnswer, rows: Sequence[Row], line: Binding) -> object:
    if item.answer_type != "table":
        cell = answer.fields.get(line.columns[0])
        return EMPTY if blank(cell) else cell
    chosen = [row for row in rows if _meets(row, line)]
    if line.take in ("tasks", "tasks_with_one_accountable"):
        return _tasks(chosen, line)
    cells = [(cell, row) for row in chosen if (cell := _cell(row, line.columns)) is not None]
    if not cells:
        return EMPTY
    return _taken(item, [cell for cell, _ in cells], [row for _, row in cells], line)


def _taken(item: Item, cells: list[object], rows: list[Row], line: Binding) -> object:
    match line.take:
        case "only":
            return cells[0] if len(cells) == 1 else UNKNOWN
        case "first":
            return cells[0]
        case "list":
            return cells
        case "sum":
            return simplest(sum((fraction_of(cell) for cell in cells), Fraction(0)))
        case "max":
            return max(cells, key=fraction_of)
        case "min":
            return min(cells, key=fraction_of)
        case "count":
            return len(set(cells))
        case "highest":
            order = list(item.fields[line.columns[0]].choices)
            return max(cells, key=lambda cell: order.index(str(cell)) if cell in order else -1)
        case "any":
            return next((value for value in line.prefer if value in cells), cells[0])
        case _:
            return _mean(cells, rows, line.weight)


def _mean(cells: list[object], rows: list[Row], weight: str | None) -> object:
    """The weighted mean; without usable weights the plain one."""
    weights = [Fraction(1)] * len(cells)
    if weight is not None and all(not blank(row.get(weight)) for row in rows):
        weights = [fraction_of(row[weight]) for row in rows]
    total = sum(weights)
    if not total:
        return EMPTY
    return simplest(sum((w * fraction_of(cell) for w, cell in zip(weights, cells, strict=True)), Fraction(0)) / total)


def _meets(row: Row, line: Binding) -> bool:
    for column, values in line.where.items():
        given = str(row.get(column) or "").strip().casefold()
        if given not in {value.casefold() for value in values}:
            return False
    return line.filled is None or not blank(row.get(line.filled))


def _cell(row: Row, columns: tuple[str, ...]) -> object:
    values = [row.get(column) for column in columns]
    if any(blank(value) for value in values):
        return None
    return values[0] if len(values) == 1 else simplest(sum((fraction_of(value) for value in values), Fraction(0)))


def _tasks(rows: list[Row], line: Binding) -> int:
    """Number of different tasks, or of those with exactly one A."""
    tasks: dict[object, int] = {}
    for row in rows:
        task = row.get(line.columns[0])
        if not blank(task):
            tasks[task] = tasks.get(task, 0) + ("A" in str(row.get("raci") or ""))
    return len(tasks) if line.take == "tasks" else sum(1 for accountable in tasks.values() if accountable == 1)
