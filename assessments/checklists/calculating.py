"""Running the calculators of one assessment on its answers and on what people entered; keeps what is worth keeping.

    outputs, fresh = run_touched(graph, names, view, answers, runs)

``outputs`` of every calculator as rules read them; ``fresh`` the runs that came out differently from what is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from assessments.calculators.gather import DEFAULT, LEFT_OUT, MISSING
from assessments.calculators.project import ProjectInputs, ProjectRun, run_calculator
from assessments.checklists.dependencies import Dependencies
from assessments.checklists.judging import ProjectView
from assessments.checklists.loading import RunRow
from assessments.checklists.outputs import read_outputs, stored_outputs, stored_value
from assessments.scoring.answers import ItemAnswer
from portal.core.expressions import UNKNOWN
from portal.core.expressions.values import decimal_of

FILING_CHECK = "C-D1-FILING"
# Two calculators may read each other's outputs, so that values settle after a few rounds.
_MOST_ROUNDS = 6
_NUMBER = frozenset("0123456789.-")


def run_touched(
    graph: Dependencies,
    names: Collection[str],
    view: ProjectView,
    answers: Mapping[str, ItemAnswer],
    runs: Mapping[str, RunRow],
) -> tuple[dict[str, Mapping[str, object]], dict[str, RunRow]]:
    """Run the named calculators, with the stored outputs of the others."""
    outputs: dict[str, Mapping[str, object]] = {name: row.outputs for name, row in runs.items()}
    order = [name for name in graph.order if name in names]
    if not order:
        return outputs, {}
    given = ProjectInputs(env=view.env, answers=answers, entered=entered_values(view, runs, order))
    done: dict[str, ProjectRun] = {}
    for _round in range(_MOST_ROUNDS):
        before = {name: outputs.get(name) for name in order}
        for name in order:
            done[name] = run_calculator(given, view.content.calculators[name], outputs)
            outputs[name] = dict(done[name].outputs)
        if all(before[name] == outputs[name] for name in order):
            break
    return outputs, {name: row for name in order if (row := _fresh(done[name], runs.get(name))) is not None}


def entered_values(view: ProjectView, runs: Mapping[str, RunRow], names: Collection[str]) -> dict[str, dict[str, object]]:
    """What was entered or imported for each calculator, and what the portal counts itself."""
    found = {name: {key: read_entered(value) for key, value in runs[name].entered.items()} for name in names if name in runs}
    if FILING_CHECK in names:
        found.setdefault(FILING_CHECK, {}).update(listed=view.counts.listed, confirmed=view.counts.confirmed)
    return found


def read_entered(value: Any) -> object:
    """An entered value as calculators read it: text that is a number is a number."""
    if isinstance(value, str) and value and set(value) <= _NUMBER and any(sign.isdigit() for sign in value):
        return decimal_of(value)
    if isinstance(value, list):
        return [read_entered(one) for one in value]
    return value


def _fresh(done: ProjectRun, stored: RunRow | None) -> RunRow | None:
    """The run as a row, if it differs from what is stored. A run that says nothing yet is not kept."""
    outputs = stored_outputs(done.outputs)
    inputs = [
        {"id": one.id, "value": None if one.value is UNKNOWN else stored_value(one.value), "origin": one.origin, "of": one.of}
        for one in done.gathered.inputs.values()
    ]
    missing = list(done.run.missing)
    if stored is None:
        told = any(one["origin"] not in (DEFAULT, LEFT_OUT, MISSING, "fact") for one in inputs)
        if not outputs and not told:
            return None
        return RunRow(read_outputs(outputs), outputs, {}, inputs, missing, version=0)
    if (stored.stored, stored.inputs, stored.missing) == (outputs, inputs, missing):
        return None
    return RunRow(read_outputs(outputs), outputs, stored.entered, inputs, missing, stored.version)
