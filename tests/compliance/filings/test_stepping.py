"""The procedure of a filing: the table of the catalogue, what each step needs, numbers, dates, plans."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.filings import actions
from compliance.filings.actions import stepping
from compliance.filings.actions.stepping import asks_for
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import BY_DECISION, NEEDS_SECOND, TRANSITIONS, FilingState
from portal.catalogue import catalogue
from portal.catalogue.parts import FilingState as Entry
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI, PUBLIC
from tests.factories.cast import make_project
from tests.factories.ready import start

STEP = actions.step_filing
TODAY = timezone.localdate
NUMBER = "Guangdong-Xinghe-202611010001"


def test_the_table_is_the_catalogues():
    states = catalogue().vocabularies["filing_states"].choices
    assert set(states) == set(FilingState.values)
    assert {name: set(one.next) for name, one in states.items() if isinstance(one, Entry)} == {
        str(k): set(v) for k, v in TRANSITIONS.items()
    }


def _given(to: str, old: str) -> dict:
    entry = catalogue().filings[GENAI]
    needed, _others = asks_for(to, old, entry)
    values = {"on": TODAY(), "receipt": "R-1", "number": NUMBER, "note": "because"}
    return {name: values[name] for name in needed}


@pytest.fixture
def running(stage):
    """The filing decided by two people."""
    stage.decided()
    return stage


def _put(stage, state: str) -> None:
    with acting_as(stage.tenant, stage.carol):
        Filing.objects.filter(project=stage.project, regime=GENAI).update(state=state)


def test_every_state_takes_exactly_the_steps_of_the_table(running):
    for old in FilingState.values:
        for to in FilingState.values:
            _put(running, old)
            allowed = to in TRANSITIONS[old] and to not in BY_DECISION
            if allowed:
                running.do("carol", STEP, to=to, **_given(to, old))
                assert running.row().state == to
                with acting_as(running.tenant, running.carol):
                    Filing.objects.filter(project=running.project, regime=GENAI).update(number="", submitted_on=None, approved_on=None)
            else:
                with pytest.raises((Conflict, Invalid)):
                    running.do("carol", STEP, to=to, **_given(to, old))
                assert running.row().state == old


def test_a_step_says_all_that_is_missing(running):
    _put(running, "ready")
    with pytest.raises(Invalid) as refusal:
        running.do("carol", STEP, to="submitted")
    assert set(refusal.value.detail["fields"]) == {"on", "receipt"}
    _put(running, "under_review")
    with pytest.raises(Invalid) as refusal:
        running.do("carol", STEP, to="approved")
    assert set(refusal.value.detail["fields"]) == {"on", "number"}


def test_what_a_step_is_given_is_kept(running):
    _put(running, "ready")
    running.do("carol", STEP, to="submitted", on=TODAY(), receipt="EMS 1234", note="by courier")
    row = running.row()
    assert (row.submitted_on, row.state) == (TODAY(), "submitted")
    with acting_as(running.tenant, running.carol):
        event = FilingEvent.objects.get(filing=row, verb="stepped")
        assert (event.old_state, event.new_state) == ("ready", "submitted")
        assert event.detail == {"receipt": "EMS 1234", "note": "by courier", "on": TODAY().isoformat()}


def test_events_are_only_ever_added(running):
    from django.db import DatabaseError

    with acting_as(running.tenant, running.carol):
        for change in (lambda: FilingEvent.objects.update(verb="x"), lambda: FilingEvent.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_dates_in_an_impossible_order_are_refused(running):
    _put(running, "ready")
    with pytest.raises(Invalid):
        running.do("carol", STEP, to="submitted", on=TODAY() + dt.timedelta(days=1), receipt="R")
    running.do("carol", STEP, to="submitted", on=TODAY(), receipt="R")
    with pytest.raises(Invalid) as refusal:
        running.do("carol", STEP, to="accepted", on=TODAY() - dt.timedelta(days=1))
    assert set(refusal.value.detail["fields"]) == {"on"}
    _put(running, "under_review")
    with pytest.raises(Invalid) as refusal:
        running.do("carol", STEP, to="approved", on=TODAY(), number=NUMBER, valid_until=TODAY())
    assert set(refusal.value.detail["fields"]) == {"valid_until"}


def test_a_number_of_another_form_is_refused_where_the_form_is_certain(running):
    _put(running, "under_review")
    with pytest.raises(Invalid) as refusal:
        running.do("carol", STEP, to="approved", on=TODAY(), number="粤-123")
    assert set(refusal.value.detail["fields"]) == {"number"}
    assert running.do("carol", STEP, to="approved", on=TODAY(), number=NUMBER).warnings == ()


def test_a_number_of_another_form_warns_where_the_form_is_not_certain(running, monkeypatch):
    monkeypatch.setattr(stepping, "pattern_blocks", lambda _entry: False)
    _put(running, "under_review")
    done = running.do("carol", STEP, to="approved", on=TODAY(), number="粤-123")
    assert done.filing.number == "粤-123"
    assert len(done.warnings) == 1
    with acting_as(running.tenant, running.carol):
        assert FilingEvent.objects.get(filing=done.filing, verb="stepped").detail["unusual_number"] is True


def test_only_a_certain_form_blocks():
    entry = catalogue().filings[GENAI]
    assert stepping.pattern_blocks(entry)
    assert not stepping.pattern_blocks(dataclasses.replace(entry, confidence="M"))
    assert not stepping.pattern_blocks(dataclasses.replace(entry, identifier=dataclasses.replace(entry.identifier, strict=False)))


def test_a_number_stands_once_in_an_organisation(running):
    _put(running, "under_review")
    running.do("carol", STEP, to="approved", on=TODAY(), number=NUMBER)
    with acting_as(running.tenant, running.carol) as carol:
        second = make_project(running.alice, "XH-0002", members={"security": running.sam})
        start(second, PUBLIC)
        actions.decide_filing(second, GENAI, confirm=True, version=1, by=carol)
        Filing.objects.filter(project=second, regime=GENAI).update(
            state="under_review", second_person_id=running.sam.person_id, second_role="security"
        )
        version = Filing.objects.get(project=second, regime=GENAI).version
        with pytest.raises(Invalid, match="XH-0001") as refusal:
            STEP(second, GENAI, to="approved", on=TODAY(), number=NUMBER, version=version, by=carol)
        assert refusal.value.code == "number_taken"
        with pytest.raises(IntegrityError, match="filing_number_alike"), transaction.atomic():
            Filing.objects.filter(project=second, regime=GENAI).update(number=NUMBER)


def test_the_other_filing_is_not_named_to_those_who_may_not_see_it(running):
    _put(running, "under_review")
    running.do("carol", STEP, to="approved", on=TODAY(), number=NUMBER)
    with acting_as(running.tenant, running.carol):
        type(running.project).objects.filter(pk=running.project.pk).update(confidential=True, owner=running.alice)
        second = make_project(running.pam, "XH-0003", members={"security": running.sam, "compliance": running.bob})
        start(second, PUBLIC)
    with acting_as(running.tenant, running.carol) as carol:
        actions.decide_filing(second, GENAI, confirm=True, version=1, by=carol)
    with acting_as(running.tenant, running.sam) as sam:
        actions.second_decision(second, GENAI, version=2, by=sam)
    with acting_as(running.tenant, running.bob) as bob:
        running.project.refresh_from_db()
        from portal.projects.models import ProjectMember

        ProjectMember.objects.filter(project=running.project, user=running.bob).delete()
        Filing.objects.filter(project=second, regime=GENAI).update(state="under_review")
        with pytest.raises(Invalid) as refusal:
            STEP(second, GENAI, to="approved", on=TODAY(), number=NUMBER, version=3, by=bob)
        assert "XH-0001" not in refusal.value.message


def test_nothing_leaves_the_house_before_two_people_have_decided(stage):
    stage.do("carol", actions.decide_filing, confirm=True)
    for to in ("preparing", "internal_review", "ready"):
        stage.do("carol", STEP, to=to)
    with pytest.raises(Conflict, match="second person"):
        stage.do("carol", STEP, to="submitted", on=TODAY(), receipt="R")
    stage.do("sam", actions.second_decision)
    stage.do("carol", STEP, to="submitted", on=TODAY(), receipt="R")
    assert FilingState.SUBMITTED in NEEDS_SECOND


def test_an_undecided_filing_takes_no_step(stage):
    with pytest.raises(Conflict):
        stage.do("carol", STEP, to="preparing")


def test_what_the_authority_has_cannot_be_found_not_applicable(running):
    _put(running, "submitted")
    running.do("carol", actions.withdraw_decision, reason="a mistake")
    with pytest.raises(Conflict, match="authority"):
        running.do("carol", actions.decide_filing, confirm=False, reason="x")
    assert running.row().state == "submitted"


@pytest.mark.parametrize("who", ["bob", "dave", "adam", "erin", "pam"])
def test_only_those_who_carry_filings_take_steps(running, who):
    with pytest.raises(NotAllowed):
        running.do(who, STEP, to="preparing")


def test_the_business_owner_may_carry_it(running):
    running.do("alice", STEP, to="preparing")
    assert running.row().state == "preparing"


def test_a_step_taken_twice_is_a_conflict(running):
    seen = running.row().version
    running.do("carol", STEP, to="preparing", version=seen)
    with pytest.raises(Conflict) as refusal:
        running.do("alice", STEP, to="preparing", version=seen)
    assert refusal.value.detail["current"]["state"] == "preparing"


def test_approval_counts_as_done(running):
    with acting_as(running.tenant, running.carol):
        running.project.summary.refresh_from_db()
        before = running.project.summary.filings_open
    _put(running, "under_review")
    running.do("carol", STEP, to="approved", on=TODAY(), number=NUMBER)
    with acting_as(running.tenant, running.carol):
        running.project.summary.refresh_from_db()
        assert running.project.summary.filings_open == before - 1


def test_a_plan_names_owner_dates_and_cost_and_feeds_the_portfolio(running):
    due = TODAY() + dt.timedelta(days=20)
    running.do("carol", actions.plan_filing, owner=running.alice, due_on=due, cost=Decimal("12000"), renewal_on=None, note="n")
    row = running.row()
    assert (row.owner, row.due_on, row.cost, row.due_sort) == (running.alice, due, Decimal("12000.00"), due)
    with acting_as(running.tenant, running.carol):
        running.project.summary.refresh_from_db()
        assert running.project.summary.next_clock_due == due
        assert Notice.objects.filter(user=running.alice, kind="compliance.filing_yours").count() == 1


def test_an_owner_must_be_able_to_see_a_confidential_project(running):
    with acting_as(running.tenant, running.carol):
        type(running.project).objects.filter(pk=running.project.pk).update(confidential=True)
        running.project.refresh_from_db()
    outsider = running.pam
    with pytest.raises(Invalid):
        running.do("carol", actions.plan_filing, owner=outsider, due_on=None, cost=None, renewal_on=None)
    with pytest.raises(Invalid):
        running.do("carol", actions.plan_filing, owner=None, due_on=None, cost=Decimal("-1"), renewal_on=None)


def test_an_approval_without_an_end_holds_as_long_as_the_content_says(running):
    from compliance.calendars.workdays import add_months

    entry = catalogue().filings[GENAI]
    _put(running, "under_review")
    running.do("carol", STEP, to="approved", on=TODAY(), number=NUMBER)
    months = entry.validity.months if entry.validity is not None else None
    assert running.row().valid_until == (add_months(TODAY(), months) if months else None)


def test_an_act_judges_the_facts_once(running, monkeypatch):
    from compliance.filings import subjects

    seen = []
    real = subjects.view_for
    monkeypatch.setattr(subjects, "view_for", lambda project: seen.append(project) or real(project))
    running.do("carol", actions.plan_filing, owner=None, due_on=TODAY(), cost=None, renewal_on=None)
    assert len(seen) == 1


def test_an_owner_who_left_stays_until_somebody_takes_over(running):
    from portal.tenants.models import Membership
    from tests.compliance.filings.test_pages import base, client_of

    running.do("carol", actions.plan_filing, owner=running.bob, due_on=None, cost=None, renewal_on=None)
    with acting_as(running.tenant, running.carol):
        Membership.objects.filter(user=running.bob).update(active=False)
    url = f"{base(running)}{GENAI}/"
    client = client_of(running, "carol")
    text = client.get(url).content.decode()
    assert f'<option value="{running.bob.pk}" selected>' in text
    typed = {"version": running.row().version, "plan-owner": running.bob.pk, "plan-due_on": "2027-01-05"}
    assert client.post(f"{url}plan/", typed).status_code == 303
    assert (running.row().owner, running.row().due_on) == (running.bob, dt.date(2027, 1, 5))
    running.do("carol", actions.plan_filing, owner=None, due_on=None, cost=None, renewal_on=None)
    with pytest.raises(Invalid):
        running.do("carol", actions.plan_filing, owner=running.bob, due_on=None, cost=None, renewal_on=None)


def test_a_change_that_is_owed_has_the_date_of_its_time_limit_and_the_person_may_change_it(running):
    from tests.compliance.filings.test_pages import base, client_of

    _put(running, "published")
    client = client_of(running, "carol")
    url = f"{base(running)}{GENAI}/"
    steps = {step["to"]: step["form"] for step in client.get(url).context["steps"]}
    assert {"due_on", "note"} <= set(steps["change_due"].fields)
    day = TODAY() + dt.timedelta(days=3)
    typed = {"version": running.row().version, "to": "change_due", "change_due-note": "new model", "change_due-due_on": day.isoformat()}
    assert client.post(f"{url}step/", typed).status_code == 303
    assert (running.row().state, running.row().due_on, running.row().next_on) == ("change_due", day, day)
    assert day.isoformat() in client.get(url).content.decode()
    with pytest.raises(Invalid):
        running.do("carol", STEP, to="change_submitted", on=TODAY(), receipt="R", due_on=day)


def test_proposed_dates_follow_the_time_limits_of_the_content(in_tenant):
    from compliance.calendars.workdays import due
    from compliance.filings.proposals import proposed_due

    content, today = catalogue(), dt.date(2026, 11, 24)

    def proposed(regime, to, until=None):
        found = proposed_due(content, Filing(regime=regime, valid_until=until), to, today)
        return found.on if found is not None else None

    assert proposed("algorithm_filing", "change_due") == due(content.calendar, today, 10, "working_day").on == dt.date(2026, 12, 8)
    assert proposed("algorithm_filing", "cancel_due") == dt.date(2026, 12, 22)
    assert proposed("icp_license", "renewal_due", dt.date(2027, 6, 30)) == dt.date(2027, 4, 1)
    assert proposed("medical_device_registration", "renewal_due", dt.date(2027, 8, 31)) == dt.date(2027, 2, 28)
    assert proposed("icp_license", "renewal_due") is None
    assert proposed("us_ca_sb53_framework", "change_due") is None
    assert proposed("algorithm_filing", "published") is None
