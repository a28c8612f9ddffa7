"""Ordering, making, handing out, deleting: one file per report, the right people, everything in the trail."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json

import pikepdf
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.gates.content import DecisionRecord, content_sha256, problems
from assessments.gates.models import GateRound
from compliance.reports import actions, tasks
from compliance.reports.charts.draw import ChartsFailed
from compliance.reports.decisions import decision_record
from compliance.reports.models import Report
from portal.core.errors import NotFound
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.tenants.entry import acting_as
from tests.compliance.reports.conftest import flat, pages_of
from tests.compliance.reports.doors import acts, address, client_of, fresh, make, order

pytestmark = pytest.mark.usefixtures("files", "rendering")


def test_the_decision_record_fits_its_schema_and_binds_the_revision(decided):
    with tenant_context(decided.tenant.pk):
        row = GateRound.objects.select_related("revision").get(pk=decided.round.pk)
        record = decision_record(row)
        assert problems(record, DecisionRecord) == []
        assert record["revision_sha256"] == content_sha256(row.revision.content)
    assert (record["outcome"], record["state"], record["missing"]) == ("admit", "approved", [])
    assert [(one["role"], one["vote"], one["by"]["name"]) for one in record["signatures"]] == [("pmo", "approve", "Pam")]


def test_an_undecided_round_says_who_has_not_signed(round_open):
    with tenant_context(round_open.tenant.pk):
        record = decision_record(GateRound.objects.select_related("revision").get(pk=round_open.round.pk))
    assert (record["outcome"], record["decided_at"], record["missing"]) == (None, None, ["pmo"])


def test_ordering_writes_a_row_and_a_job_and_renders_nothing(decided, monkeypatch):
    monkeypatch.setattr(tasks, "render_ordered", None)
    report = order(decided, "both")
    assert (report.number, report.edition, report.state, report.language) == ("XH-0001-G0-1", 1, "ordered", "both")
    assert (report.job.kind, report.job.state, report.job.args) == ("compliance.report", "queued", {"report": str(report.pk)})
    assert [act.changes["number"] for act in acts(decided, "compliance.report.ordered")] == ["XH-0001-G0-1"]


def test_ordering_twice_while_it_is_made_is_one_report(decided):
    assert order(decided).pk == order(decided, person="erin").pk
    assert order(decided, "en").pk != order(decided).pk
    with tenant_context(decided.tenant.pk):
        assert Report.objects.count() == Job.objects.filter(kind="compliance.report").count() == 2


@pytest.mark.pdf
def test_a_report_is_made_from_the_frozen_revision(ready):
    report = fresh(ready, ready.report)
    assert (report.state, report.draft, report.lapsed, report.job.state) == ("ready", False, False, "done")
    pdf = default_storage.open(report.file_key).read()
    assert hashlib.sha256(pdf).hexdigest() == report.file_sha256
    assert len(pdf) == report.size
    assert len(pages_of(pdf)) == report.pages
    text = flat("".join(pages_of(pdf)))
    for part in ("XH-0001-G0-1", "智能客服机器人", "立项受理签批报告", report.content_sha256, "Pam"):
        assert part in text
    with pikepdf.open(io.BytesIO(pdf)) as document:
        (name,) = document.attachments
        record = json.loads(document.attachments[name].get_file().read_bytes())
    assert record["revision_sha256"] == ready.round.revision.sha256
    assert record["decision"]["outcome"] == "admit"
    assert report.keep_until == timezone.localdate() + dt.timedelta(days=ready.tenant.report_retention_days)
    assert len(acts(ready, "compliance.report.made")) == 1


@pytest.mark.pdf
def test_later_changes_of_the_project_do_not_reach_the_report(decided):
    with tenant_context(decided.tenant.pk):
        decided.project.name_zh, decided.project.purpose = "改名之后", "别的目的"
        decided.project.save()
    report = order(decided)
    make(decided, report)
    text = flat("".join(pages_of(default_storage.open(fresh(decided, report).file_key).read())))
    assert "智能客服机器人" in text
    assert "改名之后" not in text


@pytest.mark.pdf
def test_an_open_round_gives_a_draft(round_open):
    report = order(round_open)
    assert make(round_open, report) == "done"
    done = fresh(round_open, report)
    assert done.draft
    assert "草稿" in pages_of(default_storage.open(done.file_key).read())[1]


@pytest.mark.pdf
def test_a_stale_sign_off_is_marked_with_its_reasons(decided):
    with tenant_context(decided.tenant.pk):
        GateRound.objects.filter(pk=decided.round.pk).update(
            stale_since=timezone.now(), stale_reasons=[{"kind": "items_changed", "items": ["D1.01"]}]
        )
    report = order(decided)
    make(decided, report)
    done = fresh(decided, report)
    pages = pages_of(default_storage.open(done.file_key).read())
    assert done.lapsed
    assert all("签批已失效" in page for page in pages[1:])
    assert "D1.01" in pages[0]


def test_two_editions_and_languages_of_one_decision_have_one_content_hash(ready):
    second = order(ready, "en", person="erin")
    make(ready, second)
    with tenant_context(ready.tenant.pk):  # a person who marries does not change a decision
        ready.pam.name = "Pamela Married"
        ready.pam.save()
    third = order(ready)
    make(ready, third)
    rows = [fresh(ready, one) for one in (ready.report, second, third)]
    assert len({row.content_sha256 for row in rows}) == 1
    assert len({row.file_sha256 for row in rows}) == 3
    assert [row.edition for row in rows] == [1, 2, 3]


def test_a_job_that_comes_twice_makes_one_report(ready):
    before = fresh(ready, ready.report)
    assert make(ready, ready.report) == "taken"
    assert fresh(ready, ready.report).file_sha256 == before.file_sha256


def test_a_worker_that_lost_its_lease_does_not_overwrite(decided, monkeypatch):
    report = order(decided)
    store = actions.store_file

    def slow(found, pdf, attempt):
        with tenant_context(decided.tenant.pk):
            Job.objects.filter(pk=found.job_id).update(lease_owner="another worker")
        return store(found, pdf, attempt)

    monkeypatch.setattr(tasks.actions, "store_file", slow)
    assert make(decided, report) == "cancelled"
    found = fresh(decided, report)
    assert (found.state, found.file_key) == ("ordered", "")
    assert not default_storage.exists(actions.file_key(report, 1))


@pytest.mark.pdf
def test_a_missing_tool_fails_the_report_with_a_sentence_and_can_be_tried_again(decided, monkeypatch):
    def broken(*args, **kwargs):
        raise ChartsFailed("echarts.min.js is missing. Run: python manage.py build_assets")

    report = order(decided)
    with monkeypatch.context() as patch:
        patch.setattr("compliance.reports.render.charts", broken)
        assert make(decided, report) == "failed"
    failed = fresh(decided, report)
    assert (failed.state, failed.job.state) == ("failed", "failed")
    assert "build_assets" in failed.failure
    with acting_as(decided.tenant, decided.pam) as pam:
        actions.retry_report(fresh(decided, report), by=pam)
    assert make(decided, report) == "done"
    assert fresh(decided, report).state == "ready"


def test_a_tampered_revision_makes_nothing(decided, monkeypatch):
    """The app role cannot change a revision; should somebody else have, the hash tells."""
    report = order(decided)
    monkeypatch.setattr(tasks, "content_sha256", lambda content: "0" * 64)
    assert make(decided, report) == "failed"
    assert "does not match its hash" in fresh(decided, report).job.failure


def test_downloads_are_attachments_and_in_the_trail(ready):
    response = client_of(ready, "dave").get(address(ready, "report_download", ready.report))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="XH-0001-G0-1-zh-1.pdf"'
    assert "no-store" in response.headers["Cache-Control"]
    assert b"".join(response.streaming_content).startswith(b"%PDF-1.7")
    assert [act.user_id for act in acts(ready, "compliance.report.downloaded")] == [ready.dave.pk]


def test_a_report_without_file_says_so(ready):
    default_storage.delete(fresh(ready, ready.report).file_key)
    assert client_of(ready, "pam").get(address(ready, "report_download", ready.report)).status_code == 404
    with acting_as(ready.tenant, ready.pam) as pam, pytest.raises(NotFound):
        actions.open_report(fresh(ready, ready.report), by=pam)


@pytest.mark.parametrize(
    ("person", "expected"), [("pam", 200), ("erin", 200), ("dave", 200), ("alice", 200), ("adam", 200), ("mallory", 404), (None, 302)]
)
def test_who_may_see_the_reports_of_a_project(ready, person, expected):
    client = client_of(ready, person) if person else Client()
    assert client.get(address(ready, "project_reports")).status_code == expected


def test_strangers_and_other_organisations_get_nothing(ready):
    mallory = client_of(ready, "mallory")
    for name in ("report", "report_download"):
        assert mallory.get(address(ready, name, ready.report)).status_code == 404
    own = reverse("compliance:report", kwargs={"tenant_slug": "rivale", "project_id": ready.foreign.pk, "report_id": ready.report.pk})
    assert mallory.get(own).status_code == 404
    with tenant_context(ready.other.pk):
        assert Report.objects.count() == 0


def test_a_report_of_another_project_is_not_found_under_this_one(ready, in_tenant):
    from tests.factories.cast import make_project

    with tenant_context(ready.tenant.pk):
        other = make_project(ready.alice, "XH-0002")
    url = reverse("compliance:report", kwargs={"tenant_slug": "xinghe", "project_id": other.pk, "report_id": ready.report.pk})
    assert client_of(ready, "pam").get(url).status_code == 404


def test_ordering_through_the_page(decided):
    client = client_of(decided, "pam")
    page = client.get(address(decided, "project_reports"))
    assert b"G0" in page.content
    response = client.post(address(decided, "report_order"), {"round": str(decided.round.pk), "language": "both"})
    assert response.status_code == 303
    page = client.get(address(decided, "project_reports")).content.decode()
    assert "<progress" in page
    with tenant_context(decided.tenant.pk):
        report = Report.objects.get()
    part = client.get(address(decided, "report", report), headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in part
    assert "<html" not in part
    make(decided, report)
    part = client.get(address(decided, "report", report), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert address(decided, "report_download", report) in part


def test_an_unknown_round_or_language_is_refused_with_422(decided):
    client = client_of(decided, "pam")
    for data in ({"round": str(decided.round.pk), "language": "fr"}, {"round": str(decided.foreign.pk), "language": "zh"}, {}):
        assert client.post(address(decided, "report_order"), data).status_code == 422
    with tenant_context(decided.tenant.pk):
        assert Report.objects.count() == 0


def test_a_reader_may_not_order(decided):
    response = client_of(decided, "dave").post(address(decided, "report_order"), {"round": str(decided.round.pk), "language": "zh"})
    assert response.status_code == 403
    with tenant_context(decided.tenant.pk):
        assert Report.objects.count() == 0


def test_cancelling_and_starting_again(decided):
    report = order(decided)
    client = client_of(decided, "pam")
    assert client.post(address(decided, "report_cancel", report)).status_code == 303
    assert make(decided, report) == "taken"
    page = client.get(address(decided, "project_reports")).content.decode()
    assert address(decided, "report_retry", report) in page
    assert client.post(address(decided, "report_retry", report)).status_code == 303
    assert make(decided, report) == "done"
    assert client.post(address(decided, "report_retry", report)).status_code == 409


def test_only_who_ordered_it_and_the_administrator_stop_a_report(decided):
    """The button and the door ask the same question."""
    report = order(decided, person="erin")
    door = address(decided, "report_cancel", report)
    for name, status in (("pam", 403), ("carol", 403), ("mallory", 404)):
        client = client_of(decided, name)
        assert door not in client.get(address(decided, "report", report)).content.decode()
        assert client.post(door).status_code == status, name
    assert fresh(decided, report).job.state == "queued"
    adam = client_of(decided, "adam")
    assert door in adam.get(address(decided, "report", report)).content.decode()
    assert adam.post(door).status_code == 303
    assert fresh(decided, report).job.state == "cancelled"
    other = order(decided, "en", person="erin")
    assert client_of(decided, "erin").post(address(decided, "report_cancel", other)).status_code == 303
