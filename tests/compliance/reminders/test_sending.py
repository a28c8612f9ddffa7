"""Reminders are sent once per date, step and person; who is told follows the chain."""

from __future__ import annotations

import datetime as dt

import pytest

from compliance.filings.models import FilingEvent
from compliance.reminders.models import ReminderPreference, ReminderRule, ReminderSent
from compliance.reminders.sending import send_reminders_in
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.models import Project, ProjectMember
from portal.tenants.models import Membership
from tests.compliance.reminders.conftest import MONDAY, at, clock
from tests.factories.threads import at_once

DAY = dt.timedelta(days=1)


def progress(world):
    """A step was recorded, so that nobody else need be told yet."""
    with tenant_context(world.tenant.pk):
        FilingEvent.objects.create(filing=world.filing, verb="stepped", old_state="to_prepare", new_state="preparing", done_by=world.bob)


def test_steps_come_one_after_the_other_and_each_once(dated):
    with at(MONDAY - 30 * DAY):
        progress(dated)
    assert dated.run(MONDAY - 31 * DAY) == []  # 22 working days: the first step is not reached
    first = dated.run(MONDAY - 28 * DAY)
    assert ("Bob", 20) in first
    assert dated.run(MONDAY - 28 * DAY, 10) == []
    assert dated.run(MONDAY - 27 * DAY) == []
    assert ("Bob", 10) in dated.run(MONDAY - 14 * DAY)
    assert ("Bob", 1) in dated.run(MONDAY - 3 * DAY)  # Friday
    assert dated.run(MONDAY - 2 * DAY) == dated.run(MONDAY - DAY) == []  # the weekend brings nothing new
    assert ("Bob", 0) in dated.run(MONDAY)
    assert ("Bob", -1) in dated.run(MONDAY + DAY)
    assert ("Bob", -2) in dated.run(MONDAY + 2 * DAY)
    message = next(notice for notice in dated.notices(dated.bob) if notice.once_key.endswith(":0"))
    assert message.kind == "compliance.reminder_statutory"
    assert message.params["left"] == {"zh": "今天到期", "en": "Due today"}
    assert message.email_wanted


def test_an_outage_sends_the_most_urgent_step_alone(dated):
    assert [step for name, step in dated.run(MONDAY - 14 * DAY) if name == "Bob"] == [10]
    assert [step for name, step in dated.run(MONDAY - 3 * DAY) if name == "Bob"] == [1]  # 5 and 2 were missed
    assert [step for name, step in dated.run(MONDAY + 8 * DAY) if name == "Bob"] == [-6]


def test_two_beats_at_once_send_once(dated_live):
    tenant_id = dated_live.tenant.pk
    with tenant_context(tenant_id):
        for day in range(1, 30):
            clock(dated_live, MONDAY + (day % 5) * DAY, key=f"more/{day}")
    with at(MONDAY):
        results = at_once(*[lambda: send_reminders_in(tenant_id)] * 3)
    assert not [result for result in results if isinstance(result, Exception)], results
    with tenant_context(tenant_id):
        rows = list(ReminderSent.objects.values_list("clock_id", "due_on", "step", "user_id"))
        told = list(Notice.objects.values_list("user_id", "once_key"))
    assert len(rows) == len(set(rows)) == sum(results) == len(told)
    assert {row[3] for row in rows} >= {dated_live.bob.pk}
    assert len({row[0] for row in rows}) == 30
    with at(MONDAY, 10):
        assert send_reminders_in(tenant_id) == 0


def test_a_moved_date_begins_anew_and_one_that_comes_back_does_not(dated, change):
    assert ("Bob", 1) in dated.run(MONDAY - 3 * DAY)
    change(due_on=MONDAY + 7 * DAY)
    assert ("Bob", 10) in dated.run(MONDAY - 3 * DAY, 10)
    change(due_on=MONDAY)
    assert dated.run(MONDAY - 3 * DAY, 11) == []


@pytest.mark.parametrize("state", ["paused", "met", "waived", "void"])
def test_only_limits_that_run_are_told_of(dated, change, state):
    change(state=state, ended_on=None if state == "paused" else MONDAY)
    assert dated.run(MONDAY) == []


def test_the_authoritys_own_period_is_not_ours_to_keep(dated, change):
    change(action="authority")
    assert dated.run(MONDAY) == []


def test_nothing_comes_before_the_morning_but_limits_in_hours(dated, change):
    assert dated.run(MONDAY, 6) == []
    change(unit="hour", due_at=dt.datetime(2026, 6, 8, 4, tzinfo=dt.UTC))
    assert ("Bob", 0) in dated.run(MONDAY, 6)
    assert ("Bob", -1) in dated.run(MONDAY, 13)  # the moment has passed, the day has not
    assert [notice.params["left"]["en"] for notice in dated.notices(dated.bob)] == ["Due today", "The time is over"]


def test_the_chain_owner_deputy_officer_sponsor(dated):
    def names(found):
        return {name for name, _step in found}

    with at(MONDAY - 8 * DAY):
        progress(dated)
    assert names(dated.run(MONDAY - 7 * DAY)) == {"Bob"}
    assert names(dated.run(MONDAY - 4 * DAY)) == {"Bob", "Sam"}  # three working days without progress
    with at(MONDAY - 4 * DAY, 12):
        progress(dated)
    assert names(dated.run(MONDAY - 3 * DAY)) == {"Bob"}
    assert names(dated.run(MONDAY + DAY)) == {"Bob", "Sam", "Carol"}
    assert names(dated.run(MONDAY + 7 * DAY)) == {"Bob", "Sam", "Carol", "Erin"}
    why = [notice.params["why"]["en"] for notice in dated.notices(dated.erin)]
    assert why == ["You are told as executive sponsor."]


def test_who_left_or_lost_the_right_is_not_told_and_the_next_one_is(dated):
    with tenant_context(dated.tenant.pk):
        Membership.objects.filter(user=dated.bob).update(active=False)
    with at(MONDAY - 2 * DAY):
        progress(dated)
    assert dated.run(MONDAY) == [("Sam", 0)]  # in Bob's place
    with tenant_context(dated.tenant.pk):
        Project.objects.filter(pk=dated.project.pk).update(confidential=True)
        ProjectMember.objects.filter(user=dated.sam).delete()
    assert dated.run(MONDAY + DAY) == [("Carol", -1)]  # cleared; Sam sees nothing of it any more


def test_dates_without_a_limit_and_of_filings_that_are_over(dated, change):
    change(state="void", ended_on=MONDAY)
    with tenant_context(dated.tenant.pk):
        rows = type(dated.filing).objects.filter(pk=dated.filing.pk)
        rows.update(due_on=MONDAY)
    assert ("Bob", 0) in dated.run(MONDAY)
    assert dated.notices(dated.bob)[0].kind == "compliance.reminder"
    with tenant_context(dated.tenant.pk):
        rows.update(state="cancelled", due_on=MONDAY + DAY)
    assert dated.run(MONDAY + DAY) == []


def test_rules_of_the_organisation_stand_before_those_built_in_but_not_before_the_law(dated, change):
    with tenant_context(dated.tenant.pk):
        rule = ReminderRule.objects.create(scope="regime", value=dated.filing.regime, active=False, before=[], overdue="never")
    assert dated.run(MONDAY - 14 * DAY) == []
    assert ("Bob", 1) in dated.run(MONDAY - 3 * DAY)
    change(basis="internal")
    assert dated.run(MONDAY) == []
    with tenant_context(dated.tenant.pk):
        ReminderRule.objects.filter(pk=rule.pk).update(active=True, before=[3, 0])
    assert dated.run(MONDAY) != []
    assert dated.run(MONDAY + DAY) == []


@pytest.mark.parametrize(
    ("mode", "basis", "channel", "mailed"),
    [
        ("now", "internal", "mail", True),
        ("digest", "statutory", "digest", False),
        ("digest", "internal", "digest", False),
        ("portal", "statutory", "digest", False),
        ("portal", "internal", "portal", False),
    ],
)
def test_each_person_is_told_as_chosen(dated, change, mode, basis, channel, mailed):
    change(basis=basis)
    with tenant_context(dated.tenant.pk):
        ReminderPreference.objects.create(user=dated.bob, mode=mode)
    dated.run(MONDAY)
    with tenant_context(dated.tenant.pk):
        assert ReminderSent.objects.get(user=dated.bob).channel == channel
    assert [notice.email_wanted for notice in dated.notices(dated.bob)] == [mailed]


def test_a_batch_costs_the_same_however_many_dates(dated, django_assert_max_num_queries):
    with tenant_context(dated.tenant.pk):
        for day in range(40):
            clock(dated, MONDAY + 40 * DAY, key=f"far/{day}")
    dated.run(MONDAY)
    with at(MONDAY, 10), django_assert_max_num_queries(45):
        send_reminders_in(dated.tenant.pk)
