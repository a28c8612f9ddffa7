"""Who reads what by an address, and when it stops."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from compliance.feeds import actions
from compliance.feeds.models import CalendarFeed
from compliance.filings.evaluation import organisation_regimes
from compliance.filings.models import Filing
from portal.catalogue import catalogue
from portal.core import rates
from portal.core.errors import Invalid, NotFound
from portal.core.tenancy import tenant_context
from portal.projects.actions.sharing import share_with_person
from portal.projects.models import Project, ProjectMember
from portal.roles.models import RolePermission
from portal.tenants.actions import suspend_tenant
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership, User
from tests.compliance.feeds.conftest import filing, limit


def titles(answer):
    """How many dates an answer holds."""
    assert answer.status_code == 200, answer.status_code
    return [str(event["summary"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]


def test_mine_all_and_one_project(house):
    with tenant_context(house.tenant.pk):
        limit(filing(house.project, "icp_filing", owner=house.bob))
        limit(filing(None, sorted(organisation_regimes(catalogue()))[0], owner=house.carol))
    assert len(titles(house.read(house.subscribe("alice")))) == 1
    assert len(titles(house.read(house.subscribe("alice", "all")))) == 2
    assert len(titles(house.read(house.subscribe("carol", "all")))) == 3, "the officer sees those of the organisation too"
    assert len(titles(house.read(house.subscribe("carol", "project", project_id=house.project.pk)))) == 2


def test_only_the_hash_is_kept(house):
    code = house.subscribe("alice")
    with tenant_context(house.tenant.pk):
        feed = CalendarFeed.objects.get()
    assert code.partition("-")[2] not in str(vars(feed))
    assert feed.last_read_at is None
    house.read(code)
    with tenant_context(house.tenant.pk):
        assert CalendarFeed.objects.get().last_read_at is not None


def revoked(house, code):
    with acting_as(house.tenant, house.alice) as actor:
        actions.revoke_feed(CalendarFeed.objects.get().pk, by=actor)
        actions.revoke_feed(CalendarFeed.objects.get().pk, by=actor)


def renewed(house, code):
    with acting_as(house.tenant, house.alice) as actor:
        _feed, new = actions.renew_feed(CalendarFeed.objects.get().pk, by=actor)
    assert titles(house.read(new))


def left(house, code):
    with tenant_context(house.tenant.pk):
        Membership.objects.filter(user=house.alice).update(active=False)


def blocked(house, code):
    User.objects.filter(pk=house.alice.pk).update(is_active=False)


def suspended(house, code):
    suspend_tenant(house.tenant, reason="unpaid", by=house.adam)


@pytest.mark.parametrize("happens", [revoked, renewed, left, blocked, suspended])
def test_an_address_stops_at_once(house, happens):
    code = house.subscribe("alice")
    assert titles(house.read(code))
    happens(house, code)
    answer = house.read(code)
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("code", ["x", "1-", "0-" + "a" * 48, "zzzzzzzzzz-" + "a" * 48, "1-" + "A" * 48, "1-" + "a" * 47, "%00"])
def test_what_is_no_address_is_not_found(house, code):
    answer = house.read(code)
    assert answer.status_code in (400, 404)


def test_the_secret_of_one_organisation_opens_nothing_in_another(house):
    code = house.subscribe("mallory", "all", tenant=house.other)
    assert [title for title in titles(house.read(code)) if "RV-0001" in title]
    tenant, _, secret = code.partition("-")
    assert house.read(f"{int(tenant, 36) - 1}-{secret}").status_code == 404
    assert not [title for title in titles(house.read(house.subscribe("carol", "all"))) if "RV-0001" in title]


def test_rights_are_those_of_the_moment_of_reading(house):
    with acting_as(house.tenant, house.alice):
        share_with_person(house.project, user=house.dave, level="view_project", by=house.alice)
    codes = {name: house.subscribe(name, "all") for name in ("bob", "pam", "carol")}
    assert all(titles(house.read(code)) for code in codes.values())
    with tenant_context(house.tenant.pk):
        Project.objects.filter(pk=house.project.pk).update(confidential=True)
    assert titles(house.read(codes["pam"])) == [], "not cleared for confidential projects"
    assert titles(house.read(codes["bob"])), "named on it"
    with tenant_context(house.tenant.pk):
        ProjectMember.objects.filter(user=house.bob).update(ends_on=dt.date(2026, 1, 2))
    assert titles(house.read(codes["bob"])) == []


def test_a_role_that_may_not_see_filings_reads_none(house):
    code = house.subscribe("bob", "all")
    assert titles(house.read(code))
    with tenant_context(house.tenant.pk):
        RolePermission.objects.filter(permission="compliance.view_project_filings", role__key__in=("tech_lead", "data_owner")).delete()
    assert titles(house.read(code)) == []


def test_a_filing_that_is_over_or_asked_for_no_more_is_not_told(house):
    code = house.subscribe("alice")
    with tenant_context(house.tenant.pk):
        Filing.objects.filter(pk=house.filing.pk).update(state="cancelled")
    assert titles(house.read(code)) == []


def test_somebody_elses_address_is_not_found(house):
    house.subscribe("alice")
    with acting_as(house.tenant, house.bob) as actor:
        feed = CalendarFeed.objects.get()
        for act in (actions.renew_feed, actions.revoke_feed):
            with pytest.raises(NotFound):
                act(feed.pk, by=actor)


def test_what_cannot_be_is_refused(house):
    with tenant_context(house.other.pk):
        foreign = house.foreign.pk
    with acting_as(house.tenant, house.alice) as actor:
        for given in ({"scope": "other"}, {"scope": "project"}, {"scope": "mine", "project_id": house.project.pk}):
            with pytest.raises(Invalid):
                actions.make_feed(alarm_days=None, by=actor, **given)
        with pytest.raises(Invalid):
            actions.make_feed(scope="project", project_id=foreign, alarm_days=None, by=actor)
        with pytest.raises(Invalid):
            actions.make_feed(scope="mine", alarm_days=61, by=actor)
        for _number in range(actions.MOST_ADDRESSES):
            actions.make_feed(scope="mine", alarm_days=1, by=actor)
        with pytest.raises(Invalid):
            actions.make_feed(scope="mine", alarm_days=1, by=actor)


def test_the_page_shows_the_address_once(house):
    client = Client()
    client.force_login(house.alice)
    page = reverse("compliance:calendar_feeds", kwargs={"tenant_slug": "xinghe"})
    assert client.post(page, {"scope": "project", "project": "XH-9999", "alarm_days": "3"}).status_code == 422
    made = client.post(page, {"scope": "project", "project": " xh-0001 ", "alarm_days": "3"})
    assert made.status_code == 201
    address = made.context["address"]
    assert address in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert address.rpartition("/")[2] not in client.get(page).content.decode()
    path = "/calendar/" + address.rpartition("/")[2]
    assert titles(Client().get(path))


def test_the_door_has_a_rate(house, monkeypatch):
    monkeypatch.setitem(rates.RATES, "calendar_address", "2/5m/key")
    code = house.subscribe("alice")
    assert [house.read(code).status_code for _time in range(3)] == [200, 200, 429]
