"""A letter of the authority comes in: the filing waits for us, and its questions are on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.checklists.files import storing
from compliance.filings import rules
from compliance.filings.actions import step_filing
from compliance.filings.actions.common import hold, present
from compliance.filings.states import FilingState
from compliance.filings.subjects import Subject
from compliance.rounds.actions.common import LONGEST_TEXT, put_on_record
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.states import Category, RoundState
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

S = FilingState
MOST_QUESTIONS = 200
_MOST = {"reference": 200, "note": 2000}


@transaction.atomic
def open_round(
    project: Project | None,
    regime: str,
    *,
    version: int,
    by: Actor,
    letter_on: dt.date | None,
    received_on: dt.date | None,
    questions: Sequence[str],
    due_on: dt.date | None = None,
    reference: str = "",
    note: str = "",
    upload: Any = None,
) -> AuthorityRound:
    """Record a letter with its questions and take the step *supplement requested* (unless the filing stands there already).

    Raises Invalid for what is missing or impossible (all at once), Conflict where no letter can come in, NotAllowed.
    """
    refusal = rules.why_not_work(by, project)
    if refusal:
        raise NotAllowed(refusal)
    subject = hold(project, regime, version)
    row = subject.row
    if refusal := why_not_open(subject):
        raise Conflict(refusal, code="not_ready", current=present(row))
    assert row is not None  # noqa: S101 - asked above
    texts = [text.strip() for text in questions if text.strip()]
    given = {"reference": reference.strip(), "note": note.strip()}
    _check(letter_on, received_on, due_on, texts, given)
    assert letter_on is not None and received_on is not None  # noqa: S101, PT018 - asked above
    looked = storing.look_at(upload) if upload is not None else None
    if row.state != S.SUPPLEMENT_REQUESTED:
        said = given["note"] or given["reference"] or _("Letter with {n} questions").format(n=len(texts))
        row = step_filing(project, regime, to=S.SUPPLEMENT_REQUESTED, version=version, by=by, on=received_on, note=said).filing
    last = AuthorityRound.objects.filter(filing=row).aggregate(last=Max("number"))["last"] or 0
    made = AuthorityRound(
        filing=row, number=last + 1, letter_on=letter_on, received_on=received_on, due_on=due_on, opened_by=by.user, **given
    )
    if looked is not None:
        made.file_name, made.file_size, made.file_type, made.file_sha256 = looked.name, looked.size, looked.content_type, looked.sha256
        made.file_key = storing.store(upload, row.tenant_id, row.pk, "letters")
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except BaseException as error:
        storing.forget(made.file_key)  # nobody will ever refer to these bytes
        if isinstance(error, IntegrityError) and "authority_round_o" in str(error):
            raise Conflict(_("A round is being answered already."), code="round_open", current=present(row)) from error
        raise
    AuthorityQuestion.objects.bulk_create(
        AuthorityQuestion(filing=row, round=made, position=number, text=text, category=Category.UNSORTED)
        for number, text in enumerate(texts, start=1)
    )
    made.filing = row
    put_on_record(
        row, made, "opened", by, round=made.number, questions=len(texts), reference=made.reference, on=made.received_on.isoformat()
    )
    return made


def why_not_open(subject: Subject) -> str:
    """Why no letter of the authority can be recorded now; empty when one can."""
    row = subject.row
    if row is None or row.state not in (S.UNDER_REVIEW, S.SUPPLEMENT_REQUESTED):
        return _("The authority asks questions while it examines the filing. Record the steps up to there first.")
    if AuthorityRound.objects.filter(filing=row, state=RoundState.OPEN).exists():
        return _("A round is being answered already. Send its reply before the next letter is recorded.")
    return rules.why_not_step(row, S.SUPPLEMENT_REQUESTED)


def _check(
    letter_on: dt.date | None, received_on: dt.date | None, due_on: dt.date | None, texts: Sequence[str], given: dict[str, str]
) -> None:
    """Everything that is wrong at once."""
    faults: dict[str, list[str]] = {}
    today = organisation_today()
    for name, day in (("letter_on", letter_on), ("received_on", received_on)):
        if day is None:
            faults[name] = [_("A date is needed.")]
        elif day > today:
            faults[name] = [_("The date lies in the future. Record a step when it has happened.")]
    if letter_on and received_on and received_on < letter_on:
        faults.setdefault("received_on", []).append(_("It cannot arrive before it is written."))
    if received_on and due_on and due_on < received_on:
        faults["due_on"] = [_("The reply would be due before the letter arrived.")]
    if not texts:
        faults["questions"] = [_("Enter at least one question.")]
    elif len(texts) > MOST_QUESTIONS:
        faults["questions"] = [_("At most {n} questions in one letter.").format(n=MOST_QUESTIONS)]
    elif any(len(text) > LONGEST_TEXT for text in texts):
        faults["questions"] = [_("A question has at most {n} characters.").format(n=LONGEST_TEXT)]
    for name, most in _MOST.items():
        if len(given[name]) > most:
            faults[name] = [_("At most {n} characters.").format(n=most)]
    if faults:
        raise Invalid(_("The letter was not recorded: something is missing or cannot be."), fields=faults)
