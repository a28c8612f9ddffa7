"""The rule language: grammar, three-valued logic, kinds, exact numbers, presumption, open names."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import pickle
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.expressions import EMPTY, UNKNOWN, ExpressionError, Scope, parse
from portal.core.expressions.functions import BASIC, CALCULATOR_FUNCTIONS
from portal.core.expressions.tree import Literal
from portal.core.expressions.values import decimal_of, exact, fraction_of, kind, simplest

YES_NO = frozenset({"a", "b", "c"})


def scope(**values: object) -> Scope:
    names = {"a": UNKNOWN, "b": UNKNOWN, "c": UNKNOWN, "n": UNKNOWN, "s": UNKNOWN, "d": UNKNOWN, "e": EMPTY}
    return Scope({**names, **values}, CALCULATOR_FUNCTIONS, YES_NO)


def value(text: str, **values: object) -> object:
    return parse(text).value(scope(**values))


class TestGrammar:
    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("1 < n < 4", "chained comparison"),
            ("s.count('CN') > 0", "only plain calls"),
            ("s[0] == 'x'", "not allowed: Subscript"),
            ("s.x == 1", "not allowed: Attribute"),
            ("(lambda: True)()", "only plain calls"),
            ("len(x=s)", "only plain calls"),
            ("len(*s) > 1", "not allowed: Starred"),
            ("1 if a else 2", "not allowed: IfExp"),
            ("[x for x in s]", "not allowed: ListComp"),
            ("f'{a}'", "not allowed: JoinedStr"),
            ("(a := 1)", "not allowed: NamedExpr"),
            ("{'a': 1}", "not allowed: Dict"),
            ("('a', 'b')", "not allowed: Tuple"),
            ("a is b", "'is' is not allowed"),
            ("2 ** 9", "not allowed: operator Pow"),
            ("7 // 2", "not allowed: operator FloorDiv"),
            ("+n", "not allowed: UnaryOp"),
            ("~n", "not allowed: UnaryOp"),
            ("None == a", "this literal is not allowed"),
            ("b'x' == a", "this literal is not allowed"),
            ("0x10 > n", "numbers are written plainly"),
            ("1_000 > n", "numbers are written plainly"),
            ("1j == n", "this literal is not allowed"),
            ("a == ", "syntax"),
            ("a = 1", "syntax"),
            ("", "syntax"),
        ],
    )
    def test_refuses(self, text: str, fault: str) -> None:
        with pytest.raises(ExpressionError, match=fault.replace("(", r"\(")):
            parse(text)

    def test_refuses_what_is_not_text_or_too_long_or_too_deep(self) -> None:
        with pytest.raises(ExpressionError, match="at most 2000"):
            parse("a == 'yes' or " * 150 + "True")
        with pytest.raises(ExpressionError):
            parse("not " * 450 + "True")
        with pytest.raises(ExpressionError):
            parse("(" * 300 + "1" + ")" * 300)
        with pytest.raises(ExpressionError, match="must be text"):
            parse(7)  # type: ignore[arg-type]

    def test_error_names_the_place_in_characters(self) -> None:
        with pytest.raises(ExpressionError) as caught:
            parse("s == ['中文', s.x]")
        assert caught.value.position == 12
        assert "at character 13" in str(caught.value)
        with pytest.raises(ExpressionError) as caught:
            value("n > 1 and ghost == 1", n=2)
        assert (caught.value.fault, caught.value.position) == ("unknown name ghost", 10)

    def test_parsed_once(self) -> None:
        assert parse("n > 1") is parse("n > 1")
        assert pickle.loads(pickle.dumps(parse("n > 1"))) == parse("n > 1")

    def test_numbers_are_exact(self) -> None:
        assert parse("0.1").tree == Literal(Decimal("0.1"), 0)
        assert parse("1e25").tree == Literal(10**25, 0)
        assert value("0.1 + 0.2 == 0.3") is True
        assert value("1 / 3 * 3 == 1") is True
        assert value("ceil(0.1 * 3 / 0.3)") == 1


class TestLogic:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("True and a == 'yes'", UNKNOWN),
            ("False and a == 'yes'", False),
            ("a == 'yes' and False", False),
            ("a == 'yes' and True", UNKNOWN),
            ("a == 'yes' or True", True),
            ("a == 'yes' or False", UNKNOWN),
            ("not a == 'yes'", UNKNOWN),
            ("True or ghost == 1", True),
            ("False and ghost == 1", False),
            ("a == 'yes' or b == 'yes' or True", True),
        ],
    )
    def test_kleene(self, text: str, wanted: object) -> None:
        assert value(text) is wanted

    def test_operands_must_be_truth_values(self) -> None:
        for text in ("a and True", "not a", "n or True", "e and True"):
            with pytest.raises(ExpressionError, match="need true, false or unknown"):
                value(text, a="yes", n=1)

    def test_rule_must_be_a_truth_value(self) -> None:
        assert parse("a == 'yes'").truth(scope()) is UNKNOWN
        for text in ("a", "n + 1", "e"):
            with pytest.raises(ExpressionError, match="true, false or unknown"):
                parse(text).truth(scope(a="yes", n=1))

    def test_empty_operands(self) -> None:
        for text in ("e == 1", "e != 1", "e > 1", "e in [1]", "e not in [1]", "n / 0 > 1", "n / 0 <= 1"):
            assert value(text, n=1) is False
        assert value("e + 1") is EMPTY
        assert value("-e") is EMPTY
        assert value("e + n") is UNKNOWN
        assert value("len(s) > 0", s=[]) is False

    def test_unknown_members_and_arguments(self) -> None:
        assert value("n in [1, n]") is UNKNOWN
        assert value("len(s) > 0") is UNKNOWN
        assert value("any_of(s, ['x'])") is UNKNOWN
        assert value("max_known([1, e, n])") is UNKNOWN
        assert value("max_known([1, e])") == 1
        assert value("max_known([e])") is EMPTY


class TestKinds:
    @pytest.mark.parametrize(
        "text", ["n == '2'", "a >= 'no'", "d >= '2026-07-15'", "s > ['x']", "True > False", "n in 'abc'", "n + a > 1", "-a == 1"]
    )
    def test_mixing_is_an_error(self, text: str) -> None:
        with pytest.raises(ExpressionError):
            value(text, n=2, a="yes", d=dt.date(2026, 7, 15), s=["x"])

    def test_dates_and_lists(self) -> None:
        assert value("d >= date('2026-07-15')", d=dt.date(2026, 7, 15)) is True
        assert value("s == ['x', 'y']", s=["y", "x", "x"]) is True
        assert value("s != []", s=["y"]) is True
        assert value("'x' not in s", s=["y"]) is True
        with pytest.raises(ExpressionError, match="is not a date"):
            value("d >= date('2026-7-15')", d=dt.date(2026, 7, 15))

    def test_unusable_values(self) -> None:
        with pytest.raises(ExpressionError, match="type dict"):
            value("n == 1", n={})
        with pytest.raises(ExpressionError, match="finite"):
            exact(float("nan"))
        with pytest.raises(ExpressionError, match="sensible range"):
            decimal_of("1e99999999")
        with pytest.raises(ExpressionError, match="not a number"):
            decimal_of("a lot")

    def test_special_values(self) -> None:
        with pytest.raises(TypeError, match="no truth value"):
            bool(UNKNOWN)
        assert copy.deepcopy(UNKNOWN) is UNKNOWN
        assert pickle.loads(pickle.dumps(EMPTY)) is EMPTY


class TestPresumption:
    def test_only_for_an_unknown_yes_no_fact_against_no(self) -> None:
        rule = parse("a != 'no'")
        assert rule.truth(scope()) is UNKNOWN
        assert rule.truth(scope(), presume=True) is True
        assert rule.truth(scope(a="no"), presume=True) is False
        assert parse("a != 'yes'").truth(scope(), presume=True) is UNKNOWN
        assert parse("n != 'no'").truth(scope(), presume=True) is UNKNOWN  # n is no yes/no fact
        assert rule.evaluate(scope(), presume=True).presumed == {"a"}

    def test_missing_names_and_calls(self) -> None:
        functions = {**BASIC, "item": lambda name: UNKNOWN}
        given = Scope({"a": UNKNOWN, "n": 1, "b": UNKNOWN}, functions, YES_NO)
        result = parse("n == 1 and a == 'yes' and item('X') == 1").evaluate(given)
        assert result.missing == {"a"}
        assert result.missing_calls == {("item", ("X",))}


class TestOpenNames:
    def test_decided_parts_do_not_count(self) -> None:
        rule = parse("(a == 'yes' or b == 'yes') and (c == 'yes' or n > 1)")
        assert rule.open_names(scope(b="yes", n=0)) == {"c"}
        assert rule.open_names(scope(n=5)) == {"a", "b"}
        assert rule.open_names(scope(c="no", n=0)) == frozenset()
        assert parse("not (a == 'yes' and b == 'no')").open_names(scope(b="no")) == {"a"}
        assert parse("n > len(s)").open_names(scope(n=1)) == {"s"}


class TestFunctions:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("ceil(2.0000000000000000000001)", 3),
            ("ceil_div(12, 1.5)", 8),
            ("ceil_div(1, 3)", 1),
            ("ceil_div(1, 0)", EMPTY),
            ("round(2.5, 0)", 3),
            ("round(-2.5, 0)", -3),
            ("round(1.005, 2)", Decimal("1.01")),
            ("sqrt(0.25)", Decimal("0.5")),
            ("sqrt(-1)", EMPTY),
            ("ln(0)", EMPTY),
            ("abs(-3)", 3),
            ("min(3, 2.5)", Decimal("2.5")),
            ("total([1, 0.5])", Decimal("1.5")),
            ("dot([1, 2], [3, 4])", 11),
            ("geometric(0, 12)", 12),
            ("geometric(0.5, 3)", Decimal("4.75")),
            ("next_size(3, [4, 1, 2])", 4),
            ("next_size(5, [4])", EMPTY),
            ("at(['x', 'y'], 1)", "y"),
            ("index_of('y', ['x', 'y'])", 1),
            ("pick(['x', 'y'], [True, False])", ["x"]),
            ("wmean_known([1, 3], [2, n / 0])", 2),
            ("if_else(n > 1, 'x', 'y')", "y"),
            ("if_else(a == 'yes', 'x', 'y')", UNKNOWN),
            ("len('中文')", 2),
        ],
    )
    def test_value(self, text: str, wanted: object) -> None:
        assert value(text, n=1) == wanted

    @pytest.mark.parametrize(
        "text",
        [
            "at(['x'], 1)",
            "index_of('z', ['x'])",
            "dot([1], [1, 2])",
            "if_else(n, 1, 2)",
            "pick(['x'], [1])",
            "geometric(0.1, 5000)",
            "len(n)",
            "any_of(a, ['x'])",
            "no_such(1)",
            "len(s, s)",
            "ceil('1')",
        ],
    )
    def test_misuse_is_an_error_with_its_place(self, text: str) -> None:
        with pytest.raises(ExpressionError) as caught:
            value(text, n=1, a="yes", s=["x"])
        assert caught.value.position == 0

    def test_logarithm_and_index(self) -> None:
        assert abs(fraction_of(value("ln(2)")) - Fraction("0.6931471805599453")) < Fraction(1, 10**15)
        assert abs(fraction_of(value("psi([0.5, 0.5], [0.5, 0.5])"))) == 0


@given(st.fractions(max_denominator=10**6))
def test_simplest_keeps_the_number(number: Fraction) -> None:
    plain = simplest(number)
    assert fraction_of(plain) == number
    assert kind(plain) == "number"
    if isinstance(plain, Fraction):
        assert set(_prime_factors(plain.denominator)) - {2, 5}


def _prime_factors(number: int) -> list[int]:
    factors, divisor = [], 2
    while number > 1:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1
        if divisor * divisor > number > 1:
            return [*factors, number]
    return factors


@given(st.text(max_size=40))
def test_any_text_is_a_rule_or_an_error(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        parse(text).evaluate(scope())
