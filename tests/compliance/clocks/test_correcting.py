"""The day of a step was wrong: the limits that rest on it are counted again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from compliance.filings.actions import correct_step
from compliance.filings.models import FilingEvent
from portal.core.errors import Invalid
from portal.projects.facts.actions import save_facts
from portal.projects.models import Project
from portal.tenants.entry import acting_as
from tests.compliance.clocks.conftest import ALGO
from tests.compliance.filings.conftest import GENAI

DAY = dt.timedelta(days=1)


def correct(clocked: Any, to: str, regime: str = ALGO, **given: Any) -> None:
    with acting_as(clocked.tenant, clocked.carol):
        event = FilingEvent.objects.filter(filing__regime=regime, verb="stepped", new_state=to).latest("done_at")
    clocked.do("carol", correct_step, regime=regime, step=event.pk, reason="read the receipt again", **given)


def review(clocked: Any) -> None:
    clocked.decided(ALGO)
    clocked.road()
    clocked.step("submitted", on=clocked.today - 30 * DAY, receipt="R1")
    clocked.step("accepted", on=clocked.today - 28 * DAY)
    clocked.step("under_review")


def test_the_authoritys_period_runs_from_the_corrected_day_and_stops_on_the_corrected_days(clocked: Any) -> None:
    review(clocked)
    (period,) = clocked.clocks(ALGO)
    correct(clocked, "submitted", on=clocked.today - 37 * DAY)
    (moved,) = clocked.clocks(ALGO)
    assert (moved.pk, moved.event_on) == (period.pk, clocked.today - 37 * DAY)
    assert moved.due_on < period.due_on
    clocked.step("supplement_requested", on=clocked.today - 10 * DAY, note="more")
    correct(clocked, "supplement_requested", on=clocked.today - 12 * DAY)
    paused = next(one for one in clocked.clocks(ALGO) if one.action == "authority")
    assert (paused.state, paused.paused_on) == ("paused", clocked.today - 12 * DAY)
    clocked.step("resubmitted", on=clocked.today - 3 * DAY, receipt="R2")
    correct(clocked, "resubmitted", on=clocked.today - 5 * DAY, receipt="R2")
    again = next(one for one in clocked.clocks(ALGO) if one.action == "authority")
    stopped, went_on = (clocked.today - 12 * DAY).isoformat(), (clocked.today - 5 * DAY).isoformat()
    assert (again.paused_days, again.counted["pauses"]) == (7, [[stopped, went_on]])
    assert again.due_on >= moved.due_on


def test_a_supplement_received_earlier_is_due_earlier(clocked: Any) -> None:
    review(clocked)
    clocked.step("supplement_requested", on=clocked.today - 2 * DAY, note="more")
    started = clocked.clocks(ALGO, event="supplement_requested")
    correct(clocked, "supplement_requested", on=clocked.today - 6 * DAY)
    moved = clocked.clocks(ALGO, event="supplement_requested")
    assert [one.pk for one in moved] == [one.pk for one in started]
    assert all(one.event_on == clocked.today - 6 * DAY for one in moved)


def test_a_limit_that_the_step_met_says_so_for_the_corrected_day(clocked: Any) -> None:
    clocked.decided(GENAI)
    with acting_as(clocked.tenant, clocked.alice):
        launch = (clocked.today + 60 * DAY).isoformat()
        save_facts(Project.objects.get(pk=clocked.project.pk), {"launch_date": launch}, by=clocked.alice)
    clocked.road(GENAI)
    clocked.step("submitted", GENAI, on=clocked.today - 2 * DAY, receipt="R1")
    met = [one for one in clocked.clocks(GENAI) if one.state == "met"]
    assert {one.ended_on for one in met} == {clocked.today - 2 * DAY}
    correct(clocked, "submitted", GENAI, on=clocked.today - 4 * DAY)
    assert {one.ended_on for one in clocked.clocks(GENAI) if one.state == "met"} == {clocked.today - 4 * DAY}
    with acting_as(clocked.tenant, clocked.alice):
        told = FilingEvent.objects.get(verb="clock_met_moved")
    assert (told.detail["on"], told.detail["old_on"]) == tuple((clocked.today - ago * DAY).isoformat() for ago in (4, 2))


def test_nothing_stands_of_a_correction_before_the_event(clocked: Any) -> None:
    review(clocked)
    clocked.step("approved", on=clocked.today - 10 * DAY, number="网信算备110108123456701250011号")
    changed = clocked.report("filed_information_changed", on=clocked.today - 5 * DAY)
    clocked.step("change_due", note="new model")
    clocked.step("change_submitted", on=clocked.today - DAY, receipt="R3")
    assert clocked.clocks(ALGO, pk=changed[0].pk)[0].state == "met"
    with pytest.raises(Invalid, match="before the event"):
        correct(clocked, "change_submitted", on=clocked.today - 7 * DAY)
    (kept,) = clocked.clocks(ALGO, pk=changed[0].pk)
    assert kept.ended_on == clocked.today - DAY
    with acting_as(clocked.tenant, clocked.alice):
        assert not FilingEvent.objects.filter(verb="corrected").exists()


def test_the_end_of_validity_moves_its_limits(clocked: Any) -> None:
    review(clocked)
    given = {"number": "网信算备110108123456701250011号", "valid_until": clocked.today + 900 * DAY}
    clocked.step("approved", on=clocked.today - 10 * DAY, **given)
    before = clocked.clocks(ALGO, event="valid_to")
    correct(clocked, "approved", valid_until=clocked.today + 800 * DAY)
    after = clocked.clocks(ALGO, event="valid_to")
    assert [one.pk for one in after] == [one.pk for one in before]
    assert all(one.event_on == clocked.today + 800 * DAY for one in after)
