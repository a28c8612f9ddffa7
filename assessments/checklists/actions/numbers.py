"""Figures of calculators: values people enter, and results taken over into the item beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.calculators.entered import EnteredValueError, validate_entered
from assessments.checklists import rules
from assessments.checklists.actions.answers import invalid, item_of, refuse_unless, save_answer
from assessments.checklists.models import Answer, Assessment, CalculatorRun
from assessments.checklists.pages.figures import run_for, usable_values
from assessments.checklists.pages.scene import Scene
from assessments.checklists.rescore import Rescored, lock_assessment, rescore
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.catalogue.parts import Calculator, Input
from portal.core import formats
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.projects.models import Project

# Facts have their own page, other calculators theirs, and what the portal counts nobody types.
ENTERABLE = ("entered", "import", "item")


def enterable(calculator: Calculator) -> list[Input]:
    """Inputs that can be typed on the calculator's page: those asked there, imported figures, and figures an item holds only as text."""
    return [one for one in calculator.inputs.values() if one.source in ENTERABLE]


def calculator_of(assessment: Assessment, name: str) -> Calculator:
    """The calculator in the version of the assessment. Raises :class:`NotFound` for an unknown one."""
    found = catalogue(assessment.catalogue_id).calculators.get(name)
    if found is None:
        raise NotFound()
    return found


def enter_values(project: Project, name: str, *, values: Mapping[str, Any], version: int, by: Actor) -> Rescored:
    """Keep what was typed on the page of a calculator and compute everything that hangs on it anew.

    ``values``: by input; empty takes the entered value away, so that the figure comes from its source again. ``version``: of the run
    on the page, 0 if there was none. Raises Invalid with a sentence per input, Conflict when somebody else saved meanwhile.
    """
    refuse_unless(rules.why_not_run_calculator(by, project))
    assessment = lock_assessment(project_id=project.pk)
    calculator = calculator_of(assessment, name)
    run = CalculatorRun.objects.filter(assessment=assessment, calculator=name).first()
    entered = dict(run.entered) if run is not None else {}
    faults: dict[str, str] = {}
    for one in enterable(calculator):
        if one.id not in values:
            continue
        raw = values[one.id]
        if raw is None or (isinstance(raw, str) and not raw.strip()) or raw == []:
            entered.pop(one.id, None)
            continue
        try:
            entered[one.id] = validate_entered(one, raw)
        except EnteredValueError as error:
            faults[one.id] = formats.in_language(error.text)
    if faults:
        raise invalid(faults)
    if (run.version if run is not None else 0) != version:
        if run is not None and run.entered == entered:
            return Rescored(tier=(assessment.tier, assessment.tier))
        raise _stale(run)
    if run is None:
        run = CalculatorRun.objects.create(assessment=assessment, calculator=name, entered=entered, run_by=by.user, run_at=timezone.now())
    elif run.entered != entered:
        CalculatorRun.objects.filter(pk=run.pk).update(entered=entered, version=F("version") + 1, run_by=by.user, run_at=timezone.now())
    else:
        return Rescored(tier=(assessment.tier, assessment.tier))
    record_act("assessments.calculator.entered", run, project_id=project.pk, calculator=name, values=entered)
    return rescore(assessment, locked=True)


def _stale(run: CalculatorRun | None) -> Conflict:
    who = run.run_by.name if run is not None and run.run_by else _("Somebody")
    return Conflict(
        _("{name} entered other figures in the meantime. Nothing of yours was written; compare and enter them again.").format(name=who),
        code="stale_run",
        current={"version": run.version, "entered": run.entered} if run is not None else None,
    )


def use_result(answer: Answer, *, value: str, version: int, by: Actor) -> Answer:
    """Take a result of the item's calculator over as its answer. ``value`` is the result shown; the item keeps its note.

    Raises Conflict when the calculator gives something else by now, or cannot give an answer of this kind.
    """
    item = item_of(answer)
    if item.calculator is None or item.computed:
        raise Invalid(_("This item takes no result of a calculator."), fields={})
    scene = Scene(answer.project, [answer.item_key])
    calculator = scene.content.calculators[item.calculator]
    if value not in usable_values(item, calculator, run_for(scene, calculator)):
        raise Conflict(_("The calculator gives another result by now. Look at it and decide again."), code="other_result")
    saved = save_answer(answer, value=value, note=answer.note, version=version, by=by)
    record_act("assessments.calculator.used", saved, item=answer.item_key, calculator=calculator.id, value=value)
    return saved
