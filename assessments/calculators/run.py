"""Running one calculator: inputs and parameters in, every step and output out, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction

from portal.catalogue.parts import Calculator
from portal.core.expressions import EMPTY, UNKNOWN, ExpressionError, Scope
from portal.core.expressions.functions import CALCULATOR_FUNCTIONS
from portal.core.expressions.values import exact

GIVEN, DEFAULT, LEFT_OUT, MISSING = "given", "default", "left_out", "missing"
OK, INCOMPLETE, ERROR = "ok", "missing", "error"
_DIGITS = Context(prec=28)


@dataclass(frozen=True, slots=True)
class InputUsed:
    """An input as it entered the run. ``origin``: given, default, left_out (optional, hence empty) or missing."""

    id: str
    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class Result:
    """An output: its value (``UNKNOWN`` or ``EMPTY`` where it has none); ``exact`` is false if it was rounded."""

    id: str
    unit: str
    value: object
    exact: bool = True


@dataclass(frozen=True, slots=True)
class CalculatorRun:
    """A run of a calculator.

    ``parameters``: values used, tenant's own ones included (``overridden`` names them); ``steps``: exact values by step;
    ``missing``: inputs whose absence leaves an output unknown; ``status``: ``ok``, ``missing`` or ``error`` (``error``
    says why; later steps are unknown then).
    """

    calculator: Calculator
    version: str
    inputs: Mapping[str, InputUsed]
    parameters: Mapping[str, object]
    overridden: tuple[str, ...]
    steps: Mapping[str, object]
    outputs: Mapping[str, Result]
    missing: tuple[str, ...]
    status: str
    error: str = ""
    scope: Scope = field(default_factory=lambda: Scope({}, {}), repr=False)

    def values(self) -> dict[str, object]:
        """Outputs by id, as rules of items and other calculators read them."""
        return {name: result.value for name, result in self.outputs.items()}


def run(
    calculator: Calculator,
    inputs: Mapping[str, object],
    *,
    version: str = "",
    overrides: Mapping[str, object] | None = None,
) -> CalculatorRun:
    """Run a calculator on the given inputs.

    An input not given takes its default; without one it is empty if optional, else unknown. An input given as None is
    empty or unknown even if it has a default. ``overrides``: parameters that the tenant set, by id. ``version``: of the
    catalogue, kept with the run. A step that cannot be evaluated ends the run with status ``error``.
    """
    own = {name: exact(value) for name, value in (overrides or {}).items() if name in calculator.parameters}
    parameters = {name: own.get(name, one.value) for name, one in calculator.parameters.items()}
    used = {one: _input(calculator, one, inputs) for one in calculator.inputs}
    values: dict[str, object] = {**parameters, **{name: one.value for name, one in used.items()}}
    scope = Scope(values, CALCULATOR_FUNCTIONS)
    steps, error = _steps(calculator, scope, values)
    outputs = {name: _result(name, one.unit, values[name]) for name, one in calculator.outputs.items()}
    unknown = [name for name, result in outputs.items() if result.value is UNKNOWN]
    missing = _missing(calculator, unknown, used)
    return CalculatorRun(
        calculator=calculator,
        version=version,
        inputs=used,
        parameters=parameters,
        overridden=tuple(own),
        steps=steps,
        outputs=outputs,
        missing=missing,
        status=ERROR if error else INCOMPLETE if unknown else OK,
        error=error,
        scope=scope,
    )


def _input(calculator: Calculator, name: str, inputs: Mapping[str, object]) -> InputUsed:
    one = calculator.inputs[name]
    value = inputs.get(name, one.default)
    if value is None or value is UNKNOWN or value is EMPTY:
        return InputUsed(name, EMPTY, LEFT_OUT) if one.optional else InputUsed(name, UNKNOWN, MISSING)
    return InputUsed(name, exact(value), GIVEN if name in inputs else DEFAULT)


def _steps(calculator: Calculator, scope: Scope, values: dict[str, object]) -> tuple[dict[str, object], str]:
    steps: dict[str, object] = {}
    error = ""
    for name, step in calculator.steps.items():
        value: object = UNKNOWN
        if not error:
            try:
                value = step.expr.value(scope)
            except ExpressionError as problem:
                error = f"{name}: {problem}"
        steps[name] = values[name] = value
    return steps, error


def _result(name: str, unit: str, value: object) -> Result:
    if isinstance(value, Fraction):
        rounded = _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
        return Result(name, unit, rounded, exact=False)
    if isinstance(value, Decimal) and len(value.as_tuple().digits) > _DIGITS.prec:
        return Result(name, unit, _DIGITS.plus(value), exact=False)
    return Result(name, unit, value)


def _missing(calculator: Calculator, unknown: list[str], used: Mapping[str, InputUsed]) -> tuple[str, ...]:
    todo, seen = list(unknown), set[str]()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += calculator.steps[name].expr.names if name in calculator.steps else ()
    return tuple(name for name, one in used.items() if one.origin == MISSING and name in seen)
