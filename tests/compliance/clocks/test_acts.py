"""Reporting, ending, waiving, finding void: what is allowed, what is refused, and two people at once."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from compliance.clocks import actions
from compliance.clocks.actions.ruling import remove_rule, save_rule
from compliance.clocks.following import after_facts
from compliance.clocks.models import ClockRule, FilingClock
from compliance.clocks.queries import at_risk, open_clocks
from compliance.clocks.recounting import apply_rule
from compliance.filings.actions import decide_filing, second_decision
from compliance.filings.models import Filing
from compliance.filings.subjects import subject_of
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.facts.actions import save_organisation_facts
from portal.projects.models import Project
from portal.tenants.entry import acting_as
from tests.compliance.clocks.conftest import ALGO
from tests.compliance.clocks.test_following import set_launch
from tests.compliance.filings.conftest import GENAI, PUBLIC
from tests.factories import cast
from tests.factories.ready import start
from tests.factories.threads import at_once

DAY = dt.timedelta(days=1)
INCIDENT, BREACH, OPINION = "cybersecurity_incident_report", "gdpr_breach_notification", "public_opinion_security_assessment"


def test_of_several_limits_of_one_event_the_shortest_counts_and_an_unknown_condition_is_said(clocked: Any) -> None:
    moment = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(minutes=30)
    with pytest.raises(Invalid, match="time of the event"):
        clocked.report("security_incident", regime=INCIDENT, on=clocked.today)
    with acting_as(clocked.tenant, clocked.alice):
        save_organisation_facts({"cii_operator": "yes"}, by=clocked.carol)
    (clock,) = clocked.report("security_incident", regime=INCIDENT, at=moment)
    assert (clock.n, clock.unit, clock.due_at) == (1, "hour", moment + dt.timedelta(hours=1))
    assert [4, "hour"] in clock.counted["others"]
    (again,) = clocked.report("security_incident", regime=INCIDENT, at=moment)
    assert again.pk == clock.pk
    with pytest.raises(Conflict, match="another time"):
        clocked.report("security_incident", regime=INCIDENT, at=moment - dt.timedelta(minutes=1))
    corrected = clocked.act("carol", actions.correct_clock, clock, at=moment - dt.timedelta(minutes=5), reason="log")
    assert corrected.due_at == moment + dt.timedelta(minutes=55)


def test_seventy_two_hours_end_in_the_zone_of_the_law(clocked: Any) -> None:
    begun = dt.datetime(2026, 10, 23, 12, 0, tzinfo=ZoneInfo("Europe/Brussels"))
    (clock,) = clocked.report("personal_data_breach", regime=BREACH, at=begun)
    assert clock.due_at.astimezone(ZoneInfo("Europe/Brussels")).isoformat() == "2026-10-26T11:00:00+01:00"
    assert clock.due_on == dt.date(2026, 10, 26)


BAD = [
    ("made_up", {"on": -1}, Invalid, "no limit for this event"),
    ("service_launch", {"on": -1}, Invalid, "no limit for this event"),
    ("user_surge", {"on": 1}, Invalid, "future"),
    ("user_surge", {}, Invalid, "date is needed"),
    ("user_surge", {"on": -1, "note": " "}, Invalid, "Say why"),
    ("user_surge", {"on": -9000}, Invalid, "in force since"),
]


@pytest.mark.parametrize(("event", "given", "error", "said"), BAD)
def test_an_event_that_cannot_be_is_refused(clocked: Any, event: str, given: dict[str, Any], error: type, said: str) -> None:
    given = given | ({"on": clocked.today + given["on"] * DAY} if "on" in given else {})
    with pytest.raises(error, match=said):
        clocked.report(event, regime=OPINION, **given)
    assert clocked.clocks(OPINION) == []


def test_rights(clocked: Any) -> None:
    (clock,) = clocked.report("user_surge", regime=OPINION, on=clocked.today - DAY)
    for who in ("dave", "bob", "adam"):
        with pytest.raises(NotAllowed):
            clocked.act(who, actions.meet_clock, clock, on=clocked.today)
        with pytest.raises(NotAllowed):
            clocked.report("user_surge", regime=OPINION, who=who, on=clocked.today)
    with acting_as(clocked.tenant, clocked.carol) as carol:
        assert open_clocks(carol).count() == 1
    with acting_as(clocked.other, clocked.mallory) as mallory:
        assert open_clocks(mallory).count() == 0


def test_a_limit_by_law_is_not_waived_and_found_void_by_two(clocked: Any) -> None:
    (clock,) = clocked.report("user_surge", regime=OPINION, on=clocked.today - DAY)
    with pytest.raises(Conflict, match="cannot be waived"):
        clocked.act("carol", actions.waive_clock, clock, reason="busy")
    with pytest.raises(Invalid):
        clocked.act("carol", actions.void_clock, clock, reason=" ")
    assert clocked.act("carol", actions.void_clock, clock, reason="no surge").state == "running"
    with pytest.raises(NotAllowed, match="second person"):
        clocked.act("carol", actions.void_clock, clock, reason="")
    assert clocked.row(OPINION).clock_on == clock.due_on
    done = clocked.act("sam", actions.void_clock, clock, reason="")
    assert (done.state, done.reason) == ("void", "no surge")
    assert clocked.row(OPINION).clock_on is None
    (anew,) = clocked.report("user_surge", regime=OPINION, on=clocked.today - DAY)
    assert anew.pk != clock.pk
    with acting_as(clocked.tenant, clocked.carol) as carol:
        assert list(at_risk(carol, days=3)) == []
        assert [one.pk for one in at_risk(carol, days=90)] == [anew.pk]


def test_met_late_and_impossible_days(clocked: Any) -> None:
    (clock,) = clocked.report("user_surge", regime=OPINION, on=clocked.today - 90 * DAY)
    assert clock.due_on < clocked.today
    for day in (clocked.today + DAY, clocked.today - 91 * DAY):
        with pytest.raises(Invalid):
            clocked.act("carol", actions.meet_clock, clock, on=day)
    met = clocked.act("carol", actions.meet_clock, clock, on=clocked.today)
    assert met.ended_on > met.due_on
    with pytest.raises(Conflict, match="over already"):
        clocked.act("carol", actions.meet_clock, clock, on=clocked.today)
    with acting_as(clocked.tenant, clocked.alice):
        assert Filing.objects.get(regime=OPINION).events.filter(verb="clock_met_late").count() == 1


def test_turns_make_the_next_one(clocked: Any) -> None:
    clocked.decided(GENAI)
    (turn,) = clocked.report("recurring:0", regime=GENAI, on=clocked.today - 10 * DAY)
    assert (turn.basis, turn.due_on) == ("practice", clocked.today - 3 * DAY)
    with pytest.raises(Conflict, match="runs already"):
        clocked.report("recurring:0", regime=GENAI, on=clocked.today)
    clocked.act("carol", actions.meet_clock, turn, on=clocked.today - DAY)
    running = clocked.clocks(GENAI, event="recurring", state="running")
    assert [one.due_on for one in running] == [clocked.today + 6 * DAY]
    assert clocked.act("carol", actions.waive_clock, running[0], reason="paused").state == "waived"


def test_own_rules_start_follow_and_end(clocked: Any) -> None:
    launch = clocked.today + 120 * DAY
    set_launch(clocked, launch)
    clocked.decided(GENAI)
    rule = {"title": "Hand in early", "regime": "", "event": "service_launch", "direction": "before", "unit": "working_day"}

    def follow(found: ClockRule) -> FilingClock:
        row = clocked.row(GENAI)
        with acting_as(clocked.tenant, clocked.alice):
            apply_rule(found, row.pk, calendar_rules(catalogue()))
        set_launch(clocked, launch)
        return clocked.clocks(GENAI, key=f"rule:{found.pk}")[-1]

    with acting_as(clocked.tenant, clocked.alice) as alice, pytest.raises(NotAllowed):
        save_rule(None, **rule, n=30, version=0, by=alice)
    with acting_as(clocked.tenant, clocked.carol) as carol:
        with pytest.raises(Invalid):
            save_rule(None, **{**rule, "event": "user_surge"}, n=30, version=0, by=carol)
        found = save_rule(None, **rule, n=30, version=0, by=carol)
        with pytest.raises(Invalid, match="rule for this event"):
            save_rule(None, **rule, n=20, version=0, by=carol)
    set_launch(clocked, launch + DAY)
    clock = follow(found)
    assert (clock.basis, clock.n, clock.state) == ("internal", 30, "running")
    assert clocked.row(GENAI).clock_on == clock.due_on < launch
    with acting_as(clocked.tenant, clocked.carol) as carol:
        found = save_rule(found, **rule, n=20, version=1, by=carol)
    assert follow(found).due_on > clock.due_on
    with acting_as(clocked.tenant, clocked.carol) as carol:
        remove_rule(found, version=found.version, by=carol)
        found = ClockRule.objects.get(pk=found.pk)
    assert follow(found).state == "void"


@pytest.fixture
def committed(live_db: None) -> SimpleNamespace:
    world = cast.build_world()
    with acting_as(world.tenant, world.alice):
        start(world.project, PUBLIC)
    for name, act, given in (("carol", decide_filing, {"confirm": True}), ("sam", second_decision, {})):
        with acting_as(world.tenant, getattr(world, name)) as actor:
            version = Filing.objects.get(project=world.project, regime=ALGO).version
            act(world.project, ALGO, version=version, by=actor, **given)
    return world


def test_two_people_report_the_same_event_and_end_the_same_limit_at_once(committed: SimpleNamespace) -> None:
    def report(name: str) -> Any:
        def work() -> Any:
            with acting_as(committed.tenant, getattr(committed, name)) as actor:
                from portal.tenants.clock import organisation_today

                return actions.report_event(
                    subject_of(Project.objects.get(pk=committed.project.pk), ALGO),
                    "service_terminated",
                    on=organisation_today(),
                    by=actor,
                    note="closed",
                )

        return work

    first, second = at_once(report("carol"), report("carol"))
    assert first[0].pk == second[0].pk

    def meet() -> Any:
        with acting_as(committed.tenant, committed.carol) as actor:
            clock = FilingClock.objects.select_related("filing", "project").get(pk=first[0].pk)
            clock.version = 1
            return actions.meet_clock(clock, on=clock.event_on, by=actor)

    results = at_once(meet, meet)
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "FilingClock"]
    with acting_as(committed.tenant, committed.carol):
        assert FilingClock.objects.filter(event="service_terminated").count() == 1
        assert Filing.objects.get(regime=ALGO).clock_on is None


def test_saving_facts_that_move_nothing_costs_few_statements(clocked: Any, django_assert_max_num_queries: Any) -> None:
    set_launch(clocked, clocked.today + 60 * DAY)
    for regime in (GENAI, OPINION):
        clocked.decided(regime)
    with acting_as(clocked.tenant, clocked.alice):
        project = Project.objects.get(pk=clocked.project.pk)
        after_facts(project, {}, None)
        with django_assert_max_num_queries(7):
            after_facts(project, {}, None)
