"""Acts on rounds of one filing: each parses, calls one action and goes back to the page of the filing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.checklists.files import storing
from compliance.filings.pages.addresses import filing_url
from compliance.filings.subjects import Subject, subject_of
from compliance.filings.views.pages import show_filing
from compliance.rounds import actions
from compliance.rounds.forms import AnswerForm, OpenForm, QuestionForm, ReplyForm
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.splitting import split_questions
from compliance.rounds.states import QuestionState
from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.downloads import attachment
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go


def _project(request: Any) -> Any:
    return getattr(request, "project", None)


def _version(request: Any, name: str = "version") -> int:
    given = request.POST.get(name, "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    return int(given)


def _shown(request: Any, regime: str, kept: dict[str, Any], form: forms.Form, refusal: Invalid | Conflict | None = None) -> HttpResponse:
    """The page again with what was typed and what is wrong with it."""
    if isinstance(refusal, Invalid):
        named = refusal.detail.get("fields", {})
        for field, texts in named.items():
            place = {"questions": "block", "file": "letter"}.get(field, field)
            form.add_error(place if place in form.fields else None, texts)
        if not named:
            form.add_error(None, refusal.message)
    conflict = {"conflict": refusal} if isinstance(refusal, Conflict) else {}
    return show_filing(request, subject_of(_project(request), regime), status=409 if conflict else 422, part_forms=kept, **conflict)


def _back(request: Any, regime: str, anchor: str = "rounds") -> HttpResponse:
    return go(request, filing_url(request.tenant.slug, _project(request), regime) + f"#{anchor}")


def round_of(subject: Subject, number: int) -> AuthorityRound:
    """A round of the filing. Raises NotFound."""
    found = None
    if subject.row is not None:
        rows = AuthorityRound.objects.select_related("filing", "filing__project")
        found = rows.filter(filing=subject.row, number=number).first()
    if found is None:
        raise NotFound(_("There is no such round."))
    return found


def question_of(subject: Subject, number: int, position: int) -> AuthorityQuestion:
    """A question of a round. Raises NotFound."""
    round_ = round_of(subject, number)
    found = AuthorityQuestion.objects.select_related("assignee").filter(round=round_, position=position).first()
    if found is None:
        raise NotFound(_("There is no such question."))
    found.round = round_
    return found


def split(request: Any, regime: str) -> HttpResponse:
    """The pasted block divided into questions, each to be edited before anything is recorded (a part, for htmx)."""
    found = split_questions(request.POST.get("round-block", "")[:200_000])
    return render(request, "compliance/rounds/split.html", {"typed": found.questions, "preamble": found.preamble})


def open_letter(request: Any, regime: str) -> HttpResponse:
    """A letter came in."""
    form = OpenForm(request.POST, request.FILES)
    typed = [text for text in request.POST.getlist("question") if text.strip()]
    kept = {"round-open": form, "round-questions": typed}
    if not form.is_valid():
        return _shown(request, regime, kept, form)
    given = {name: form.cleaned_data[name] for name in ("letter_on", "received_on", "due_on", "reference", "note")}
    questions = typed or split_questions(form.cleaned_data["block"]).questions
    try:
        made = actions.open_round(
            _project(request),
            regime,
            version=_version(request),
            by=request.actor,
            questions=questions,
            upload=form.cleaned_data["letter"],
            **given,
        )
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, kept, form, refusal)
    messages.success(request, _("Letter {number} is on record; its questions can be given to people now.").format(number=made.number))
    return _back(request, regime)


def edit(request: Any, regime: str, number: int, position: int) -> HttpResponse:
    """Text, reason for return and person of one question."""
    question = question_of(subject_of(_project(request), regime), number, position)
    form = QuestionForm(request.POST, question=question, project=_project(request))
    kept = {f"edit:{question.pk}": form}
    if not form.is_valid():
        return _shown(request, regime, kept, form)
    try:
        actions.edit_question(question, version=_version(request), by=request.actor, **form.cleaned_data)
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, kept, form, refusal)
    messages.success(request, _("Question {n} is saved.").format(n=position))
    return _back(request, regime, f"question-{question.pk}")


def answer(request: Any, regime: str, number: int, position: int) -> HttpResponse:
    """The answer to one question; ``done`` says that it is complete."""
    subject = subject_of(_project(request), regime)
    question = question_of(subject, number, position)
    form = AnswerForm(request.POST, question=question, entry=subject.ruling.filing)
    kept = {f"answer:{question.pk}": form}
    if not form.is_valid():
        return _shown(request, regime, kept, form)
    done = request.POST.get("done") == "1"
    try:
        actions.answer_question(
            question,
            answer=form.cleaned_data["answer"],
            documents=form.named,
            done=done,
            version=_version(request),
            by=request.actor,
        )
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, kept, form, refusal)
    messages.success(request, _("The answer is on record.") if done else _("The draft is saved; the question stays open."))
    return _back(request, regime, f"question-{question.pk}")


def reply(request: Any, regime: str, number: int) -> HttpResponse:
    """The reply was handed in."""
    round_ = round_of(subject_of(_project(request), regime), number)
    complete = not AuthorityQuestion.objects.filter(round=round_).exclude(state=QuestionState.ANSWERED).exists()
    form = ReplyForm(request.POST, complete=complete)
    kept = {f"reply:{round_.pk}": form}
    if not form.is_valid():
        return _shown(request, regime, kept, form)
    try:
        actions.send_reply(
            round_,
            version=_version(request),
            filing_version=_version(request, "filing_version"),
            by=request.actor,
            **form.cleaned_data,
        )
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, kept, form, refusal)
    messages.success(request, _("The reply is on record; the authority has the filing again."))
    return _back(request, regime)


def close(request: Any, regime: str, number: int) -> HttpResponse:
    """The authority is content with the reply."""
    round_ = round_of(subject_of(_project(request), regime), number)
    try:
        actions.close_round(round_, version=_version(request), by=request.actor)
    except Conflict as refusal:
        return show_filing(request, subject_of(_project(request), regime), status=409, conflict=refusal)
    messages.success(request, _("The round is closed."))
    return _back(request, regime)


def letter(request: Any, regime: str, number: int) -> HttpResponseBase:
    """The letter as a file."""
    round_ = round_of(subject_of(_project(request), regime), number)
    if not round_.file_key:
        raise NotFound()
    record_act("compliance.round.letter_read", round_, project_id=round_.filing.project_id, regime=regime, round=round_.number)
    return attachment(storing.open_stored(round_.file_key), round_.file_name, round_.file_type, round_.file_size)


def _door(view: Callable[..., HttpResponseBase], permission: str, **on: Any) -> Callable[..., HttpResponseBase]:
    def door(request: Any, **given: Any) -> HttpResponseBase:
        return view(request, **given)

    door.__doc__ = view.__doc__
    method = require_GET if view is letter else require_POST
    return requires(permission, **on)(method(door))


def of_project(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The door below a project. Seeing its filings is enough for the door; the action checks the rest."""
    return _door(view, "compliance.view_project_filings", on="project")


def of_organisation(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The door of the organisation's filings."""
    return _door(view, "compliance.view_filings")
