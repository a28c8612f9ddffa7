"""The documents of a filing as they stand: those of the content in the authority's order, then the organisation's own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from compliance.dossiers.content import Form, forms_of
from compliance.dossiers.models import DocumentFile, FilingDocument
from compliance.dossiers.states import DONE, DocumentState
from compliance.filings.models import Filing
from compliance.filings.subjects import Subject
from portal.catalogue.parts import Text
from portal.catalogue.parts.filings import Document
from portal.tenants.clock import organisation_today

OWN = re.compile(r"^own-([1-9][0-9]{0,3})$")


@dataclass
class Line:
    """One document: what the content asks for, what is on record. ``files``: all versions, newest first."""

    key: str
    label: Text
    required: bool
    position: int
    note: Text | None = None
    row: FilingDocument | None = None
    form: Form | None = None
    files: list[DocumentFile] = field(default_factory=list)
    today: dt.date | None = None

    @property
    def version(self) -> int:
        """Version of the record; 0 while there is none."""
        return self.row.version if self.row is not None else 0

    @property
    def state(self) -> str:
        """Where it stands."""
        return self.row.state if self.row is not None else str(DocumentState.MISSING)

    @property
    def state_label(self) -> Any:
        """The word for it."""
        return DocumentState(self.state).label

    @property
    def file(self) -> DocumentFile | None:
        """The version that counts."""
        number = self.row.file_number if self.row is not None else 0
        return next((one for one in self.files if one.number == number), None)

    @property
    def expired(self) -> bool:
        """Its day has passed."""
        ends = self.row.expires_on if self.row is not None else None
        return ends is not None and self.today is not None and ends < self.today

    @property
    def done(self) -> bool:
        """Good enough to hand in."""
        return self.state in DONE and not self.expired

    @property
    def lacking(self) -> bool:
        """Required, and not good enough to hand in."""
        return self.required and not self.done

    @property
    def failed_checks(self) -> int:
        """Quantities of the workbook that are not met."""
        return sum(1 for one in (self.file.checks if self.file else ()) if not one["passed"])

    @property
    def own(self) -> bool:
        """Added by the organisation."""
        return bool(OWN.match(self.key))


def entry_document(subject: Subject, key: str) -> Document | None:
    """The document of the content's entry; None for one that it does not name."""
    return next((one for one in subject.ruling.filing.documents if one.id == key), None)


def _own(row: FilingDocument, position: int) -> Line:
    return Line(row.key, Text(row.title, row.title), False, position, row=row)


def lines_of(subject: Subject, *, files: bool = True) -> list[Line]:
    """All documents in order. Two queries; one without ``files``. Documents that the content no longer names stay if they hold anything."""
    rows: dict[str, FilingDocument] = {}
    if subject.row is not None:
        rows = {
            one.key: one for one in FilingDocument.objects.filter(filing=subject.row).select_related("owner").order_by("created_at", "id")
        }
    forms = forms_of(subject.regime)
    found = [
        Line(one.id, one.label, one.required, number, one.note, rows.pop(one.id, None), forms.get(one.id))
        for number, one in enumerate(subject.ruling.filing.documents, start=1)
    ]
    left = [row for row in rows.values() if row.title or row.file_number]
    for row in left:
        row.title = row.title or row.key
        found.append(_own(row, len(found) + 1))
    today = organisation_today()
    for line in found:
        line.today = today
    if files and subject.row is not None:
        _with_files(found, subject.row)
    return found


def _with_files(lines: Iterable[Line], filing: Filing) -> None:
    by_document: dict[Any, list[DocumentFile]] = {}
    for one in DocumentFile.objects.filter(filing=filing).select_related("added_by").order_by("-number"):
        by_document.setdefault(one.document_id, []).append(one)
    for line in lines:
        if line.row is not None:
            line.files = by_document.get(line.row.pk, [])


def line_of(lines: Iterable[Line], key: str) -> Line | None:
    """The line of one document."""
    return next((line for line in lines if line.key == key), None)


def missing(lines: Iterable[Line]) -> list[Line]:
    """What is required and not good enough yet."""
    return [line for line in lines if line.lacking]
