"""Filings with limits: a public bot in China and its people."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from compliance.clocks import actions
from compliance.clocks.models import FilingClock
from compliance.filings.actions import step_filing
from compliance.filings.subjects import subject_of
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import english, stage  # noqa: F401 - fixtures

ALGO = "algorithm_filing"
ROAD = ["preparing", "internal_review", "ready"]


@pytest.fixture
def clocked(stage: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """``stage`` with ``clocks(regime, …)``, ``step(to, …)``, ``report(event, …)`` and ``act(name, act, clock, …)``."""

    def today() -> dt.date:
        with acting_as(stage.tenant, stage.alice):
            return organisation_today()

    def clocks(regime: str = ALGO, **where: Any) -> list[FilingClock]:
        with acting_as(stage.tenant, stage.alice):
            rows = FilingClock.objects.select_related("filing", "project", "filing__project").filter(filing__regime=regime, **where)
            return list(rows.order_by("started_at"))

    def step(to: str, regime: str = ALGO, **given: Any) -> None:
        given.setdefault("by_name", "carol")
        stage.do(given.pop("by_name"), step_filing, regime=regime, to=to, **given)

    def road(regime: str = ALGO) -> None:
        for to in ROAD:
            step(to, regime)

    def report(event: str, *, regime: str = ALGO, who: str = "carol", project: Any = stage.project, **given: Any) -> list[FilingClock]:
        with acting_as(stage.tenant, getattr(stage, who)) as actor:
            return actions.report_event(subject_of(project, regime), event, by=actor, **{"note": "as seen", **given})

    def act(who: str, do: Any, clock: FilingClock, **given: Any) -> FilingClock:
        with acting_as(stage.tenant, getattr(stage, who)) as actor:
            return do(FilingClock.objects.select_related("filing", "project").get(pk=clock.pk), by=actor, **given)

    stage.today, stage.clocks, stage.step, stage.road, stage.report, stage.act = today(), clocks, step, road, report, act
    return stage
