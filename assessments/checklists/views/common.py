"""What the views of items share: the item of a request, its card, and the answer to an act on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string

from assessments.checklists.actions.answers import visible_answer
from assessments.checklists.models import Answer
from assessments.checklists.pages.building import build_cards
from assessments.checklists.pages.cards import ItemCard
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.pages.fields import pairs_of
from assessments.checklists.pages.scene import Scene
from assessments.checklists.pages.sidebar import lacks
from portal.core.errors import NotFound
from portal.core.htmx import is_autosave, is_part, reading_starts, refresh_counts, with_reading, with_version
from portal.projects.models import ProjectSummary

FOLDER = "assessments/checklists"


def answer_of(request: Any, item_key: str) -> Answer:
    """The answer of the item named in the address. Raises :class:`NotFound` for one the project does not have."""
    return visible_answer(request.project, item_key)


def card_of(
    request: Any, answer: Answer, *, posted: QueryDict | None = None, faults: Mapping[str, str] | None = None, scene: Scene | None = None
) -> ItemCard:
    """The card of one item as stored now."""
    scene = scene or Scene(request.project, [answer.item_key])
    cards = build_cards(scene, [answer.item_key], actor=request.actor, urls=urls_of(request), posted=posted, faults=faults)
    if not cards:
        raise NotFound()
    return cards[0]


def single_faults(fields: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """One sentence per field."""
    return {name: " ".join(sentences) for name, sentences in fields.items()}


def item_response(request: Any, answer: Answer, *, whole: bool = True, evidence: bool = False) -> HttpResponse:
    """The item after an act, with everything else on the page that moved.

    ``whole``: the card as one piece, for htmx; else its changed pieces out of band, so that typing in it goes on (autosave, evidence).
    """
    moment = reading_starts()
    reload_summary(request)
    dimension = f"D{answer.dimension}"
    scene = _scene_after(request, answer)
    moved = _moved(answer) - {answer.item_key}
    neighbours = [key for key in moved if key in scene.rows and scene.content.items[key].dimension == dimension]
    cards = {card.key: card for card in build_cards(scene, [answer.item_key, *neighbours], actor=request.actor, urls=urls_of(request))}
    card = cards.pop(answer.item_key)
    for key in set(cards) & set(answer.rescored.figures if answer.rescored is not None else ()):
        cards[key].raised_from = cards[key].version - 1
    urls = urls_of(request)
    whole = (whole or (evidence and card.has_file_columns)) and not is_autosave(request)
    context = {
        "card": card,
        "neighbours": list(cards.values()),
        "entries": scene.dimensions(urls),
        "current": dimension,
        "lacks": lacks(request, scene),
        "appeared": [scene.content.items[key] for key in _appeared(answer) if scene.content.items[key].dimension == dimension],
        "whole": whole,
        "evidence": evidence,
        "dimension_url": urls.dimension(dimension),
        "place": "item" if request.POST.get("from") == "item" else "",
        "tab": "checklist",
    }
    response = with_reading(render(request, f"{FOLDER}/item_after.html", context), moment)
    response = refresh_counts(with_version(response, card.answer.version))
    if not is_part(request):
        return response
    if whole:
        return retarget(response, f"[id='{answer.item_key}']", "outerHTML")
    response.headers["HX-Reswap"] = "none"
    return response


def _scene_after(request: Any, answer: Answer) -> Scene:
    moved = _moved(answer)
    items = {answer.item_key, *moved}
    return Scene(request.project, sorted(items))


def _moved(answer: Answer) -> set[str]:
    done = answer.rescored
    return set(done.changed) if done is not None else set()


def _appeared(answer: Answer) -> list[str]:
    done = answer.rescored
    return list(done.appearing) if done is not None else []


def reload_summary(request: Any) -> None:
    """The figures of the page's head as they are after the act."""
    request.project.summary = ProjectSummary.objects.get(project=request.project)


def conflict_part(request: HttpRequest, card: ItemCard, **more: Any) -> str:
    """The two values side by side, with what "take theirs" fills in."""
    pairs = pairs_of(card.form)
    context = {"card": card, "theirs_pairs": pairs, "theirs_json": json.dumps(pairs, ensure_ascii=False), **more}
    return render_to_string(f"{FOLDER}/conflict.html", context, request=request)


def retarget(response: HttpResponse, selector: str, swap: str = "innerHTML") -> HttpResponse:
    """Let htmx put the answer somewhere else than the request asked for."""
    response.headers["HX-Retarget"] = selector
    response.headers["HX-Reswap"] = swap
    return response


def post_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer other methods than POST with 405."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            response = HttpResponse(status=405)
            response.headers["Allow"] = "POST"
            return response
        return view(request, *args, **kwargs)

    return wrapped


__all__ = [
    "FOLDER",
    "answer_of",
    "card_of",
    "conflict_part",
    "is_autosave",
    "is_part",
    "item_response",
    "post_only",
    "reload_summary",
    "retarget",
    "single_faults",
]
