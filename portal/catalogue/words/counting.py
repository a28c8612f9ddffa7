"""Sentences for functions that count or compare rows, files, days and filings: ``filled('owner') == 1`` and its like."""

from __future__ import annotations

from collections.abc import Callable

from portal.catalogue.functions import ANY_GATE
from portal.catalogue.parts.text import Text
from portal.catalogue.words.lexicon import Lexicon, field_label, labels_of, quoted, say_value
from portal.catalogue.words.numbers import say_digits, say_number, say_share
from portal.catalogue.words.terms import term
from portal.core.expressions.tree import Call, Comparison, Literal, Name, Negative, Tree
from portal.core.expressions.values import fraction_of

Number = object
Say = Callable[[str, Number, list[str], Lexicon], Text | None]

# The plain comparisons of a number, after its subject.
COMPARED: dict[str, Text] = {
    "==": Text("等于 {n}", " equals {n}"),
    "!=": Text("不等于 {n}", " is not {n}"),
    "<": Text("低于 {n}", " is below {n}"),
    "<=": Text("不超过 {n}", " is at most {n}"),
    ">": Text("超过 {n}", " is above {n}"),
    ">=": Text("不低于 {n}", " is at least {n}"),
}
# The same for zero, which is neither passed nor missed by much.
_ZERO: dict[str, Text] = {
    "==": Text("为 0", " is 0"),
    "!=": Text("不为 0", " is not 0"),
    "<": Text("小于 0", " is below 0"),
    "<=": Text("不大于 0", " is at most 0"),
    ">": Text("大于 0", " is above 0"),
}


def compared(op: str, number: Number, unit: str | None) -> Text:
    """The comparison with a written number, after its subject."""
    if number == 0 and op in _ZERO:
        return _ZERO[op]
    return COMPARED[op].fill(n=say_number(number, unit))


def counted(node: Comparison, lexicon: Lexicon) -> Text | None:
    """The sentence for a comparison of a counting function or name with a written number, None if there is none."""
    number = written_number(node.right)
    if number is None:
        return None
    if isinstance(node.left, Name) and node.left.id in _NAMES:
        return _NAMES[node.left.id](node.op, number, [], lexicon)
    if isinstance(node.left, Call) and node.left.function in _CALLS:
        given = [str(part.value) for part in node.left.arguments if isinstance(part, Literal)]
        return _CALLS[node.left.function](node.op, number, given, lexicon)
    if isinstance(node.left, Call) and node.left.function == "len":
        return _length(node.op, number, node.left.arguments[0], lexicon)
    return None


def written_number(node: Tree) -> Number | None:
    """The number written in the rule, minus sign included; None if something else stands there."""
    if isinstance(node, Negative) and isinstance(node.part, Literal):
        return -fraction_of(node.part.value)
    if isinstance(node, Literal) and not isinstance(node.value, (str, bool)):
        return node.value
    return None


def plural(number: Number, one: str, many: str) -> str:
    """The English noun for a number."""
    return one if number == 1 else many


def _at_least(op: str, number: Number) -> Number | None:
    """For ``>= n`` and ``> n - 1`` the n, else None."""
    if op == ">=":
        return number
    return fraction_of(number) + 1 if op == ">" else None


def _rows(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    n = say_digits(number)
    if op == "==" and number == 0:
        return Text("没有填写任何一行", "no row is filled in")
    if op == ">=":
        return Text(f"至少 {n} 行", f"at least {n} {plural(number, 'row', 'rows')}")
    if op == "<":
        return Text(f"少于 {n} 行", f"fewer than {n} rows")
    return None


def _files(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    n = say_digits(number)
    if op == "==" and number == 0:
        return Text("没有附件", "no file is attached")
    if op == ">=":
        return Text(f"至少附有 {n} 个文件", f"at least {n} {plural(number, 'file', 'files')} attached")
    return None


def _length(op: str, number: Number, of: Tree, lexicon: Lexicon) -> Text | None:
    least = _at_least(op, number)
    subject = term(of, lexicon)
    n = say_digits(number if least is None else least)
    nothing = (op == "==" and number == 0) or (op == "<" and number == 1)
    if subject.shape == "text":
        if least is not None:
            return Text(f"{subject.text.zh}不少于 {n} 个字", f"{subject.text.en} has at least {n} characters")
        if op == "<":
            return Text(f"{subject.text.zh}少于 {n} 个字", f"{subject.text.en} has fewer than {n} characters")
        return None
    if subject.shape == "answer_set":
        if nothing:
            return Text("一项也未选择", "nothing is chosen")
        if least is not None:
            count = number if op == ">=" else least
            return Text(f"至少选择 {n} 项", f"at least {n} {plural(count, 'option', 'options')} chosen")
        return Text(f"所选少于 {n} 项", f"fewer than {n} options chosen") if op == "<" else None
    if nothing:
        return Text("{q}没有任何一项", "{q} has no entry").fill(q=subject.text)
    if least is not None:
        entries = plural(least, "entry", "entries")
        return Text("{q}至少有 {n} 项", "{q} has at least {n} {entries}").fill(q=subject.text, n=n, entries=entries)
    return None


def _column(name: str, lexicon: Lexicon) -> Text:
    if lexicon.item is None:
        raise KeyError(name)
    return quoted(field_label(lexicon.item.fields[name]))


def _cell(name: str, value: str, lexicon: Lexicon) -> Text:
    if lexicon.item is None:
        raise KeyError(name)
    return quoted(say_value(value, labels_of(lexicon.item.fields[name].choices)))


def _percent(name: str, lexicon: Lexicon) -> bool:
    return lexicon.item is not None and lexicon.item.fields[name].type == "percent"


def _filled(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    column = _column(given[0], lexicon)
    if number == 1 and op in ("==", ">="):
        return Text("每行均填写{c}", "{c} filled in every row").fill(c=column)
    if number == 1 and op in ("<", "!="):
        return Text("并非每行都填写了{c}", "{c} not filled in every row").fill(c=column)
    share = say_share(number)
    if op == ">=":
        return Text("至少 {p} 的行填写了{c}", "{c} filled in at least {p} of the rows").fill(c=column, p=share)
    if op == "<":
        return Text("填写{c}的行不足 {p}", "{c} filled in less than {p} of the rows").fill(c=column, p=share)
    return None


def _count(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    column, value = _column(given[0], lexicon), given[1]
    least, n = _at_least(op, number), say_digits(number)
    if value == "*":
        if least is None:
            return None
        phrase = Text("至少 {n} 行填写了{c}", "{c} filled in at least {n} {rows}")
        return phrase.fill(c=column, n=say_digits(least), rows=plural(least, "row", "rows"))
    cell = _cell(given[0], value, lexicon)
    if op == "==" and number == 0:
        return Text("没有{c}为{v}的行", "{c} is {v} in no row").fill(c=column, v=cell)
    if least == 1:
        return Text("有{c}为{v}的行", "{c} is {v} in at least one row").fill(c=column, v=cell)
    phrase = Text("{c}为{v}的行数", "the number of rows in which {c} is {v}")
    subject = phrase.fill(c=column, v=cell)
    return _sentence(subject, op, Text(n, n))


def _share(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    column, cell = _column(given[0], lexicon), _cell(given[0], given[1], lexicon)
    if op == ">" and number == 0:
        return Text("至少一行的{c}为{v}", "{c} is {v} in at least one row").fill(c=column, v=cell)
    phrase = Text("{c}为{v}的行所占比例", "the share of rows in which {c} is {v}")
    return _sentence(phrase.fill(c=column, v=cell), op, say_share(number))


def _sentence(subject: Text, op: str, number: Text) -> Text:
    predicate = COMPARED[op].fill(n=number)
    return Text(subject.zh + predicate.zh, subject.en + predicate.en)


_EVERY = Text("填写完整的每一行中，{a}均{is}{b}", "{a} {is} {b} in every completed row")
_SOME = Text("有行的{a}{is}{b}", "{a} {is} {b} in at least one row")
_RELATIONS: dict[str, Text] = {
    ">=": Text("不低于", "is at least"),
    "<=": Text("不超过", "is at most"),
    "<": Text("低于", "is below"),
    ">": Text("超过", "is above"),
}


def _pair(function: str) -> Say:
    """Sentences of min_ratio, max_ratio, min_diff, max_diff: the least speaks of every row with >=, of some with <."""
    least, ratio = function.startswith("min"), function.endswith("ratio")

    def say(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
        relation = _RELATIONS.get(op)
        if relation is None:
            return None
        frame = _EVERY if (op in (">=", ">")) == least else _SOME
        a, b = _column(given[0], lexicon), _column(given[1], lexicon)
        if ratio and number != 1:
            b = Text("{b}的 {p}", "{p} of {b}").fill(b=b, p=say_share(number))
        if not ratio and number != 0:
            return _difference(frame, op, number, given, lexicon)
        return frame.fill(a=a, b=b, **{"is": relation})

    return say


def _difference(frame: Text, op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text:
    a, b = _column(given[0], lexicon), _column(given[1], lexicon)
    amount, below = abs(fraction_of(number)), fraction_of(number) < 0
    digits = say_digits(amount)
    points = Text(" 个百分点", " percentage points") if _percent(given[0], lexicon) else Text("", "")
    wide = (op in ("<", "<=")) == below  # whether the sentence speaks of a difference of at least that much
    more = {
        (True, True): Text("比{b}低超过 {n}", "more than {n} below {b}"),
        (True, False): Text("比{b}最多低 {n}", "at most {n} below {b}"),
        (False, True): Text("比{b}高超过 {n}", "more than {n} above {b}"),
        (False, False): Text("比{b}最多高 {n}", "at most {n} above {b}"),
    }[(below, wide)]
    said = more.fill(b=b, n=Text(digits + points.zh, digits + points.en))
    return frame.fill(a=a, b=said, **{"is": Text("", "is")})


def _min_where(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    column, where = _column(given[0], lexicon), _column(given[1], lexicon)
    cell = _cell(given[1], given[2], lexicon)
    n = say_number(number, "percent" if _percent(given[0], lexicon) else None)
    if op == ">=":
        phrase = Text("{k}为{v}的各行，{c}均不低于 {n}", "{c} is at least {n} in every row where {k} is {v}")
    elif op == "<":
        phrase = Text("有{k}为{v}的行，{c}低于 {n}", "{c} is below {n} in some row where {k} is {v}")
    else:
        return None
    return phrase.fill(c=column, k=where, v=cell, n=n)


def _filings(applying: bool) -> Say:
    def say(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
        some, none = (op == ">" and number == 0) or (op == ">=" and number == 1), op == "==" and number == 0
        if not some and not none:
            return None
        due = Text("", "")
        if given[0] != ANY_GATE:
            gate = lexicon.catalogue.vocabularies["filing_gates"].label(given[0])
            due = Text("时点为{g}的", " due {g}").fill(g=quoted(gate))
        if applying:
            phrase = Text("有{due}适用备案登记事项", "at least one filing{due} applies")
            if none:
                phrase = Text("没有{due}适用备案登记事项", "no filing{due} applies")
        else:
            phrase = Text("有{due}备案登记事项未办结", "at least one filing{due} is not done")
            if none:
                phrase = Text("{due}备案登记事项全部办结", "every filing{due} is done")
        return phrase.fill(due=due)

    return say


def _days_until(op: str, number: Number, given: list[str], lexicon: Lexicon) -> Text | None:
    if op == "<" and number == 0:
        return Text("日期早于今天", "the date is before today")
    days = Text(f"{say_digits(number)} 天", f"{say_digits(number)} days")
    phrases = {
        ">": Text("日期距今超过 {d}", "the date is more than {d} away"),
        "<=": Text("日期距今不超过 {d}", "the date is at most {d} away"),
        ">=": Text("日期距今至少 {d}", "the date is at least {d} away"),
        "<": Text("日期距今不足 {d}", "the date is less than {d} away"),
    }
    phrase = phrases.get(op)
    return None if phrase is None else phrase.fill(d=days)


_NAMES: dict[str, Say] = {"rows": _rows, "files": _files}
_CALLS: dict[str, Say] = {
    "filled": _filled,
    "count": _count,
    "share": _share,
    "min_ratio": _pair("min_ratio"),
    "max_ratio": _pair("max_ratio"),
    "min_diff": _pair("min_diff"),
    "max_diff": _pair("max_diff"),
    "min_where": _min_where,
    "filings_applicable": _filings(applying=True),
    "filings_open": _filings(applying=False),
    "days_until": _days_until,
}
