"""Jobs that nobody works on come back, over all organisations, and stop in the end. On committed data, as the role maint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone

from portal.core.tenancy import tenant_context
from portal.jobs import reconciling
from portal.jobs.actions import MAX_ATTEMPTS, order_job
from portal.jobs.models import Job, PeriodicRun
from portal.jobs.periodic import due, forget_old_runs, once
from portal.jobs.reconciling import reconcile_jobs
from portal.jobs.states import JobState
from portal.jobs.tasks import tenant_task
from tests.factories import cast


@tenant_task("test_lost", name="tests.lost", title="A test")
def do_test_lost(job, progress):
    return {}


@pytest.fixture
def world(live_db):
    return cast.build_world()


@pytest.fixture
def woken(monkeypatch):
    found = []
    monkeypatch.setattr(reconciling, "wake", lambda job: found.append(job.pk))
    return found


def order(world, key="one", tenant=None, by=None, **fields):
    tenant, by = tenant or world.tenant, by or world.alice
    with tenant_context(tenant.pk, by.pk):
        job, _new = order_job("test_lost", {}, by=by, idempotency_key=key)
        Job.objects.filter(pk=job.pk).update(**fields)
        return Job.objects.get(pk=job.pk)


def state_of(job):
    with tenant_context(job.tenant_id):
        return Job.objects.get(pk=job.pk)


def ago(**delta):
    return timezone.now() - timedelta(**delta)


def test_a_lost_message_is_sent_again_after_half_a_minute(world, woken):
    order(world, "young")
    old = order(world, "old", created_at=ago(seconds=31))
    foreign = order(world, "foreign", tenant=world.other, by=world.mallory, created_at=ago(seconds=40))
    reconcile_jobs()
    assert set(woken) == {old.pk, foreign.pk}
    reconcile_jobs()
    assert len(woken) == 2
    with tenant_context(world.tenant.pk):
        Job.objects.filter(pk=old.pk).update(sent_at=ago(seconds=31))
    reconcile_jobs()
    assert woken[2:] == [old.pk]


def test_a_job_whose_worker_died_is_sent_again_when_its_lease_is_over(world, woken):
    alive = order(world, "alive", state=JobState.RUNNING, lease_until=ago(seconds=-30), attempts=1)
    dead = order(world, "dead", state=JobState.RUNNING, lease_until=ago(seconds=1), attempts=1)
    order(world, "done", state=JobState.DONE)
    order(world, "cancelled", state=JobState.CANCELLED, created_at=ago(hours=1))
    reconcile_jobs()
    assert woken == [dead.pk]
    assert state_of(alive).state == "running"


@pytest.mark.parametrize(("language", "words"), [("en", "interrupted 3 times"), ("zh-hans", "已中断 3 次")])
def test_attempts_run_out_with_a_sentence_in_the_orderers_language(world, woken, language, words):
    type(world.alice).objects.filter(pk=world.alice.pk).update(language=language)
    job = order(world, state=JobState.RUNNING, lease_until=ago(seconds=1), attempts=MAX_ATTEMPTS, created_at=ago(minutes=9))
    given_back = order(world, "given back", attempts=MAX_ATTEMPTS, failure="The store is away.", created_at=ago(minutes=9))
    result = reconcile_jobs()
    assert (result.sent, result.failed, woken) == (0, 2, [])
    failed = state_of(job)
    assert (failed.state, failed.lease_until) == ("failed", None)
    assert words in failed.failure
    assert "The store is away." in state_of(given_back).failure


def test_maint_may_do_no_more_than_it_needs(world):
    from django.db import DatabaseError

    order(world)
    for statement in (
        "delete from portal_job",
        "update portal_project set unit = 'x'",
        "insert into portal_auditevent (tenant_id) values (1)",
    ):
        with pytest.raises(DatabaseError), connections["maint"].cursor() as cursor:
            cursor.execute(statement)
        connections["maint"].close()


def test_a_due_time_is_taken_once(world):
    moment = datetime(2026, 11, 24, 10, 17, 42, tzinfo=UTC)
    assert due(3600, moment) == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert due(86400, moment) == datetime(2026, 11, 24, tzinfo=UTC)
    assert [once("nightly", due(3600, moment)) for _ in range(3)] == [True, False, False]
    assert once("other", due(3600, moment))
    assert once("nightly", due(3600, moment + timedelta(hours=1)))


def test_old_marks_are_forgotten(world):
    PeriodicRun.objects.create(name="x", due_at=ago(days=31))
    PeriodicRun.objects.create(name="x", due_at=ago(days=29))
    assert forget_old_runs() == 1


def test_eight_workers_take_one_job_once(world):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from portal.jobs.running import run_job

    job = order(world)
    ran = []

    def work(_n):
        try:
            return run_job(lambda job, progress: ran.append(1), world.tenant.pk, job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(work, range(8)))
    assert ran == [1]
    assert sorted(answers) == ["done", *["taken"] * 7]


def test_the_lease_is_kept_while_one_step_takes_long(world, monkeypatch):
    import time

    from portal.jobs import running
    from portal.jobs.actions import claim_job

    monkeypatch.setattr(running, "LEASE", timedelta(seconds=0.9))
    job = order(world)

    def work(found, progress):
        over = ago(seconds=1)
        with tenant_context(world.tenant.pk):
            Job.objects.filter(pk=job.pk).update(lease_until=over)
        end = time.monotonic() + 30
        while state_of(job).lease_until == over:
            assert time.monotonic() < end, "nobody renewed the lease"
            time.sleep(0.05)
        with tenant_context(world.tenant.pk):
            assert claim_job(job.pk, "thief") is None
        return {}

    assert running.run_job(work, world.tenant.pk, job.pk) == "done"
