"""Calculators: the list, one calculator, entering figures, taking a result over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from assessments.checklists.actions.numbers import enter_values, use_result
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.pages.numbers import calculator_page, calculators_page
from assessments.checklists.views.answering import version_of
from assessments.checklists.views.common import FOLDER, answer_of, is_part, item_response, post_only, reload_summary, single_faults
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import go, toast


@requires("portal.view_project", on="project")
def calculators(request: Any) -> HttpResponse:
    """All calculators with where they stand."""
    context = {"tab": "numbers", "lines": calculators_page(request), "urls": urls_of(request)}
    return render(request, f"{FOLDER}/calculators.html", context)


@requires("portal.view_project", on="project")
def calculator(request: Any, calculator: str) -> HttpResponse:
    """One calculator: inputs with their sources, formula with numbers, results."""
    return _page(request, calculator)


def _page(request: Any, name: str, *, status: int = 200, **more: Any) -> HttpResponse:
    page = calculator_page(request, name, posted=more.pop("posted", None), faults=more.get("faults"))
    context = {"tab": "numbers", "page": page, "urls": urls_of(request), **more}
    return render(request, f"{FOLDER}/calculator.html", context, status=status)


@requires("assessments.run_calculator", on="project")
@post_only
def calculator_enter(request: Any, calculator: str) -> HttpResponse:
    """Keep what was typed, and compute anew."""
    values = {name.removeprefix("input-"): request.POST.get(name) for name in request.POST if name.startswith("input-")}
    try:
        done = enter_values(request.project, calculator, values=values, version=version_of(request), by=request.actor)
    except Invalid as error:
        if not error.detail.get("fields"):
            raise
        return _page(request, calculator, status=422, posted=request.POST, faults=single_faults(error.detail["fields"]))
    except Conflict as error:
        if error.code != "stale_run":
            raise
        return _page(request, calculator, status=409, posted=request.POST, conflict=str(error.message))
    reload_summary(request)
    if done.verdicts:
        messages.success(request, _("Saved. The verdict changed of: {items}.").format(items=", ".join(sorted(done.verdicts))))
    else:
        messages.success(request, _("Saved."))
    return go(request, urls_of(request).calculator(calculator))


@requires("assessments.answer_item", on="project", any_of=("assessments.assign_item",))
@post_only
def item_use_result(request: Any, item_key: str) -> HttpResponse:
    """Take a result of the calculator over as the item's answer."""
    answer = answer_of(request, item_key)
    saved = use_result(answer, value=request.POST.get("value", ""), version=version_of(request), by=request.actor)
    text = _("The result was taken over into {item}.").format(item=item_key)
    if not is_part(request):
        messages.success(request, text)
        return go(request, urls_of(request).item(item_key))
    return toast(item_response(request, saved), text)
