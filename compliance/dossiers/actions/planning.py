"""Where a document stands, who owns it, until when it is valid; and documents that the organisation adds."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.checklists.files.names import visible_line
from compliance.dossiers import rules
from compliance.dossiers.actions.common import check_version, hold, record, row_of, write
from compliance.dossiers.listing import OWN, Line
from compliance.dossiers.models import FilingDocument
from compliance.dossiers.states import TRANSITIONS, DocumentState
from compliance.filings.candidates import owners_for, whose
from portal.audit.sentences import bilingual
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid
from portal.core.states import check_step
from portal.notices.actions import notify
from portal.projects.models import Project
from portal.tenants.models import User

OWNER_NOTICE = "compliance.document_yours"
LONGEST = 1000
MOST_OWN = 100


@transaction.atomic
def set_state(project: Project | None, regime: str, key: str, *, version: int, by: Actor, to: str, reason: str = "") -> FilingDocument:
    """Mark a document as ready, approved, a draft again or not needed (with a reason), or take that back.

    Raises Conflict for a step that is not there or a document that is not ready for it, Invalid without the reason.
    """
    held = hold(project, regime, by)
    line = held.line(key)
    check_version(line, version)
    reason = reason.strip()
    if to not in DocumentState.values:
        raise Invalid(_("There is no such state."), fields={"to": [str(to)]})
    old = line.state
    check_step(TRANSITIONS, old, to)
    # Taken back: with a file it is a draft again, without one nothing is there.
    taken_back = DocumentState.DRAFT if line.file is not None else DocumentState.MISSING
    after = taken_back if to in (DocumentState.DRAFT, DocumentState.MISSING) else to
    if to == DocumentState.NOT_NEEDED and not reason and not line.required:
        raise Invalid(_("Say why it is not needed."), fields={"reason": [_("Say why it is not needed.")]})
    if len(reason) > LONGEST:
        raise Invalid(_("The reason is too long."), fields={"reason": [_("At most {n} characters.").format(n=LONGEST)]})
    note = line.row.note if line.row is not None else ""
    refusal = rules.why_not_state(by, line, to, note)
    if refusal:
        raise Conflict(refusal, code="not_ready")
    row = row_of(held, line)
    write(line, state=after, reason=reason if to == DocumentState.NOT_NEEDED else "")
    record(
        held,
        "document_moved",
        by,
        "compliance.document.moved",
        line,
        before=old,
        after=after,
        state_word=_word(after),
        reason=reason or " ",
    )
    return row


def _word(state: str) -> dict[str, str]:
    return bilingual(DocumentState(state).label)


@transaction.atomic
def plan_document(
    project: Project | None,
    regime: str,
    key: str,
    *,
    version: int,
    by: Actor,
    owner: User | None,
    expires_on: dt.date | None,
    note: str = "",
) -> FilingDocument:
    """Set owner, validity and remark; what is left out is taken away."""
    held = hold(project, regime, by)
    line = held.line(key)
    check_version(line, version)
    before = line.row.owner_id if line.row is not None else None
    if owner is not None and owner.pk != before and not owners_for(project).filter(pk=owner.pk).exists():
        raise Invalid(
            _("The plan was not saved."), fields={"owner": [_("This person cannot see the project. Add the person there first.")]}
        )
    note = note.strip()
    if len(note) > LONGEST:
        raise Invalid(_("The plan was not saved."), fields={"note": [_("At most {n} characters.").format(n=LONGEST)]})
    row = row_of(held, line)
    new = {"owner": owner, "expires_on": expires_on, "note": note}
    if row.version and all(getattr(row, name) == value for name, value in new.items()):
        return row
    write(line, **new)
    record(
        held,
        "document_planned",
        by,
        "compliance.document.planned",
        line,
        owner=owner.name if owner else "",
        until=expires_on.isoformat() if expires_on else "",
        note=note,
    )
    if owner is not None and owner.pk not in (before, by.user_id):
        _tell(row, project, regime, line, owner, by, dict(held.subject.ruling.filing.name))
    return row


def _tell(row: FilingDocument, project: Project | None, regime: str, line: Line, owner: User, by: Actor, filing: dict[str, str]) -> None:
    notify(
        {owner.pk},
        OWNER_NOTICE,
        once_key=f"document-owner:{row.pk}:{row.version}",
        project_id=project.pk if project is not None else None,
        regime=regime,
        document=dict(line.label),
        key=line.key,
        filing=filing,
        project=whose(project),
        by=by.user.name,
    )


@transaction.atomic
def add_own(project: Project | None, regime: str, *, title: str, by: Actor) -> FilingDocument:
    """Add a document that the content does not name (a province asks for more). The same title twice is one document."""
    title = visible_line(title)
    if not title:
        raise Invalid(_("Name the document."), fields={"title": [_("Name the document.")]})
    held = hold(project, regime, by)
    same = next((line.row for line in held.lines if line.own and line.row is not None and line.row.title == title), None)
    if same is not None:
        return same
    numbers = [int(match[1]) for line in held.lines if (match := OWN.match(line.key))]
    if len(numbers) >= MOST_OWN:
        raise Invalid(_("At most {n} documents can be added.").format(n=MOST_OWN), fields={"title": [_("There are too many.")]})
    row = FilingDocument.objects.create(filing=held.filing, key=f"own-{max(numbers, default=0) + 1}", title=title)
    record(held, "document_added", by, "compliance.document.added", None, document=row.key, name={"zh": title, "en": title})
    return row
