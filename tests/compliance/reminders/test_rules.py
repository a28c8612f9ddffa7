"""Rules of reminders: what may be saved, what the law keeps, two people at one rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.reminders import actions
from compliance.reminders.models import ReminderRule
from compliance.reminders.plans import BUILT_IN, Plan, floored, step_reached
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as

LAW = BUILT_IN["statutory"]


@pytest.mark.parametrize(
    "plan",
    [replace(LAW, active=False), replace(LAW, before=(20, 10)), replace(LAW, overdue="never"), replace(LAW, before=(90, 1, 0))],
)
def test_the_law_cannot_be_switched_off(world, plan):
    with acting_as(world.tenant, world.adam) as adam, pytest.raises(Invalid):
        actions.save_rule("basis", "statutory", plan, version=0, by=adam)


def test_saving_twice_and_going_back(world):
    with acting_as(world.tenant, world.carol) as carol:
        row = actions.save_rule("basis", "internal", Plan((3, 0)), version=0, by=carol)
        for version in (0, row.version + 1):
            with pytest.raises(Conflict):
                actions.save_rule("basis", "internal", Plan((4, 0)), version=version, by=carol)
        actions.save_rule("basis", "internal", Plan((4, 0)), version=row.version, by=carol)
        actions.reset_rule("basis", "internal", by=carol)
        actions.reset_rule("basis", "internal", by=carol)
        with pytest.raises(NotFound):
            actions.save_rule("regime", "no_such_filing", LAW, version=0, by=carol)
    with acting_as(world.tenant, world.bob) as bob, pytest.raises(NotAllowed):
        actions.save_rule("basis", "internal", LAW, version=0, by=bob)
    with tenant_context(world.tenant.pk):
        assert not ReminderRule.objects.exists()


def test_the_pages(world, client, settings):
    client.force_login(world.carol, backend=settings.AUTHENTICATION_BACKENDS[1])
    base = f"/t/{world.tenant.slug}/administration/reminders/"
    typed = {"active": "on", "before": "10、5 , 1,0", "overdue": "weekly", "backup_after": "", "officer_after": "3", "version": "0"}
    assert client.post(f"{base}basis/practice/", typed).status_code == 303
    page = client.get(base).content.decode()
    assert "10 · 5 · 1 · 0" in page
    assert "changed the reminders of: usual practice" in page
    assert client.post(f"{base}basis/statutory/", {**typed, "before": "5"}).status_code == 422
    assert client.post(f"{base}basis/practice/", {**typed, "before": "soon"}).status_code == 422
    assert client.get(f"{base}basis/nothing/").status_code == 404
    assert client.post(f"{base}basis/practice/reset/").status_code == 303
    assert "10 · 5 · 1 · 0" in client.get(base).content.decode()  # built in as well


plans = st.builds(
    Plan,
    before=st.lists(st.integers(0, 60), max_size=6).map(lambda steps: tuple(sorted(set(steps), reverse=True))),
    overdue=st.sampled_from(["never", "daily", "weekly"]),
    active=st.booleans(),
    officer_after=st.none() | st.integers(0, 30),
    sponsor_after=st.none() | st.integers(0, 30),
)


@given(plan=plans, days=st.integers(0, 80))
def test_steps_count_down_and_the_law_always_speaks(plan, days):
    law = floored(plan, "statutory")
    for late in (False, True):
        found = step_reached(law, days, late=late)
        if (days <= 1 and not late) or (late and days >= 1):
            assert found is not None
        if found is not None and not late:
            assert found >= days
        nearer, earlier = (days + 1, days) if late else (days, days + 1)
        one, other = step_reached(law, nearer, late=late), step_reached(law, earlier, late=late)
        assert one is None or other is None or one <= other
    assert floored(plan, "internal") == plan
