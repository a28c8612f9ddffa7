"""A job runs in its organisation, says honestly how it ended, and ends once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import get_language

from portal.core.errors import Refused
from portal.core.tenancy import NoTenantInScope, current_scope, tenant_context
from portal.jobs.actions import MAX_ATTEMPTS, cancel_job, claim_job, order_job, retry_job
from portal.jobs.models import Job
from portal.jobs.running import TryAgain, run_job, tenant_task
from portal.jobs.states import JobState


@tenant_task("test_kind", name="tests.kind", title="A test")
def do_test_kind(job, progress):
    return {}


@pytest.fixture
def job(world):
    with tenant_context(world.tenant.pk, world.alice.pk):
        made, _new = order_job("test_kind", {"a": 1}, by=world.alice, idempotency_key="one")
    return made


def again(world, job):
    with tenant_context(world.tenant.pk):
        return Job.objects.get(pk=job.pk)


def test_an_unknown_kind_is_refused_when_it_is_ordered(in_tenant):
    with pytest.raises(KeyError, match="no_such_kind"):
        order_job("no_such_kind", {}, by=in_tenant.alice, idempotency_key="x")
    assert Job.objects.count() == 0


def test_the_same_order_twice_is_one_job(in_tenant, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        first, new = order_job("test_kind", {}, by=in_tenant.alice, idempotency_key="same")
        second, newer = order_job("test_kind", {}, by=in_tenant.alice, idempotency_key="same")
    assert (first.pk, new, newer) == (second.pk, True, False)
    assert len(callbacks) == 1


def test_work_runs_in_its_organisation_and_language_and_reports(world, job):
    seen = {}

    def work(found, progress):
        assert current_scope() is None
        progress("Drawing charts", 40)
        seen["at 40"] = (again(world, job).stage, again(world, job).progress)
        with progress.scope():
            seen["scope"] = current_scope()
        seen["language"] = get_language()
        seen["args"] = found.args
        return {"file": "x.pdf"}

    assert run_job(work, world.tenant.pk, job.pk) == "done"
    done = again(world, job)
    assert (done.state, done.progress, done.result, done.attempts) == ("done", 100, {"file": "x.pdf"}, 1)
    assert seen["at 40"] == ("Drawing charts", 40)
    assert (seen["scope"].tenant_id, seen["scope"].user_id, seen["scope"].request_id) == (world.tenant.pk, world.alice.pk, f"job-{job.pk}")
    assert (seen["language"], seen["args"]) == ("en", {"a": 1})


def test_without_a_tenant_nothing_starts(world, job):
    for tenant_id in (None, 0):
        with pytest.raises(NoTenantInScope):
            run_job(lambda job, progress: {}, tenant_id, job.pk)
    assert again(world, job).state == "queued"


def test_the_job_of_another_organisation_is_not_found(world, job):
    ran = []
    assert run_job(lambda *_: ran.append(1), world.other.pk, job.pk) == "taken"
    assert run_job(lambda *_: ran.append(1), world.tenant.pk, uuid4()) == "taken"
    assert (ran, again(world, job).state) == ([], "queued")


def test_a_second_message_does_nothing(world, job):
    ran = []
    assert run_job(lambda *_: ran.append(1), world.tenant.pk, job.pk) == "done"
    assert run_job(lambda *_: ran.append(1), world.tenant.pk, job.pk) == "taken"
    assert ran == [1]


def test_a_refusal_is_said_in_its_own_words(world, job):
    def work(job, progress):
        raise Refused("The gate has no decision yet.")

    assert run_job(work, world.tenant.pk, job.pk) == "failed"
    assert again(world, job).failure == "The gate has no decision yet."


def test_a_fault_is_said_in_a_sentence_without_its_insides(world, job):
    def work(job, progress):
        raise ValueError("secret /srv/path")

    assert run_job(work, world.tenant.pk, job.pk) == "failed"
    failed = again(world, job)
    assert failed.failure.startswith("Something went wrong on our side")
    assert "secret" not in failed.failure
    assert failed.finished_at is not None


def test_a_cancelled_job_stops_at_its_next_report_and_keeps_nothing(world, job):
    def work(found, progress):
        with tenant_context(world.tenant.pk):
            cancel_job(again(world, job), by=world.alice)
        progress("Next", 50)
        raise AssertionError("went on")

    assert run_job(work, world.tenant.pk, job.pk) == "cancelled"
    assert again(world, job).state == "cancelled"


def test_finishing_inside_the_scope_undoes_it_when_the_job_was_taken_over(world, job):
    def work(found, progress):
        with tenant_context(world.tenant.pk):
            Job.objects.filter(pk=job.pk).update(lease_owner="somebody else")
        with progress.scope():
            Job.objects.create(kind="left over", idempotency_key="left over")
            progress.finish({"mine": True})

    assert run_job(work, world.tenant.pk, job.pk) == "cancelled"
    with tenant_context(world.tenant.pk):
        assert list(Job.objects.values_list("kind", "result", "lease_owner")) == [("test_kind", {}, "somebody else")]


def test_work_that_is_given_back_waits_for_the_reconciler(world, job):
    def work(job, progress):
        raise TryAgain("The store is away.")

    assert run_job(work, world.tenant.pk, job.pk) == "queued"
    back = again(world, job)
    assert (back.state, back.attempts, back.lease_owner, back.failure) == ("queued", 1, "", "The store is away.")


def test_a_database_that_is_away_leaves_the_job_to_its_lease(world, job):
    def work(job, progress):
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        run_job(work, world.tenant.pk, job.pk)
    assert again(world, job).state == "running"


def test_attempts_run_out_and_a_person_can_start_again(world, job):
    with tenant_context(world.tenant.pk):
        for _attempt in range(MAX_ATTEMPTS):
            assert claim_job(job.pk, "worker") is not None
            Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        assert claim_job(job.pk, "worker") is None
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
        retry_job(Job.objects.get(pk=job.pk), by=world.alice)
        assert claim_job(job.pk, "worker") is not None
