"""Remarks on an item, and the picker of people to mention."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from assessments.checklists.actions.comments import add_comment, remove_comment
from assessments.checklists.models import Answer, Comment
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.people import members_who_see
from assessments.checklists.telling import MENTIONED
from assessments.checklists.views.common import FOLDER, answer_of, card_of, is_part, post_only, single_faults
from assessments.checklists.views.pages import comments_of
from portal.core.access import requires
from portal.core.errors import Invalid, NotFound
from portal.core.htmx import go, refresh_counts
from portal.notices.models import Notice


@requires("portal.view_project", on="project")
def item_comments(request: Any, item_key: str) -> HttpResponse:
    """The remarks on an item, for its panel. Reading them settles the messages that led here."""
    answer = answer_of(request, item_key)
    settled = _settle_mentions(request, answer)
    response = _panel(request, answer)
    return refresh_counts(response) if settled else response


def _settle_mentions(request: Any, answer: Answer) -> int:
    mine = Notice.objects.filter(user_id=request.actor.user_id, kind=MENTIONED, read_at=None, project_id=answer.project_id)
    return int(mine.filter(params__item=answer.item_key).update(read_at=timezone.now()))


def _panel(request: Any, answer: Answer, *, status: int = 200, faults: dict[str, str] | None = None, body: str = "") -> HttpResponse:
    fresh = answer_of(request, answer.item_key)
    context = {"card": card_of(request, fresh), "comments": comments_of(fresh), "faults": faults or {}, "body": body}
    return render(request, f"{FOLDER}/comments_panel.html", context, status=status)


@requires("assessments.comment_item", on="project")
@post_only
def item_comment(request: Any, item_key: str) -> HttpResponse:
    """Add a remark."""
    answer = answer_of(request, item_key)
    mentioned = [int(given) for given in request.POST.getlist("mention")[:40] if given.isdecimal() and len(given) < 19]
    try:
        add_comment(answer, body=request.POST.get("body", ""), by=request.actor, mentioned=mentioned)
    except Invalid as error:
        faults = single_faults(error.detail.get("fields", {}))
        if is_part(request):
            return _panel(request, answer, status=422, faults=faults, body=request.POST.get("body", ""))
        context = {
            "tab": "checklist",
            "card": card_of(request, answer),
            "urls": urls_of(request),
            "comments": comments_of(answer),
            "comment_faults": faults,
            "comment_body": request.POST.get("body", ""),
            "history": None,
            "entries": [],
        }
        return render(request, f"{FOLDER}/item.html", context, status=422)
    return _panel(request, answer) if is_part(request) else go(request, urls_of(request).item(item_key) + "#comments")


@requires("assessments.comment_item", on="project")
@post_only
def item_comment_remove(request: Any, item_key: str, comment_id: UUID) -> HttpResponse:
    """Take back the own remark."""
    answer = answer_of(request, item_key)
    comment = Comment.objects.select_related("answer").filter(answer=answer, pk=comment_id).first()
    if comment is None:
        raise NotFound()
    remove_comment(comment, by=request.actor)
    return _panel(request, answer) if is_part(request) else go(request, urls_of(request).item(item_key) + "#comments")


@requires("assessments.comment_item", on="project")
def item_mention(request: Any, item_key: str) -> HttpResponse:
    """People who see the project and whose name or address fits what was typed after "@"."""
    query = request.GET.get("q", "").strip().lstrip("@")[:60]
    rows = members_who_see(request.project).exclude(user_id=request.actor.user_id)
    if query:
        rows = rows.filter(Q(user__name__icontains=query) | Q(user__email__istartswith=query))
    return render(request, f"{FOLDER}/mention_list.html", {"people": rows[:8], "item_key": item_key})
