"""What the pages of documents and dossiers show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.checklists.models import Evidence
from compliance.dossiers import rules
from compliance.dossiers.actions.assembling import OPEN_JOBS
from compliance.dossiers.addresses import add_url, document_url, dossier_url, order_url
from compliance.dossiers.content import BOOK
from compliance.dossiers.forms import DocumentForm, StateForm, UploadForm
from compliance.dossiers.frozen import changed_since
from compliance.dossiers.listing import Line, lines_of, missing
from compliance.dossiers.making import filled_form, tenant_in_scope
from compliance.dossiers.models import Dossier, DossierFile
from compliance.dossiers.states import TRANSITIONS, DocumentState
from compliance.filings.history import EVENTS
from compliance.filings.models import FilingEvent
from compliance.filings.pages.addresses import filing_url
from compliance.filings.subjects import Subject, is_shared
from portal.audit.sentences import fill
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.jobs.queries import job_context
from portal.jobs.states import JobState

SHOWN, PROOFS, EVENTS_SHOWN = 20, 100, 100
TONES = {"missing": "fail", "draft": "attention", "ready": "review", "approved": "pass", "not_needed": "na"}


def tone(line: Line) -> str:
    """The tone of a document's state: missing is red where the document is required."""
    return "open" if line.state == DocumentState.MISSING and not line.required else TONES[line.state]


def languages() -> list[tuple[str, Any, bool]]:
    """The three languages of papers, the reader's first choice marked."""
    first = "zh" if (get_language() or "").startswith("zh") else "en"
    return [(value, label, value == first) for value, label in Dossier.Language.choices]


def part(request: Any, subject: Subject) -> dict[str, Any] | None:
    """The part of the page of one filing: its documents and its dossiers; nothing while there is no record."""
    if subject.row is None or is_shared(subject):
        return None
    slug, project, regime = request.tenant.slug, subject.project, subject.regime
    lines = lines_of(subject)
    refusal = rules.why_not_change(request.actor, subject)
    lacking = missing(lines)
    for line in lines:
        line.tone, line.url = tone(line), document_url(slug, project, regime, line.key)  # type: ignore[attr-defined]
        line.file_url = document_url(slug, project, regime, line.key, "version", number=line.file.number) if line.file else ""  # type: ignore[attr-defined]
    return {
        "lines": lines,
        "lacking": len(lacking),
        "required": sum(1 for line in lines if line.required),
        "done": sum(1 for line in lines if line.required and line.done),
        "may": not refusal,
        "refusal": refusal,
        "dossiers": dossiers_of(subject, lines, request.actor, slug),
        "languages": languages(),
        "order_url": order_url(slug, project, regime),
        "add_url": add_url(slug, project, regime),
        "title": getattr(request, "part_forms", {}).get("own_title", ""),
        "fault": getattr(request, "part_forms", {}).get("own_fault", ""),
    }


def dossiers_of(subject: Subject, lines: list[Line], actor: Actor, slug: str) -> list[dict[str, Any]]:
    """The dossiers of a filing, newest first; the newest says what has changed since."""
    found = Dossier.objects.filter(filing=subject.row).select_related("job", "job__tenant", "ordered_by").defer("content")
    rows = list(found.order_by("-number")[:SHOWN])
    files = {one.dossier_id: one for one in DossierFile.objects.filter(filing=subject.row)} if rows else {}
    shown = []
    for number, one in enumerate(rows):
        file = files.get(one.pk)
        shown.append(
            {
                "row": one,
                "file": file,
                "progress": job_context(one.job, slug, actor) if file is None and one.job is not None else None,
                "changed": changed_since(one.content, subject, lines) if number == 0 else [],
                "url": dossier_url(slug, subject.project, subject.regime, one.number),
                "file_url": dossier_url(slug, subject.project, subject.regime, one.number, "file"),
            }
        )
    return shown


def document_page(request: Any, subject: Subject, line: Line, **forms: Any) -> dict[str, Any]:
    """Context of the page of one document. ``forms`` may bring filled ones: ``upload``, ``plan``, ``state`` (with ``state_to``)."""
    slug, project, regime = request.tenant.slug, subject.project, subject.regime
    refusal = rules.why_not_change(request.actor, subject)
    current = line.file

    def url(act: str, **more: Any) -> str:
        return document_url(slug, project, regime, line.key, act, **more)

    return {
        "subject": subject,
        "line": line,
        "tone": tone(line),
        "file": current,
        "may": not refusal,
        "refusal": refusal,
        "upload_form": forms.get("upload") or UploadForm(line=line),
        "plan_form": forms.get("plan") or DocumentForm.of(line, project),
        "state_form": forms.get("state") or StateForm(prefix="state"),
        "steps": _steps(request.actor, line),
        "workbook": line.form is not None and line.form.kind == BOOK,
        "preview": _preview(subject, line),
        "covers": _covered(subject, line),
        "languages": [(value, label, first, url("form", language=value)) for value, label, first in languages()],
        "proofs": _proofs(subject, line) if not refusal else [],
        "versions": [{"file": one, "url": url("version", number=one.number), "current": one is current} for one in line.files],
        "history": _history(subject, line),
        "urls": {act: url(act) for act in ("upload", "evidence", "take", "state", "plan")},
        "back_url": filing_url(slug, project, regime) + "#documents",
    }


def _steps(actor: Actor, line: Line) -> list[dict[str, Any]]:
    """States that a person may set, with what stands against each."""
    words = {
        DocumentState.READY: _("Mark as ready"),
        DocumentState.APPROVED: _("Approve"),
        DocumentState.DRAFT: _("Back to draft"),
        DocumentState.MISSING: _("It is needed after all"),
        DocumentState.NOT_NEEDED: _("Mark as not needed"),
    }
    note = line.row.note if line.row is not None else ""
    found = []
    for to in TRANSITIONS[DocumentState(line.state)]:
        refusal = rules.why_not_state(actor, line, to, note)
        if to == DocumentState.NOT_NEEDED and refusal:
            continue
        found.append({"to": str(to), "label": words[DocumentState(to)], "refusal": refusal, "reason": to == DocumentState.NOT_NEEDED})
    return found


def _preview(subject: Subject, line: Line) -> dict[str, Any] | None:
    if line.form is None or line.form.kind == BOOK:
        return None
    checks = [one for other in lines_of(subject) if other.file for one in other.file.checks] if "quantities" in line.form.sources else []
    filled, _source = filled_form(subject, line.form, tenant_in_scope(), checks)
    return filled


def _covered(subject: Subject, line: Line) -> list[Any]:
    """Other documents that the same form answers."""
    if line.form is None:
        return []
    return [one.label for one in subject.ruling.filing.documents if one.id in line.form.documents and one.id != line.key]


def _proofs(subject: Subject, line: Line) -> list[Evidence]:
    if subject.project is None:
        return []
    found = Evidence.objects.filter(project=subject.project, kind=Evidence.Kind.FILE, removed_at=None)
    if line.file is not None:
        found = found.exclude(sha256=line.file.sha256)
    return list(found.order_by("-added_at")[:PROOFS])


def _history(subject: Subject, line: Line) -> list[dict[str, Any]]:
    rows = FilingEvent.objects.filter(filing=subject.row, detail__document=line.key).select_related("done_by").order_by("-done_at", "-id")
    return [
        {"text": fill(EVENTS.get(row.verb, row.verb), row.detail), "who": row.done_by.name if row.done_by else "", "at": row.done_at}
        for row in rows[:EVENTS_SHOWN]
    ]


def dossier_page(request: Any, subject: Subject, dossier: Dossier) -> dict[str, Any]:
    """Context of the page of one dossier: what was frozen, what is in the ZIP, what has changed since."""
    slug, project, regime = request.tenant.slug, subject.project, subject.regime
    file = DossierFile.objects.filter(dossier=dossier).first()
    waiting = file is None and dossier.job is not None
    return {
        "subject": subject,
        "dossier": dossier,
        "content": dossier.content,
        "file": file,
        "changed": changed_since(dossier.content, subject, lines_of(subject)),
        "progress": job_context(dossier.job, slug, request.actor) if waiting and dossier.job is not None else None,
        "failed": waiting and dossier.job is not None and dossier.job.state == JobState.FAILED,
        "being_made": waiting and dossier.job is not None and dossier.job.state in OPEN_JOBS,
        "documents": [
            {**one, "state_label": DocumentState(one["state"]).label, "label_text": tr(one["label"])}
            for one in dossier.content["documents"]
        ],
        "file_url": dossier_url(slug, project, regime, dossier.number, "file"),
        "back_url": filing_url(slug, project, regime) + "#documents",
    }
