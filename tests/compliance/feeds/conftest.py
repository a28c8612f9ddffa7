"""Filings with time limits in two organisations, and the reader of a calendar address."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from compliance.clocks.models import FilingClock
from compliance.feeds import actions
from compliance.filings.models import Filing
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from portal.tenants.entry import acting_as

DUE = dt.date(2026, 12, 4)


def filing(project: Project | None, regime: str = "genai_service_filing", **fields: Any) -> Filing:
    """A filing that people have decided on. Needs the tenant in scope."""
    fields = {
        "gate": catalogue().filings[regime].gate,
        "jurisdictions": list(catalogue().filings[regime].jurisdiction),
        "result": "required",
        "state": "preparing",
        "catalogue_version": catalogue().version,
        "evaluated_at": timezone.now(),
        **fields,
    }
    return Filing.objects.create(project=project, regime=regime, **fields)


def limit(row: Filing, due_on: dt.date | None = DUE, **fields: Any) -> FilingClock:
    """A time limit of the filing. Needs the tenant in scope."""
    fields = {
        "key": f"service_launch:file:{FilingClock.objects.count()}",
        "event": "service_launch",
        "action": "file",
        "basis": "statutory",
        "direction": "after",
        "n": 10,
        "unit": "working_day",
        "calendar": "CN",
        "catalogue_version": catalogue().version,
        "event_on": dt.date(2026, 11, 20),
        **fields,
    }
    found = FilingClock.objects.create(filing=row, project=row.project, due_on=due_on, **fields)
    if found.state == "running":
        Filing.objects.filter(pk=row.pk).update(clock_on=due_on)
    return found


@pytest.fixture
def house(world: SimpleNamespace) -> SimpleNamespace:
    """``house.subscribe(name, …)`` makes an address, ``house.read(code)`` reads it as a calendar would."""
    cache.clear()
    with tenant_context(world.tenant.pk):
        world.filing = filing(world.project, owner=world.alice)
        world.limit = limit(world.filing)
    with tenant_context(world.other.pk):
        world.theirs = filing(world.foreign, owner=world.mallory)
        limit(world.theirs)

    def subscribe(name: str, scope: str = "mine", **given: Any) -> str:
        tenant = given.pop("tenant", world.tenant)
        with acting_as(tenant, getattr(world, name)) as actor:
            _feed, code = actions.make_feed(scope=scope, alarm_days=given.pop("alarm_days", None), by=actor, **given)
        return code

    def read(code: str, **headers: Any) -> Any:
        return Client().get(f"/calendar/{code}.ics", headers=headers)

    world.subscribe, world.read = subscribe, read
    return world
