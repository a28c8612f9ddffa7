"""The syntax tree of a rule. Immutable; ``at`` is the character offset in the text of the rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

Constant = str | bool | int | Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number or truth value written in the rule."""

    value: Constant
    at: int


@dataclass(frozen=True, slots=True)
class ListOf:
    """``[a, b]``."""

    parts: tuple[Tree, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, an input, a step, or ``answer`` and its like."""

    id: str
    at: int


@dataclass(frozen=True, slots=True)
class Not:
    """``not part``."""

    part: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Negative:
    """``-part``."""

    part: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Junction:
    """``a and b and c`` or ``a or b or c``; ``word`` is ``and`` or ``or``."""

    word: str
    parts: tuple[Tree, ...]
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left op right`` with one of ``== != < <= > >= in``, ``not in``."""

    op: str
    left: Tree
    right: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with one of ``+ - * /``."""

    op: str
    left: Tree
    right: Tree
    at: int


@dataclass(frozen=True, slots=True)
class Call:
    """``function(arguments)``."""

    function: str
    arguments: tuple[Tree, ...]
    at: int


Tree = Literal | ListOf | Name | Not | Negative | Junction | Comparison | Arithmetic | Call


def children(node: Tree) -> tuple[Tree, ...]:
    """The direct parts of a node."""
    match node:
        case ListOf(parts=parts) | Junction(parts=parts):
            return parts
        case Not(part=part) | Negative(part=part):
            return (part,)
        case Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case _:
            return ()


def walk(node: Tree) -> Iterator[Tree]:
    """The node and everything below it, parents first, left to right."""
    yield node
    for part in children(node):
        yield from walk(part)


def literals(node: Tree) -> list[Constant]:
    """Every literal in the node, left to right."""
    return [part.value for part in walk(node) if isinstance(part, Literal)]


def names(node: Tree) -> frozenset[str]:
    """Every name read below the node."""
    return frozenset(part.id for part in walk(node) if isinstance(part, Name))


def calls(node: Tree) -> tuple[Call, ...]:
    """Every call below the node, left to right."""
    return tuple(part for part in walk(node) if isinstance(part, Call))
