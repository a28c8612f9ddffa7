"""The verdict of an item: pass, attention, fail, open or not applicable, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.scoring.functions import ItemRules
from portal.catalogue.parts import Item
from portal.core.expressions import UNKNOWN, Evaluation, ExpressionError

PASS, ATTENTION, FAIL, OPEN, NA = "pass", "attention", "fail", "open", "na"
WAITING, RULE_GAP, ERROR = "waiting", "rule_gap", "error"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a rule is waiting for: facts, answers of items, outputs of calculators (``id.output``), filings."""

    facts: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    filings: bool = False

    def names(self) -> tuple[str, ...]:
        """All of it in one list, as stored with a verdict."""
        return (*self.facts, *self.items, *self.outputs, *(("filings",) if self.filings else ()))


NOTHING_MISSING = Waiting()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict of one item.

    ``remark``: ``waiting`` (a rule met something unknown), ``rule_gap`` (no rule was true), ``error`` (a rule cannot be
    evaluated; ``error`` says why), else empty. ``rule``: which of fail, pass, attention decided, empty if none did.
    """

    item: str
    verdict: str
    remark: str = ""
    rule: str = ""
    waiting: Waiting = NOTHING_MISSING
    error: str = ""


def judge_item(rules: ItemRules, item: Item) -> Verdict:
    """The verdict of an item. Raises ``ExpressionError`` if a rule cannot be evaluated.

    The rules are tested in the order fail, pass, attention: the first true one is the verdict, the first unknown one ends
    the test with ``open``; if all are false the answer needs a look (``attention``, remark ``rule_gap``).
    """
    answer = rules.context.answer(item.id)
    if not answer.answered:
        return Verdict(item.id, OPEN)
    if item.answer_type == "yes_no_na" and answer.value == "na" and not item.names_na:
        return Verdict(item.id, NA)
    scope = rules.for_item(item)
    for name, rule in item.rule.in_order():
        value = rule.truth(scope)
        if value is True:
            return Verdict(item.id, name, rule=name)
        if value is UNKNOWN:
            waiting = waiting_for(rules, rule.evaluate(scope), rule.open_names(scope))
            return Verdict(item.id, OPEN, WAITING, rule=name, waiting=waiting)
    return Verdict(item.id, ATTENTION, RULE_GAP)


def judge_items(rules: ItemRules, items: Iterable[Item]) -> dict[str, Verdict]:
    """The verdicts of several items; one whose rule fails stays open with the remark ``error``."""
    found: dict[str, Verdict] = {}
    for item in items:
        try:
            found[item.id] = judge_item(rules, item)
        except ExpressionError as error:
            found[item.id] = Verdict(item.id, OPEN, ERROR, error=str(error))
    return found


def waiting_for(rules: ItemRules, evaluation: Evaluation, names: frozenset[str]) -> Waiting:
    """What to give so that a rule can be decided: asked facts behind derived ones, and what calls lacked."""
    catalogue, env = rules.context.catalogue, rules.context.env
    facts: set[str] = set()
    for name in names:
        fact = catalogue.facts.get(name)
        if fact is not None:
            facts |= env.open_facts(fact.derived) if fact.derived is not None else {name}
    items, outputs, filings = set[str](), set[str](), False
    for function, arguments in evaluation.missing_calls:
        if function == "item":
            items.add(str(arguments[0]))
        elif function == "calc":
            outputs.add(".".join(str(argument) for argument in arguments))
        elif function.startswith("filings_"):
            filings = True
    return Waiting(tuple(sorted(facts)), tuple(sorted(items)), tuple(sorted(outputs)), filings)
