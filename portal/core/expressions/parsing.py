"""From the text of a rule to its tree: a walk over Python's own syntax tree with a closed list of node types.

The text is never compiled or executed. What is not named here is refused: attributes, indexing, keywords, chained
comparison, comprehensions, conditional expressions, f-strings and everything else.
"""

from __future__ import annotations

import ast
import re

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
from portal.core.expressions.values import ExpressionError, decimal_of

GREATEST_LENGTH = 2000  # characters
_GREATEST_DEPTH = 60  # levels; keeps the walk far from Python's recursion limit

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_OPERATIONS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")


def parse_tree(text: object) -> Tree:
    """The tree of a rule. Raises ``ExpressionError`` with the place of the first thing that is not allowed."""
    if not isinstance(text, str):
        raise ExpressionError("a rule must be text")
    if len(text) > GREATEST_LENGTH:
        raise ExpressionError(f"a rule has at most {GREATEST_LENGTH} characters, this one has {len(text)}")
    try:
        parsed = ast.parse(text, mode="eval")
    except SyntaxError as error:
        place = None if error.offset is None else max(error.offset - 1, 0)
        raise ExpressionError(f"syntax: {error.msg}", text, place) from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise ExpressionError("syntax: the rule cannot be read", text) from error
    return _Reader(text).read(parsed.body, 0)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.splitlines(keepends=True)

    def at(self, node: ast.expr) -> int:
        """Character offset of the node; ``ast`` counts UTF-8 bytes within a line."""
        before = sum(len(line) for line in self.lines[: node.lineno - 1])
        return before + len(self.lines[node.lineno - 1].encode()[: node.col_offset].decode())

    def refuse(self, node: ast.expr, fault: str) -> ExpressionError:
        return ExpressionError(fault, self.text, self.at(node))

    def read(self, node: ast.expr, depth: int) -> Tree:
        if depth > _GREATEST_DEPTH:
            raise self.refuse(node, f"nested deeper than {_GREATEST_DEPTH} levels")
        at = self.at(node)
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.Name():
                return Name(node.id, at)
            case ast.List():
                return ListOf(tuple(self.read(part, depth + 1) for part in node.elts), at)
            case ast.BoolOp():
                word = "and" if isinstance(node.op, ast.And) else "or"
                return Junction(word, tuple(self.read(part, depth + 1) for part in node.values), at)
            case ast.UnaryOp(op=ast.Not()):
                return Not(self.read(node.operand, depth + 1), at)
            case ast.UnaryOp(op=ast.USub()):
                return Negative(self.read(node.operand, depth + 1), at)
            case ast.Compare():
                if len(node.ops) != 1:
                    raise self.refuse(node, "chained comparison is not allowed")
                left, right = self.read(node.left, depth + 1), self.read(node.comparators[0], depth + 1)
                op = _COMPARISONS.get(type(node.ops[0]))
                if op is None:
                    raise self.refuse(node, "'is' is not allowed")
                return Comparison(op, left, right, at)
            case ast.BinOp():
                sign = _OPERATIONS.get(type(node.op))
                if sign is None:
                    raise self.refuse(node, f"not allowed: operator {type(node.op).__name__}")
                return Arithmetic(sign, self.read(node.left, depth + 1), self.read(node.right, depth + 1), at)
            case ast.Call():
                if not isinstance(node.func, ast.Name) or node.keywords:
                    raise self.refuse(node, "only plain calls with positional arguments are allowed")
                return Call(node.func.id, tuple(self.read(part, depth + 1) for part in node.args), at)
            case _:
                raise self.refuse(node, f"not allowed: {type(node).__name__}")

    def constant(self, node: ast.Constant) -> Literal:
        value = node.value
        if isinstance(value, (bool, str)):
            return Literal(value, self.at(node))
        if isinstance(value, (int, float)):
            written = ast.get_source_segment(self.text, node) or ""
            if not _NUMBER.fullmatch(written):
                raise self.refuse(node, f"numbers are written plainly, not {written!r}")
            return Literal(decimal_of(written), self.at(node))
        raise self.refuse(node, "this literal is not allowed")
