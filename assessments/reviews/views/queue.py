"""The review queue and the review of one item."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from assessments.checklists.actions.answers import item_of
from assessments.checklists.history import history_of
from assessments.checklists.models import Answer
from assessments.checklists.pages.scene import Scene
from assessments.checklists.states import AnswerState
from assessments.checklists.views.common import answer_of, card_of
from assessments.checklists.views.pages import comments_of
from assessments.reviews import segregation
from assessments.reviews.actions import approve_item, decide_items, return_item
from assessments.reviews.models import ReviewDecision
from assessments.reviews.pages import queue_page, waivers_to_sign
from assessments.reviews.queries import decisions_on, open_waiver_of, review_queue_of
from assessments.reviews.waiving import why_not_request, why_not_waivable
from portal.core.access import MEMBER, requires
from portal.core.errors import Invalid
from portal.core.htmx import go, is_part


@requires(MEMBER)
def review_queue(request: Any) -> HttpResponse:
    """What waits for my approval, blockers first, over all projects."""
    request.nav_key = "review"
    chosen = {
        "project": request.GET.get("project", ""),
        "blockers": request.GET.get("blockers") == "1",
        "dimension": request.GET.get("dimension", ""),
    }
    queue = queue_page(request.actor, **chosen)
    nothing = not any(chosen.values())
    context = {"queue": queue, "chosen": {**chosen, "nothing": nothing}, "waivers": waivers_to_sign(request.actor)}
    return render(request, "assessments/reviews/queue.html", context)


def review_context(request: Any, answer: Answer) -> dict[str, Any]:
    """Everything a reviewer needs for one item on one screen."""
    scene = Scene(request.project, [answer.item_key])
    item = item_of(answer)
    refusal = segregation.why_not_approve(request.actor, request.project, item, answer)
    waiting = answer.state == AnswerState.IN_REVIEW
    return {
        "tab": "checklist",
        "card": card_of(request, answer, scene=scene),
        "answer": answer,
        "waiting": waiting,
        "may_decide": waiting and not refusal,
        "refusal": refusal,
        "decisions": decisions_on(answer),
        "history": history_of(answer, currency=request.project.currency)[:12],
        "comments": comments_of(answer),
        "waiver": open_waiver_of(answer),
        "may_waive": not why_not_waivable(answer) and not why_not_request(request.actor, request.project),
        "following": _following(request, answer),
    }


def _following(request: Any, answer: Answer) -> Answer | None:
    """The next answer in the reader's queue, to go on with after a decision."""
    return review_queue_of(request.actor).exclude(pk=answer.pk).first()


@requires("portal.view_project", on="project")
def review_item(request: Any, item_key: str) -> HttpResponse:
    """Question, answer, rule, evidence, history and the decision, on one screen."""
    answer = answer_of(request, item_key)
    request.nav_key = "review"
    template = "assessments/reviews/part_review.html" if is_part(request) else "assessments/reviews/item.html"
    return render(request, template, review_context(request, answer))


@require_POST
@requires("portal.view_project", on="project")
def review_decide(request: Any, item_key: str) -> HttpResponse:
    """Approve or return one item. Seeing the project is enough for the door; the action checks role and person."""
    answer = answer_of(request, item_key)
    version = _number(request.POST.get("version"))
    if request.POST.get("outcome") == ReviewDecision.Outcome.APPROVED:
        approve_item(answer, request.project, version=version, by=request.actor)
        messages.success(request, _("{item} is approved.").format(item=item_key))
    else:
        return_item(answer, request.project, version=version, reason=request.POST.get("reason", ""), by=request.actor)
        messages.success(request, _("{item} goes back with your reason.").format(item=item_key))
    following = _following(request, answer)
    slug = request.tenant.slug
    if following is None:
        return go(request, reverse("assessments:review_queue", kwargs={"tenant_slug": slug}))
    kwargs = {"tenant_slug": slug, "project_id": following.project_id, "item_key": following.item_key}
    return go(request, reverse("assessments:review_item", kwargs=kwargs))


def _number(text: Any) -> int:
    given = str(text or "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1


@require_POST
@requires(MEMBER)
def review_decide_many(request: Any) -> HttpResponse:
    """Approve or return the selected items of the queue, each on its own."""
    choices: list[tuple[UUID, int]] = []
    for entry in request.POST.getlist("choice")[:200]:
        key, _colon, version = str(entry).partition(":")
        try:
            choices.append((UUID(key), _number(version)))
        except ValueError:
            continue
    waiting = review_queue_of(request.actor).filter(pk__in=[key for key, _version in choices])
    projects = {answer.pk: answer.project for answer in waiting.select_related("project__owner")}
    outcome = ReviewDecision.Outcome.APPROVED if request.POST.get("outcome") == "approved" else ReviewDecision.Outcome.RETURNED
    reason = request.POST.get("reason", "")
    back = reverse("assessments:review_queue", kwargs={"tenant_slug": request.tenant.slug})
    try:
        results = decide_items(choices, outcome=outcome, reason=reason, by=request.actor, project_of=projects)
    except Invalid as fault:
        messages.error(request, str(fault.message))
        return go(request, back)
    done = [result for result in results if not result.refusal]
    if done:
        messages.success(request, ngettext("{n} item decided.", "{n} items decided.", len(done)).format(n=len(done)))
    for result in results:
        if result.refusal:
            messages.error(request, f"{result.item_key}: {result.refusal}")
    if not results:
        messages.error(request, _("Select at least one item first."))
    return go(request, back)
