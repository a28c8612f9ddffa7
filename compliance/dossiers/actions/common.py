"""What all acts on documents share: locks in their order, versions, the record of each act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.dossiers import rules
from compliance.dossiers.listing import Line, line_of, lines_of
from compliance.dossiers.models import FilingDocument
from compliance.filings.actions.common import put_on_record
from compliance.filings.models import Filing
from compliance.filings.subjects import Subject, subject_of
from portal.core.access import Actor
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.projects.locking import lock_project
from portal.projects.models import Project


@dataclass
class Held:
    """A filing with its documents, locked until the transaction ends."""

    subject: Subject
    filing: Filing
    lines: list[Line]

    def line(self, key: str) -> Line:
        """One document. Raises NotFound for a key that the filing does not have."""
        found = line_of(self.lines, key)
        if found is None:
            raise NotFound(_("There is no such document."))
        return found


def hold(project: Project | None, regime: str, by: Actor) -> Held:
    """The filing with its row locked. Order of locks as everywhere: project, assessment, then the record.

    Raises NotAllowed with a reason; NotFound for a filing that is not there.
    """
    if project is not None:
        lock_project(project)
    Filing.objects.select_for_update(of=("self",)).filter(project=project, regime=regime).values_list("pk", flat=True).first()
    subject = subject_of(project, regime)
    refusal = rules.why_not_change(by, subject)
    if refusal or subject.row is None:
        raise NotAllowed(refusal)
    return Held(subject, subject.row, lines_of(subject))


def check_version(line: Line, version: int) -> None:
    """Raise Conflict with what stands now, unless the act is based on it."""
    if line.version != version:
        raise stale(line)


def stale(line: Line) -> Conflict:
    """Somebody else was faster."""
    return Conflict(
        _("Somebody else changed this document in the meantime. Nothing was overwritten; see what stands now and do it again."),
        code="stale_version",
        current=present(line),
    )


def present(line: Line) -> dict[str, Any]:
    """What is on record of a document, as plain data."""
    file = line.file
    return {
        "key": line.key,
        "version": line.version,
        "state": line.state,
        "file": {"number": file.number, "name": file.name, "sha256": file.sha256} if file is not None else None,
    }


def row_of(held: Held, line: Line) -> FilingDocument:
    """The record of a document; made on the first act."""
    if line.row is None:
        line.row = FilingDocument.objects.create(filing=held.filing, key=line.key, version=0)
    return line.row


def write(line: Line, **changes: Any) -> None:
    """Set columns if nobody changed the record since it was read (compare-and-set on the version)."""
    row = line.row
    if row is None:
        raise stale(line)
    found = FilingDocument.objects.filter(pk=row.pk, version=row.version).update(
        **changes, version=F("version") + 1, updated_at=timezone.now()
    )
    if not found:
        raise stale(line)
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1


def record(held: Held, verb: str, by: Actor, act: str, line: Line | None = None, **detail: Any) -> None:
    """Append the event of the filing and the act of the trail."""
    if line is not None:
        detail = {"document": line.key, "name": dict(line.label), **detail}
    put_on_record(held.filing, held.subject, verb, by, old_state=held.filing.state, act=act, **detail)
