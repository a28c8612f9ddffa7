"""Pages and acts of documents and dossiers. The same doors stand below a project and the organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from compliance.dossiers import actions
from compliance.dossiers.actions.assembling import download_name
from compliance.dossiers.addresses import document_url
from compliance.dossiers.content import BOOK
from compliance.dossiers.forms import DocumentForm, StateForm, UploadForm
from compliance.dossiers.listing import Line, line_of, lines_of
from compliance.dossiers.making import make_form
from compliance.dossiers.models import Dossier
from compliance.dossiers.pages import document_page, dossier_page
from compliance.filings.pages.addresses import filing_url
from compliance.filings.subjects import Subject, is_shared, subject_of
from compliance.filings.views.pages import frame, show_filing
from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.downloads import attachment
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go
from portal.core.sheets import TYPES

View = Callable[..., HttpResponseBase]
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _project(request: Any) -> Any:
    return getattr(request, "project", None)


def subject_for(request: Any, regime: str) -> Subject:
    """The filing with its record. Raises NotFound without one, and for the organisation's below a project."""
    subject = subject_of(_project(request), regime)
    if subject.row is None or is_shared(subject):
        raise NotFound(_("There is no such filing."))
    return subject


def _line(subject: Subject, key: str) -> Line:
    found = line_of(lines_of(subject), key)
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


def _version(request: Any) -> int:
    given = request.POST.get("version", "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    return int(given)


def _show(request: Any, regime: str, key: str, *, status: int = 200, **more: Any) -> HttpResponse:
    subject = subject_for(request, regime)
    context = {**frame(request), **document_page(request, subject, _line(subject, key), **more), "conflict": more.get("conflict")}
    return render(request, "compliance/dossiers/document.html", context, status=status)


def _try(request: Any, regime: str, key: str, form: Any, name: str, act: Callable[[], str]) -> HttpResponse:
    """Run the act; what cannot be is shown on the page, with everything that was typed."""
    if not form.is_valid():
        return _show(request, regime, key, status=422, **{name: form})
    try:
        done = act()
    except Invalid as refusal:
        named = refusal.detail.get("fields", {})
        for field, texts in named.items():
            form.add_error(field if field in form.fields else None, texts)
        if not named:
            form.add_error(None, refusal.message)
        return _show(request, regime, key, status=422, **{name: form})
    except Conflict as refusal:
        return _show(request, regime, key, status=409, conflict=refusal, **{name: form})
    messages.success(request, done)
    return go(request, document_url(request.tenant.slug, _project(request), regime, key))


def document(request: Any, regime: str, key: str) -> HttpResponse:
    """One document: its versions, its form, where it stands."""
    return _show(request, regime, key)


def upload(request: Any, regime: str, key: str) -> HttpResponse:
    """Add a version."""
    line = _line(subject_for(request, regime), key)
    form = UploadForm(request.POST, request.FILES, line=line)

    def act() -> str:
        given = form.cleaned_data
        row = actions.add_file(
            _project(request),
            regime,
            key,
            version=_version(request),
            by=request.actor,
            upload=given["file"],
            expires_on=given["expires_on"],
            note=given["note"],
        )
        return _("Version {n} is kept.").format(n=row.number)

    return _try(request, regime, key, form, "upload", act)


def evidence(request: Any, regime: str, key: str) -> HttpResponse:
    """Take a file of the evidence library over."""
    form = StateForm({}, prefix="state")

    def act() -> str:
        try:
            chosen = UUID(request.POST.get("evidence", ""))
        except ValueError:
            raise Invalid(_("Choose a file of the library.")) from None
        row = actions.take_evidence(_project(request), regime, key, version=_version(request), by=request.actor, evidence_id=chosen)
        return _("Version {n} is kept.").format(n=row.number)

    return _try(request, regime, key, form, "state", act)


def take(request: Any, regime: str, key: str) -> HttpResponse:
    """Keep the form as it is filled from the record as a version."""
    form = StateForm({}, prefix="state")

    def act() -> str:
        language = request.POST.get("language", "")
        found = actions.take_form(_project(request), regime, key, version=_version(request), by=request.actor, language=language)
        return (
            _("The form is kept as a draft of {n} documents.").format(n=len(found)) if len(found) > 1 else _("The form is kept as a draft.")
        )

    return _try(request, regime, key, form, "state", act)


def state(request: Any, regime: str, key: str) -> HttpResponse:
    """Where the document stands."""
    form = StateForm(request.POST, prefix="state")

    def act() -> str:
        given = {"to": request.POST.get("to", ""), "reason": form.cleaned_data["reason"]}
        actions.set_state(_project(request), regime, key, version=_version(request), by=request.actor, **given)
        return _("Saved.")

    return _try(request, regime, key, form, "state", act)


def plan(request: Any, regime: str, key: str) -> HttpResponse:
    """Owner, validity, remark."""
    line = _line(subject_for(request, regime), key)
    form = DocumentForm(request.POST, project=_project(request), owner_id=line.row.owner_id if line.row is not None else None)

    def act() -> str:
        actions.plan_document(_project(request), regime, key, version=_version(request), by=request.actor, **form.cleaned_data)
        return _("Saved.")

    return _try(request, regime, key, form, "plan", act)


def version(request: Any, regime: str, key: str, number: int) -> HttpResponseBase:
    """The bytes of one version, always as a download."""
    content, row = actions.open_file(_line(subject_for(request, regime), key), number)
    return attachment(content, row.name, row.content_type, row.size)


def form(request: Any, regime: str, key: str, language: str) -> HttpResponseBase:
    """The form of a document filled from the record, or the workbook to fill in; made now and not kept."""
    import io

    subject = subject_for(request, regime)
    line = _line(subject, key)
    if line.form is None:
        raise NotFound(_("There is no form of this document."))
    checks = [one for other in lines_of(subject) if other.file for one in other.file.checks]
    made = make_form(subject, line.form, language, checks)
    detail = {"name": dict(line.label), "language": language, "filing": dict(subject.ruling.filing.name)}
    record_act("compliance.document.form_made", subject.row, project_id=subject.row.project_id if subject.row else None, **detail)
    kind = TYPES["xlsx"] if line.form.kind == BOOK else WORD_TYPE
    return attachment(io.BytesIO(made.content), made.name, kind, len(made.content))


def add(request: Any, regime: str) -> HttpResponse:
    """Add a document that the content does not name."""
    title = request.POST.get("title", "")
    try:
        row = actions.add_own(_project(request), regime, title=title, by=request.actor)
    except Invalid as refusal:
        kept = {"own_title": title, "own_fault": str(refusal.message)}
        return show_filing(request, subject_for(request, regime), status=422, part_forms=kept)
    return go(request, document_url(request.tenant.slug, _project(request), regime, row.key))


def order(request: Any, regime: str) -> HttpResponse:
    """Order a dossier. Nothing is made here: the page shows a progress bar."""
    subject_for(request, regime)
    try:
        dossier, new = actions.order_dossier(
            _project(request), regime, language=request.POST.get("language", ""), draft="draft" in request.POST, by=request.actor
        )
    except (Invalid, Conflict) as refusal:
        messages.error(request, str(refusal.message))
    else:
        text = _("Dossier {n} has been ordered.") if new else _("Nothing has changed since dossier {n}; it is the one below.")
        messages.success(request, text.format(n=dossier.number))
    return go(request, filing_url(request.tenant.slug, _project(request), regime) + "#documents")


def dossier_of(subject: Subject, number: int) -> Dossier:
    """A dossier of the filing by its number. Raises NotFound."""
    found = Dossier.objects.select_related("job", "job__tenant", "ordered_by", "filing").filter(filing=subject.row, number=number).first()
    if found is None:
        raise NotFound(_("There is no such dossier."))
    return found


def dossier(request: Any, regime: str, number: int) -> HttpResponse:
    """One dossier: what was frozen, what is in it."""
    subject = subject_for(request, regime)
    context = {**frame(request), **dossier_page(request, subject, dossier_of(subject, number))}
    return render(request, "compliance/dossiers/dossier.html", context)


def dossier_file(request: Any, regime: str, number: int) -> HttpResponseBase:
    """The ZIP of a dossier, always as a download."""
    found = dossier_of(subject_for(request, regime), number)
    content, row = actions.open_dossier(found)
    return attachment(content, download_name(found), "application/zip", row.size)


def of_project(view: View, *, post: bool) -> Any:
    """The door below a project. Seeing its filings is enough for the door; the action checks role, person and version."""

    def door(request: Any, **keys: Any) -> HttpResponseBase:
        return view(request, **keys)

    door.__doc__ = view.__doc__
    return requires("compliance.view_project_filings", on="project")((require_POST if post else require_GET)(door))


def of_organisation(view: View, *, post: bool) -> Any:
    """The door of the organisation's filings."""

    def door(request: Any, **keys: Any) -> HttpResponseBase:
        return view(request, **keys)

    door.__doc__ = view.__doc__
    return requires("compliance.view_filings")((require_POST if post else require_GET)(door))
