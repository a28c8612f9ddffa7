"""The date moves filings once, quietly and restartably: a law comes into force, compliance hears it once, nobody’s decision falls."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.filings import nightly, tasks
from compliance.filings.models import Filing, FilingEvent
from portal.audit.models import AuditEvent
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.notices import kinds
from portal.notices.models import Notice
from portal.projects.facts.actions import save_facts
from portal.projects.models import FactAnswer, ProjectMember
from portal.roles.models import RolePermission
from tests.compliance.filings.conftest import PUBLIC
from tests.factories.cast import make_project
from tests.factories.ready import start

US = "us_ca_cppa_admt_notice"
BEFORE = dt.datetime(2026, 12, 20, 2, tzinfo=dt.UTC)
IN_FORCE = dt.datetime(2027, 1, 1, 2, tzinfo=dt.UTC)  # the law counts from 1 January 2027


@pytest.fixture
def abroad(stage: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The public bot also serves California, in December; ``stage.at`` moves the clock, ``stage.night`` runs the check."""
    moment = [BEFORE]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])
    monkeypatch.setattr("portal.jobs.actions.wake", lambda job: None)
    stage.at = lambda when: moment.__setitem__(0, when)

    def night() -> Job:
        with tenant_context(stage.tenant.pk):
            waiting = Job.objects.filter(kind=tasks.NIGHT).order_by("-created_at").first()
        tasks.reevaluate(stage.tenant.pk, str(waiting.pk))
        with tenant_context(stage.tenant.pk):
            return Job.objects.get(pk=waiting.pk)

    stage.night = night
    with tenant_context(stage.tenant.pk):
        FactAnswer.objects.create(fact_key="ccpa_business", value="yes", answered_by=stage.adam, answered_at=moment[0])
        save_facts(stage.project, {"markets": ["CN", "US-CA"], "ca_significant_decision_admt": "yes"}, by=stage.alice)
        Notice.objects.all().delete()
    return stage


def told(world: SimpleNamespace) -> list[Notice]:
    with tenant_context(world.tenant.pk):
        return list(Notice.objects.filter(kind=nightly.NIGHT_NOTICE).order_by("user_id"))


def test_a_law_comes_into_force_overnight(abroad: SimpleNamespace) -> None:
    row = abroad.decided(US, confirm=False, reason="Only staff see it there.")
    assert (row.result, row.timing) == ("required", "upcoming")
    assert (tasks.order_night(abroad.tenant.pk), tasks.order_night(abroad.tenant.pk)) == (1, 0), "two schedulers order it once"
    assert abroad.night().result == {"projects": 1, "moved": 0, "told": 0}
    abroad.at(IN_FORCE)
    assert tasks.order_night(abroad.tenant.pk) == 1
    result = abroad.night().result
    row = abroad.row(US)
    assert (result["moved"], row.timing, row.result) == (1, "in_force", "required")
    assert row.decision == "rejected", "a decision lapses with a fact it rests on, never with the date"
    with tenant_context(abroad.tenant.pk):
        event = FilingEvent.objects.get(filing=row, verb="timing_moved")
        act = AuditEvent.objects.filter(verb="compliance.filings.evaluated").order_by("-at").first()
    assert (event.detail, event.done_by) == ({"old": "upcoming", "new": "in_force"}, None)
    assert act.changes["timed"][US] == ["upcoming", "in_force"]
    notices = told(abroad)
    assert [one.user_id for one in notices] == [abroad.carol.pk], "one message for compliance, none for each project"
    assert notices[0].params["projects"] == 1
    assert notices[0].params["timing_moved"] >= 1
    assert kinds.get(nightly.NIGHT_NOTICE).subject_for(notices[0].params) == "Filings of 1 projects moved with the date or the content"
    with tenant_context(abroad.tenant.pk):
        assert not Notice.objects.filter(kind="compliance.filings_to_decide").exists()
        Job.objects.filter(kind=tasks.NIGHT).update(state="queued", args={"day": "2027-01-01"}, attempts=0)
    before = FilingEvent._base_manager.count()
    assert abroad.night().result["moved"] == 0
    assert FilingEvent._base_manager.count() == before
    assert len(told(abroad)) == 1, "a second run finds and tells nothing"


def test_a_killed_worker_is_followed_by_one_that_goes_on(abroad: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    with tenant_context(abroad.tenant.pk):
        for number in (2, 3):
            start(
                make_project(abroad.alice, f"XH-000{number}"), {**PUBLIC, "markets": ["CN", "US-CA"], "ca_significant_decision_admt": "yes"}
            )
        ids = nightly.next_batch("", 10)
    assert len(ids) == 3
    abroad.at(IN_FORCE)
    tasks.order_night(abroad.tenant.pk)
    monkeypatch.setattr(tasks, "BATCH", 1)
    looked: list[UUID] = []
    real = nightly.behind

    def behind(batch: list[UUID]) -> list[UUID]:
        looked.extend(batch)
        if len(looked) == 2:
            raise KeyboardInterrupt
        return real(batch)

    monkeypatch.setattr(nightly, "behind", behind)
    with pytest.raises(KeyboardInterrupt):
        abroad.night()
    with tenant_context(abroad.tenant.pk):
        left = Job.objects.get(kind=tasks.NIGHT)
        assert left.args["place"]["after"] == str(ids[0])
        assert left.args["place"]["moved"] == 1
        Job.objects.filter(pk=left.pk).update(state="queued", lease_until=None)
    looked.clear()
    looked.append(UUID(int=0))
    monkeypatch.setattr(nightly, "behind", lambda batch: (looked.extend(batch), real(batch))[1])
    job = abroad.night()
    assert (job.state, looked[1:]) == ("done", ids[1:])
    assert job.result["moved"] == 3
    assert told(abroad)[0].params["projects"] == 3, "the message counts what the killed worker did too"


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(abroad: SimpleNamespace) -> None:
    def cost() -> int:
        with tenant_context(abroad.tenant.pk):
            ids = nightly.next_batch("", 50)
            with CaptureQueriesContext(connection) as captured:
                assert nightly.behind(ids) == []
        return len(captured)

    one = cost()
    with tenant_context(abroad.tenant.pk):
        start(make_project(abroad.alice, "XH-0002"), PUBLIC)
    assert (cost(), one) == (one, 4)


def test_the_message_names_no_confidential_project_and_reaches_only_its_officers(abroad: SimpleNamespace) -> None:
    with tenant_context(abroad.tenant.pk):
        abroad.project.confidential = True
        abroad.project.save(update_fields=["confidential"])
        RolePermission.objects.filter(permission="portal.view_confidential_projects").delete()
        ProjectMember.objects.create(project=abroad.project, user=abroad.bob, role_key="compliance", starts_on=dt.date(2026, 1, 1))
    abroad.at(IN_FORCE)
    tasks.order_night(abroad.tenant.pk)
    abroad.night()
    assert [one.user_id for one in told(abroad)] == [abroad.bob.pk]


def test_records_of_the_organisation_do_not_follow_the_launch_of_a_project(
    abroad: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two projects that launch in different years must not move the one record to and fro."""
    with tenant_context(abroad.tenant.pk):
        shared: Any = Filing.objects.filter(project=None).values_list("pk", "version")
        before = dict(shared)
        assert before
        save_facts(abroad.project, {"launch_date": "2031-01-01"}, by=abroad.alice)
        assert dict(Filing.objects.filter(project=None).values_list("pk", "version")) == before
