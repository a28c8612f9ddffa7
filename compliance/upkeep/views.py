"""Acts on proposals and checks of one filing: each parses, calls one action and goes back to the page of the filing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.checklists.files import storing
from compliance.filings.pages.addresses import filing_url
from compliance.filings.subjects import Subject, subject_of
from compliance.filings.views.pages import show_filing
from compliance.upkeep import actions
from compliance.upkeep.forms import AcceptForm, CheckForm, DismissForm
from compliance.upkeep.models import DisplayCheck, FilingProposal
from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.downloads import attachment
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go


def _project(request: Any) -> Any:
    return getattr(request, "project", None)


def _version(request: Any, name: str = "version") -> int:
    given = request.POST.get(name, "")
    if not given.isdecimal() or len(given) > 9:
        raise Invalid(_("This form is out of date. Reload the page."))
    return int(given)


def _shown(request: Any, regime: str, name: str, form: forms.Form, refusal: Invalid | Conflict | None = None) -> HttpResponse:
    """The page again with what was typed and what is wrong with it."""
    if isinstance(refusal, Invalid):
        named = refusal.detail.get("fields", {})
        for field, texts in named.items():
            place = {"file": "picture"}.get(field, field)
            form.add_error(place if place in form.fields else None, texts)
        if not named:
            form.add_error(None, refusal.message)
    conflict = {"conflict": refusal} if isinstance(refusal, Conflict) else {}
    return show_filing(request, subject_of(_project(request), regime), status=409 if conflict else 422, part_forms={name: form}, **conflict)


def _back(request: Any, regime: str, anchor: str) -> HttpResponse:
    return go(request, filing_url(request.tenant.slug, _project(request), regime) + f"#{anchor}")


def proposal_of(subject: Subject, proposal_id: UUID) -> FilingProposal:
    """A proposal of the filing. Raises NotFound."""
    rows = FilingProposal.objects.select_related("filing", "filing__project")
    found = rows.filter(filing=subject.row, pk=proposal_id).first() if subject.row is not None else None
    if found is None:
        raise NotFound(_("There is no such proposal."))
    return found


def accept(request: Any, regime: str, proposal_id: UUID) -> HttpResponse:
    """Take a proposal up."""
    proposal = proposal_of(subject_of(_project(request), regime), proposal_id)
    form = AcceptForm(request.POST, proposal=proposal)
    name = f"accept:{proposal.pk}"
    if not form.is_valid():
        return _shown(request, regime, name, form)
    try:
        actions.accept_proposal(
            proposal,
            version=_version(request),
            filing_version=_version(request, "filing_version"),
            by=request.actor,
            **form.cleaned_data,
        )
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, name, form, refusal)
    messages.success(request, _("The proposal is taken up; its step is on record."))
    return _back(request, regime, "procedure-title")


def dismiss(request: Any, regime: str, proposal_id: UUID) -> HttpResponse:
    """Nothing has to be done."""
    proposal = proposal_of(subject_of(_project(request), regime), proposal_id)
    form = DismissForm(request.POST, proposal=proposal)
    name = f"dismiss:{proposal.pk}"
    if not form.is_valid():
        return _shown(request, regime, name, form)
    try:
        actions.dismiss_proposal(proposal, reason=form.cleaned_data["reason"], version=_version(request), by=request.actor)
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, name, form, refusal)
    messages.success(request, _("The proposal is dismissed; the reason stays in the history."))
    return _back(request, regime, "proposals")


def check(request: Any, regime: str) -> HttpResponse:
    """Somebody looked whether the number is shown."""
    form = CheckForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, regime, "display", form)
    given = {name: form.cleaned_data[name] for name in ("place", "checked_on", "url", "note", "next_check_on")}
    try:
        done = actions.check_display(
            _project(request),
            regime,
            ok=form.cleaned_data["ok"] == "yes",
            upload=form.cleaned_data["picture"],
            version=_version(request),
            by=request.actor,
            **given,
        )
    except (Invalid, Conflict) as refusal:
        return _shown(request, regime, "display", form, refusal)
    messages.success(request, _("The check is on record; the next one is due on {date}.").format(date=done.next_check_on.isoformat()))
    return _back(request, regime, "display")


def proof(request: Any, regime: str, check_id: UUID) -> HttpResponseBase:
    """The picture of a check as a file."""
    subject = subject_of(_project(request), regime)
    found = DisplayCheck.objects.filter(filing=subject.row, pk=check_id).exclude(file_key="").first() if subject.row is not None else None
    if found is None:
        raise NotFound()
    project_id = subject.row.project_id if subject.row is not None else None
    record_act("compliance.display.proof_read", found, project_id=project_id, regime=regime, filing=dict(subject.ruling.filing.name))
    return attachment(storing.open_stored(found.file_key), found.file_name, found.file_type, found.file_size)


def _door(view: Callable[..., HttpResponseBase], permission: str, **on: Any) -> Callable[..., HttpResponseBase]:
    def door(request: Any, **given: Any) -> HttpResponseBase:
        return view(request, **given)

    door.__doc__ = view.__doc__
    method = require_GET if view is proof else require_POST
    return requires(permission, **on)(method(door))


def of_project(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The door below a project. Seeing its filings is enough for the door; the action checks the rest."""
    return _door(view, "compliance.view_project_filings", on="project")


def of_organisation(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The door of the organisation's filings."""
    return _door(view, "compliance.view_filings")
