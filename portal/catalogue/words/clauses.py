"""Sentences out of clauses: what is joined by and, or, not all of, none of."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.catalogue.words.lexicon import listed

ONE, ALL, ANY, NOT_ALL, NONE = "one", "all", "any", "not_all", "none"


@dataclass(frozen=True, slots=True)
class Clause:
    """A statement (``join`` is ``one`` and ``text`` says it), or several joined: ``all any not_all none``."""

    join: str
    text: Text
    parts: tuple[Clause, ...] = ()


def one(text: Text) -> Clause:
    """A single statement."""
    return Clause(ONE, text)


def joined(join: str, parts: list[Clause]) -> Clause:
    """Several statements; a single one stands for itself, parts joined in the same way are merged."""
    flat: list[Clause] = []
    for part in parts:
        flat += part.parts if part.join == join and join in (ALL, ANY) else (part,)
    if len(flat) == 1 and join in (ALL, ANY):
        return flat[0]
    return Clause(join, Text("", ""), tuple(flat))


_HEADS = {
    NOT_ALL: Text("并非同时满足：{parts}", "not all of these hold: {parts}"),
    NONE: Text("以下均不成立：{parts}", "none of these holds: {parts}"),
}


def sentence(clause: Clause, *, nested: bool = False) -> Text:
    """The clause as one sentence without a full stop; a nested junction stands in parentheses."""
    if clause.join == ONE:
        return clause.text
    parts = [sentence(part, nested=True) for part in clause.parts]
    if clause.join == ALL:
        text = listed(parts, "，且", ", and ")
    elif clause.join == ANY:
        text = listed(parts, "，或", ", or ")
    else:
        text = _HEADS[clause.join].fill(parts=listed(parts, "；", "; "))
    return Text(f"（{text.zh}）", f"({text.en})") if nested else text
