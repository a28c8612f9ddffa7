"""The calculator beside an item, short: inputs with their source, the formula with the numbers of this project, the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assessments.calculators.formulas import StepShown, input_in_words, output_in_words, parameter_in_words, show_steps
from assessments.calculators.gather import Gathered, GatheredInput
from assessments.calculators.project import ProjectInputs, ProjectRun, run_calculator
from assessments.checklists.calculating import entered_values
from assessments.checklists.outputs import stored_value
from assessments.checklists.pages.scene import Scene
from assessments.checklists.rescore import standings
from assessments.checklists.summary import readiness_of
from assessments.scoring.readiness import CALCULATOR as READINESS
from portal.catalogue.parts import Calculator, Input, Item
from portal.catalogue.words import say_unit
from portal.core.expressions import EMPTY, UNKNOWN


@dataclass(frozen=True)
class InputLine:
    """One input of a calculator: value in words, where it comes from and the page where it is given."""

    input: Input
    label: Any
    value: Any
    known: bool
    origin: str
    source: Any
    url: str
    unit: Any = ""


@dataclass(frozen=True)
class OutputLine:
    """One output in words; ``use`` if the item beside it can take it over."""

    id: str
    label: Any
    value: Any
    known: bool
    stored: str = ""


@dataclass(frozen=True)
class FiguresShown:
    """A calculator as shown beside an item or on its own page."""

    calculator: Calculator
    run: ProjectRun
    inputs: list[InputLine]
    outputs: list[OutputLine]
    steps: tuple[StepShown, ...]
    parameters: list[dict[str, Any]]
    missing: list[InputLine]
    error: str
    url: str
    version: str
    usable: tuple[OutputLine, ...] = ()

    @property
    def key_steps(self) -> list[StepShown]:
        """Steps that give an output: the ones worth reading beside an item."""
        return [step for step in self.steps if step.is_output]


def run_for(scene: Scene, calculator: Calculator) -> ProjectRun:
    """The calculator run on what is stored now; the outputs of others as they were last computed."""
    outputs: dict[str, Mapping[str, object]] = {name: row.outputs for name, row in scene.runs.items()}
    entered = entered_values(scene.view, scene.runs, [calculator.id])
    if calculator.id == READINESS:
        entered[READINESS] = _counted(scene)
    given = ProjectInputs(env=scene.view.env, answers=scene.answers, entered=entered)
    return run_calculator(given, calculator, outputs)


def _counted(scene: Scene) -> dict[str, object]:
    """What the portal counts for readiness: the scores and weights of the dimensions, and the blockers that fail or are open."""
    ready = readiness_of(scene.content, standings(scene.content, scene.rows), scene.project.summary.next_gate)
    scored = [one for one in ready.dimensions.values() if one.score is not None]
    return {
        "dimension_weights": [one.weight for one in scored],
        "dimension_scores": [one.score for one in scored],
        "blockers_failed": len(ready.blockers_failed),
        "blockers_open": len(ready.blockers_open),
    }


def show_figures(scene: Scene, calculator: Calculator, urls: Any, *, item: Item | None = None) -> FiguresShown:
    """Inputs, steps and outputs of one calculator in words. ``item``: the one it stands beside, which may take a result over."""
    shown = scene.figures.get(calculator.id)
    if shown is None:
        shown = scene.figures[calculator.id] = _in_words(scene, calculator, urls)
    return replace(shown, usable=tuple(usable_outputs(item, calculator, shown.outputs))) if item is not None else shown


def _in_words(scene: Scene, calculator: Calculator, urls: Any) -> FiguresShown:
    run = run_for(scene, calculator)
    inputs = [_input_line(scene, calculator, one, run.gathered, urls) for one in calculator.inputs.values()]
    by_id = {line.input.id: line for line in inputs}
    outputs = [_output_line(scene, run, name) for name in calculator.outputs]
    parameters = [
        {
            "label": one.label,
            "value": parameter_in_words(calculator, one.id, run.run.parameters[one.id]),
            "origin": _origin(scene, one.origin),
            "own": one.id in run.run.overridden,
        }
        for one in calculator.parameters.values()
    ]
    steps = show_steps(scene.content, run.run) if not run.run.error else ()
    return FiguresShown(
        calculator=calculator,
        run=run,
        inputs=inputs,
        outputs=outputs,
        steps=steps,
        parameters=parameters,
        missing=[by_id[name] for name in run.run.missing if name in by_id],
        error=run.run.error,
        url=urls.calculator(calculator.id),
        version=scene.content.version,
    )


def figures_of(scene: Scene, item: Item, urls: Any) -> FiguresShown | None:
    """The calculator that the content names for the item, if any."""
    if item.calculator is None:
        return None
    return show_figures(scene, scene.content.calculators[item.calculator], urls, item=item)


def _origin(scene: Scene, origin: str) -> Any:
    return next((choice.label for choice in scene.content.parameter_origins if choice.value == origin), origin)


def _input_line(scene: Scene, calculator: Calculator, one: Input, gathered: Gathered, urls: Any) -> InputLine:
    found: GatheredInput = gathered.inputs[one.id]
    known = found.value is not UNKNOWN and found.value is not EMPTY
    return InputLine(
        input=one,
        label=one.label,
        value=input_in_words(scene.content, calculator, one.id, found.value),
        known=known,
        origin=found.origin,
        source=found.note,
        url=_source_url(scene, one, urls),
        unit=say_unit(one.unit)
        if one.unit not in ("count", "factor", "ratio", "currency")
        else (scene.project.currency if one.unit == "currency" else ""),
    )


def _source_url(scene: Scene, one: Input, urls: Any) -> str:
    if one.source == "item" and one.of in scene.content.items:
        return urls.item(one.of)
    if one.source == "fact" and one.of in scene.content.facts:
        return f"{urls.facts}#fact-{one.of}"
    if one.source == "calc":
        return urls.calculator(one.of.partition(".")[0])
    return ""


def _output_line(scene: Scene, run: ProjectRun, name: str) -> OutputLine:
    value = run.run.outputs[name].value
    known = value is not UNKNOWN and value is not EMPTY
    output = run.calculator.outputs[name]
    return OutputLine(name, output.label, output_in_words(scene.content, run.run, name), known, stored=_plain(value) if known else "")


def _plain(value: object) -> str:
    """A number or an option as text an item can take; empty for lists and truth values."""
    if isinstance(value, (bool, list, tuple, set, frozenset)):
        return ""
    return value if isinstance(value, str) else str(stored_value(value))


_UNITS_OF = {"money": {"currency"}, "percent": {"percent"}}


def usable_outputs(item: Item, calculator: Calculator, outputs: list[OutputLine]) -> list[OutputLine]:
    """Results that the item's own input can take."""
    return [line for line in outputs if line.known and line.stored and _fits(item, calculator.outputs[line.id].unit, line.stored)]


def usable_values(item: Item, calculator: Calculator, run: ProjectRun) -> set[str]:
    """The same as plain values, without their words."""
    found = {
        name: _plain(result.value) for name, result in run.run.outputs.items() if result.value is not UNKNOWN and result.value is not EMPTY
    }
    return {value for name, value in found.items() if value and _fits(item, calculator.outputs[name].unit, value)}


def _fits(item: Item, unit: str, value: str) -> bool:
    """An option of a choice, or a number in the unit the item asks for."""
    if item.answer_type == "single_choice":
        return value in item.choices
    if item.answer_type in _UNITS_OF:
        return unit in _UNITS_OF[item.answer_type]
    return item.answer_type == "number" and unit == item.unit
