"""A public bot that must file, decided by two people, and files that stay in the test's folder."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from compliance.dossiers import actions
from compliance.dossiers.listing import Line, line_of, lines_of
from compliance.dossiers.models import Dossier
from compliance.dossiers.tasks import assemble
from compliance.filings.subjects import subject_of
from portal.core.tenancy import tenant_context
from portal.jobs.running import run_job
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI, english, stage
from tests.compliance.reports.conftest import files
from tests.factories.cast import PASSWORD

__all__ = ["GENAI", "english", "files", "stage"]
PDF = b"%PDF-1.4\n%a small file\n%%EOF\n"


def pdf(name: str = "form.pdf", more: bytes = b"") -> SimpleUploadedFile:
    """A small PDF as it is uploaded."""
    return SimpleUploadedFile(name, PDF + more)


@pytest.fixture
def desk(stage: SimpleNamespace, files: Any) -> SimpleNamespace:
    """The stage with the filing decided. ``desk.act(person, action, …)`` · ``desk.line(key)`` · ``desk.make(dossier)`` runs the job."""
    stage.decided()

    def act(person: str, action: Callable[..., Any], *args: Any, regime: str = GENAI, **given: Any) -> Any:
        with acting_as(stage.tenant, getattr(stage, person)) as actor:
            if args and "version" not in given and action is not actions.add_own:
                given["version"] = _line(args[0], regime).version
            return action(stage.project, regime, *args, by=actor, **given)

    def _line(key: str, regime: str = GENAI) -> Line:
        found = line_of(lines_of(subject_of(stage.project, regime)), key)
        assert found is not None
        return found

    def line(key: str, regime: str = GENAI) -> Line:
        with acting_as(stage.tenant, stage.carol):
            return _line(key, regime)

    def make(dossier: Dossier) -> str:
        return run_job(assemble.work, stage.tenant.pk, dossier.job_id)

    def zipped(dossier: Dossier) -> bytes:
        with tenant_context(stage.tenant.pk):
            content, _row = actions.open_dossier(Dossier.objects.select_related("filing").get(pk=dossier.pk))
            with content:
                return content.read()

    def client(person: str) -> Client:
        made = Client()
        made.login(email=getattr(stage, person).email, password=PASSWORD)
        return made

    def url(name: str, **keys: Any) -> str:
        return reverse(
            f"compliance:{name}", kwargs={"tenant_slug": stage.tenant.slug, "project_id": stage.project.pk, "regime": GENAI, **keys}
        )

    def complete() -> None:
        """Every required document is there and ready."""
        for number, one in enumerate(lines_all()):
            if one.required:
                name, content = (
                    ("list.xlsx", book(one.form.id)) if one.form and one.form.kind == "xlsx" else ("form.pdf", PDF + bytes([65 + number]))
                )
                act("carol", actions.add_file, one.key, upload=SimpleUploadedFile(name, content))
                act("carol", actions.set_state, one.key, to="ready")

    def lines_all() -> list[Line]:
        with acting_as(stage.tenant, stage.carol):
            return lines_of(subject_of(stage.project, GENAI))

    stage.act, stage.line, stage.make, stage.zipped, stage.client, stage.url = act, line, make, zipped, client, url
    stage.complete, stage.lines = complete, lines_all
    return stage


def book(kind: str, rows: dict[str, list[tuple[Any, ...]]] | None = None) -> bytes:
    """A workbook of the sheets that the content of this slice names, with heads in Chinese and these rows by sheet id."""
    import openpyxl

    from compliance.dossiers.content import forms

    made = openpyxl.Workbook()
    made.remove(made.active)
    for sheet in forms()[kind].sheets:
        page = made.create_sheet(sheet["name"]["zh"])
        page.append([column["name"]["zh"] for column in sheet["columns"]])
        for row in (rows or {}).get(sheet["id"], []):
            page.append(list(row))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()
