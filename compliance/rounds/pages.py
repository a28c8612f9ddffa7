"""Rounds of questions on the page of a filing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from compliance.filings import rules
from compliance.filings.candidates import owners_for
from compliance.filings.subjects import Subject, is_shared
from compliance.rounds.actions.opening import why_not_open
from compliance.rounds.forms import AnswerForm, OpenForm, QuestionForm, ReplyForm
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.rules import why_not_answer
from compliance.rounds.states import QuestionState, RoundState
from portal.catalogue.parts import Filing as Entry
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.projects.models import Project
from portal.tenants.clock import organisation_today


def round_url(slug: str, project: Project | None, regime: str, name: str, **keys: Any) -> str:
    """Address of an act on rounds, below the project or the organisation."""
    given = {"tenant_slug": slug, "regime": regime, **keys}
    if project is None:
        return reverse(f"compliance:organisation_{name}", kwargs=given)
    return reverse(f"compliance:{name}", kwargs={**given, "project_id": project.pk})


def document_names(question: AuthorityQuestion, entry: Entry | None) -> list[str]:
    """Documents changed for an answer, in words."""
    known = {one.id: tr(one.label) for one in entry.documents} if entry is not None else {}
    return [known.get(name, name) for name in question.documents]


def part(request: Any, subject: Subject) -> dict[str, Any] | None:
    """Context of the part; None for a filing that has had no letter and can have none now. Two queries for any number of rounds."""
    row = subject.row
    if row is None or is_shared(subject):
        return None
    actor: Actor = request.actor
    rounds = list(AuthorityRound.objects.filter(filing=row).select_related("replied_by", "opened_by").order_by("-number"))
    works = not rules.why_not_work(actor, subject.project)
    opens = works and not any(one.state == RoundState.OPEN for one in rounds) and not why_not_open(subject)
    if not rounds and not opens:
        return None
    questions: dict[Any, list[AuthorityQuestion]] = {}
    for question in AuthorityQuestion.objects.filter(filing=row).select_related("assignee", "answered_by").order_by("position"):
        questions.setdefault(question.round_id, []).append(question)
    kept = getattr(request, "part_forms", {})
    slug = request.tenant.slug
    found = [_round(one, questions.get(one.pk, []), subject, actor, slug, kept, works=works) for one in rounds]
    return {
        "rounds": found,
        "open_form": kept.get("round-open") or (OpenForm(initial={"received_on": organisation_today()}) if opens else None),
        "open_open": "round-open" in kept,
        "typed": kept.get("round-questions", []),
        "open_url": round_url(slug, subject.project, subject.regime, "round_open"),
        "split_url": round_url(slug, subject.project, subject.regime, "round_split"),
        "statistics_url": reverse("compliance:filings_rounds", kwargs={"tenant_slug": slug}) if actor.may(rules.VIEW_ALL) else "",
    }


def _round(
    one: AuthorityRound, questions: list[AuthorityQuestion], subject: Subject, actor: Actor, slug: str, kept: dict[str, Any], *, works: bool
) -> dict[str, Any]:
    project = subject.project
    going = one.state == RoundState.OPEN
    answered = sum(question.state == QuestionState.ANSWERED for question in questions)
    reply = kept.get(f"reply:{one.pk}")
    if reply is None and going and works:
        reply = ReplyForm(complete=answered == len(questions), initial={"on": organisation_today()})
    url = {name: round_url(slug, project, subject.regime, f"round_{name}", number=one.number) for name in ("reply", "close", "letter")}
    people = list(owners_for(project)) if going and works and questions else None
    return {
        "row": one,
        "going": going,
        "late": going and one.due_on is not None and one.due_on < organisation_today(),
        "questions": [_question(one, question, subject, actor, slug, kept, people) for question in questions],
        "answered": answered,
        "total": len(questions),
        "reply": reply if going else None,
        "reply_open": f"reply:{one.pk}" in kept,
        "may_close": works and one.state == RoundState.ANSWERED,
        "url": url,
    }


def _question(
    one: AuthorityRound,
    question: AuthorityQuestion,
    subject: Subject,
    actor: Actor,
    slug: str,
    kept: dict[str, Any],
    people: list[Any] | None,
) -> dict[str, Any]:
    entry, project, regime = subject.ruling.filing, subject.project, subject.regime
    going = one.state == RoundState.OPEN
    answers = going and not why_not_answer(actor, project, question)
    edit = kept.get(f"edit:{question.pk}")
    if edit is None and people is not None:
        edit = QuestionForm(question=question, project=project)
        named = [(user.pk, user.name) for user in people]
        if question.assignee is not None and question.assignee_id not in {key for key, _name in named}:
            named.append((question.assignee.pk, question.assignee.name))
        edit.fields["assignee"].choices = [("", str(edit.fields["assignee"].empty_label)), *named]  # type: ignore[attr-defined]
    url = {
        name: round_url(slug, project, regime, f"question_{name}", number=one.number, position=question.position)
        for name in ("edit", "answer")
    }
    return {
        "row": question,
        "tone": "pass" if question.state == QuestionState.ANSWERED else "open",
        "documents": document_names(question, entry),
        "answer": (kept.get(f"answer:{question.pk}") or AnswerForm(question=question, entry=entry)) if answers else None,
        "answer_open": f"answer:{question.pk}" in kept,
        "edit": edit if going else None,
        "edit_open": f"edit:{question.pk}" in kept,
        "url": url,
    }
