"""The reply goes out, and a round ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.filings import rules
from compliance.filings.actions import step_filing
from compliance.filings.actions.common import hold
from compliance.filings.states import FilingState
from compliance.filings.subjects import Subject
from compliance.rounds.actions.common import clean, hold_round, put_on_record, stale, write
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.states import TRANSITIONS, QuestionState, RoundState
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.states import check_step

S = FilingState
# The authority has made up its mind: what was replied is over.
_SETTLES = frozenset({S.APPROVED, S.REJECTED, S.PUBLISHED, S.CANCELLED, S.REVOKED, S.SUPPLEMENT_REQUESTED})


@transaction.atomic
def send_reply(
    round_: AuthorityRound, *, on: dt.date | None, receipt: str, reason: str = "", version: int, filing_version: int, by: Actor
) -> AuthorityRound:
    """The reply is handed in: takes the step *resubmitted* with its date and receipt.

    Refused while questions are open, unless ``reason`` says why it goes out all the same. ``version`` is that of the round.
    """
    filing = round_.filing
    if refusal := rules.why_not_work(by, filing.project):
        raise NotAllowed(refusal)
    hold(filing.project, filing.regime, filing_version)
    held = hold_round(round_)
    if held.version != version:
        raise stale(held)
    if held.state != RoundState.OPEN:
        raise Conflict(_("The reply to this letter is out already."), code="reply_out")
    said = clean(reason, "reason", most=1000)
    faults: dict[str, list[str]] = {}
    if on is None:
        faults["on"] = [_("A date is needed.")]
    elif on < held.received_on:
        faults["on"] = [_("This is before the letter arrived, which was on {date}.").format(date=held.received_on.isoformat())]
    if not receipt.strip():
        faults["receipt"] = [_("Say where the proof is: a receipt number or where the document lies.")]
    left = list(
        AuthorityQuestion.objects.filter(round=held)
        .exclude(state=QuestionState.ANSWERED)
        .order_by("position")
        .values_list("position", flat=True)
    )
    if left and not said:
        numbers = ", ".join(str(number) for number in left)
        faults["reason"] = [_("Not answered yet: {numbers}. Answer them, or say why the reply goes out without.").format(numbers=numbers)]
    if faults:
        raise Invalid(_("The reply was not sent: something is missing or cannot be."), fields=faults)
    check_step(TRANSITIONS, held.state, RoundState.ANSWERED)
    write(
        held,
        version,
        state=RoundState.ANSWERED,
        reply_on=on,
        reply_receipt=receipt.strip(),
        reply_reason=said if left else "",
        replied_by=by.user,
    )
    done = step_filing(filing.project, filing.regime, to=S.RESUBMITTED, version=filing_version, by=by, on=on, receipt=receipt, note=said)
    held.filing = done.filing
    assert on is not None  # noqa: S101 - asked above
    put_on_record(
        held.filing, held, "replied", by, round=held.number, on=on.isoformat(), receipt=held.reply_receipt, open=len(left), reason=said
    )
    return held


@transaction.atomic
def close_round(round_: AuthorityRound, *, version: int, by: Actor) -> AuthorityRound:
    """The authority is content with the reply."""
    if refusal := rules.why_not_work(by, round_.filing.project):
        raise NotAllowed(refusal)
    held = hold_round(round_)
    if held.version != version:
        raise stale(held)
    if held.state == RoundState.OPEN:
        raise Conflict(_("Send the reply first."), code="no_reply")
    _close(held, by)
    return held


def _close(held: AuthorityRound, by: Actor | None) -> None:
    check_step(TRANSITIONS, held.state, RoundState.CLOSED)
    write(held, held.version, state=RoundState.CLOSED, closed_at=timezone.now())
    put_on_record(held.filing, held, "closed", by, round=held.number)


def after_step(subject: Subject, *, old_state: str, to: str, given: Mapping[str, Any], by: Any) -> None:
    """A later word of the authority ends the rounds that were replied to."""
    if to in _SETTLES and subject.row is not None:
        for held in AuthorityRound.objects.select_for_update(of=("self",)).filter(filing=subject.row, state=RoundState.ANSWERED):
            held.filing = subject.row
            _close(held, by)


def why_not_resubmit(subject: Subject, to: str) -> str:
    """The step *resubmitted* is taken by sending the reply, while a round is open."""
    if to != S.RESUBMITTED or subject.row is None:
        return ""
    if AuthorityRound.objects.filter(filing=subject.row, state=RoundState.OPEN).exists():
        return _("A round of questions is open. Send its reply; this step is taken with it.")
    return ""


def after_correction(subject: Subject, *, step: str, changed: Mapping[str, tuple[str, str]], by: Any) -> None:
    """The day or receipt of a step that a round took was wrong: the round follows. Raises Invalid where its dates would be out of order."""
    if step not in (S.SUPPLEMENT_REQUESTED, S.RESUBMITTED) or subject.row is None:
        return
    rounds = AuthorityRound.objects.select_for_update(of=("self",)).filter(filing=subject.row).order_by("-number")
    held = rounds.first() if step == S.SUPPLEMENT_REQUESTED else rounds.exclude(state=RoundState.OPEN).first()
    if held is None:
        return
    columns: dict[str, Any] = {}
    if "on" in changed:
        columns["received_on" if step == S.SUPPLEMENT_REQUESTED else "reply_on"] = dt.date.fromisoformat(changed["on"][1])
    if "receipt" in changed and step == S.RESUBMITTED:
        columns["reply_receipt"] = changed["receipt"][1]
    received, reply = columns.get("received_on", held.received_on), columns.get("reply_on", held.reply_on)
    if received < held.letter_on or (reply is not None and reply < received):
        sentence = _("The letter was written on {date}; this does not fit its round of questions.").format(date=held.letter_on.isoformat())
        raise Invalid(sentence, fields={"on": [sentence]})
    if columns:
        write(held, held.version, **columns)
