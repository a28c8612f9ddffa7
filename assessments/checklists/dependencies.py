"""What hangs on what: worked out once per version of the content, so that one answer re-judges only what reads it.

graph = dependencies(content)
graph.touched({"D8.04"})      # items to judge again, and calculators to run again
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assessments.calculators.bindings import NO_BINDING, bindings_for
from assessments.scoring.readiness import CALCULATOR as READINESS
from portal.catalogue import Catalogue
from portal.catalogue.parts import Item
from portal.core.expressions import Expression
from portal.core.expressions.tree import Literal

FILING_FUNCTIONS = frozenset({"filings_applicable", "filings_open", "filings_complete", "filing_done"})


@dataclass(frozen=True, slots=True)
class Reads:
    """What rules read: facts, answers of other items, outputs of calculators as (calculator, output), filings, the day."""

    facts: frozenset[str] = frozenset()
    items: frozenset[str] = frozenset()
    outputs: frozenset[tuple[str, str]] = frozenset()
    filings: bool = False
    today: bool = False

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.facts | other.facts,
            self.items | other.items,
            self.outputs | other.outputs,
            self.filings or other.filings,
            self.today or other.today,
        )

    @property
    def calculators(self) -> frozenset[str]:
        """Calculators of the outputs."""
        return frozenset(calculator for calculator, _output in self.outputs)


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change of answers touches: ``items`` to judge again, ``calculators`` to run again, ``answers`` needed for both."""

    items: frozenset[str]
    calculators: frozenset[str]
    answers: frozenset[str]
    filings: bool
    outputs: bool


@dataclass(frozen=True)
class Dependencies:
    """``visibility`` and ``rules``: what each item reads; ``answers_of``: items whose answers a calculator reads, directly or
    through other calculators; ``order``: calculators, those that feed others first.
    """

    content: Catalogue
    visibility: Mapping[str, Reads]
    rules: Mapping[str, Reads]
    answers_of: Mapping[str, frozenset[str]]
    order: tuple[str, ...]

    def reads(self, item_id: str) -> Reads:
        """Everything that decides whether the item applies and how it stands."""
        return self.rules[item_id] | self.visibility[item_id]

    def calculators_of(self, items: Collection[str]) -> frozenset[str]:
        """Calculators that read one of these answers, directly or through other calculators."""
        return frozenset(name for name in self.order if not self.answers_of[name].isdisjoint(items))

    def touched(self, items: Collection[str]) -> Touched:
        """What a change of these answers touches."""
        changed = frozenset(items)
        calculators = self.calculators_of(changed)
        judged = {name for name in self.content.items if name in changed or self._hangs_on(name, changed, calculators)}
        reads = Reads()
        for name in judged:
            reads |= self.reads(name)
        needed = judged | reads.items | {item for calculator in calculators for item in self.answers_of[calculator]}
        return Touched(frozenset(judged), calculators, frozenset(needed), reads.filings, bool(reads.calculators or calculators))

    def _hangs_on(self, name: str, items: frozenset[str], calculators: frozenset[str]) -> bool:
        reads = self.reads(name)
        return bool(reads.items & items or reads.calculators & calculators)


@lru_cache(maxsize=16)
def dependencies(content: Catalogue) -> Dependencies:
    """The graph of a version."""
    bindings = bindings_for(content)
    items: dict[str, frozenset[str]] = {}
    others: dict[str, frozenset[str]] = {}
    for calculator in content.calculators.values():
        inputs = calculator.inputs.values()
        rows_of = bindings.get(calculator.id, NO_BINDING).each_row_of
        items[calculator.id] = frozenset([one.of for one in inputs if one.source == "item"] + ([rows_of] if rows_of else []))
        others[calculator.id] = frozenset(one.of.partition(".")[0] for one in inputs if one.source == "calc")
    return Dependencies(
        content=content,
        visibility={item.id: _reads(content, [item.visible_if] if item.visible_if is not None else []) for item in content.items.values()},
        rules={item.id: _reads(content, _rules(item)) for item in content.items.values()},
        answers_of={name: _reached(name, items, others) for name in items},
        order=tuple(name for name in _in_order(others) if name != READINESS),
    )


def _reached(start: str, items: Mapping[str, frozenset[str]], others: Mapping[str, frozenset[str]]) -> frozenset[str]:
    seen, todo = set[str](), [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += others[name]
    return frozenset(item for name in seen for item in items[name])


def _rules(item: Item) -> list[Expression]:
    return [rule for _verdict, rule in item.rule.in_order()]


def _reads(content: Catalogue, rules: Iterable[Expression]) -> Reads:
    found = Reads()
    for rule in rules:
        items, outputs, filings, today = set(), set(), False, False
        for call in rule.calls:
            words = [str(argument.value) for argument in call.arguments if isinstance(argument, Literal)]
            if call.function == "item":
                items.add(words[0])
            elif call.function == "calc":
                outputs.add((words[0], words[1]))
            filings = filings or call.function in FILING_FUNCTIONS
            today = today or call.function == "days_until"
        facts = frozenset(name for name in rule.names if name in content.facts)
        found |= Reads(facts, frozenset(items), frozenset(outputs), filings, today)
    return found


def _in_order(others: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Calculators such that each comes after those it reads; of two that read each other the first listed comes first."""
    done: list[str] = []
    waiting = list(others)
    while waiting:
        ready = [name for name in waiting if not others[name] - set(done)] or waiting[:1]
        done += ready
        waiting = [name for name in waiting if name not in ready]
    return tuple(done)
