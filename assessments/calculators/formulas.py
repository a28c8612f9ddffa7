"""Formulas people can read, with symbols and labels, and the same with the numbers of a run.

⌈concurrency ÷ concurrent per instance⌉        ⌈12 ÷ 1.5⌉ = 8
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.calculators.run import CalculatorRun
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Calculator, same
from portal.catalogue.words import Lexicon, is_rounded, listed, quoted, say_digits, say_number, say_value
from portal.core.expressions import EMPTY, UNKNOWN
from portal.core.expressions.evaluation import Run, compile_tree
from portal.core.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Junction,
    ListOf,
    Literal,
    Name,
    Negative,
    Not,
    Tree,
)
from portal.core.expressions.values import kind

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_TIGHT = {"+": 1, "-": 1, "*": 2, "/": 2}
_COMPARED = {"==": "=", "!=": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step as people read it: label, formula in words and symbols, the same with numbers, the value."""

    id: str
    label: Text
    formula: Text
    numbers: Text
    value: Text
    is_output: bool


def step_labels(calculator: Calculator) -> dict[str, Text]:
    """Labels of all steps: those of the outputs, the rest numbered as intermediate values."""
    labels: dict[str, Text] = {}
    unnamed = 0
    for name in calculator.steps:
        if name in calculator.outputs:
            labels[name] = calculator.outputs[name].label
        else:
            mark = _CIRCLED[unnamed] if unnamed < len(_CIRCLED) else f"({unnamed + 1})"
            labels[name] = Text(f"中间量{mark}", f"intermediate value {mark}")
            unnamed += 1
    return labels


def show_steps(catalogue: Catalogue, run: CalculatorRun) -> tuple[StepShown, ...]:
    """Every step of a run, formula and numbers."""
    calculator = run.calculator
    labels = step_labels(calculator)
    lexicon = Lexicon(catalogue, calculator=calculator)
    shown = []
    for name, step in calculator.steps.items():
        formula = _Formula(calculator, lexicon, labels).say(step.expr.tree)
        numbers = _Numbers(run, lexicon).say(step.expr.tree)
        value = _value_in_words(run.steps[name], calculator, name, lexicon)
        sign = _sign(step.expr.tree, run.steps[name])
        equation = Text(f"{numbers.zh} {sign} {value.zh}", f"{numbers.en} {sign} {value.en}")
        shown.append(StepShown(name, labels[name], formula, equation, value, name in calculator.outputs))
    return tuple(shown)


def show_formula(catalogue: Catalogue, calculator: Calculator, step: str) -> Text:
    """The formula of one step."""
    lexicon = Lexicon(catalogue, calculator=calculator)
    return _Formula(calculator, lexicon, step_labels(calculator)).say(calculator.steps[step].expr.tree)


def _value_in_words(value: object, calculator: Calculator, name: str, lexicon: Lexicon) -> Text:
    unit = calculator.outputs[name].unit if name in calculator.outputs else None
    if _is_number(value):
        return say_number(value, unit, mark=False)
    return say_value(value, lexicon.labels_of_output(), unit)


def _is_number(value: object) -> bool:
    return value is not UNKNOWN and value is not EMPTY and kind(value) == "number"


def _sign(node: Tree, value: object) -> str:
    """``=`` or ``≈`` between a calculation and its value, ``→`` between conditions and what follows."""
    if isinstance(node, (Junction, Not, Comparison)) or (isinstance(node, Call) and node.function in _CONDITIONS):
        return "→"
    return "≈" if _is_number(value) and is_rounded(value) else "="


_CONDITIONS = frozenset({"if_else", "any_of", "all_of", "pick"})


class _Speaker:
    """Says a tree; ``name`` says a name, the rest is shared."""

    def __init__(self, calculator: Calculator, lexicon: Lexicon) -> None:
        self.calculator, self.lexicon = calculator, lexicon

    def name(self, node: Name) -> Text:
        raise NotImplementedError

    def say(self, node: Tree, tight: int = 0, labels: Mapping[str, Text] | None = None) -> Text:
        """The node; ``tight``: how tightly the operator around it binds; ``labels``: what texts in it are called."""
        match node:
            case Literal():
                return self.literal(node.value, labels)
            case Name():
                return self.name(node)
            case ListOf():
                return _around(
                    "[", listed([self.say(part, 1 if isinstance(part, Call) else 0, labels=labels) for part in node.parts], "、", "; "), "]"
                )
            case Negative():
                return _around("−", self.say(node.part, 3), "")
            case Arithmetic():
                return self.arithmetic(node, tight)
            case Comparison():
                return _parenthesised(self.comparison(node), tight > 0)
            case Junction():
                parts = [self.say(part, 1) for part in node.parts]
                joined = listed(parts, " 且 ", " and ") if node.word == "and" else listed(parts, " 或 ", " or ")
                return _parenthesised(joined, tight > 0)
            case Not():
                return Text("非{p}", "not {p}").fill(p=self.say(node.part, 1))
            case Call():
                return self.call(node, tight)

    def literal(self, value: object, labels: Mapping[str, Text] | None) -> Text:
        if isinstance(value, str):
            return quoted(say_value(value, {**self.lexicon.labels_of_output(), **(labels or {})}))
        return say_value(value) if isinstance(value, bool) else same(say_digits(value))

    def arithmetic(self, node: Arithmetic, tight: int) -> Text:
        own = _TIGHT[node.op]
        left = self.say(node.left, own)
        right = self.say(node.right, own + 1 if node.op in "-/" else own)
        text = Text(
            f"{left.zh} {_SIGNS[node.op]} {right.zh}",
            f"{left.en} {_SIGNS[node.op]} {right.en}",
        )
        return _parenthesised(text, own < tight)

    def comparison(self, node: Comparison) -> Text:
        labels = self.labels(node.left) or self.labels(node.right)
        left, right = self.say(node.left, 1, labels), self.say(node.right, 1, labels)
        if node.op in ("in", "not in"):
            phrase = Text("{a} 属于 {b}", "{a} is among {b}")
            if node.op == "not in":
                phrase = Text("{a} 不属于 {b}", "{a} is not among {b}")
            return phrase.fill(a=left, b=right)
        sign = _COMPARED[node.op]
        return Text(f"{left.zh} {sign} {right.zh}", f"{left.en} {sign} {right.en}")

    def labels(self, node: Tree) -> Mapping[str, Text] | None:
        """What the texts compared with a name are called."""
        if isinstance(node, Name) and node.id in self.calculator.inputs:
            return self.lexicon.labels_of_input(self.calculator.inputs[node.id])
        return None

    def call(self, node: Call, tight: int) -> Text:
        if node.function == "if_else":
            return self.choice(node, inside=tight > 0)
        if node.function == "pick":
            return self.pick(node)
        arguments = [self.say(argument, labels=self._labels_of_call(node)) for argument in node.arguments]
        if node.function == "ceil_div":
            a, b = self.say(node.arguments[0], 2), self.say(node.arguments[1], 3)
            return _around("⌈", Text(f"{a.zh} ÷ {b.zh}", f"{a.en} ÷ {b.en}"), "⌉")
        phrase = _CALLS[node.function]
        names = ("a", "b", "c")
        if node.function in ("min", "max"):
            return phrase.fill(a=listed(arguments, ", ", ", "))
        return phrase.fill(**dict(zip(names, arguments, strict=False)))

    def _labels_of_call(self, node: Call) -> Mapping[str, Text] | None:
        return self.labels(node.arguments[0]) if node.function in ("any_of", "all_of", "index_of") else None

    def choice(self, node: Call, *, inside: bool) -> Text:
        condition, then, otherwise = node.arguments
        phrase = Text("若 {c}，则为 {a}；否则为 {b}", "{a} if {c}, else {b}")
        if isinstance(otherwise, Call) and otherwise.function == "if_else":
            phrase = Text("若 {c}，则为 {a}；否则，{b}", "{a} if {c}, else {b}")
        inner = self.say(then)
        if isinstance(then, Call) and then.function == "if_else":
            inner = Text(f"（{inner.zh}）", f"({inner.en})")
        return _parenthesised(phrase.fill(c=self.say(condition), a=inner, b=self.say(otherwise)), inside)

    def pick(self, node: Call) -> Text:
        names, flags = node.arguments
        if not isinstance(names, ListOf) or not isinstance(flags, ListOf):
            return Text("{a} 中 {b} 成立者", "those of {a} for which {b} holds").fill(a=self.say(names), b=self.say(flags))
        pairs = [
            Text("{n}（若 {f}）", "{n} (if {f})").fill(n=self.say(name), f=self.say(flag))
            for name, flag in zip(names.parts, flags.parts, strict=True)
        ]
        return listed(pairs, "、", "; ")


_CALLS: dict[str, Text] = {
    "len": Text("{a} 的项数", "the number of {a}"),
    "any_of": Text("{a} 包括 {b} 中的至少一项", "{a} includes at least one of {b}"),
    "all_of": Text("{a} 同时包括 {b}", "{a} includes all of {b}"),
    "date": Text("{a}", "{a}"),
    "abs": Text("|{a}|", "|{a}|"),
    "min": same("min({a})"),
    "max": same("max({a})"),
    "ceil": Text("⌈{a}⌉", "⌈{a}⌉"),
    "ln": Text("ln({a})", "ln({a})"),
    "sqrt": Text("√({a})", "√({a})"),
    "round": Text("{a} 四舍五入至 {b} 位小数", "{a} rounded to {b} places"),
    "total": Text("Σ {a}", "Σ {a}"),
    "dot": Text("Σ({a} × {b})", "Σ({a} × {b})"),
    "psi": Text("{a} 与 {b} 的群体稳定性指标", "the population stability index of {a} and {b}"),
    "geometric": Text("[Σ(1 + {a})ᵏ，k = 0 … {b} − 1]", "[Σ(1 + {a})ᵏ, k = 0 … {b} − 1]"),
    "next_size": Text("{b} 中不小于 {a} 的最小值", "the least of {b} that is not below {a}"),
    "at": Text("{a} 中的第 {b} 项（从 0 起）", "entry no. {b} of {a}, counted from 0"),
    "index_of": Text("{a} 在 {b} 中的次序（从 0 起）", "the place of {a} in {b}, counted from 0"),
    "max_known": Text("{a} 中的最大值（空值不计）", "the greatest of {a}, blanks left out"),
    "min_known": Text("{a} 中的最小值（空值不计）", "the least of {a}, blanks left out"),
    "wmean_known": Text("{b} 按 {a} 的加权平均（空值不计）", "the mean of {b} weighted by {a}, blanks left out"),
}


def _around(before: str, text: Text, after: str) -> Text:
    return text.each(lambda said: before + said + after)


def _parenthesised(text: Text, needed: bool) -> Text:
    return _around("(", text, ")") if needed else text


class _Formula(_Speaker):
    """Says the labels of names."""

    def __init__(self, calculator: Calculator, lexicon: Lexicon, steps: Mapping[str, Text]) -> None:
        super().__init__(calculator, lexicon)
        self.steps = steps

    def name(self, node: Name) -> Text:
        if node.id in self.calculator.inputs:
            return self.calculator.inputs[node.id].label
        if node.id in self.calculator.parameters:
            return self.calculator.parameters[node.id].label
        return self.steps[node.id]


class _Numbers(_Speaker):
    """Says the values of names; of a condition only what decided."""

    def __init__(self, run: CalculatorRun, lexicon: Lexicon) -> None:
        super().__init__(run.calculator, lexicon)
        self.run = run

    def name(self, node: Name) -> Text:
        value = self.run.scope.values[node.id]
        if value is UNKNOWN or value is EMPTY:
            return say_value(value)
        if kind(value) == "number":
            return same(say_digits(value, mark=False))
        labels = self.labels(node) or self.lexicon.labels_of_output()
        said = say_value(value, labels)
        if kind(value) == "list" and value != []:
            return _around("[", said, "]")
        return quoted(said) if kind(value) == "text" else said

    def value(self, node: Tree) -> object:
        scope = self.run.scope
        return compile_tree(node, "")(Run(scope.values, scope.functions, scope.yes_no))

    def choice(self, node: Call, *, inside: bool) -> Text:
        """The conditions met on the way to the branch that was taken; inside a calculation its value alone."""
        if inside:
            value = self.value(node)
            return same(say_digits(value, mark=False)) if _is_number(value) else say_value(value)
        said: list[Text] = []
        at: Tree = node
        while isinstance(at, Call) and at.function == "if_else":
            condition, then, otherwise = at.arguments
            value = self.value(condition)
            words = self.say(condition)
            if value is UNKNOWN:
                return listed([*said, Text("{c}：未知", "{c}: unknown").fill(c=words)], "；", "; ")
            verdict = Text("{c}：成立", "{c}: yes") if value is True else Text("{c}：不成立", "{c}: no")
            said.append(verdict.fill(c=words))
            at = then if value is True else otherwise
        if not isinstance(at, (Literal, Name)):
            said.append(self.say(at))
        return listed(said, "；", "; ")

    def pick(self, node: Call) -> Text:
        """The condition of each name, as it came out."""
        names, flags = node.arguments
        if not isinstance(names, ListOf) or not isinstance(flags, ListOf):
            return super().pick(node)
        pairs = [
            Text("{n}：{f}", "{n}: {f}").fill(n=self.say(name), f=say_value(self.value(flag)))
            for name, flag in zip(names.parts, flags.parts, strict=True)
        ]
        return listed(pairs, "；", "; ")


def input_in_words(catalogue: Catalogue, calculator: Calculator, name: str, value: object) -> Text:
    """The value of an input with its unit or label."""
    one = calculator.inputs[name]
    return say_value(value, Lexicon(catalogue, calculator=calculator).labels_of_input(one), one.unit)


def output_in_words(catalogue: Catalogue, run: CalculatorRun, name: str) -> Text:
    """The value of an output with its unit or label."""
    result = run.outputs[name]
    return say_value(result.value, Lexicon(catalogue).labels_of_output(), result.unit)


def parameter_in_words(calculator: Calculator, name: str, value: object) -> Text:
    """The value of a parameter with its unit."""
    return say_number(value, calculator.parameters[name].unit)
