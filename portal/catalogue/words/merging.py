"""Shorter sentences: neighbours that say the same of several things are said once.

"‘A’ is answered ‘yes’, and ‘B’ is answered ‘yes’" becomes "‘A’ and ‘B’ are answered ‘yes’".
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from portal.catalogue.parts.text import Text
from portal.catalogue.words.clauses import Clause, one
from portal.catalogue.words.counting import compared, written_number
from portal.catalogue.words.lexicon import Lexicon, listed
from portal.catalogue.words.terms import Term, label_of, term
from portal.core.expressions.tree import Call, Comparison, Literal, Name, Tree, children

_AND = Text("和", " and ")


def merged(word: str, parts: tuple[Tree, ...], lexicon: Lexicon, say: Callable[[Tree], Clause]) -> list[Clause]:
    """The clauses of the parts of an ``and`` or ``or``; neighbours with the same key become one clause."""
    found: list[Clause] = []
    for key, group in groupby(parts, key=lambda part: _key(word, part, lexicon)):
        nodes = list(group)
        if key == ("",) or len(nodes) == 1:
            found += _ranges(word, nodes, lexicon, say)
        else:
            found.append(one(_together(word, key, nodes, lexicon)))
    return found


def denied(word: str, parts: tuple[Tree, ...], lexicon: Lexicon) -> Text | None:
    """The sentence for *not* all (or none) of yes/no facts with the same answer, None if the parts are anything else."""
    keys = {_key(word, part, lexicon) for part in parts}
    key = keys.pop()
    if keys or key[0] != "answered":
        return None
    subjects = [_subject(part, lexicon) for part in parts]
    phrase = Text("{q}并非均为{v}", "not all of {q} are answered {v}")
    if word == "or":
        phrase = Text("{q}均不为{v}", "none of {q} is answered {v}")
    return phrase.fill(q=listed(subject.text for subject in subjects), v=label_of(key[1], subjects[0]))


def _key(word: str, node: Tree, lexicon: Lexicon) -> tuple[str, ...]:
    match node:
        case Comparison(op=op, left=Call(function="filled"), right=Literal(value=1)):
            if (word, op) in (("and", "=="), ("or", "<")):
                return ("filled", op)
        case Comparison(op="==", left=Name(id=name), right=Literal(value=str(value))):
            fact = lexicon.catalogue.facts.get(name)
            if fact is not None and fact.type == "bool3":
                return ("answered", value)
    return ("",)


def _together(word: str, key: tuple[str, ...], nodes: list[Tree], lexicon: Lexicon) -> Text:
    subjects = [_subject(node, lexicon) for node in nodes]
    texts = [subject.text for subject in subjects]
    if key[0] == "filled":
        phrase = Text("每行均填写{c}", "{c} filled in every row")
        if key[1] == "<":
            phrase = Text("并非每行都填写了{c}", "{c} not all filled in every row")
        return phrase.fill(c=listed(texts, last=_AND))
    value = label_of(key[1], subjects[0])
    if word == "or":
        phrase = Text("{q}中至少一项为{v}", "at least one of {q} is answered {v}")
        return phrase.fill(q=listed(texts), v=value)
    return Text("{q}均为{v}", "{q} are answered {v}").fill(q=listed(texts, last=_AND), v=value)


def _subject(node: Tree, lexicon: Lexicon) -> Term:
    assert isinstance(node, Comparison)  # noqa: S101 - _key lets only comparisons through
    left = node.left
    return term(Call("field", left.arguments, left.at) if isinstance(left, Call) else left, lexicon)


def _ranges(word: str, nodes: list[Tree], lexicon: Lexicon, say: Callable[[Tree], Clause]) -> list[Clause]:
    found: list[Clause] = []
    todo = list(nodes)
    while todo:
        node = todo.pop(0)
        text = _range(node, todo[0], lexicon) if word == "and" and todo else None
        if text is None:
            found.append(say(node))
        else:
            todo.pop(0)
            found.append(one(text))
    return found


def _range(first: Tree, second: Tree, lexicon: Lexicon) -> Text | None:
    """‘the answer is at least 0 and below 2’, None if the two are not limits of one number."""
    if not isinstance(first, Comparison) or not isinstance(second, Comparison) or not same_tree(first.left, second.left):
        return None
    low, high = written_number(first.right), written_number(second.right)
    if low is None or high is None or not isinstance(first.left, Name):
        return None
    subject = term(first.left, lexicon)
    if subject.shape != "number" or first.left.id in ("rows", "files"):
        return None
    a, b = compared(first.op, low, subject.unit), compared(second.op, high, subject.unit)
    gap = " " if a.zh[-1].isascii() else ""
    return Text(f"{subject.text.zh}{a.zh}{gap}且{b.zh}", f"{subject.text.en}{a.en} and{b.en.removeprefix(' is')}")


def same_tree(a: Tree, b: Tree) -> bool:
    """Whether two trees say the same, wherever they stand."""
    if type(a) is not type(b):
        return False
    for name in ("value", "id", "word", "op", "function"):
        if getattr(a, name, None) != getattr(b, name, None):
            return False
    left, right = children(a), children(b)
    return len(left) == len(right) and all(same_tree(x, y) for x, y in zip(left, right, strict=True))
