"""What the acts on rounds share: records, locks, what stands now."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from compliance.filings.models import Filing, FilingEvent
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid

LONGEST_TEXT = 8000


def put_on_record(filing: Filing, obj: models.Model, verb: str, by: Actor | None, **detail: Any) -> None:
    """Append the event of the filing (``round_<verb>``) and the act of the trail (``compliance.round.<verb>``)."""
    entry = catalogue(filing.catalogue_version).filings.get(filing.regime)
    FilingEvent.objects.create(
        filing=filing,
        verb=f"round_{verb}",
        old_state=filing.state,
        new_state=filing.state,
        detail=detail,
        done_by=by.user if by is not None else None,
    )
    name = dict(entry.name) if entry is not None else filing.regime
    record_act(f"compliance.round.{verb}", obj, project_id=filing.project_id, regime=filing.regime, filing=name, **detail)


def hold_round(round_: AuthorityRound) -> AuthorityRound:
    """The round, locked until the transaction ends. Whoever holds its filing too has locked that one before."""
    return AuthorityRound.objects.select_for_update(of=("self",)).select_related("filing", "filing__project").get(pk=round_.pk)


def write(row: AuthorityRound | AuthorityQuestion, version: int, **changes: Any) -> None:
    """Set columns if nobody changed the row since ``version``. Raises Conflict with what stands now."""
    model = type(row)
    if not model._default_manager.filter(pk=row.pk, version=version).update(**changes, version=F("version") + 1):
        raise stale(model._default_manager.get(pk=row.pk))
    for name, value in changes.items():
        setattr(row, name, value)
    row.version = version + 1


def stale(row: Any) -> Conflict:
    """Somebody else was faster; carries what stands."""
    if isinstance(row, AuthorityQuestion):
        sentence = _("Somebody else changed this question in the meantime. Nothing was overwritten; see what stands now.")
    else:
        sentence = _("Somebody else changed this round in the meantime. Nothing was overwritten; see what stands now.")
    return Conflict(sentence, code="stale_version", current=present(row))


def present(row: Any) -> dict[str, Any]:
    """A round or a question as plain data."""
    if isinstance(row, AuthorityQuestion):
        return {
            "version": row.version,
            "state": row.state,
            "text": row.text,
            "category": row.category,
            "assignee": row.assignee.name if row.assignee else "",
            "answer": row.answer,
            "documents": list(row.documents),
        }
    return {
        "version": row.version,
        "state": row.state,
        "number": row.number,
        "reply_on": row.reply_on.isoformat() if row.reply_on else None,
        "reply_receipt": row.reply_receipt,
    }


def clean(given: str, field: str, *, needed: bool = False, most: int = LONGEST_TEXT) -> str:
    """A text without blanks at its ends. Raises Invalid when it is missing or too long."""
    text = given.strip()
    if needed and not text:
        raise Invalid(_("Something is missing."), fields={field: [_("This is needed.")]})
    if len(text) > most:
        raise Invalid(_("A text is too long."), fields={field: [_("At most {n} characters.").format(n=most)]})
    return text
