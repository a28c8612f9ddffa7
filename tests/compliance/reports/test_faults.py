"""Every ordered report ends exactly once: worker killed with -9 in mid-report, Redis killed, Redis emptied.

Real worker processes, a real Redis, committed rows. Time is not waited for: leases and waiting times are set back in the row,
then the reconciler runs as its periodic task would.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from kombu import pools

from compliance.reports import actions
from compliance.reports.models import Report
from portal.audit.models import AuditEvent
from portal.celery import app
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.jobs.reconciling import reconcile_jobs
from tests.compliance.reports.doors import decide, fresh, open_gate, order
from tests.compliance.reports.workers import Broker, Worker, wait
from tests.factories import cast

pytestmark = [pytest.mark.slow, pytest.mark.pdf, pytest.mark.timeout(300)]
PATIENCE = 120


@pytest.fixture
def stage(live_db, settings, tmp_path, monkeypatch):
    """The world in committed rows, a broker of its own, and room for workers; everything is taken down afterwards."""
    settings.MEDIA_ROOT = tmp_path / "data" / "files"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(settings.MEDIA_ROOT)}}
    }
    world = cast.build_world()
    open_gate(world)
    decide(world)
    world.broker = Broker(tmp_path / "redis")
    world.broker.start()
    # "broker_url" last: until then the other two tell the address that they must get back.
    for name in ("broker_write_url", "broker_read_url", "broker_url"):
        monkeypatch.setattr(app.conf, name, world.broker.url)
    forget_connections()
    started: list[Worker] = []

    def worker() -> Worker:
        started.append(Worker(world.broker, tmp_path / f"worker{len(started) + 1}.log"))
        return started[-1]

    world.worker = worker
    yield world
    for one in started:
        one.kill()
    world.broker.kill()
    forget_connections()


def forget_connections() -> None:
    """The application keeps its connections to the broker; another broker needs new ones."""
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


def job_of(world, report) -> Job:
    with tenant_context(world.tenant.pk):
        return Job.objects.get(pk=report.job_id)


def as_if_later(world) -> None:
    """A minute passes for every unfinished job: leases run out, waiting ones have waited."""
    before = timezone.now() - timedelta(minutes=2)
    with tenant_context(world.tenant.pk):
        Job.objects.filter(state="running").update(lease_until=before)
        Job.objects.filter(state="queued").update(sent_at=before, created_at=before)


def check_made_once(world, reports) -> None:
    with tenant_context(world.tenant.pk):
        for report in reports:
            row = Report.objects.select_related("job").get(pk=report.pk)
            assert (row.state, row.job.state) == ("ready", "done")
            assert hashlib.sha256(default_storage.open(row.file_key).read()).hexdigest() == row.file_sha256
            made = AuditEvent.objects.filter(verb="compliance.report.made", row_id=str(row.pk)).count()
            assert made == 1
        _folders, files = default_storage.listdir(f"reports/{world.tenant.pk}")
        assert sorted(files) == sorted(Path(Report.objects.get(pk=report.pk).file_key).name for report in reports)


def all_done(world, reports):
    return all(job_of(world, report).state == "done" for report in reports)


def test_a_worker_killed_in_mid_report_loses_nothing(stage):
    reports = [order(stage, language) for language in ("both", "zh", "en")]
    first = stage.worker()
    running = wait(
        lambda: next((one for one in reports if job_of(stage, one).state == "running" and job_of(stage, one).progress >= 20), None),
        PATIENCE,
        "a report is being typeset",
        first.log,
    )
    first.kill()
    assert job_of(stage, running).state == "running"
    assert fresh(stage, running).state == "ordered"
    second = stage.worker()
    as_if_later(stage)
    assert reconcile_jobs().sent >= 1
    wait(lambda: all_done(stage, reports), PATIENCE, "all reports are made", second.log)
    assert job_of(stage, running).attempts == 2
    check_made_once(stage, reports)


def test_a_worker_killed_between_storing_and_finishing_leaves_one_file(stage):
    report = order(stage)
    with tenant_context(stage.tenant.pk):  # what the first worker had done when the machine went down
        Job.objects.filter(pk=report.job_id).update(
            state="running", lease_owner="gone", attempts=1, lease_until=timezone.now() - timedelta(minutes=1)
        )
        actions.store_file(fresh(stage, report), b"half", 1)
    worker = stage.worker()
    assert reconcile_jobs().sent == 1
    wait(lambda: all_done(stage, [report]), PATIENCE, "the report is made", worker.log)
    check_made_once(stage, [report])


@pytest.mark.parametrize("emptied", [False, True])
def test_redis_killed_under_a_running_worker_loses_nothing(stage, emptied):
    worker = stage.worker()
    reports = [order(stage, language) for language in ("zh", "en", "both")]
    wait(lambda: any(job_of(stage, one).state != "queued" for one in reports), PATIENCE, "work has begun", worker.log)
    stage.broker.empty() if emptied else stage.broker.kill()
    late = order(stage, "zh") if job_of(stage, reports[0]).state == "done" else None  # ordering works without a broker
    stage.broker.start()
    waited_for = reports + ([late] if late is not None and late.pk not in {one.pk for one in reports} else [])

    def finished() -> bool:
        with tenant_context(stage.tenant.pk):
            before = timezone.now() - timedelta(minutes=2)
            Job.objects.filter(state="queued").update(sent_at=before, created_at=before)
        reconcile_jobs()
        return all_done(stage, waited_for)

    wait(finished, PATIENCE, "all reports are made", worker.log)
    check_made_once(stage, waited_for)


def test_ordering_without_a_broker_is_no_error_and_is_made_later(stage):
    stage.broker.kill()
    report = order(stage)
    assert job_of(stage, report).state == "queued"
    stage.broker.start()
    worker = stage.worker()
    as_if_later(stage)
    reconcile_jobs()
    wait(lambda: all_done(stage, [report]), PATIENCE, "the report is made", worker.log)
    check_made_once(stage, [report])


def test_a_report_that_kills_its_worker_again_and_again_ends_as_failed(stage):
    """The attempts are used up: the person sees a sentence and a button, not an endless bar."""
    report = order(stage)
    with tenant_context(stage.tenant.pk):
        Job.objects.filter(pk=report.job_id).update(
            state="running", lease_owner="gone", attempts=3, lease_until=timezone.now() - timedelta(minutes=1)
        )
    assert reconcile_jobs().failed == 1
    job = job_of(stage, report)
    assert job.state == "failed"
    assert "3" in job.failure
    from compliance.reports.rules import has_failed

    assert has_failed(fresh(stage, report))
