"""What starts, moves and ends limits by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from compliance.filings.models import FilingEvent
from portal.projects.facts.actions import save_facts
from portal.projects.models import Project, ProjectSummary
from portal.tenants.entry import acting_as
from tests.compliance.clocks.conftest import ALGO
from tests.compliance.filings.conftest import GENAI

DAY = dt.timedelta(days=1)


def set_launch(stage: Any, day: dt.date | None) -> None:
    with acting_as(stage.tenant, stage.alice):
        save_facts(Project.objects.get(pk=stage.project.pk), {"launch_date": day.isoformat() if day else "unknown"}, by=stage.alice)


def test_a_limit_before_launch_follows_the_planned_day(clocked: Any) -> None:
    set_launch(clocked, clocked.today + 60 * DAY)
    clocked.decided(GENAI)
    (clock,) = clocked.clocks(GENAI, event="service_launch")
    assert (clock.state, clock.due_on, clock.basis) == ("running", clocked.today + 60 * DAY, "statutory")
    assert clocked.row(GENAI).clock_on == clock.due_on
    set_launch(clocked, clocked.today + 90 * DAY)
    (moved,) = clocked.clocks(GENAI, event="service_launch")
    assert (moved.pk, moved.due_on, moved.version) == (clock.pk, clocked.today + 90 * DAY, clock.version + 1)
    with acting_as(clocked.tenant, clocked.alice):
        assert ProjectSummary.objects.get(project=clocked.project).next_clock_due == moved.due_on
        assert FilingEvent.objects.filter(verb="clock_moved").count() == 1
    set_launch(clocked, None)
    (gone,) = clocked.clocks(GENAI, event="service_launch")
    assert gone.state == "void"
    assert clocked.row(GENAI).clock_on is None
    set_launch(clocked, clocked.today + 30 * DAY)
    assert [one.state for one in clocked.clocks(GENAI, event="service_launch")] == ["void", "running"]


def test_handing_in_meets_the_limit_and_the_authoritys_period_is_no_limit_of_ours(clocked: Any) -> None:
    set_launch(clocked, clocked.today + 60 * DAY)
    clocked.decided(ALGO)
    assert clocked.clocks(ALGO) == []  # it runs from the day the service goes live
    clocked.road()
    clocked.step("submitted", on=clocked.today - 20 * DAY, receipt="R1")
    (period,) = clocked.clocks(ALGO)
    assert (period.action, period.n, period.unit, period.state) == ("authority", 30, "working_day", "running")
    assert clocked.row(ALGO).clock_on is None
    clocked.step("accepted", on=clocked.today - 18 * DAY)
    clocked.step("under_review")
    due = period.due_on
    clocked.step("supplement_requested", on=clocked.today - 10 * DAY, note="more")
    assert clocked.clocks(ALGO)[0].state == "paused"
    clocked.step("resubmitted", on=clocked.today - 3 * DAY, receipt="R2")
    (period,) = clocked.clocks(ALGO)
    assert (period.state, period.paused_days) == ("running", 7)
    assert period.due_on > due
    clocked.step("under_review")
    clocked.step("approved", on=clocked.today - 1 * DAY, number="网信算备110108123456701250011号")
    (period,) = clocked.clocks(ALGO)
    assert (period.state, period.ended_on) == ("met", clocked.today - DAY)


def approved(clocked: Any) -> None:
    clocked.decided(ALGO)
    clocked.road()
    clocked.step("submitted", on=clocked.today - 20 * DAY, receipt="R1")
    clocked.step("accepted", on=clocked.today - 18 * DAY)
    clocked.step("under_review")
    clocked.step("approved", on=clocked.today - 10 * DAY, number="网信算备110108123456701250011号")


def test_a_fact_of_a_filed_service_starts_the_change_and_handing_it_in_meets_it(clocked: Any) -> None:
    approved(clocked)
    with acting_as(clocked.tenant, clocked.alice):
        save_facts(Project.objects.get(pk=clocked.project.pk), {"opinion_or_mobilization": "no"}, by=clocked.alice)
    changes = clocked.clocks(ALGO, event="filed_information_changed")
    assert [(one.n, one.unit, one.event_on) for one in changes] == [(10, "working_day", clocked.today)]
    assert clocked.row(ALGO).clock_on == changes[0].due_on


def test_steps_that_owe_something_start_its_limit_and_doing_it_meets_it(clocked: Any) -> None:
    approved(clocked)
    clocked.step("change_due", note="new model")
    (change,) = clocked.clocks(ALGO, event="filed_information_changed")
    clocked.step("change_submitted", on=clocked.today, receipt="R3")
    (change,) = clocked.clocks(ALGO, pk=change.pk)
    assert (change.state, change.ended_on) == ("met", clocked.today)
    clocked.step("published", on=clocked.today)
    clocked.step("cancel_due", note="over")
    (cancel,) = clocked.clocks(ALGO, event="service_terminated")
    assert (cancel.n, cancel.state) == (20, "running")
    clocked.step("cancelled", on=clocked.today)
    assert {one.state for one in clocked.clocks(ALGO)} == {"met"}
    assert clocked.row(ALGO).clock_on is None
