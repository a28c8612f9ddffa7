"""Files of documents: uploaded, taken over from evidence, made from the form. Each is a new version; none is ever changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import IO, Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.checklists.actions.evidence import checked_expiry
from assessments.checklists.files import storing
from assessments.checklists.files.names import extension_of, visible_line
from assessments.checklists.models import Evidence
from compliance.dossiers.actions.common import Held, check_version, hold, record, row_of, write
from compliance.dossiers.content import BOOK
from compliance.dossiers.listing import Line
from compliance.dossiers.making import make_form
from compliance.dossiers.models import DocumentFile
from compliance.dossiers.quantities import check, limits_of
from compliance.dossiers.states import DocumentState
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Invalid, NotFound
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

FOLDER = "dossiers"
MOST_VERSIONS = 500


def add_file(
    project: Project | None,
    regime: str,
    key: str,
    *,
    version: int,
    by: Actor,
    upload: Any,
    expires_on: dt.date | None = None,
    note: str = "",
) -> DocumentFile:
    """Add a version to a document; it is a draft then. The same bytes as the version that counts are that version (a double click).

    Raises Invalid or TooLarge for a file that cannot be taken, Conflict with what stands when somebody was faster.
    """
    if upload is None:
        raise Invalid(_("Choose a file."), fields={"file": [_("Choose a file.")]})
    looked = storing.look_at(upload)
    expires_on = checked_expiry(expires_on)
    stored = ""
    try:
        with transaction.atomic():
            held = hold(project, regime, by)
            line = held.line(key)
            if line.file is not None and line.file.sha256 == looked.sha256:
                return line.file
            check_version(line, version)
            checks = _checked(held, line, looked.name, getattr(upload, "file", upload))
            stored = storing.store(upload, by.tenant_id, held.filing.pk, FOLDER)
            row = DocumentFile(
                source=DocumentFile.Source.UPLOAD,
                name=looked.name,
                file_key=stored,
                size=looked.size,
                content_type=looked.content_type,
                sha256=looked.sha256,
                checks=checks,
                note=visible_line(note, 400),
            )
            return _append(held, line, row, by, expires_on)
    except BaseException:
        storing.forget(stored)  # nobody will ever refer to these bytes
        raise


@transaction.atomic
def take_evidence(project: Project | None, regime: str, key: str, *, version: int, by: Actor, evidence_id: UUID) -> DocumentFile:
    """Take a file of the project's evidence library over: the same stored bytes, a version of the document."""
    held = hold(project, regime, by)
    line = held.line(key)
    proof = Evidence.objects.filter(pk=evidence_id, project=project, kind=Evidence.Kind.FILE, removed_at=None).first() if project else None
    if proof is None:
        raise NotFound(_("There is no such file in the evidence library."))
    if line.file is not None and line.file.sha256 == proof.sha256:
        return line.file
    check_version(line, version)
    if proof.expires_on is not None and proof.expires_on < organisation_today():
        raise Invalid(_("This document is no longer valid. Upload the new one."), fields={"evidence": [_("This proof has expired.")]})
    with storing.open_stored(proof.file_key) as file:
        checks = _checked(held, line, _named(proof), file)
    row = DocumentFile(
        source=DocumentFile.Source.EVIDENCE,
        evidence=proof,
        name=_named(proof),
        file_key=proof.file_key,
        size=proof.size,
        content_type=proof.content_type,
        sha256=proof.sha256,
        checks=checks,
    )
    return _append(held, line, row, by, proof.expires_on)


def _named(proof: Evidence) -> str:
    """The name of a proof; people give them names without an extension."""
    from assessments.checklists.files.kinds import KINDS

    if extension_of(proof.name) in KINDS:
        return proof.name
    extension = next((name for name, kind in KINDS.items() if kind.content_type == proof.content_type), "")
    return f"{proof.name}.{extension}" if extension else proof.name


def take_form(project: Project | None, regime: str, key: str, *, version: int, by: Actor, language: str) -> list[DocumentFile]:
    """Make the Word form from the record and keep it as a version, also of the other documents that the same form answers and
    that have nothing yet.
    """
    stored = ""
    try:
        with transaction.atomic():
            held = hold(project, regime, by)
            line = held.line(key)
            check_version(line, version)
            if line.form is None or line.form.kind == BOOK:
                raise NotFound(_("There is no form of this document."))
            made = make_form(held.subject, line.form, language)
            upload = SimpleUploadedFile(made.name, made.content)
            looked = storing.look_at(upload)
            stored = storing.store(ContentFile(made.content), by.tenant_id, held.filing.pk, FOLDER)
            others = [one for one in held.lines if one.key in line.form.documents and one.key != key and one.state == DocumentState.MISSING]
            found = []
            for one in (line, *others):
                row = DocumentFile(
                    source=DocumentFile.Source.FORM,
                    name=looked.name,
                    file_key=stored,
                    size=looked.size,
                    content_type=looked.content_type,
                    sha256=looked.sha256,
                )
                found.append(_append(held, one, row, by, None))
            return found
    except BaseException:
        storing.forget(stored)
        raise


def _append(held: Held, line: Line, row: DocumentFile, by: Actor, expires_on: dt.date | None) -> DocumentFile:
    document = row_of(held, line)
    number = max((one.number for one in line.files), default=0) + 1
    if number > MOST_VERSIONS:
        raise Invalid(_("A document has at most {n} versions.").format(n=MOST_VERSIONS), fields={"file": [_("Too many versions.")]})
    row.filing, row.document, row.number = held.filing, document, number
    row.added_by, row.added_person_id = by.user, by.person_id
    row.save(force_insert=True)
    write(line, state=DocumentState.DRAFT, reason="", file_number=number, expires_on=expires_on)
    line.files.insert(0, row)
    record(
        held,
        "document_filed",
        by,
        "compliance.document.filed",
        line,
        file=row.name,
        edition=str(number),
        source=row.source,
        sha256=row.sha256,
    )
    return row


def _checked(held: Held, line: Line, name: str, file: IO[bytes]) -> list[dict[str, Any]]:
    """Quantities of a list; nothing for other documents. Raises Invalid for a list that is no workbook."""
    if line.form is None or line.form.kind != BOOK:
        return []
    if extension_of(name) != BOOK:
        sentence = _("This list is handed in as an Excel workbook (.xlsx). Use the template of this document.")
        raise Invalid(sentence, fields={"file": [sentence]})
    limits = limits_of(held.subject.content)
    return check(line.form, file, limits, organisation_today()) if limits else []


def open_file(line: Line, number: int, open_bytes: Callable[[str], IO[bytes]] = storing.open_stored) -> tuple[IO[bytes], DocumentFile]:
    """The bytes of a version for handing out; the download goes into the trail. Raises NotFound if there is none."""
    found = next((one for one in line.files if one.number == number), None)
    if found is None:
        raise NotFound(_("There is no such version of this document."))
    try:
        content = open_bytes(found.file_key)
    except FileNotFoundError:
        raise NotFound(_("The stored file is missing. Tell the operator; its hash stays in the record.")) from None
    record_act("compliance.document.downloaded", found, name=dict(line.label), file=found.name, edition=str(number), sha256=found.sha256)
    return content, found
