"""Saving, submitting, taking back and assigning items."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.checklists.actions.answers import item_of, save_answer, undo_answer
from assessments.checklists.actions.assigning import assign_items
from assessments.checklists.actions.submitting import recall_item, submit_items
from assessments.checklists.models import Answer
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.values import AnswerInvalid, say_answer
from assessments.checklists.values.forms import raw_answer
from assessments.checklists.views.common import (
    FOLDER,
    answer_of,
    card_of,
    conflict_part,
    is_autosave,
    is_part,
    item_response,
    post_only,
    retarget,
    single_faults,
)
from portal.core.access import requires
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import go, toast, with_version
from portal.tenants.models import User

# Items that name the PMO are answered by people who hold no other right to answer; the rule of each item decides (rules.py).
_answers = requires("assessments.answer_item", on="project", any_of=("assessments.assign_item",))


def version_of(request: Any) -> int:
    """The version the form was based on. Raises :class:`Invalid` when it is missing."""
    given = request.POST.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page; what you typed stays in your browser."), fields={})
    return int(given)


@_answers
@post_only
def item_answer(request: Any, item_key: str) -> HttpResponse:
    """Save the answer of one item; with ``submit`` also hand it over."""
    answer = answer_of(request, item_key)
    version = version_of(request)
    try:
        value = raw_answer(item_of(answer), request.POST)
        saved = save_answer(answer, value=value, note=request.POST.get("note", ""), version=version, by=request.actor)
    except AnswerInvalid as error:
        return _refused(request, answer, error.fields)
    except Invalid as error:
        return _refused(request, answer, single_faults(error.detail.get("fields", {})))
    except Conflict as conflict:
        if conflict.code != "stale_answer":
            raise
        return _conflict(request, answer, conflict)
    if "submit" in request.POST:
        return _submit_one(request, saved)
    if not is_part(request) and not is_autosave(request):
        messages.success(request, _("Saved {item}.").format(item=item_key))
        return go(request, _back(request, item_key))
    return item_response(request, saved)


def _submit_one(request: Any, answer: Answer) -> HttpResponse:
    outcome = submit_items(request.project, [answer.item_key], by=request.actor)[0]
    if not is_part(request):
        if outcome.refusal:
            messages.warning(request, outcome.refusal)
        else:
            messages.success(request, _("{item} was submitted for review.").format(item=answer.item_key))
        return go(request, _back(request, answer.item_key))
    fresh = answer_of(request, answer.item_key)
    fresh.rescored = answer.rescored
    response = item_response(request, fresh)
    if outcome.refusal:
        return toast(response, outcome.refusal, "attention")
    return toast(response, _("{item} was submitted for review.").format(item=answer.item_key))


def _back(request: Any, item_key: str) -> str:
    """The page the form stood on, at the item."""
    urls = urls_of(request)
    if request.POST.get("from") == "item":
        return urls.item(item_key)
    return f"{urls.dimension(item_key.partition('.')[0])}#{item_key}"


def _refused(request: Any, answer: Answer, faults: dict[str, str]) -> HttpResponse:
    """422: the faults in the item's own place; without JavaScript the item's page with everything that was typed."""
    if is_autosave(request) or is_part(request):
        card = card_of(request, answer, posted=request.POST, faults=faults)
        response = render(request, f"{FOLDER}/faults.html", {"card": card, "faults": faults}, status=422)
        return retarget(response, f"[data-problem='{answer.item_key}']")
    card = card_of(request, answer, posted=request.POST, faults=faults)
    context = {"tab": "checklist", "card": card, "urls": urls_of(request), "faults": faults, "comments": [], "history": None, "entries": []}
    return render(request, f"{FOLDER}/item.html", context, status=422)


def _conflict(request: Any, answer: Answer, conflict: Conflict) -> HttpResponse:
    """409: both values side by side. Without JavaScript the item's page keeps what was typed and names the new version."""
    current: Answer = conflict.detail["answer"]
    item = item_of(answer)
    currency = request.project.currency
    theirs = say_answer(item, current.value, currency=currency)
    mine = _mine_in_words(item, request.POST, currency)
    stored = card_of(request, current)
    more = {
        "who": current.answered_by.name if current.answered_by and not item.computed else "",
        "at": current.answered_at,
        "theirs": "\n".join([*theirs, *([current.note] if current.note else [])]),
        "yours": "\n".join([*mine, *([request.POST["note"]] if request.POST.get("note") else [])]),
    }
    if is_autosave(request) or is_part(request):
        response = HttpResponse(conflict_part(request, stored, **more), status=409)
        return with_version(retarget(response, f"[data-problem='{answer.item_key}']"), current.version)
    card = card_of(request, current, posted=request.POST)
    context = {"tab": "checklist", "card": card, "urls": urls_of(request), "conflict": more, "comments": [], "history": None, "entries": []}
    return render(request, f"{FOLDER}/item.html", context, status=409)


def _mine_in_words(item: Any, posted: Any, currency: str) -> list[str]:
    from assessments.checklists.values import clean_answer

    try:
        return say_answer(item, clean_answer(item, raw_answer(item, posted), currency=currency), currency=currency)
    except AnswerInvalid:
        return [value for name in posted if name.startswith(("answer", "rows-", "field-")) for value in posted.getlist(name) if value]


@_answers
@post_only
def item_submit(request: Any, item_key: str) -> HttpResponse:
    """Hand a stored answer over for review."""
    return _submit_one(request, answer_of(request, item_key))


@_answers
@post_only
def item_recall(request: Any, item_key: str) -> HttpResponse:
    """Take an item back from review."""
    answer = recall_item(answer_of(request, item_key), by=request.actor)
    if not is_part(request):
        return go(request, _back(request, item_key))
    return item_response(request, answer)


@_answers
@post_only
def item_undo(request: Any, item_key: str) -> HttpResponse:
    """Bring back what the item held before its last change."""
    answer = undo_answer(answer_of(request, item_key), version=version_of(request), by=request.actor)
    if not is_part(request):
        messages.success(request, _("The last change of {item} was taken back.").format(item=item_key))
        return go(request, _back(request, item_key))
    return toast(item_response(request, answer), _("The last change of {item} was taken back.").format(item=item_key))


@_answers
@post_only
def dimension_submit(request: Any, dimension: str) -> HttpResponse:
    """Hand over everything of a dimension that is ready."""
    keys = [key for key in request.POST.getlist("item") if key.startswith(f"{dimension}.")]
    outcomes = submit_items(request.project, keys, by=request.actor)
    done = [one.item_key for one in outcomes if not one.refusal]
    if done:
        number = len(done)
        messages.success(
            request, ngettext("%(n)d item was submitted for review.", "%(n)d items were submitted for review.", number) % {"n": number}
        )
    for one in outcomes:
        if one.refusal:
            messages.warning(request, f"{one.item_key}: {one.refusal}")
    if not outcomes:
        messages.info(request, _("Nothing was ready to be submitted."))
    return go(request, urls_of(request).dimension(dimension))


@requires("assessments.assign_item", on="project")
@post_only
def items_assign(request: Any) -> HttpResponse:
    """Give items to a person, until a date."""
    keys = request.POST.getlist("item")[:200]
    who = request.POST.get("assignee", "")
    assignee = None
    if who:
        assignee = User.objects.filter(pk=int(who)).first() if who.isdecimal() and len(who) < 19 else None
        if assignee is None:
            raise Invalid(_("Choose a person."), fields={"assignee": [_("Choose a person.")]})
    day = request.POST.get("due_on", "")
    due_on = None
    if day:
        try:
            due_on = parse_date(day)
        except ValueError:
            due_on = None
        if due_on is None:
            raise Invalid(_("This is not a date."), fields={"due_on": [_("Write it like 2026-11-23.")]})
    changed = assign_items(request.project, keys, assignee=assignee, due_on=due_on, by=request.actor)
    number = len(changed)
    if assignee is not None:
        text = ngettext("%(n)d item was assigned to %(name)s.", "%(n)d items were assigned to %(name)s.", number) % {
            "n": number,
            "name": assignee.name,
        }
    else:
        text = ngettext("%(n)d item is assigned to nobody now.", "%(n)d items are assigned to nobody now.", number) % {"n": number}
    messages.success(request, text)
    back = request.POST.get("back", "")
    urls = urls_of(request)
    if back in request.POST.getlist("item"):
        return go(request, urls.item(back))
    return go(request, urls.dimension(keys[0].partition(".")[0]) if keys else urls.named("assessments:checklist"))
