"""A frozen record says what a date rests on, and whether it is provisional."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from assessments.gates.registry import filings
from compliance.clocks.models import FilingClock
from compliance.filings.subjects import view_for
from portal.projects.facts.actions import save_facts
from portal.projects.models import Project
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI


@pytest.mark.parametrize(("year", "provisional"), [(2030, False), (2030, True)])
def test_a_running_limit_stands_with_its_date(clocked: Any, year: int, provisional: bool) -> None:
    day = dt.date(year, 3, 4)
    with acting_as(clocked.tenant, clocked.alice):
        save_facts(Project.objects.get(pk=clocked.project.pk), {"launch_date": day.isoformat()}, by=clocked.alice)
    clocked.decided(GENAI)
    with acting_as(clocked.tenant, clocked.alice):
        FilingClock.objects.filter(filing__regime=GENAI).update(provisional=provisional)
        project = Project.objects.get(pk=clocked.project.pk)
        found = {one["regime"]: one for one in filings().entries(project, view_for(project).env, timezone.localdate())}
    entry = found[GENAI]
    assert (entry["due"], entry["provisional"]) == (day.isoformat(), provisional)
    assert "上线" in entry["due_text"]["zh"]
    assert entry["due_text"]["en"].startswith("File before")
    assert all(one["due_text"] is None and not one["provisional"] for name, one in found.items() if name != GENAI and one["due"] is None)
