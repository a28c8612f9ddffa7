"""Files of the project list: same rows as the page, safe to open, told in the trail; long lists go through a job."""

from __future__ import annotations

import csv
import io
import os
from typing import Any

import openpyxl
import pytest

from portal.audit.models import AuditEvent
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.projects import exporting
from portal.projects.tasks import export_projects

BAD = "=cmd|' /C calc'!A0"


def as_csv(content: bytes) -> list[list[str]]:
    """Rows of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def as_xlsx(content: bytes) -> list[tuple[Any, ...]]:
    """Rows of a workbook."""
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_both_forms_hold_the_rows_of_the_page(world: Any, signed_in: Any, more: Any) -> None:
    """Filters, order, rights, values with their types; a formula stays a text."""
    more(code="XH-0002", name_en=BAD, stage="build", budget=1000, tags=["+1", "x"], summary={"items_total": 4, "readiness": 75})
    more(code="XH-0003", stage="build", confidential=True)
    more(code="XH-0004", stage="live")
    client = signed_in(world.pam)
    address = "/t/xinghe/portfolio/export/{}/?stage=build&stage=live&sort=-code"
    response = client.get(address.format("csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    head, *rows = as_csv(response.content)
    assert [row[0] for row in rows] == ["XH-0004", "XH-0002"]
    assert dict(zip(head, rows[1], strict=True))["Name in English"] == "'" + BAD
    head, *lines = as_xlsx(client.get(address.format("xlsx")).content)
    line = dict(zip(head, lines[1], strict=True))
    assert [row[0] for row in lines] == ["XH-0004", "XH-0002"]
    assert (line["Name in English"], line["Planned cost"], line["Readiness (%)"], line["Tags"]) == (BAD, 1000, 75, "+1, x")
    assert dict(zip(head, lines[0], strict=True))["Readiness (%)"] in (None, "")
    with tenant_context(world.tenant.pk):
        acts = AuditEvent.objects.filter(verb="portal.portfolio.exported").values_list("changes", flat=True)
        assert [(act["form"], act["rows"]) for act in acts.order_by("at")] == [("csv", 2), ("xlsx", 2)]


def test_exporting_needs_the_right(world: Any, signed_in: Any) -> None:
    """A contributor is refused, an unknown form is not there."""
    assert signed_in(world.alice).get("/t/xinghe/portfolio/export/csv/").status_code == 403
    assert signed_in(world.pam).get("/t/xinghe/portfolio/export/exe/").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_long_list_goes_through_a_job(
    world: Any, signed_in: Any, more: Any, monkeypatch: Any, settings: Any, tmp_path: Any, form: str
) -> None:
    """Above the limit the file is made by a worker, as the person who ordered it, in chunks; only that person gets it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    monkeypatch.setattr(exporting, "DIRECT_ROWS", 3)
    monkeypatch.setattr(exporting, "CHUNK", 2)
    for number in range(2, 8):
        more(code=f"XH-{number:04d}", confidential=number == 4)
    client = signed_in(world.pam)
    response = client.get(f"/t/xinghe/portfolio/export/{form}/?sort=code")
    assert response.status_code == 303
    with tenant_context(world.tenant.pk):
        job = Job.objects.get(kind="portal.export")
    assert response.url == f"/t/xinghe/jobs/{job.pk}/"
    assert export_projects.run(world.tenant.pk, str(job.pk)) == "done"
    file = client.get(f"/t/xinghe/portfolio/exports/{job.pk}/")
    content = b"".join(file.streaming_content)
    rows = as_csv(content) if form == "csv" else as_xlsx(content)
    assert [row[0] for row in rows[1:]] == ["XH-0001", "XH-0002", "XH-0003", "XH-0005", "XH-0006", "XH-0007"]
    assert signed_in(world.carol).get(f"/t/xinghe/portfolio/exports/{job.pk}/").status_code == 404
    with tenant_context(world.tenant.pk):
        verbs = AuditEvent.objects.filter(verb__startswith="portal.portfolio.").order_by("at").values_list("verb", flat=True)
        assert list(verbs) == ["portal.portfolio.export_ordered", "portal.portfolio.exported", "portal.portfolio.export_downloaded"]


def test_somebody_who_left_gets_no_file(world: Any, signed_in: Any, more: Any, monkeypatch: Any) -> None:
    """The job works with the rights of the moment it runs."""
    from portal.tenants.models import Membership

    monkeypatch.setattr(exporting, "DIRECT_ROWS", 0)
    signed_in(world.pam).get("/t/xinghe/portfolio/export/csv/")
    with tenant_context(world.tenant.pk):
        job = Job.objects.get(kind="portal.export")
        Membership.objects.filter(user=world.pam).update(active=False)
    assert export_projects.run(world.tenant.pk, str(job.pk)) == "failed"


def test_old_files_are_deleted(live_db: None, settings: Any, tmp_path: Any) -> None:
    """A week after it was made the file goes and the job says so by its absence; younger ones stay."""
    from datetime import timedelta

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from portal.projects.tasks import drop_exports
    from tests.factories import cast

    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    world = cast.build_world()
    keys = {}
    for days in (6, 8):
        with tenant_context(world.tenant.pk):
            keys[days] = default_storage.save(f"exports/{days}.csv", ContentFile(b"x"))
            Job.objects.create(
                kind="portal.export", state="done", idempotency_key=str(days), finished_at=timezone.now() - timedelta(days=days),
                result={"file": keys[days], "rows": 1, "form": "csv"},
            )  # fmt: skip
            stray = default_storage.save(f"exports/{world.tenant.pk}/{days}.csv", ContentFile(b"x"))
            made = timezone.now().timestamp() - (days + 0.5) * 86400
            os.utime(default_storage.path(stray), (made, made))
    assert (drop_exports(), drop_exports()) == (2, 0)
    assert default_storage.listdir(f"exports/{world.tenant.pk}")[1] == ["6.csv"], "its worker died after it had stored the file"
    assert (default_storage.exists(keys[6]), default_storage.exists(keys[8])) == (True, False)
    with tenant_context(world.tenant.pk):
        assert Job.objects.get(idempotency_key="8").result == {"rows": 1, "form": "csv"}
