"""A rule said in words, in both languages, out of its tree.

>>> say_rule(parse("rows >= 1 and filled('monthly_increment') == 1 and evidence()"), Lexicon(content, item))
至少 1 行，且每行均填写“月增量”，且至少附有一份已接受的证据
at least 1 row, and ‘monthly increment’ filled in every row, and at least one accepted piece of evidence
"""

from __future__ import annotations

from portal.catalogue.functions import RECORD_FIELDS
from portal.catalogue.parts.items import Item
from portal.catalogue.parts.text import Text
from portal.catalogue.words.clauses import ALL, ANY, NONE, NOT_ALL, Clause, joined, one, sentence
from portal.catalogue.words.counting import compared, counted, written_number
from portal.catalogue.words.lexicon import Lexicon, listed, quoted
from portal.catalogue.words.merging import denied, merged
from portal.catalogue.words.terms import Term, calculator_term, label_of, term
from portal.core.expressions import Expression
from portal.core.expressions.tree import Call, Comparison, Junction, ListOf, Literal, Name, Not, Tree

ALWAYS_SHOWN = Text("始终显示", "always shown")
_OR = Text("或", " or ")
_NOT_SO = Text("并非：{it}", "it is not so that {it}")
_OPPOSITE = {"==": "!=", "!=": "==", "in": "not in", "not in": "in"}


def say_rule(rule: Expression, lexicon: Lexicon) -> Text:
    """The rule as one sentence without a full stop."""
    return sentence(rule_outline(rule, lexicon))


def rule_outline(rule: Expression, lexicon: Lexicon) -> Clause:
    """The rule as nested clauses, for pages that show it as a list."""
    return _clause(rule.tree, lexicon, positive=True)


def say_visibility(item: Item, lexicon: Lexicon) -> Text:
    """When an item is shown."""
    return ALWAYS_SHOWN if item.visible_if is None else say_rule(item.visible_if, lexicon)


def _clause(node: Tree, lexicon: Lexicon, *, positive: bool) -> Clause:
    match node:
        case Not():
            return _clause(node.part, lexicon, positive=not positive)
        case Junction():
            parts = merged(node.word, node.parts, lexicon, lambda part: _clause(part, lexicon, positive=True))
            denial = None if positive else denied(node.word, node.parts, lexicon)
            if denial is not None:
                return one(denial)
            if positive:
                return joined(ALL if node.word == "and" else ANY, parts)
            return joined(NOT_ALL if node.word == "and" else NONE, parts)
        case Literal(value=bool(value)):
            return one(Text("任何情形", "in every case") if value is positive else Text("不会出现", "never"))
        case Name(id="approved"):
            yes, no = Text("附件已获批准", "the file has its approval"), Text("附件未获批准", "the file lacks its approval")
            return one(yes if positive else no)
        case Comparison():
            return one(_comparison(node, lexicon, positive=positive))
        case Call():
            return one(_call(node, lexicon, positive=positive))
        case _:
            raise KeyError(f"no words for {type(node).__name__} as a condition")


def _comparison(node: Comparison, lexicon: Lexicon, *, positive: bool) -> Text:
    if not positive:
        opposite = _OPPOSITE.get(node.op)
        if opposite is None:
            return _NOT_SO.fill(it=_comparison(node, lexicon, positive=True))
        node = Comparison(opposite, node.left, node.right, node.at)
    text = counted(node, lexicon)
    if text is not None:
        return text
    if node.op in ("in", "not in"):
        return _membership(node, lexicon)
    left = term(node.left, lexicon)
    if isinstance(node.right, ListOf):
        return _equal_list(left, node, lexicon)
    number = written_number(node.right)
    if number is not None:
        return _after(left.text, compared(node.op, number, left.unit))
    if isinstance(node.right, Literal):
        return _equals(left, node.op, label_of(node.right.value, left))
    right = term(node.right, lexicon)
    return _is(left.text, _BETWEEN[_family(left, right)][node.op], right.text)


def _is(subject: Text, predicate: Text, other: Text) -> Text:
    return _after(subject, predicate.fill(n=other))


def _after(subject: Text, said: Text) -> Text:
    return Text(subject.zh + said.zh, subject.en + said.en)


def _family(left: Term, right: Term) -> str:
    for shape in ("date", "rank"):
        if shape in (left.shape, right.shape):
            return shape
    return "number" if left.shape == right.shape == "number" else "choice"


# Comparisons between two terms, after the first of them.
_BETWEEN: dict[str, dict[str, Text]] = {
    "number": {
        "==": Text("等于{n}", " equals {n}"),
        "!=": Text("不等于{n}", " differs from {n}"),
        "<": Text("低于{n}", " is below {n}"),
        "<=": Text("不超过{n}", " is at most {n}"),
        ">": Text("超过{n}", " is above {n}"),
        ">=": Text("不低于{n}", " is at least {n}"),
    },
    "date": {
        "==": Text("为 {n}", " is {n}"),
        "!=": Text("不是 {n}", " is not {n}"),
        "<": Text("早于 {n}", " is before {n}"),
        "<=": Text("不晚于 {n}", " is no later than {n}"),
        ">": Text("晚于 {n}", " is after {n}"),
        ">=": Text("不早于 {n}", " is no earlier than {n}"),
    },
    "rank": {
        "==": Text("与{n}同级", " ranks with {n}"),
        "!=": Text("与{n}不同级", " does not rank with {n}"),
        "<": Text("的级别低于{n}", " ranks below {n}"),
        "<=": Text("的级别不高于{n}", " ranks no higher than {n}"),
        ">": Text("的级别高于{n}", " ranks above {n}"),
        ">=": Text("的级别不低于{n}", " ranks no lower than {n}"),
    },
    "choice": {
        "==": Text("与{n}一致", " agrees with {n}"),
        "!=": Text("与{n}不一致", " differs from {n}"),
    },
}


def _equals(left: Term, op: str, label: Text) -> Text:
    same = op == "=="
    if left.shape in ("answer", "answer_yes_no"):
        verb = "回答" if left.shape == "answer_yes_no" else "选择"
        phrase = Text(verb + "{v}", "the answer is {v}") if same else Text("未" + verb + "{v}", "the answer is not {v}")
        return phrase.fill(v=label)
    if left.shape == "yes_no":
        phrase = Text("{q}为{v}", "{q} is answered {v}") if same else Text("{q}不为{v}", "{q} is not answered {v}")
    else:
        phrase = Text("{q}为{v}", "{q} is {v}") if same else Text("{q}不是{v}", "{q} is not {v}")
    return phrase.fill(q=left.text, v=label)


def _equal_list(left: Term, node: Comparison, lexicon: Lexicon) -> Text:
    labels = _labels(node.right, left)
    if not labels:
        empty = Text("{q}没有任何一项", "{q} has no entry")
        some = Text("{q}至少有一项", "{q} has at least one entry")
        return (empty if node.op == "==" else some).fill(q=left.text)
    phrase = Text("{q}仅为{v}", "{q} is {v} and nothing else")
    if node.op == "!=":
        phrase = Text("{q}不只是{v}", "{q} is not {v} alone")
    return phrase.fill(q=left.text, v=listed(labels, last=Text("和", " and ")))


def _labels(node: Tree, of: Term) -> list[Text]:
    parts = node.parts if isinstance(node, ListOf) else ()
    return [label_of(part.value, of) for part in parts if isinstance(part, Literal)]


def _membership(node: Comparison, lexicon: Lexicon) -> Text:
    inside = node.op == "in"
    if isinstance(node.left, Literal):
        return _includes(term(node.right, lexicon), [label_of(node.left.value, term(node.right, lexicon))], "one", inside)
    left = term(node.left, lexicon)
    if not isinstance(node.right, ListOf):
        phrase = Text("{q}的选择在{n}之列", "the choice for {q} is among {n}")
        if not inside:
            phrase = Text("{q}的选择不在{n}之列", "the choice for {q} is not among {n}")
        return phrase.fill(q=left.text, n=term(node.right, lexicon).text)
    labels = _labels(node.right, left)
    if inside:
        return _equals(left, "==", listed(labels, last=_OR))
    if len(labels) == 1:
        return _equals(left, "!=", labels[0])
    phrase = Text("{q}不是{v}中的任何一项", "{q} is none of {v}")
    if left.shape.startswith("answer"):
        phrase = Text("未选择{v}中的任何一项", "the answer is none of {v}")
    return phrase.fill(q=left.text, v=listed(labels))


_INCLUDES: dict[tuple[str, bool], Text] = {
    ("one", True): Text("{q}包括{v}", "{q} includes {v}"),
    ("one", False): Text("{q}不包括{v}", "{q} does not include {v}"),
    ("any", True): Text("{q}包括{v}中的至少一项", "{q} includes at least one of {v}"),
    ("any", False): Text("{q}不包括{v}中的任何一项", "{q} includes none of {v}"),
    ("all", True): Text("{q}同时包括{v}", "{q} includes all of {v}"),
    ("all", False): Text("{q}未同时包括{v}", "{q} does not include all of {v}"),
}
_CHOSEN: dict[tuple[str, bool], Text] = {
    ("one", True): Text("选择了{v}", "{v} is chosen"),
    ("one", False): Text("未选择{v}", "{v} is not chosen"),
    ("any", True): Text("选择了{v}中的至少一项", "at least one of {v} is chosen"),
    ("any", False): Text("未选择{v}中的任何一项", "none of {v} is chosen"),
    ("all", True): Text("同时选择了{v}", "all of {v} are chosen"),
    ("all", False): Text("未同时选择{v}", "not all of {v} are chosen"),
}


def _includes(subject: Term, labels: list[Text], how: str, positive: bool) -> Text:
    phrases = _CHOSEN if subject.shape == "answer_set" else _INCLUDES
    key = ("one" if len(labels) == 1 else how, positive)
    return phrases[key].fill(q=subject.text, v=listed(labels))


_TRUTHS: dict[str, tuple[Text, Text]] = {
    "evidence": (
        Text("至少附有一份已接受的证据", "at least one accepted piece of evidence"),
        Text("没有已接受的证据", "no accepted evidence"),
    ),
    "every_task_has_one_A": (
        Text("每项工作恰有一人负责（A）且至少一人执行（R）", "each task has exactly one A and at least one R"),
        Text("有工作的负责人（A）不唯一或无人执行（R）", "some task lacks exactly one A or any R"),
    ),
}


def _call(node: Call, lexicon: Lexicon, *, positive: bool) -> Text:
    given = [str(part.value) for part in node.arguments if isinstance(part, Literal)]
    match node.function:
        case "evidence" | "every_task_has_one_A":
            return _TRUTHS[node.function][0 if positive else 1]
        case "any_of" | "all_of":
            subject = term(node.arguments[0], lexicon)
            return _includes(subject, _labels(node.arguments[1], subject), node.function[:3], positive)
        case "filled_field":
            label = term(Call("field", node.arguments, node.at), lexicon).text
            phrase = Text("已填写{c}", "{c} is filled in") if positive else Text("未填写{c}", "{c} is blank")
            return phrase.fill(c=label)
        case "filing_done":
            name = quoted(lexicon.catalogue.filings[given[0]].name)
            phrase = Text("{f}已办结", "{f} is done") if positive else Text("{f}未办结", "{f} is not done")
            return phrase.fill(f=name)
        case "filings_complete":
            field = Text(*RECORD_FIELDS[given[0]])
            phrase = Text("每个适用的备案登记事项都有{c}", "every filing that applies has {c}")
            if not positive:
                phrase = Text("有适用的备案登记事项缺少{c}", "some filing that applies lacks {c}")
            return phrase.fill(c=field)
        case "calc":
            phrase = Text("{q}为“是”", "{q} is ‘yes’") if positive else Text("{q}为“否”", "{q} is ‘no’")
            return phrase.fill(q=calculator_term(given[0], given[1], lexicon).text)
        case _:
            raise KeyError(f"no words for {node.function} as a condition")
