"""Events since a cursor: in order, none left out, only what the person may see."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from uuid_utils.compat import uuid7

from compliance.filings.models import Filing, FilingEvent
from compliance.reminders import events
from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from tests.factories.cast import make_project


@pytest.fixture(autouse=True)
def at_once_shown(monkeypatch):
    monkeypatch.setattr(events, "MARGIN", timedelta(0))


def record(filing, verb="stepped", **columns):
    return FilingEvent.objects.create(filing=filing, verb=verb, done_by=filing.owner, **columns)


def ask(world, name, **query):
    client = Client()
    client.force_login(getattr(world, name), backend=settings.AUTHENTICATION_BACKENDS[1])
    return client.get(f"/t/{world.tenant.slug}/api/v1/filings/events/", query)


def test_pages_follow_one_another_and_end_with_a_cursor_to_go_on_from(dated):
    with tenant_context(dated.tenant.pk):
        made = [record(dated.filing, f"verb{number}").verb for number in range(5)]
    found, after, more = [], "", True
    while more:
        page = ask(dated, "carol", after=after, size=2).json()
        found += [row["verb"] for row in page["results"]]
        after, more = page["next"], page["more"]
    assert found == made
    nothing = ask(dated, "carol", after=after).json()
    assert (nothing["results"], nothing["next"], nothing["more"]) == ([], after, False)
    assert [row["verb"] for row in ask(dated, "carol", verb="verb3").json()["results"]] == ["verb3"]
    assert ask(dated, "carol", regime="pipia").json()["results"] == []
    assert len(ask(dated, "carol", project=str(dated.project.pk)).json()["results"]) == 5


def test_everybody_sees_their_own_projects_only(dated):
    with tenant_context(dated.tenant.pk):
        other = make_project(dated.alice, "XH-0002", confidential=True)
        columns = {"gate": "before_launch", "result": "required", "catalogue_version": "", "evaluated_at": timezone.now()}
        for project, regime in ((other, "pipia"), (None, "icp_filing")):
            record(Filing.objects.create(project=project, regime=regime, owner=dated.bob, **columns))
        record(dated.filing)
    seen = {name: {row["regime"] for row in ask(dated, name).json()["results"]} for name in ("bob", "alice", "pam", "carol", "adam")}
    own = dated.filing.regime
    assert seen["bob"] == {own}
    assert seen["alice"] == {own, "pipia"}
    assert seen["pam"] == seen["adam"] == {own, "icp_filing"}
    assert seen["carol"] == {own, "pipia", "icp_filing"}


@pytest.mark.parametrize("query", [{"after": "x"}, {"project": "x"}, {"size": "0"}, {"size": "501"}, {"size": "９"}])
def test_damaged_questions_are_refused(dated, query):
    assert ask(dated, "carol", **query).status_code == 422


def test_an_act_that_is_not_finished_holds_back_what_came_after_it(dated_live):
    """The trap of every such list: an earlier key that is stored later."""
    world = dated_live
    begun, go_on = threading.Event(), threading.Event()
    early = uuid7()

    def slow():
        try:
            with tenant_context(world.tenant.pk):
                FilingEvent.objects.create(id=early, filing=world.filing, verb="slow", done_by=world.bob)
                begun.set()
                assert go_on.wait(10)
        finally:
            connections["default"].close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    try:
        with tenant_context(world.tenant.pk):
            record(world.filing, "quick")
        assert ask(world, "carol").json()["results"] == []
    finally:
        go_on.set()
        thread.join()
    assert [row["verb"] for row in ask(world, "carol").json()["results"]] == ["slow", "quick"]
    with tenant_context(world.tenant.pk):
        assert Project.objects.count() == 1
