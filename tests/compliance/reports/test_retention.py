"""Files go when their time is over, and none is left behind; what can be verified stays verifiable."""

from __future__ import annotations

import datetime as dt

import pytest
from celery import current_app
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from compliance.reports import actions, retention
from compliance.reports.models import Report
from compliance.reports.queries import verify_code_of
from compliance.reports.tasks import drop_past_retention_everywhere
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.tenants.entry import acting_as
from tests.compliance.reports.doors import acts, address, client_of, fresh, make, order

pytestmark = pytest.mark.usefixtures("files", "rendering")


def keep(world, report, days):
    with tenant_context(world.tenant.pk):
        Report.objects.filter(pk=report.pk).update(keep_until=timezone.localdate() + dt.timedelta(days=days))


def test_a_file_goes_when_its_time_is_over_and_its_hashes_stay(ready):
    second = order(ready, "en")
    make(ready, second)
    keep(ready, second, 0)  # its last day
    keep(ready, ready.report, -1)
    before = fresh(ready, ready.report)
    assert default_storage.exists(before.file_key)
    assert drop_past_retention_everywhere() == 1
    assert drop_past_retention_everywhere() == 0
    gone = fresh(ready, ready.report)
    assert (gone.state, gone.file_key, gone.deleted_by_id) == ("deleted", "", None)
    assert (gone.content_sha256, gone.file_sha256, gone.deleted_at is not None) == (before.content_sha256, before.file_sha256, True)
    assert not default_storage.exists(before.file_key)
    assert fresh(ready, second).state == "ready"
    (act,) = acts(ready, "compliance.report.expired")
    assert act.changes["number"] == gone.number
    with tenant_context(ready.tenant.pk):
        assert Job.objects.get(pk=gone.job_id).result["decision"]
    text = Client(headers={"accept-language": "en"}).get(reverse("verify", kwargs={"code": verify_code_of(gone)})).content.decode()
    assert "The issuer no longer keeps the file." in text
    assert gone.content_sha256 in text
    page = client_of(ready, "pam").get(address(ready, "report", ready.report))
    assert page.status_code == 200


def test_it_runs_daily():
    entry = current_app.conf.beat_schedule["drop-reports"]
    assert entry == {"task": drop_past_retention_everywhere.name, "schedule": 86400.0}


def test_a_storage_that_refuses_keeps_nobody_waiting_and_is_asked_again(ready, monkeypatch):
    second = order(ready, "en")
    make(ready, second)
    for report in (ready.report, second):
        keep(ready, report, -1)
    broken = fresh(ready, ready.report).file_key
    real = actions.drop_file

    def refuse(key):
        if key == broken:
            raise OSError("storage away")
        real(key)

    monkeypatch.setattr(retention, "drop_file", refuse)
    assert drop_past_retention_everywhere() == 1
    assert (fresh(ready, ready.report).state, fresh(ready, second).state) == ("ready", "deleted")
    monkeypatch.undo()


def test_a_file_that_a_deletion_left_behind_goes_later(ready, monkeypatch, django_capture_on_commit_callbacks):
    with tenant_context(ready.tenant.pk):
        Report.objects.filter(pk=ready.report.pk).update(draft=True)

    def refuse(_key):
        raise OSError("storage away")

    with monkeypatch.context() as patched:
        patched.setattr(actions, "drop_file", refuse)
        with django_capture_on_commit_callbacks(execute=True), acting_as(ready.tenant, ready.pam) as pam:
            actions.delete_report(fresh(ready, ready.report), by=pam)
    left = fresh(ready, ready.report)
    assert left.state == "deleted"
    assert default_storage.exists(left.file_key)
    assert client_of(ready, "pam").get(address(ready, "report_download", ready.report)).status_code == 404
    assert drop_past_retention_everywhere() == 1
    assert fresh(ready, ready.report).file_key == ""
    assert not default_storage.exists(left.file_key)
    assert not acts(ready, "compliance.report.expired")
