"""Dates of a filing of Alice, on a fixed Monday, and what was sent about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from compliance.clocks.models import FilingClock
from compliance.filings.models import Filing
from compliance.reminders.models import ReminderSent
from compliance.reminders.sending import send_reminders_in
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.models import ProjectMember
from tests.factories.cast import build_world

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = dt.date(2026, 6, 8)  # an ordinary week: no day off, no make-up day
GENAI = "genai_service_filing"


@contextmanager
def at(day: dt.date, hour: int = 9) -> Iterator[None]:
    """That hour of the day in Shanghai."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: dt.datetime.combine(day, dt.time(hour), SHANGHAI))
        yield


def furnish(world: SimpleNamespace) -> SimpleNamespace:
    """A filing that Bob carries through, with Sam as deputy and one statutory limit due on Monday the 8th."""
    with tenant_context(world.tenant.pk):
        world.filing = Filing.objects.create(
            project=world.project,
            regime=GENAI,
            gate="before_launch",
            jurisdictions=["CN"],
            result="required",
            decision="confirmed",
            state="preparing",
            catalogue_version="",
            evaluated_at=timezone.now(),
            owner=world.bob,
        )
        ProjectMember.objects.create(
            project=world.project, user=world.sam, role_key="business_owner", deputy=True, starts_on=dt.date(2026, 1, 1)
        )
        world.clock = clock(world)

    def sent(**wanted: Any) -> list[tuple[str, int]]:
        with tenant_context(world.tenant.pk):
            rows = ReminderSent.objects.filter(**wanted).order_by("sent_at", "user__name").values_list("user__name", "step")
            return [(name, step) for name, step in rows]

    def run(day: dt.date, hour: int = 9) -> list[tuple[str, int]]:
        """What one run of that day sends anew."""
        before = set(_keys(world))
        with at(day, hour):
            send_reminders_in(world.tenant.pk)
        with tenant_context(world.tenant.pk):
            rows = ReminderSent.objects.exclude(pk__in=before).order_by("user__name", "-step").values_list("user__name", "step")
            return list(rows)

    def notices(user: Any) -> list[Notice]:
        with tenant_context(world.tenant.pk):
            return list(Notice.objects.filter(user=user).order_by("created_at"))

    world.sent, world.run, world.notices = sent, run, notices
    return world


def _keys(world: SimpleNamespace) -> list[Any]:
    with tenant_context(world.tenant.pk):
        return list(ReminderSent.objects.values_list("pk", flat=True))


def clock(world: SimpleNamespace, due_on: dt.date = MONDAY, **columns: Any) -> FilingClock:
    """A limit that runs. Needs the tenant in scope."""
    given: dict[str, Any] = {
        "basis": "statutory",
        "key": f"launch/{due_on}",
        "event_on": due_on - dt.timedelta(days=10),
        "unit": "working_day",
    }
    given |= {"event": "service_start", "action": "file", "direction": "after", "n": 10, "calendar": "CN", "catalogue_version": ""}
    return FilingClock.objects.create(filing=world.filing, project=world.filing.project, due_on=due_on, **(given | columns))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English, whatever the last request spoke."""
    with translation.override("en"):
        yield


@pytest.fixture
def dated(world: SimpleNamespace) -> SimpleNamespace:
    """See :func:`furnish`, inside the test's transaction."""
    return furnish(world)


@pytest.fixture
def dated_live(live_db: None) -> SimpleNamespace:
    """The same with committed data, for several connections at once."""
    return furnish(build_world())


Change = Callable[..., None]


@pytest.fixture
def change(dated: SimpleNamespace) -> Change:
    """Set columns of the limit."""

    def act(**columns: Any) -> None:
        with tenant_context(dated.tenant.pk):
            FilingClock.objects.filter(pk=dated.clock.pk).update(**columns)

    return act
