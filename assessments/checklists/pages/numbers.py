"""Pages of the calculators: all of them with where they stand, and one with everything it reads and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.calculators.entered import LISTS, SCORE, YES_NO
from assessments.checklists import rules
from assessments.checklists.actions.numbers import enterable
from assessments.checklists.models import CalculatorRun
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.pages.fields import Option
from assessments.checklists.pages.figures import FiguresShown, InputLine, show_figures
from assessments.checklists.pages.scene import Scene
from assessments.checklists.values.saying import yes_no_na
from portal.catalogue.parts import Calculator, Input, Item
from portal.catalogue.words import Lexicon
from portal.core import formats


@dataclass(frozen=True)
class CalculatorLine:
    """One calculator in the list: how far it is, and what it says."""

    calculator: Calculator
    dimension: Any
    shown: FiguresShown
    items: list[Item]
    url: str

    @property
    def results(self) -> list[Any]:
        """The first results that are known."""
        return [line for line in self.shown.outputs if line.known][:3]

    @property
    def tone(self) -> str:
        """pass: complete; attention: something is missing; fail: a step cannot be computed."""
        return "fail" if self.shown.error else "attention" if self.shown.missing else "pass"


@dataclass(frozen=True)
class EntryField:
    """An input on the page of a calculator that can be typed; ``shape``: number, list, yes_no, score, choice."""

    line: InputLine
    shape: str
    value: str
    options: list[Option]
    fault: str
    required: bool
    fallback: str


@dataclass(frozen=True)
class CalculatorPage:
    """Everything the page of one calculator shows."""

    shown: FiguresShown
    items: list[Item]
    fields: list[EntryField]
    others: list[InputLine]
    version: int
    run: CalculatorRun | None
    why_not: str
    following: Calculator | None
    previous: Calculator | None


def calculators_page(request: Any) -> list[CalculatorLine]:
    """All calculators of the project's version, in the order of the dimensions."""
    scene = Scene(request.project)
    urls = urls_of(request)
    lines = []
    for calculator in scene.content.calculators.values():
        dimension = scene.content.dimensions.get(calculator.dimension)
        items = [item for item in scene.content.items.values() if item.calculator == calculator.id]
        lines.append(CalculatorLine(calculator, dimension, show_figures(scene, calculator, urls), items, urls.calculator(calculator.id)))
    return lines


def calculator_page(request: Any, name: str, *, posted: Any = None, faults: dict[str, str] | None = None) -> CalculatorPage:
    """One calculator. ``posted`` and ``faults``: what was typed when something was refused."""
    scene = Scene(request.project)
    calculator = scene.calculator(name)
    shown = show_figures(scene, calculator, urls_of(request))
    run = CalculatorRun.objects.select_related("run_by").filter(assessment=scene.assessment, calculator=name).first()
    entered = run.entered if run is not None else {}
    open_inputs = enterable(calculator)
    names = {one.id for one in open_inputs}
    every = list(scene.content.calculators.values())
    place = every.index(calculator)
    return CalculatorPage(
        shown=shown,
        items=[item for item in scene.content.items.values() if item.calculator == name],
        fields=[_field(scene, calculator, line, entered, posted, faults or {}) for line in shown.inputs if line.input.id in names],
        others=[line for line in shown.inputs if line.input.id not in names],
        version=run.version if run is not None else 0,
        run=run,
        why_not=rules.why_not_run_calculator(request.actor, request.project),
        previous=every[place - 1] if place else None,
        following=every[place + 1] if place + 1 < len(every) else None,
    )


def _field(scene: Scene, calculator: Calculator, line: InputLine, entered: Any, posted: Any, faults: dict[str, str]) -> EntryField:
    one = line.input
    stored = entered.get(one.id)
    value = ", ".join(map(str, stored)) if isinstance(stored, list) else "" if stored is None else str(stored)
    if posted is not None:
        value = posted.get(f"input-{one.id}", "")
    shape, options = _shape(scene, calculator, one, value)
    return EntryField(
        line=line,
        shape=shape,
        value=value,
        options=options,
        fault=faults.get(one.id, ""),
        required=one.default is None and not one.optional,
        fallback="" if stored is not None or not line.known else formats.in_language(line.value),
    )


def _shape(scene: Scene, calculator: Calculator, one: Input, value: str) -> tuple[str, list[Option]]:
    if one.unit in (YES_NO, "true/false"):
        pairs = ("yes", "no") if one.unit == YES_NO else ("True", "False")
        return "yes_no", [Option(key, yes_no_na("yes" if key in ("yes", "True") else "no"), key == value) for key in pairs]
    if one.unit == SCORE:
        return "score", [Option(str(number), str(number), str(number) == value) for number in range(1, 6)]
    if one.unit in LISTS:
        return "list", []
    if one.unit in ("class", "mode", "route", "intent", "linear/compound", "sourcing"):
        labels = Lexicon(scene.content, calculator=calculator).labels_of_input(one)
        return "choice", [Option(key, label, key == value) for key, label in labels.items()]
    return "number", []
