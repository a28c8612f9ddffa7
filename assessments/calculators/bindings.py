"""How inputs of calculators are read from answers: the lines of ``bindings/<version>.yaml``, checked against the content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from portal.catalogue import Catalogue, CatalogueError
from portal.catalogue.parts import Calculator, Input
from portal.catalogue.reading import Entry

FOLDER = Path(__file__).resolve().parent / "bindings"
TAKES = frozenset(["only", "first", "sum", "mean", "max", "min", "list", "count", "highest", "any", "tasks", "tasks_with_one_accountable"])


@dataclass(frozen=True, slots=True)
class Binding:
    """One line: how an input is read (see the head of the file)."""

    columns: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: str | None = None
    take: str = "only"
    weight: str | None = None
    prefer: tuple[str, ...] = ()
    map: Mapping[str, str] = field(default_factory=dict)
    ask: bool = False
    over: str | None = None
    per: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CalculatorBinding:
    """The lines of one calculator, and how it runs over the rows of a table."""

    inputs: Mapping[str, Binding] = field(default_factory=dict)
    each_row_of: str | None = None
    lead: str | None = None
    add_up: tuple[str, ...] = ()
    others_into: str | None = None
    others_from: str | None = None


Bindings = Mapping[str, CalculatorBinding]
NO_BINDING = CalculatorBinding()


@cache
def bindings_for(catalogue: Catalogue) -> Bindings:
    """The bindings of a version: its own file, else that of the newest version before it.

    Raises ``CatalogueError`` if there is none or if a line does not fit the content.
    """
    versions = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem <= catalogue.version)
    if not versions:
        raise CatalogueError([f"bindings: -: no file for version {catalogue.version} or an earlier one"])
    faults: list[str] = []
    file = Entry(yaml.safe_load((FOLDER / f"{versions[-1]}.yaml").read_text(encoding="utf-8")), "bindings", faults)
    file.words("catalogue_version")
    calculators = file.entry("calculators")
    file.done()
    found = {name: _calculator(calculators.entry(name)) for name in calculators.data}
    faults += check_bindings(catalogue, found)
    if faults:
        raise CatalogueError(faults)
    return found


def _calculator(entry: Entry) -> CalculatorBinding:
    inputs = entry.entry("inputs")
    lines = CalculatorBinding(
        inputs={name: _binding(inputs.entry(name)) for name in inputs.data},
        each_row_of=entry.maybe_words("each_row_of"),
        lead=entry.maybe_words("lead"),
        add_up=entry.strings("add_up"),
        others_into=entry.maybe_words("others_into"),
        others_from=entry.maybe_words("others_from"),
    )
    entry.done()
    return lines


def _binding(entry: Entry) -> Binding:
    column = entry.maybe_words("column")
    where = entry.maybe_entry("where")
    values = entry.maybe_entry("map")
    line = Binding(
        columns=entry.strings("columns") if column is None else (column,),
        where={} if where is None else {name: where.strings(name) for name in where.data},
        filled=entry.maybe_words("filled"),
        take=entry.maybe_words("take") or "only",
        weight=entry.maybe_words("weight"),
        prefer=entry.strings("prefer"),
        map={} if values is None else {name: values.words(name) for name in values.data},
        ask=entry.flag("ask", default=False),
        over=entry.maybe_words("over"),
        per=entry.strings("per"),
    )
    entry.done()
    return line


def check_bindings(catalogue: Catalogue, bindings: Bindings) -> list[str]:
    """One line for each binding that names something the catalogue lacks."""
    faults: list[str] = []
    for name, lines in bindings.items():
        calculator = catalogue.calculators.get(name)
        if calculator is None:
            faults.append(f"bindings: {name}: unknown calculator")
            continue
        faults += [f"bindings: {name}: {fault}" for fault in _faults(catalogue, calculator, lines)]
    return faults


def _faults(catalogue: Catalogue, calculator: Calculator, lines: CalculatorBinding) -> list[str]:
    faults = []
    if lines.each_row_of is not None and lines.each_row_of not in catalogue.items:
        faults.append(f"unknown item {lines.each_row_of}")
    for name in (lines.lead, lines.others_into):
        if name is not None and name not in calculator.inputs:
            faults.append(f"unknown input {name}")
    for name in (*lines.add_up, lines.others_from):
        if name is not None and name not in calculator.outputs:
            faults.append(f"unknown output {name}")
    for name, binding in lines.inputs.items():
        one = calculator.inputs.get(name)
        if one is None:
            faults.append(f"unknown input {name}")
        else:
            faults += [f"{name}: {fault}" for fault in _input_faults(catalogue, one, binding)]
    return faults


def _input_faults(catalogue: Catalogue, one: Input, binding: Binding) -> list[str]:
    faults = []
    if binding.take not in TAKES:
        faults.append(f"unknown take {binding.take}")
    if one.source == "item":
        item = catalogue.items[one.of]
        used = [*binding.columns, *binding.where, binding.filled, binding.weight]
        faults += [f"item {item.id} has no column {column}" for column in used if column and column not in item.fields]
        for column, values in binding.where.items():
            choices = item.fields[column].choices if column in item.fields else {}
            faults += [f"column {column} has no value {value}" for value in values if choices and value not in choices]
        if item.choices:
            faults += [f"item {item.id} has no answer {value}" for value in binding.map if value not in item.choices]
    elif one.source == "calc":
        other = catalogue.calculators[one.of.partition(".")[0]]
        used = [binding.over, *binding.per]
        faults += [f"calculator {other.id} has no input {name}" for name in used if name and name not in other.inputs]
    else:
        faults.append(f"an input from {one.source} needs no binding")
    return faults
