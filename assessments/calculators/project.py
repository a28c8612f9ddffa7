"""All calculators of one project, in the order of their dependence, over several rows where the content says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from assessments.calculators.bindings import NO_BINDING, CalculatorBinding, bindings_for
from assessments.calculators.gather import Gathered, gather_inputs
from assessments.calculators.run import INCOMPLETE, OK, CalculatorRun, Result, run
from assessments.scoring.answers import ItemAnswer, Row
from portal.catalogue import Catalogue, Env
from portal.catalogue.parts import Calculator
from portal.core.expressions import EMPTY, UNKNOWN
from portal.core.expressions.values import fraction_of, simplest

# Two calculators may read each other's outputs (not the same ones), so that the values settle after a few rounds.
_MOST_ROUNDS = 6

Entered = Mapping[str, Mapping[str, object]]
Outputs = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class ProjectRun:
    """A calculator run for a project: where its inputs came from, the run, and one run per row if there are several.

    ``outputs``: as rules of items read them; for several rows added up or combined as the binding says.
    """

    calculator: Calculator
    gathered: Gathered
    run: CalculatorRun
    rows: tuple[CalculatorRun, ...] = ()

    @property
    def outputs(self) -> Mapping[str, object]:
        """Outputs by id."""
        return self.run.values()


@dataclass(frozen=True, slots=True)
class ProjectInputs:
    """What calculators read: facts, answers by item, what was entered, imported or counted, and the tenant's parameters.

    ``entered`` and ``overrides`` are by calculator and then by input or parameter.
    """

    env: Env
    answers: Mapping[str, ItemAnswer] = field(default_factory=dict)
    entered: Entered = field(default_factory=dict)
    overrides: Entered = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """The version that the calculators come from."""
        return self.env.catalogue


def run_calculator(given: ProjectInputs, calculator: Calculator, outputs: Outputs) -> ProjectRun:
    """Run one calculator, with the outputs of others as they stand."""
    binding = bindings_for(given.catalogue).get(calculator.id, NO_BINDING)
    values = {**outputs, **_worked_out(given, calculator, binding, outputs)}
    entered = given.entered.get(calculator.id, {})
    answer = given.answers.get(binding.each_row_of) if binding.each_row_of is not None else None
    if binding.each_row_of is None or answer is None or len(answer.rows) < 2:
        gathered = gather_inputs(calculator, given.answers, given.env, values, entered, binding)
        return ProjectRun(calculator, gathered, _run(given, calculator, gathered.values()))
    per_row = [
        gather_inputs(calculator, given.answers, given.env, values, entered, binding, row=(binding.each_row_of, row)) for row in answer.rows
    ]
    return _over_rows(given, calculator, binding, per_row)


def run_all(given: ProjectInputs) -> dict[str, ProjectRun]:
    """Run every calculator of the catalogue until the values they read from each other have settled."""
    runs: dict[str, ProjectRun] = {}
    outputs: dict[str, Mapping[str, object]] = {}
    for _ in range(_MOST_ROUNDS):
        before = dict(outputs)
        for calculator in given.catalogue.calculators.values():
            runs[calculator.id] = run_calculator(given, calculator, outputs)
            outputs[calculator.id] = runs[calculator.id].outputs
        if outputs == before:
            break
    return runs


def outputs_of(runs: Mapping[str, ProjectRun]) -> dict[str, Mapping[str, object]]:
    """The outputs of runs, as the rules of items read them."""
    return {name: one.outputs for name, one in runs.items()}


def _run(given: ProjectInputs, calculator: Calculator, values: Mapping[str, object]) -> CalculatorRun:
    overrides = given.overrides.get(calculator.id, {})
    return run(calculator, values, version=given.catalogue.version, overrides=overrides)


def _over_rows(given: ProjectInputs, calculator: Calculator, binding: CalculatorBinding, per_row: Sequence[Gathered]) -> ProjectRun:
    runs = [_run(given, calculator, gathered.values()) for gathered in per_row]
    if binding.others_into is not None and binding.others_from is not None:
        return _with_the_others(given, calculator, binding, per_row, runs)
    lead = max(range(len(runs)), key=lambda number: _size(runs[number], binding.lead))
    outputs = dict(runs[lead].outputs)
    for name in binding.add_up:
        outputs[name] = replace(outputs[name], value=_sum([one.outputs[name].value for one in runs]))
    return ProjectRun(calculator, per_row[lead], _combined(runs[lead], outputs, runs), tuple(runs))


def _with_the_others(
    given: ProjectInputs,
    calculator: Calculator,
    binding: CalculatorBinding,
    per_row: Sequence[Gathered],
    runs: Sequence[CalculatorRun],
) -> ProjectRun:
    """The first row with what the others come to as one of its inputs."""
    others = _sum([one.outputs[str(binding.others_from)].value for one in runs[1:]])
    values = per_row[0].values()
    values[str(binding.others_into)] = None if others is UNKNOWN or others is EMPTY else others
    final = _run(given, calculator, values)
    return ProjectRun(calculator, per_row[0], _combined(final, dict(final.outputs), [final, *runs[1:]]), tuple(runs))


def _combined(lead: CalculatorRun, outputs: dict[str, Result], runs: Sequence[CalculatorRun]) -> CalculatorRun:
    missing = tuple(dict.fromkeys(name for one in runs for name in one.missing))
    unknown = any(result.value is UNKNOWN for result in outputs.values())
    errors = [one.error for one in runs if one.error]
    status = lead.status if errors else INCOMPLETE if unknown else OK
    return replace(lead, outputs=outputs, missing=missing, status=status, error=errors[0] if errors else "")


def _size(one: CalculatorRun, lead: str | None) -> Fraction:
    value = one.inputs[lead].value if lead is not None else UNKNOWN
    return Fraction(-1) if value is UNKNOWN or value is EMPTY else fraction_of(value)


def _sum(values: Sequence[object]) -> object:
    if any(value is UNKNOWN for value in values):
        return UNKNOWN
    if any(value is EMPTY for value in values):
        return EMPTY
    return simplest(sum((fraction_of(value) for value in values), Fraction(0)))


def _worked_out(
    given: ProjectInputs, calculator: Calculator, binding: CalculatorBinding, outputs: Outputs
) -> dict[str, Mapping[str, object]]:
    """Values that are worked out from another calculator: listed over the values of an input, or divided by quantities.

    They stand beside its outputs under the id of the input that asks for them.
    """
    found: dict[str, Mapping[str, object]] = {}
    for name, line in binding.inputs.items():
        if not line.over and not line.per:
            continue
        other_id, _, output = calculator.inputs[name].of.partition(".")
        other = given.catalogue.calculators[other_id]
        value = _listed_over(given, other, output, line.over, outputs) if line.over else _divided(given, other, output, line.per, outputs)
        found[other_id] = {**outputs.get(other_id, {}), **found.get(other_id, {}), name: value}
    return found


def _listed_over(given: ProjectInputs, other: Calculator, output: str, over: str, outputs: Outputs) -> object:
    """The values of an input for which the output is true; unknown as soon as one of them is."""
    one = other.inputs[over]
    choices = given.catalogue.facts[one.of].choices if one.source == "fact" else given.catalogue.items[one.of].choices
    binding = bindings_for(given.catalogue).get(other.id, NO_BINDING)
    entered = given.entered.get(other.id, {})
    values = gather_inputs(other, given.answers, given.env, outputs, entered, binding).values()
    listed: list[object] = []
    for choice in choices:
        result = _run(given, other, {**values, over: choice}).outputs[output].value
        if result is UNKNOWN or result is EMPTY:
            return UNKNOWN
        if result is True:
            listed.append(choice)
    return listed


def _divided(given: ProjectInputs, other: Calculator, output: str, per: Sequence[str], outputs: Outputs) -> object:
    """The output divided by the product of inputs of that calculator, the product summed over its rows."""
    value = outputs.get(other.id, {}).get(output, UNKNOWN)
    if value is UNKNOWN or value is EMPTY:
        return value
    binding = bindings_for(given.catalogue).get(other.id, NO_BINDING)
    answer = given.answers.get(binding.each_row_of or "")
    entered = given.entered.get(other.id, {})
    rows: Sequence[Row | None] = answer.rows if answer is not None and answer.rows else [None]
    total = Fraction(0)
    for row in rows:
        at = None if row is None or binding.each_row_of is None else (binding.each_row_of, row)
        inputs = gather_inputs(other, given.answers, given.env, outputs, entered, binding, row=at).inputs
        product = Fraction(1)
        for name in per:
            if inputs[name].value is UNKNOWN or inputs[name].value is EMPTY:
                return UNKNOWN
            product *= fraction_of(inputs[name].value)
        total += product
    return simplest(fraction_of(value) / total) if total else EMPTY
