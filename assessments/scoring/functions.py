"""The functions that rules of items may call, over one project and the item at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assessments.scoring.answers import ItemAnswer, Row, blank
from assessments.scoring.context import UNANSWERED, ProjectContext
from portal.catalogue.parts import Item
from portal.core.expressions import EMPTY, UNKNOWN, ExpressionError, Scope
from portal.core.expressions.evaluation import Function
from portal.core.expressions.functions import absolute, date_of, lifted
from portal.core.expressions.values import fraction_of, simplest

_TIER_RANKS = {"S": 1, "M": 2, "L": 3, "XL": 4}
_CLASS_RANKS = {"C1": 1, "C2": 2, "C3": 3, "C4": 4}
_NO_ROWS_SATISFY = 100  # what min_where gives when no row meets its condition
_ANY_VALUE = "*"


class ItemRules:
    """Scopes for the rules of items of one project. Built once, then turned to each item; not shared between threads."""

    def __init__(self, context: ProjectContext) -> None:
        self.context = context
        self._answer: ItemAnswer = UNANSWERED
        self._values = dict(context.env.values)
        self._functions: Mapping[str, Function] = {**context.env.scope.functions, **self._own_functions()}
        self._scope = Scope(self._values, self._functions, context.env.scope.yes_no)
        self._outside = Scope(context.env.values, self._functions, context.env.scope.yes_no)

    def for_item(self, item: Item) -> Scope:
        """The scope of the verdict rules of an item: facts, ``answer``, ``rows``, ``files``, ``approved``."""
        answer = self._answer = self.context.answer(item.id)
        self._values["answer"] = answer.value
        self._values["rows"] = len(answer.rows)
        self._values["files"] = answer.files
        self._values["approved"] = answer.approved
        return self._scope

    def for_visibility(self) -> Scope:
        """The scope of ``visible_if``: facts, and what can be asked about other items, calculators and filings."""
        self._answer = UNANSWERED
        return self._outside

    def _own_functions(self) -> dict[str, Function]:
        return {
            "evidence": lambda: self._answer.evidence > 0,
            "filled": self._filled,
            "field": self._field,
            "filled_field": lambda name: self._field(name) is not EMPTY,
            "sum_of": lambda name: simplest(sum((fraction_of(cell) for cell in self._cells(name)), fraction_of(0))),
            "min_of": lambda name: _extreme(min, self._cells(name)),
            "max_of": lambda name: _extreme(max, self._cells(name)),
            "share": self._share,
            "count": self._count,
            "column": lambda name: list(self._cells(name)),
            "min_ratio": lambda a, b: _extreme(min, self._ratios(a, b)),
            "max_ratio": lambda a, b: _extreme(max, self._ratios(a, b)),
            "min_diff": lambda a, b: _extreme(min, self._differences(a, b)),
            "max_diff": lambda a, b: _extreme(max, self._differences(a, b)),
            "min_where": self._min_where,
            "item": self._item,
            "calc": self._calc,
            "param": self._param,
            "tier_rank": lifted(lambda value: _rank(_TIER_RANKS, value)),
            "class_rank": lifted(lambda value: _rank(_CLASS_RANKS, value)),
            "filings_applicable": lambda gate: _given(self.context.filings.applicable, gate),
            "filings_open": lambda gate: _given(self.context.filings.open, gate),
            "filings_complete": lambda name: _given(self.context.filings.complete, name),
            "days_until": lifted(lambda day: (date_of(day) - self.context.today).days),
            "every_task_has_one_A": lambda: every_task_has_one_accountable(self._answer.rows),
            "abs": absolute,
        }

    def _cells(self, name: object) -> list[object]:
        return [cell for row in self._answer.rows if not blank(cell := row.get(str(name)))]

    def _field(self, name: object) -> object:
        first = self._answer.rows[0] if self._answer.rows else {}
        value = {**first, **self._answer.fields}.get(str(name))
        return EMPTY if blank(value) else value

    def _filled(self, name: object) -> object:
        rows = self._answer.rows
        return simplest(fraction_of(len(self._cells(name))) / len(rows)) if rows else 0

    def _share(self, name: object, value: object) -> object:
        rows = self._answer.rows
        return simplest(fraction_of(self._cells(name).count(value)) / len(rows)) if rows else 0

    def _count(self, name: object, value: object) -> int:
        cells = self._cells(name)
        return len(cells) if value == _ANY_VALUE else cells.count(value)

    def _pairs(self, a: object, b: object) -> list[tuple[object, object]]:
        pairs = ((row.get(str(a)), row.get(str(b))) for row in self._answer.rows)
        return [(x, y) for x, y in pairs if not blank(x) and not blank(y)]

    def _ratios(self, a: object, b: object) -> list[object]:
        return [simplest(fraction_of(x) / fraction_of(y)) for x, y in self._pairs(a, b) if y != 0]

    def _differences(self, a: object, b: object) -> list[object]:
        return [simplest(fraction_of(x) - fraction_of(y)) for x, y in self._pairs(a, b)]

    def _min_where(self, name: object, condition: object, value: object) -> object:
        cells = [row.get(str(name)) for row in self._answer.rows if row.get(str(condition)) == value and not blank(row.get(str(name)))]
        return min(cells, key=fraction_of) if cells else _NO_ROWS_SATISFY

    def _item(self, item_id: object) -> object:
        answer = self.context.answers.get(str(item_id))
        return UNKNOWN if answer is None or not answer.answered else answer.for_others

    def _calc(self, calculator: object, output: object) -> object:
        value = self.context.outputs.get(str(calculator), {}).get(str(output))
        return UNKNOWN if value is None or value is EMPTY else value

    def _param(self, calculator: object, parameter: object) -> object:
        return self.context.catalogue.calculators[str(calculator)].parameters[str(parameter)].value


def every_task_has_one_accountable(rows: tuple[Row, ...]) -> bool:
    """Whether each task of the rows has exactly one A and at least one R, and there is a task at all."""
    tasks: dict[object, list[str]] = {}
    for row in rows:
        if not blank(row.get("task")):
            tasks.setdefault(row["task"], []).append(str(row.get("raci") or ""))
    return bool(tasks) and all(
        sum("A" in letters for letters in given) == 1 and any("R" in letters for letters in given) for given in tasks.values()
    )


def _extreme(choose: Callable[..., object], values: list[object]) -> object:
    return choose(values, key=fraction_of) if values else EMPTY


def _rank(ranks: Mapping[str, int], value: object) -> int:
    found = ranks.get(str(value))
    if found is None:
        raise ExpressionError(f"{value!r} has no rank; {', '.join(ranks)} have")
    return found


def _given(counts: Mapping[str, object], name: object) -> object:
    value = counts.get(str(name))
    return UNKNOWN if value is None else value
