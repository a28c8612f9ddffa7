"""Documents of a filing: uploaded, taken over, marked, owned; what cannot be is refused in words and nothing is lost."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.models import Answer
from compliance.dossiers import actions
from compliance.dossiers.models import DocumentFile, FilingDocument
from compliance.filings.models import FilingEvent
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as
from tests.compliance.dossiers.conftest import PDF, book, pdf

pytestmark = pytest.mark.django_db


def stored(desk) -> int:
    folder = f"dossiers/{desk.tenant.pk}/{desk.row().pk}"
    return len(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else 0


def test_the_list_is_the_authoritys_and_versions_are_kept(desk):
    first = desk.line("online_form")
    assert (first.position, first.required, first.state, first.version) == (1, True, "missing", 0)
    desk.act("carol", actions.add_file, "online_form", upload=pdf("../../up/备案表\u202efdp.pdf"), note="first")
    desk.act("carol", actions.add_file, "online_form", upload=pdf(more=b"second"))
    line = desk.line("online_form")
    assert (line.state, line.version, [one.number for one in line.files]) == ("draft", 2, [2, 1])
    assert line.files[1].name == "备案表fdp.pdf"
    assert stored(desk) == 2
    content, row = desk.act("carol", lambda project, regime, by: actions.open_file(line, 1))
    with content:
        assert content.read() == PDF
    assert row.sha256 == line.files[1].sha256
    with tenant_context(desk.tenant.pk):
        assert list(FilingEvent.objects.filter(verb="document_filed").values_list("detail__edition", flat=True).order_by("done_at")) == [
            "1",
            "2",
        ]


def test_a_double_click_is_one_version_and_a_stale_form_is_a_conflict(desk):
    desk.act("carol", actions.add_file, "online_form", upload=pdf(), version=0)
    again = desk.act("carol", actions.add_file, "online_form", upload=pdf(), version=0)
    assert again.number == 1
    with pytest.raises(Conflict) as refusal:
        desk.act("carol", actions.add_file, "online_form", upload=pdf(more=b"other"), version=0)
    assert refusal.value.detail["current"]["version"] == 1
    assert stored(desk) == 1


@pytest.mark.parametrize(
    ("key", "name", "content", "said"),
    [
        ("online_form", "form.exe", b"MZ", "not accepted"),
        ("online_form", "form.pdf", b"MZ\x90\x00", "does not fit"),
        ("online_form", "page.html", b"<html>", "not accepted"),
        ("online_form", "empty.pdf", b"", "empty"),
        ("keyword_list", "words.pdf", PDF, "Excel workbook"),
        ("keyword_list", "words.xlsx", b"PK\x03\x04 broken", "does not fit"),
        ("keyword_list", "words.xlsx", book("test_sets"), "no sheet"),
    ],
)
def test_what_is_not_taken(desk, key, name, content, said):
    with pytest.raises(Invalid, match=said):
        desk.act("carol", actions.add_file, key, upload=SimpleUploadedFile(name, content))
    assert (desk.line(key).version, stored(desk)) == (0, 0)


def test_a_file_above_the_limit_is_refused_by_the_page(desk, settings):
    settings.EVIDENCE_MAX_BYTES = 100
    big = SimpleUploadedFile("big.pdf", PDF + b"x" * 200)
    answer = desk.client("carol").post(desk.url("filing_document_upload", key="online_form"), {"version": 0, "upload-file": big})
    assert answer.status_code == 413
    assert desk.line("online_form").version == 0


def test_states_ask_for_what_they_need_and_for_four_eyes(desk):
    with pytest.raises(Conflict, match="Upload the file first"):
        desk.act("carol", actions.set_state, "online_form", to="ready")
    with pytest.raises(Conflict, match="cannot be left out"):
        desk.act("carol", actions.set_state, "online_form", to="not_needed", reason="we think so")
    with pytest.raises(Invalid, match="Say why"):
        desk.act("carol", actions.set_state, "compute_note", to="not_needed")
    desk.act("carol", actions.set_state, "compute_note", to="not_needed", reason="The province does not ask.")
    assert desk.line("compute_note").row.reason
    desk.act("carol", actions.add_file, "online_form", upload=pdf())
    desk.act("carol", actions.set_state, "online_form", to="ready")
    with pytest.raises(Conflict, match="Another person"):
        desk.act("carol", actions.set_state, "online_form", to="approved")
    desk.act("alice", actions.set_state, "online_form", to="approved")
    with pytest.raises(Conflict):
        desk.act("alice", actions.set_state, "online_form", to="approved")
    desk.act("carol", actions.add_file, "online_form", upload=pdf(more=b"new"))
    assert desk.line("online_form").state == "draft"


def test_what_is_kept_apart_is_ready_without_a_file(desk):
    desk.act("carol", actions.plan_document, "test_access", owner=desk.carol, expires_on=None, note="In the safe of security.")
    desk.act("carol", actions.set_state, "test_access", to="ready")
    assert desk.line("test_access").done
    desk.act("carol", actions.set_state, "test_access", to="draft")
    assert desk.line("test_access").state == "missing"


def test_an_auditor_and_outsiders_change_nothing(desk):
    for person in ("dave", "erin"):
        with pytest.raises(NotAllowed):
            desk.act(person, actions.add_file, "online_form", upload=pdf())
    assert desk.client("dave").get(desk.url("filing_document", key="online_form")).status_code == 200
    mallory = desk.client("mallory")
    assert mallory.get(desk.url("filing_document", key="online_form")).status_code == 404
    assert desk.client("carol").get(desk.url("filing_document", key="no_such")).status_code == 404
    other = desk.url("filing_document", key="online_form", regime="algorithm_filing_cancel")
    assert desk.client("carol").get(other).status_code == 404


def test_evidence_is_taken_over_without_copying(desk):
    with acting_as(desk.tenant, desk.alice) as actor:
        proof = add_evidence(desk.project, kind="file", by=actor, upload=pdf("licence.pdf"), name="Business licence")
        foreign = add_evidence(desk.project, kind="note", by=actor, text="only a note")
    row = desk.act("carol", actions.take_evidence, "evidence", evidence_id=proof.pk)
    assert (row.file_key, row.sha256, row.name) == (proof.file_key, proof.sha256, "Business licence.pdf")
    assert stored(desk) == 0
    with pytest.raises(NotFound):
        desk.act("carol", actions.take_evidence, "evidence", evidence_id=foreign.pk)


def test_an_own_document_is_added_once(desk):
    first = desk.act("carol", actions.add_own, title="  Letter of\u202e the city ")
    again = desk.act("carol", actions.add_own, title="Letter of the city")
    assert (first.key, again.pk) == ("own-1", first.pk)
    line = desk.line("own-1")
    assert (line.required, line.label["zh"], line.position) == (False, "Letter of the city", 10)


def test_a_form_is_made_from_the_record_and_kept(desk):
    rows = desk.act("carol", actions.take_form, "self_assessment", language="en")
    assert [one.document.key for one in rows] == ["self_assessment"]
    with acting_as(desk.tenant, desk.carol):
        content, _row = actions.open_file(desk.line("self_assessment"), 1)
    with content:
        paper = Document(io.BytesIO(content.read()))
    cells = {row.cells[0].text: row.cells[1].text for table in paper.tables for row in table.rows if len(row.cells) > 1}
    assert cells["Provider"] == desk.tenant.name_en
    assert "■\xa0fine-tuned from another model" in cells["Origin of the base model"]
    assert cells["Base model"] == "[to be filled in]"
    assert paper.styles["Normal"].element.rPr.rFonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia") == "宋体"
    with pytest.raises(NotFound):
        desk.act("carol", actions.take_form, "keyword_list", language="en")


@pytest.mark.parametrize(("note", "told"), [("", "[to be filled in: the checklist says “Yes”; write how]"), ("190 days", "Yes\n190 days")])
def test_a_bare_yes_is_no_sentence_for_an_authority(desk, note, told):
    with acting_as(desk.tenant, desk.alice):
        rows = Answer.objects.filter(project=desk.project, item_key="D5.11")
        assert rows.update(applies=True, value="yes", note=note) == 1
    desk.act("carol", actions.take_form, "self_assessment", language="en")
    with acting_as(desk.tenant, desk.carol):
        content, _row = actions.open_file(desk.line("self_assessment"), 1)
    with content:
        lines = [one.text for one in Document(io.BytesIO(content.read())).paragraphs]
    assert lines[lines.index("Logs") + 1] == told


def test_the_pages_show_and_do_it_all(desk):
    client = desk.client("carol")
    page = client.get(desk.url("filing"))
    assert "Documents and dossier" in page.content.decode()
    assert "Documents asked for" not in page.content.decode()
    answer = client.post(
        desk.url("filing_document_upload", key="online_form"), {"version": 0, "upload-file": pdf(), "upload-expires_on": "2001-01-01"}
    )
    assert answer.status_code == 422
    assert "no longer valid" in answer.content.decode()
    answer = client.post(desk.url("filing_document_upload", key="online_form"), {"version": 0, "upload-file": pdf()})
    assert answer.status_code == 303
    stale = client.post(desk.url("filing_document_state", key="online_form"), {"version": 0, "to": "ready"})
    assert (stale.status_code, "Somebody else changed this document" in stale.content.decode()) == (409, True)
    assert client.post(desk.url("filing_document_state", key="online_form"), {"version": 1, "to": "ready"}).status_code == 303
    plan = {"version": 2, "plan-owner": desk.alice.pk, "plan-note": "asked"}
    assert client.post(desk.url("filing_document_plan", key="online_form"), plan).status_code == 303
    assert client.post(desk.url("filing_documents"), {"title": ""}).status_code == 422
    file = client.get(desk.url("filing_document_version", key="online_form", number=1))
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(file.streaming_content) == PDF
    form = client.get(desk.url("filing_document_form", key="self_assessment", language="both"))
    assert b"".join(form.streaming_content).startswith(b"PK")
    assert client.get(desk.url("filing_document", key="self_assessment")).status_code == 200
    with tenant_context(desk.tenant.pk):
        assert FilingDocument.objects.get(key="online_form").owner_id == desk.alice.pk
        assert DocumentFile.objects.count() == 1
