"""Pages of the ten checklists: overview, one dimension, one item."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from assessments.checklists.history import history_of
from assessments.checklists.models import Comment
from assessments.checklists.pages.dimension import dimension_page, urls_of
from assessments.checklists.pages.overview import overview_page
from assessments.checklists.pages.scene import Scene
from assessments.checklists.pages.sidebar import lacks
from assessments.checklists.people import members_who_answer
from assessments.checklists.rules import why_not_assign
from assessments.checklists.views.common import FOLDER, answer_of, card_of
from portal.core.access import requires
from portal.core.htmx import is_part


@requires("portal.view_project", on="project")
def checklist(request: Any) -> HttpResponse:
    """The ten dimensions of a project."""
    page = overview_page(request)
    return render(request, f"{FOLDER}/checklist.html", {"tab": "checklist", "page": page, "urls": urls_of(request)})


@requires("portal.view_project", on="project")
def dimension(request: Any, dimension: str) -> HttpResponse:
    """The items of one dimension, one after the other."""
    page = dimension_page(request, dimension)
    context = {
        "tab": "checklist",
        "page": page,
        "urls": urls_of(request),
        "assignable": not why_not_assign(request.actor, request.project),
    }
    return render(request, f"{FOLDER}/dimension.html", context)


@requires("portal.view_project", on="project")
def item(request: Any, item_key: str) -> HttpResponse:
    """One item with its comments and history."""
    answer = answer_of(request, item_key)
    scene = Scene(request.project, [item_key])
    card = card_of(request, answer, scene=scene)
    context: dict[str, Any] = {
        "tab": "checklist",
        "card": card,
        "urls": urls_of(request),
        "entries": scene.dimensions(urls_of(request)),
        "current": card.item.dimension,
        "dimension": scene.content.dimensions[card.item.dimension],
        "comments": comments_of(answer),
        "history": history_of(card.answer, currency=request.project.currency),
        "assignable": card.can_assign,
        "people": members_who_answer(request.project) if card.can_assign else (),
        "lacks": lacks(request, scene),
    }
    if is_part(request):
        return render(request, f"{FOLDER}/item_whole.html", context)
    return render(request, f"{FOLDER}/item.html", context)


def comments_of(answer: Any) -> list[Comment]:
    """Remarks on an item, oldest first; removed ones stay as a line without their text."""
    return list(Comment.objects.filter(answer=answer).select_related("author").order_by("created_at"))


@requires("portal.view_project", on="project")
def item_history(request: Any, item_key: str) -> HttpResponse:
    """What happened to an item, for its panel."""
    answer = answer_of(request, item_key)
    card = card_of(request, answer)
    entries = history_of(answer, currency=request.project.currency)
    return render(request, f"{FOLDER}/history_panel.html", {"card": card, "entries": entries})
