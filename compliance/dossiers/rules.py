"""Who may do what to the documents of a filing, each with a sentence for the person; empty when nothing stands against it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from compliance.dossiers.listing import Line
from compliance.dossiers.states import DocumentState
from compliance.filings import rules
from compliance.filings.states import FilingState
from compliance.filings.subjects import Subject, is_shared
from portal.core.access import Actor


def why_not_change(actor: Actor, subject: Subject) -> str:
    """Why the person cannot change the documents or assemble a dossier."""
    if is_shared(subject):
        return _("This filing belongs to the organisation; its documents are kept there.")
    return rules.why_not_work(actor, subject.project) or rules.why_not_step(subject.row, FilingState.PREPARING)


def why_not_need_it(line: Line) -> str:
    """Why a document cannot be marked as not needed."""
    if line.required:
        return _("The authority requires this document. It cannot be left out.")
    return ""


def why_not_ready(line: Line, note: str) -> str:
    """Why a document is not ready to hand in. Without a file the remark says where it is kept (test accounts, say)."""
    if line.file is None and not note.strip():
        return _("Upload the file first, or say in the remark where the document is kept.")
    if line.expired:
        return _("This document is no longer valid. Upload the new one.")
    return ""


def why_not_approve(actor: Actor, line: Line) -> str:
    """Why the person cannot approve the version that counts: four eyes."""
    if line.file is None:
        return _("There is no file to approve.")
    if line.file.added_person_id == actor.person_id:
        return _("You added this version yourself. Another person approves it.")
    if line.expired:
        return _("This document is no longer valid. Upload the new one.")
    return ""


def why_not_state(actor: Actor, line: Line, to: str, note: str) -> str:
    """What about the document stands against a state, besides the table of states."""
    if to == DocumentState.NOT_NEEDED:
        return why_not_need_it(line)
    if to == DocumentState.APPROVED:
        return why_not_approve(actor, line)
    return why_not_ready(line, note) if to == DocumentState.READY else ""
