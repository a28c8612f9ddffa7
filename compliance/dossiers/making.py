"""Making the papers of a filing from its record: forms filled in and written, workbooks with the requirements of the content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from assessments.checklists.files.names import safe_name
from compliance.dossiers.content import BOOK, LANGUAGES, WORD, Form, forms
from compliance.dossiers.quantities import limits_of
from compliance.dossiers.values import Source, fill
from compliance.filings.subjects import Subject
from portal.core.errors import NotFound
from portal.core.tenancy import current_tenant_id
from portal.tenants.models import Tenant


@dataclass(frozen=True)
class Made:
    """A paper: its name and its bytes."""

    name: str
    content: bytes


def head_of(subject: Subject, tenant: Tenant) -> dict[str, Any]:
    """What stands at the top of every paper."""
    project = subject.project
    return {
        "organisation": {"zh": tenant.name_zh or tenant.name_en, "en": tenant.name_en or tenant.name_zh},
        "filing": dict(subject.ruling.filing.name),
        "project": dict(project.name) if project is not None else None,
        "code": project.code if project is not None else "",
    }


def tenant_in_scope() -> Tenant:
    """The organisation whose papers are made."""
    return Tenant.objects.get(pk=current_tenant_id())


def now_in(tenant: Tenant) -> dt.datetime:
    """The moment by the clock of the organisation: its day stands on the papers."""
    return timezone.localtime(timezone=ZoneInfo(tenant.time_zone))


def requirements_of(subject: Subject) -> dict[str, dict[str, str]]:
    """What the content asks of lists and question sets, in words, by control."""
    template = subject.content.templates.get("genai_dossier_quantities")
    return {control.id: dict(control.text) for control in template.controls} if template is not None else {}


def filled_form(subject: Subject, form: Form, tenant: Tenant, checks: Iterable[Mapping[str, Any]] = ()) -> tuple[dict[str, Any], Source]:
    """The form as plain data, and what was read for it."""
    source = Source(subject, tenant, form.sources, list(checks))
    return fill(form, source), source


def form_name(form_id: str, language: str) -> str:
    """A file name that any system takes."""
    form = forms()[form_id]
    name = form.name["en" if language == "en" else "zh"]
    if language == "en":
        name = name.replace(": ", " - ").replace(" ", "-").replace("---", "-")
    return safe_name(f"{name}.{BOOK if form.kind == BOOK else WORD}".replace("/", "-"))


def make_form(subject: Subject, form: Form, language: str, checks: Iterable[Mapping[str, Any]] = ()) -> Made:
    """The Word form filled in from the record, or the workbook to fill in. Raises NotFound for a language there is not."""
    if language not in LANGUAGES:
        raise NotFound()
    tenant = tenant_in_scope()
    head = head_of(subject, tenant)
    if form.kind == BOOK:
        return write_paper(form.id, None, head, limits_of(subject.content), requirements_of(subject), language, now_in(tenant))
    filled, _source = filled_form(subject, form, tenant, checks)
    return write_paper(form.id, filled, head, {}, {}, language, now_in(tenant))


def write_paper(
    form_id: str,
    filled: Mapping[str, Any] | None,
    head: Mapping[str, Any],
    limits: Mapping[str, Any],
    requirements: Mapping[str, Mapping[str, str]],
    language: str,
    made_at: dt.datetime,
) -> Made:
    """One paper from plain data alone; asks nobody. The writers are imported here: web processes stay small."""
    from compliance.dossiers.papers.books import write_book
    from compliance.dossiers.papers.form import write_form

    form = forms()[form_id]
    if form.kind == BOOK:
        content = write_book(form, limits, [requirements[one] for one in form.controls if one in requirements], head, language)
    else:
        content = write_form(filled or {}, head, language, made_at)
    return Made(form_name(form_id, language), content)
