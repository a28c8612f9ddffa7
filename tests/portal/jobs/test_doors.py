"""The page of a job: for who ordered it and for the administrator."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import gettext_noop

from portal.core.tenancy import tenant_context
from portal.jobs.actions import order_job
from portal.jobs.models import Job
from portal.jobs.states import JobState
from portal.jobs.tasks import tenant_task
from tests.portal.browsers import EnglishClient


@tenant_task("test_door", name="tests.door", title="A file", result_url=lambda job: f"/result/{job.pk}/")
def do_test_door(job, progress):
    return {}


@pytest.fixture
def client():
    return EnglishClient()


@pytest.fixture
def job(world):
    with tenant_context(world.tenant.pk, world.alice.pk):
        return order_job("test_door", {}, by=world.alice, idempotency_key="one")[0]


def url(name, job, slug="xinghe"):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": slug, "job_id": job.pk})


def change(world, job, **fields):
    with tenant_context(world.tenant.pk):
        Job.objects.filter(pk=job.pk).update(**fields)
        return Job.objects.get(pk=job.pk)


def test_who_sees_it(world, client, job):
    for who, status in (("alice", 200), ("adam", 200), ("bob", 404), ("pam", 404), ("dave", 404)):
        client.force_login(getattr(world, who))
        assert client.get(url("job", job)).status_code == status
        if status == 404:
            assert client.post(url("job_cancel", job)).status_code == 404
    client.force_login(world.mallory)
    assert client.get(url("job", job)).status_code == 404
    assert client.get(url("job", job, "rivale")).status_code == 404
    assert change(world, job).state == "queued"


def test_the_part_polls_while_it_runs_and_stops_after(world, client, job):
    client.force_login(world.alice)
    change(world, job, state=JobState.RUNNING, progress=40, stage=gettext_noop("Saved."))
    part = client.get(url("job", job), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part
    assert 'value="40"' in part
    assert "Saved." in part
    change(world, job, state=JobState.DONE)
    done = client.get(url("job", job), headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" not in done
    assert f"/result/{job.pk}/" in done


def test_the_stage_is_said_in_the_readers_language(world, client, job):
    change(world, job, state=JobState.RUNNING, stage="Saved.")
    type(world.alice).objects.filter(pk=world.alice.pk).update(language="zh-hans")
    client.force_login(world.alice)
    assert "已保存" in client.get(url("job", job)).content.decode()


def test_cancel_and_start_again(world, client, job):
    client.force_login(world.alice)
    assert client.post(url("job_retry", job)).status_code == 409
    assert client.post(url("job_cancel", job)).status_code == 303
    assert change(world, job).state == "cancelled"
    assert client.post(url("job_cancel", job)).status_code == 409
    part = client.post(url("job_retry", job), headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert change(world, job).state == "queued"
    client.force_login(world.adam)
    assert "cancelled the work “A file”" in client.get("/t/xinghe/administration/log/").content.decode()


def test_a_failure_is_shown_with_its_sentence_and_a_way_on(world, client, job):
    change(world, job, state=JobState.FAILED, failure="The gate has no decision yet.")
    client.force_login(world.alice)
    page = client.get(url("job", job)).content.decode()
    assert "The gate has no decision yet." in page
    assert url("job_retry", job) in page
