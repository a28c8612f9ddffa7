"""What stands on either side of a comparison, in words: facts, answers, columns, results of calculators, numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.catalogue.parts.text import Text
from portal.catalogue.words.lexicon import (
    YES_NO_NA,
    Lexicon,
    fact_label,
    fact_labels,
    field_label,
    item_labels,
    labels_of,
    quoted,
    say_value,
)
from portal.catalogue.words.numbers import say_date, say_digits, say_number
from portal.core.expressions.functions import date_of
from portal.core.expressions.tree import Arithmetic, Call, Literal, Name, Negative, Tree
from portal.core.expressions.values import fraction_of

# Units that say nothing behind a number in a sentence about a fact ("grade is at least 2").
_SILENT = frozenset({"level", "count", "currency", "coefficient", "ratio", "index"})


@dataclass(frozen=True, slots=True)
class Term:
    """One side of a comparison. ``shape``: ``yes_no choice set number date text truth rank``, or ``answer…``."""

    text: Text
    shape: str
    labels: Mapping[str, Text] = field(default_factory=dict)
    unit: str | None = None


_SHAPES = {"bool3": "yes_no", "enum": "choice", "set": "set", "date": "date", "text": "text"}
_ANSWER_SHAPES = {
    "yes_no_na": "answer_yes_no",
    "single_choice": "answer",
    "multi_choice": "answer_set",
    "text": "text",
    "date": "date",
}
_OUTPUT_SHAPES = {"true/false": "truth", "list": "set"}
ANSWER = Text("答案", "the answer")


def term(node: Tree, lexicon: Lexicon) -> Term:
    """The term for a node that is no condition. Raises ``KeyError`` for a name that the catalogue lacks."""
    match node:
        case Literal():
            return _literal(node)
        case Name():
            return _name(node.id, lexicon)
        case Negative(part=Literal(value=value)):
            return Term(say_number(-fraction_of(value)), "number")
        case Arithmetic():
            return _arithmetic(node, lexicon)
        case Call():
            return _call(node, lexicon)
        case _:
            raise KeyError(f"no words for {type(node).__name__}")


def _literal(node: Literal) -> Term:
    if isinstance(node.value, (bool, str)):
        return Term(quoted(say_value(node.value)), "text")
    return Term(say_number(node.value), "number")


def _name(name: str, lexicon: Lexicon) -> Term:
    item = lexicon.item
    if item is not None and name == "answer":
        shape = _ANSWER_SHAPES.get(item.answer_type, "number")
        return Term(ANSWER, shape, item_labels(item), _spoken(item.unit))
    if name == "rows":
        return Term(Text("行数", "the number of rows"), "number")
    if name == "files":
        return Term(Text("附件数", "the number of files"), "number")
    fact = lexicon.catalogue.facts[name]
    shape = _SHAPES.get(fact.type, "number")
    unit = "percent" if fact.type == "percent" else _spoken(fact.unit) or _code(fact.currency)
    return Term(quoted(fact_label(fact)), shape, fact_labels(fact), unit)


def _code(currency: str | None) -> str | None:
    return None if currency in (None, "project") else currency


def _spoken(unit: str | None) -> str | None:
    return None if unit in _SILENT else unit


def _arithmetic(node: Arithmetic, lexicon: Lexicon) -> Term:
    left, right = term(node.left, lexicon), term(node.right, lexicon)
    if node.op == "*" and isinstance(node.left, Literal):
        digits = say_digits(node.left.value)
        phrase = Text("{term}的 {n} 倍", "{n} times {term}")
        return Term(phrase.fill(term=right.text, n=digits), "number", unit=right.unit)
    phrases = {
        "+": Text("{a}加 {b}", "{a} plus {b}"),
        "-": Text("{a}减 {b}", "{a} minus {b}"),
        "*": Text("{a}乘以 {b}", "{a} times {b}"),
        "/": Text("{a}除以 {b}", "{a} divided by {b}"),
    }
    number = node.right.value if isinstance(node.right, Literal) else None
    said = right.text if number is None else say_number(number, None if left.unit == "percent" else left.unit)
    if number is not None and left.unit == "percent":
        said = Text(f"{say_digits(number)} 个百分点", f"{say_digits(number)} percentage points")
    return Term(phrases[node.op].fill(a=left.text, b=said), "number", unit=left.unit)


def _call(node: Call, lexicon: Lexicon) -> Term:
    given = [argument.value if isinstance(argument, Literal) else None for argument in node.arguments]
    match node.function, given:
        case "date", [str(day)]:
            return Term(say_date(date_of(day)), "date")
        case "calc", [str(calculator), str(output)]:
            return calculator_term(calculator, output, lexicon)
        case "param", [str(calculator), str(parameter)]:
            return _parameter(calculator, parameter, lexicon)
        case "item", [str(item_id)]:
            return _other_item(item_id, lexicon)
        case "field", [str(name)]:
            return _field(name, lexicon)
        case (("tier_rank" | "class_rank"), _):
            inner = term(node.arguments[0], lexicon)
            return Term(inner.text, "rank", inner.labels)
        case "abs", _:
            inner = term(node.arguments[0], lexicon)
            phrase = Text("{term}的绝对值", "the absolute value of {term}")
            return Term(phrase.fill(term=inner.text), "number", unit=inner.unit)
        case (("sum_of" | "min_of" | "max_of"), [str(name)]):
            column = _field(name, lexicon)
            phrases = {
                "sum_of": Text("{term}合计", "the sum of {term}"),
                "min_of": Text("各行{term}的最小值", "the least {term}"),
                "max_of": Text("各行{term}的最大值", "the greatest {term}"),
            }
            return Term(phrases[node.function].fill(term=column.text), "number", unit=column.unit)
        case "column", [str(name)]:
            column = _field(name, lexicon)
            phrase = Text("{term}一列", "the column {term}")
            return Term(phrase.fill(term=column.text), "set", column.labels)
        case _:
            raise KeyError(f"no words for {node.function}")


def calculator_term(calculator_id: str, output_id: str, lexicon: Lexicon) -> Term:
    """An output of a calculator: ‘tier at 12 months’ of ‘Audience sizing’."""
    calculator = lexicon.catalogue.calculators[calculator_id]
    output = calculator.outputs[output_id]
    phrase = Text("{calculator}的{output}", "{output} of {calculator}")
    text = phrase.fill(calculator=quoted(calculator.name), output=quoted(output.label))
    shape = _OUTPUT_SHAPES.get(output.unit, "choice" if output.unit in _TEXT_UNITS else "number")
    return Term(text, shape, lexicon.labels_of_output(), _spoken(output.unit) if shape == "number" else None)


_TEXT_UNITS = frozenset({"tier", "class", "status", "route", "sourcing", "decision", "band", "mode"})


def _parameter(calculator_id: str, parameter_id: str, lexicon: Lexicon) -> Term:
    parameter = lexicon.catalogue.calculators[calculator_id].parameters[parameter_id]
    phrase = Text("参数{label}（{value}）", "the parameter {label} ({value})")
    value = say_number(parameter.value, parameter.unit)
    return Term(phrase.fill(label=quoted(parameter.label), value=value), "number", unit=_spoken(parameter.unit))


def _other_item(item_id: str, lexicon: Lexicon) -> Term:
    item = lexicon.catalogue.items[item_id]
    question = Text(item.question.zh.rstrip("？?。"), item.question.en)
    phrase = Text("检查项 {id} {question}的答案", "the answer to item {id} {question}")
    shape = {"yes_no_na": "choice", "single_choice": "choice", "multi_choice": "set"}.get(item.answer_type, "number")
    return Term(phrase.fill(id=item_id, question=quoted(question)), shape, item_labels(item), _spoken(item.unit))


def _field(name: str, lexicon: Lexicon) -> Term:
    if lexicon.item is None:
        raise KeyError(name)
    column = lexicon.item.fields[name]
    shape = {"choice": "choice", "date": "date", "text": "text"}.get(column.type, "number")
    unit = "percent" if column.type == "percent" else None
    return Term(quoted(field_label(column)), shape, labels_of(column.choices), unit)


def label_of(value: object, of: Term) -> Text:
    """A written value in the words of the term it is compared with, quoted if it is an option."""
    if isinstance(value, str):
        found = of.labels.get(value, YES_NO_NA.get(value))
        return quoted(found if found is not None else say_value(value, of.labels))
    return say_number(value, of.unit)
