"""Proofs: adding to an item or the library, attaching, taking off, changing, removing, downloading."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from assessments.checklists.actions.evidence import (
    add_evidence,
    attach_evidence,
    change_evidence,
    detach_evidence,
    remove_evidence,
)
from assessments.checklists.files import storing
from assessments.checklists.files.kinds import accept_attribute
from assessments.checklists.models import Answer, Evidence
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.pages.library import LibraryPage, library_page
from assessments.checklists.views.common import FOLDER, answer_of, card_of, is_part, item_response, post_only, retarget, single_faults
from portal.audit.actions import record_act
from portal.core.access import requires
from portal.core.downloads import attachment
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.htmx import go, toast

_adds = requires("assessments.add_evidence", on="project", any_of=("assessments.assign_item",))
_answers = requires("assessments.answer_item", on="project", any_of=("assessments.assign_item",))


def evidence_of_project(request: Any, evidence_id: UUID) -> Evidence:
    """A proof of the request's project. Raises :class:`NotFound` for any other, and for a removed one."""
    found = Evidence.objects.select_related("project", "added_by").filter(project=request.project, pk=evidence_id).first()
    if found is None or found.removed_at is not None:
        raise NotFound()
    return found


def day_of(given: str, name: str = "expires_on") -> date | None:
    """A day as typed, None for nothing. Raises Invalid at the field for what is no day."""
    if not given:
        return None
    try:
        day = parse_date(given)
    except ValueError:
        day = None
    if day is None:
        raise Invalid(_("This is not a date."), fields={name: [_("Write it like 2026-11-23.")]})
    return day


def _add(request: Any, attach_to: list[Answer]) -> Evidence:
    posted = request.POST
    return add_evidence(
        request.project,
        kind=posted.get("kind", Evidence.Kind.FILE),
        by=request.actor,
        upload=request.FILES.get("file"),
        url=posted.get("url", ""),
        text=posted.get("text", ""),
        name=posted.get("name", ""),
        expires_on=day_of(posted.get("expires_on", "")),
        personal_data="personal_data" in posted,
        attach_to=attach_to,
        store_again="store_again" in posted,
    )


@_adds
@post_only
def item_evidence_add(request: Any, item_key: str) -> HttpResponse:
    """Add a proof and attach it to the item."""
    answer = answer_of(request, item_key)
    try:
        proof = _add(request, [answer])
    except Invalid as error:
        return _problem(request, answer, single_faults(error.detail.get("fields", {})) or {"file": str(error.message)}, 422)
    except Conflict as error:
        if error.code != "duplicate_evidence":
            raise
        return _problem(request, answer, {}, 409, known=error.detail["evidence"], message=str(error.message))
    return _after(request, answer_of(request, item_key), _("“{name}” was attached.").format(name=proof.name), [answer])


def _problem(request: Any, answer: Answer, faults: dict[str, str], status: int, **more: Any) -> HttpResponse:
    """What is wrong with an upload, in the item's own place; the page of the item for browsers without JavaScript."""
    card = card_of(request, answer)
    context = {"card": card, "faults": faults, **more}
    if is_part(request):
        response = render(request, f"{FOLDER}/evidence_problem.html", context, status=status)
        return retarget(response, f"[data-evidence-problem='{answer.item_key}']")
    context |= {"tab": "checklist", "urls": urls_of(request), "evidence_problem": context, "comments": [], "history": None, "entries": []}
    return render(request, f"{FOLDER}/item.html", context, status=status)


def _after(request: Any, answer: Answer, text: str, changed: list[Answer]) -> HttpResponse:
    if not is_part(request):
        messages.success(request, text)
        return go(request, urls_of(request).item(answer.item_key) + "#evidence")
    answer.rescored = next((one.rescored for one in changed if one.rescored is not None), None)
    return toast(item_response(request, answer, whole=False, evidence=True), text)


@_answers
@post_only
def item_evidence_attach(request: Any, item_key: str) -> HttpResponse:
    """Attach proofs of the library to the item."""
    answer = answer_of(request, item_key)
    chosen = []
    for given in request.POST.getlist("evidence")[:50]:
        try:
            chosen.append(evidence_of_project(request, UUID(given)))
        except ValueError:
            raise NotFound() from None
    if not chosen:
        raise Invalid(_("Choose at least one proof."), fields={"evidence": [_("Choose at least one proof.")]})
    changed = attach_evidence([answer], *chosen, by=request.actor)
    return _after(request, answer_of(request, item_key), _("Attached."), changed)


@_answers
@post_only
def item_evidence_detach(request: Any, item_key: str, evidence_id: UUID) -> HttpResponse:
    """Take a proof off the item."""
    answer = answer_of(request, item_key)
    proof = evidence_of_project(request, evidence_id)
    changed = detach_evidence(answer, proof, by=request.actor)
    return _after(request, answer_of(request, item_key), _("“{name}” was taken off.").format(name=proof.name), [changed])


@requires("portal.view_project", on="project")
def item_evidence_choose(request: Any, item_key: str) -> HttpResponse:
    """Proofs of the library that the item does not have yet, to choose from."""
    answer = answer_of(request, item_key)
    query = request.GET.get("q", "").strip()[:80]
    rows = Evidence.objects.filter(project=request.project, removed_at=None).exclude(answer_links__answer=answer)
    if query:
        rows = rows.filter(name__icontains=query)
    context = {"card": card_of(request, answer), "proofs": rows.order_by("-added_at")[:50], "query": query}
    return render(request, f"{FOLDER}/evidence_choose.html", context)


@requires("portal.view_project", on="project")
def evidence(request: Any) -> HttpResponse:
    """The evidence library of a project; a POST adds to it."""
    faults: dict[str, str] = {}
    more: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            proof = _add(request, [])
        except Invalid as error:
            faults, status = single_faults(error.detail.get("fields", {})) or {"file": str(error.message)}, 422
        except Conflict as error:
            if error.code != "duplicate_evidence":
                raise
            more, status = {"known": error.detail["evidence"], "message": str(error.message)}, 409
        else:
            messages.success(request, _("“{name}” is in the library.").format(name=proof.name))
            return go(request, urls_of(request).library)
    return _library(request, library_page(request), status, faults=faults, posted=request.POST, **more)


def _library(request: Any, page: LibraryPage, status: int, **more: Any) -> HttpResponse:
    context = {
        "tab": "checklist",
        "page": page,
        "urls": urls_of(request),
        "accept": accept_attribute(),
        "most_bytes": settings.EVIDENCE_MAX_BYTES,
        **more,
    }
    return render(request, f"{FOLDER}/library.html", context, status=status)


@_adds
@post_only
def evidence_change(request: Any, evidence_id: UUID) -> HttpResponse:
    """Correct the details of a proof; what cannot be used comes back in its form, with everything that was typed."""
    proof = evidence_of_project(request, evidence_id)
    try:
        change_evidence(
            proof,
            name=request.POST.get("name", ""),
            expires_on=day_of(request.POST.get("expires_on", "")),
            personal_data="personal_data" in request.POST,
            by=request.actor,
        )
    except Invalid as error:
        faults = single_faults(error.detail.get("fields", {}))
        return _library(request, library_page(request, only=proof.pk), 422, changing=proof.pk, typed=request.POST, typed_faults=faults)
    messages.success(request, _("Saved."))
    return go(request, f"{urls_of(request).library}#evidence-{proof.pk}")


@_adds
@post_only
def evidence_remove(request: Any, evidence_id: UUID) -> HttpResponse:
    """Take a proof out of the library and off all items."""
    proof = evidence_of_project(request, evidence_id)
    answers = remove_evidence(proof, by=request.actor)
    text = _("“{name}” was removed.").format(name=proof.name)
    if answers:
        text += " " + _("Open again: {items}.").format(items=", ".join(answer.item_key for answer in answers))
    messages.success(request, text)
    return go(request, urls_of(request).library)


@requires("portal.view_project", on="project")
def evidence_file(request: Any, evidence_id: UUID) -> HttpResponseBase:
    """The bytes of a proof, always as a download: never shown, framed or run in the browser."""
    proof = evidence_of_project(request, evidence_id)
    if proof.kind != Evidence.Kind.FILE:
        raise NotFound()
    return download(proof)


def download(proof: Evidence) -> FileResponse:
    """The answer that hands out a stored file, with the headers that keep a browser from doing anything but saving it."""
    try:
        content = storing.open_stored(proof.file_key)
    except FileNotFoundError:
        raise NotFound(_("The stored file is missing. Tell the operator; its hash stays in the record.")) from None
    record_act("assessments.evidence.downloaded", proof, name=proof.name, sha256=proof.sha256)
    return attachment(content, proof.name, proof.content_type, proof.size)
