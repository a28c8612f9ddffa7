"""Proofs at the door: uploads, downloads, hostile files, links."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from assessments.checklists.models import Evidence
from portal.core.tenancy import tenant_context
from tests.assessments.checklists.doors import HTMX, client_of, stored
from tests.assessments.checklists.test_files import PDF


def test_upload_and_download(checklist, base):
    client = client_of(checklist.alice)
    upload = SimpleUploadedFile("../评测 报告\u202e.pdf", PDF, "text/html")
    response = client.post(f"{base}/items/D1.01/evidence/add/", {"kind": "file", "file": upload, "personal_data": "on"})
    assert response.status_code == 303
    with tenant_context(checklist.tenant.pk):
        proof = Evidence.objects.get()
    assert (proof.name, proof.content_type, proof.personal_data, proof.size) == ("评测 报告.pdf", "application/pdf", True, len(PDF))
    row = stored(checklist, "D1.01")
    assert (row.evidence_count, row.answered_by_id) == (1, checklist.alice.pk)
    got = client_of(checklist.dave).get(f"{base}/evidence/{proof.pk}/file/")
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AF%84%E6%B5%8B")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got["Content-Type"] == "application/pdf"
    assert "no-store" in got["Cache-Control"]
    with connection.cursor() as cursor, tenant_context(checklist.tenant.pk):
        cursor.execute("select user_id from portal_auditevent where verb = 'assessments.evidence.downloaded'")
        assert cursor.fetchall() == [(checklist.dave.pk,)]
    assert client_of(checklist.mallory).get(f"{base}/evidence/{proof.pk}/file/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content"), [("empty.pdf", b""), ("renamed.pdf", b"MZ" + b"\0" * 99), ("page.html", b"<html>"), ("a.svg", b"<svg/>")]
)
def test_hostile_uploads_are_422_and_leave_nothing_behind(checklist, base, name, content, settings):
    client = client_of(checklist.alice)
    data = {"kind": "file", "file": SimpleUploadedFile(name, content)}
    assert client.post(f"{base}/items/D1.01/evidence/add/", data, **HTMX).status_code == 422
    assert client.post(f"{base}/evidence/", {"kind": "file", "file": SimpleUploadedFile(name, content)}).status_code == 422
    assert client.post(f"{base}/items/D1.01/evidence/add/", {"kind": "file"}, **HTMX).status_code == 422
    with tenant_context(checklist.tenant.pk):
        assert not Evidence.objects.exists()
    assert stored(checklist, "D1.01").version == 1


def test_a_body_above_the_limit_is_413_before_it_is_read(checklist, base, settings):
    settings.EVIDENCE_MAX_BYTES = 1024
    client = client_of(checklist.alice)
    big = SimpleUploadedFile("big.txt", b"a" * 3 * 1024 * 1024)
    page = client.post(f"{base}/items/D1.01/evidence/add/", {"kind": "file", "file": big})
    assert page.status_code == 413
    assert "too large" in page.content.decode()
    part = client.post(f"{base}/items/D1.01/evidence/add/", {"kind": "file", "file": SimpleUploadedFile("a.txt", b"a" * 2000)}, **HTMX)
    assert part.status_code == 413
    assert "data-refusal" in part.content.decode()
    again = SimpleUploadedFile("big.txt", b"a" * 3 * 1024 * 1024)
    assert client.post(f"/t/xinghe/api/v1/projects/{checklist.project.pk}/evidence/", {"file": again, "kind": "file"}).status_code == 413


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "file:///etc/passwd", "ftp://x", "data:text/html,x", "https://", "http://u:p@host/", "//host", "x" * 2000],
)
def test_only_addresses_of_the_web_are_links(checklist, base, url):
    client = client_of(checklist.alice)
    assert client.post(f"{base}/items/D1.01/evidence/add/", {"kind": "link", "url": url}, **HTMX).status_code == 422


def test_the_same_content_is_recognised(checklist, base):
    client = client_of(checklist.alice)

    def send(**more):
        sent = {"kind": "file", "file": SimpleUploadedFile("b.pdf", PDF), **more}
        return client.post(f"{base}/items/D1.01/evidence/add/", sent, **HTMX)

    assert send().status_code == 200
    twin = send()
    assert twin.status_code == 409
    assert "b.pdf" in twin.content.decode()
    assert send(store_again="on").status_code == 200
    with tenant_context(checklist.tenant.pk):
        assert Evidence.objects.count() == 2
