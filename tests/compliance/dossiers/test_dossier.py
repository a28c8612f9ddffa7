"""A dossier is what stood at its order: packed in the authority's order, hashed, kept, and it says what has changed since."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from docx import Document

from compliance.dossiers import actions
from compliance.dossiers.frozen import changed_since
from compliance.dossiers.listing import lines_of
from compliance.dossiers.models import DocumentFile, Dossier, DossierFile
from compliance.dossiers.packing import plan
from compliance.filings.actions import step_filing
from compliance.filings.models import FilingEvent
from compliance.filings.subjects import subject_of
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.projects.facts.actions import save_facts
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from tests.compliance.dossiers.conftest import PDF, pdf

pytestmark = pytest.mark.django_db


def order(desk, **given) -> Dossier:
    return desk.act("carol", actions.order_dossier, **{"language": "zh", "draft": True, **given})[0]


def change_fact(desk, **facts) -> None:
    with acting_as(desk.tenant, desk.alice) as actor:
        save_facts(desk.project, facts, by=actor.user)


def changed(desk, dossier: Dossier) -> list[str]:
    with acting_as(desk.tenant, desk.carol):
        subject = subject_of(desk.project, "genai_service_filing")
        return changed_since(Dossier.objects.get(pk=dossier.pk).content, subject, lines_of(subject))


def test_a_draft_names_what_is_missing_and_holds_forms_made_from_the_record(desk):
    with pytest.raises(Conflict, match="8 required documents are missing"):
        order(desk, draft=False)
    with pytest.raises(Invalid):
        order(desk, language="fr")
    desk.act("carol", actions.add_file, "online_form", upload=pdf("备案表 (签字).pdf"))
    dossier = order(desk)
    assert desk.make(dossier) == "done"
    content = desk.zipped(dossier)
    with tenant_context(desk.tenant.pk):
        file = DossierFile.objects.get(dossier=dossier)
    assert (file.sha256, file.size) == (hashlib.sha256(content).hexdigest(), len(content))
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert archive.namelist() == [
        "00-封面与目录.docx",
        "01-生成式人工智能上线备案表.pdf",
        "02-附件1安全评估报告.docx",
        "05-附件4拦截关键词列表.xlsx",
        "06-附件5评估测试题集.xlsx",
        "manifest.json",
        "SHA256SUMS",
    ]
    manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["complete"], len(manifest["missing"]), manifest["content_sha256"]) == (False, 8, dossier.content_sha256)
    assert {one["name"]: one["sha256"] for one in manifest["files"]} == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()[:-2]
    }
    assert archive.read("SHA256SUMS").decode().splitlines()[1].startswith(hashlib.sha256(PDF).hexdigest())
    cover = Document(io.BytesIO(archive.read("00-封面与目录.docx")))
    text = "\n".join(cell.text for table in cover.tables for row in table.rows for cell in row.cells)
    assert "草稿：材料不齐，缺 8 项，不得报送" in text
    assert dossier.content_sha256 in text
    assert "第 1 版" in text


def test_what_changes_meanwhile_changes_nothing_in_it_and_is_named(desk):
    desk.act("carol", actions.add_file, "online_form", upload=pdf())
    dossier = order(desk)
    change_fact(desk, upstream_model_name="Zhejiang")
    desk.act("carol", actions.add_file, "online_form", upload=pdf(more=b"changed while it is being made"))
    assert desk.make(dossier) == "done"
    archive = zipfile.ZipFile(io.BytesIO(desk.zipped(dossier)))
    assert archive.read("01-生成式人工智能上线备案表.pdf") == PDF
    form = Document(io.BytesIO(archive.read("02-附件1安全评估报告.docx")))
    assert "Zhejiang" not in "\n".join(cell.text for table in form.tables for row in table.rows for cell in row.cells)
    said = changed(desk, dossier)
    assert any("upstream model" in one for one in said)
    assert any("Online filing form" in one for one in said)
    page = desk.client("carol").get(desk.url("filing_dossier", number=1)).content.decode()
    assert "Changed since it was ordered" in page
    assert "Changed since:" in desk.client("carol").get(desk.url("filing")).content.decode()


def test_a_double_click_is_one_dossier_and_a_job_that_comes_twice_one_file(desk):
    first, again = order(desk), order(desk)
    assert (again.pk, order(desk, language="en").number) == (first.pk, 2)
    assert desk.make(first) == "done"
    with tenant_context(desk.tenant.pk):
        Job.objects.filter(pk=first.job_id).update(state="queued", attempts=0)
    assert desk.make(first) == "done"
    assert order(desk).pk == first.pk
    with tenant_context(desk.tenant.pk):
        assert DossierFile.objects.filter(dossier=first).count() == 1
    change_fact(desk, upstream_model_name="Zhejiang")
    assert order(desk).number == 3


def test_a_stored_file_that_is_gone_or_changed_ends_the_job_with_its_name(desk):
    row = desk.act("carol", actions.add_file, "online_form", upload=pdf())
    dossier = order(desk)
    with default_storage.open(row.file_key, "wb") as file:
        file.write(b"%PDF-1.4 somebody else's")
    assert desk.make(dossier) == "failed"
    with tenant_context(desk.tenant.pk):
        assert "damaged" in Job.objects.get(pk=dossier.job_id).failure
        assert not DossierFile.objects.exists()


def test_rows_are_never_changed(desk):
    desk.act("carol", actions.add_file, "online_form", upload=pdf())
    order(desk)
    for model, change in ((DocumentFile, {"name": "x"}), (Dossier, {"complete": True})):
        with tenant_context(desk.tenant.pk), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            model.objects.update(**change)
    assert connection.is_usable()


def test_a_complete_dossier_is_named_at_submission(desk):
    desk.complete()
    with acting_as(desk.tenant, desk.carol):
        assert [line.key for line in lines_of(subject_of(desk.project, "genai_service_filing")) if line.lacking] == []
    dossier = order(desk, draft=False, language="both")
    assert (dossier.complete, desk.make(dossier)) == (True, "done")
    for to in ("preparing", "internal_review", "ready"):
        desk.do("carol", step_filing, to=to)
    with acting_as(desk.tenant, desk.carol):
        today = organisation_today()
    desk.do("carol", step_filing, to="submitted", on=today, receipt="R-1")
    with tenant_context(desk.tenant.pk):
        event = FilingEvent.objects.get(verb="dossier_named")
        assert event.detail["sha256"] == DossierFile.objects.get(dossier=dossier).sha256


def test_who_may_order_and_who_may_have_it(desk):
    for person in ("dave", "erin"):
        with pytest.raises(NotAllowed):
            desk.act(person, actions.order_dossier, language="zh", draft=True)
    client = desk.client("carol")
    assert client.post(desk.url("filing_dossiers"), {"language": "zh", "draft": "1"}).status_code == 303
    with tenant_context(desk.tenant.pk):
        dossier = Dossier.objects.get()
    assert client.get(desk.url("filing_dossier_file", number=1)).status_code == 404
    desk.make(dossier)
    for person, status in (("carol", 200), ("dave", 200), ("mallory", 404)):
        assert desk.client(person).get(desk.url("filing_dossier_file", number=1)).status_code == status
        assert desk.client(person).get(desk.url("filing_dossier", number=1)).status_code == status
    answer = client.get(desk.url("filing_dossier_file", number=1))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="XH-0001-genai_service_filing-dossier-1-draft.zip"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(desk.url("filing_dossier", number=9)).status_code == 404
    with tenant_context(desk.tenant.pk):
        assert AuditEvent.objects.filter(verb="compliance.dossier.downloaded").count() == 3


def test_the_api_lists_uploads_orders_and_hands_out(desk):
    client = desk.client("carol")
    listed = client.get(desk.url("api_documents")).json()
    assert (listed["count"], listed["missing"], listed["documents"][0]["key"]) == (9, 8, "online_form")
    up = client.post(desk.url("api_document_upload", key="online_form"), {"version": 0, "file": pdf()})
    assert (up.status_code, up.json()["file"]["number"]) == (201, 1)
    stale = client.post(
        desk.url("api_document_change", key="online_form"), {"act": "state", "to": "ready", "version": 0}, "application/json"
    )
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, 1)
    done = client.post(
        desk.url("api_document_change", key="online_form"), {"act": "state", "to": "ready", "version": 1}, "application/json"
    )
    assert done.json()["state"] == "ready"
    refused = client.post(desk.url("api_dossiers"), {"language": "en"}, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "incomplete")
    made = client.post(desk.url("api_dossiers"), {"language": "en", "draft": True}, "application/json")
    assert (made.status_code, made.json()["complete"]) == (201, False)
    with tenant_context(desk.tenant.pk):
        desk.make(Dossier.objects.get())
    assert client.get(desk.url("api_dossier", number=1)).json()["state"] == "ready"
    assert b"".join(client.get(desk.url("api_dossier_file", number=1)).streaming_content).startswith(b"PK")
    assert desk.client("mallory").get(desk.url("api_documents")).status_code == 404


def test_the_same_bytes_are_packed_once(desk):
    for key in ("online_form", "evidence"):
        desk.act("carol", actions.add_file, key, upload=pdf())
    lines = {one.document["key"]: one for one in plan(order(desk).content)}
    assert (lines["online_form"].file, lines["evidence"].file, lines["evidence"].same_as) == ("01-生成式人工智能上线备案表.pdf", "", 1)
