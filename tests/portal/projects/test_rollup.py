"""What triggers keep equal: copies on the summary row, and sums that are exact after any order of changes by several people."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from portal.core.tenancy import tenant_context
from portal.projects.checking import differences
from portal.projects.models import PortfolioRollup, Project, ProjectSummary
from tests.factories import cast


def row(project: Project) -> ProjectSummary:
    """The wide row as stored."""
    return ProjectSummary.objects.get(project=project)


def test_the_summary_row_follows_the_project(in_tenant: SimpleNamespace) -> None:
    """Copies, order of the stage, marks, moment of the last change."""
    project = in_tenant.project
    past = timezone.now() - timedelta(days=9)
    Project.objects.filter(pk=project.pk).update(
        code="XH-9", unit="IT", owner=in_tenant.bob, stage="live", confidential=True, currency="EUR", budget=12, spent=3, updated_at=past
    )
    copied = row(project)
    assert (copied.code, copied.unit, copied.owner_id, copied.stage, copied.stage_rank) == ("XH-9", "IT", in_tenant.bob.pk, "live", 6)
    assert (copied.confidential, copied.currency, copied.budget, copied.spent, copied.updated_at) == (True, "EUR", 12, 3, past)
    marks = {"open_blockers": 1, "stale_gates": 2, "public_facing": "yes", "filings_open": 1, "gate_waiting": True}
    ProjectSummary.objects.filter(project=project).update(**marks)
    changed = row(project)
    assert changed.flags == 31
    assert changed.updated_at > past
    assert changed.gate_sort.year == 9999


def test_a_stale_object_cannot_overwrite_the_copies(in_tenant: SimpleNamespace) -> None:
    """Somebody saves the whole row from memory: the columns that belong to the project stay right."""
    held = row(in_tenant.project)
    Project.objects.filter(pk=in_tenant.project.pk).update(stage="build", unit="IT")
    held.readiness = 55
    held.save()
    assert (row(in_tenant.project).stage, row(in_tenant.project).unit, row(in_tenant.project).readiness) == ("build", "IT", 55)


def test_a_write_without_a_change_is_no_change(in_tenant: SimpleNamespace) -> None:
    """Scoring again with the same result does not make a project the latest."""
    past = timezone.now() - timedelta(days=3)
    ProjectSummary.objects.filter(project=in_tenant.project).update(updated_at=past)
    ProjectSummary.objects.filter(project=in_tenant.project).update(readiness=0)
    assert row(in_tenant.project).updated_at == past


def test_the_sums_stay_exact(in_tenant: SimpleNamespace) -> None:
    """A hundred random changes, foldings in between, deletions: the sums equal a recount all the time."""
    chance = random.Random(5)
    projects = [cast.make_project(in_tenant.alice, f"XH-{n}", unit=chance.choice("ABC"), budget=n) for n in range(100, 112)]
    for step in range(100):
        project = chance.choice(projects)
        change = chance.randrange(6)
        if change == 0:
            Project.objects.filter(pk=project.pk).update(stage=chance.choice(["build", "live", "stopped"]))
        elif change == 1:
            Project.objects.filter(pk=project.pk).update(unit=chance.choice("ABC"), confidential=chance.random() < 0.5)
        elif change == 2:
            money = {"budget": chance.randrange(99), "spent": chance.choice([None, 7]), "currency": chance.choice(["CNY", "EUR"])}
            Project.objects.filter(pk=project.pk).update(**money)
        elif change == 3:
            result = {"open_blockers": chance.randrange(2), "d3_score": chance.randrange(100), "readiness": step}
            ProjectSummary.objects.filter(project=project).update(**result)
        elif change == 4:
            ProjectSummary.objects.all().update(d10_score=chance.randrange(100))
        else:
            with connection.cursor() as cursor:
                cursor.execute("select app.fold_portfolio(app.tenant_id())")
        assert differences() == []
    for project in projects[:4]:
        ProjectSummary.objects.filter(project=project).delete()
    assert differences() == []
    assert sum(PortfolioRollup.objects.values_list("n", flat=True)) == 9


def test_the_check_finds_a_wrong_sum(in_tenant: SimpleNamespace) -> None:
    """The recount would notice if the triggers ever failed."""
    assert differences() == []
    PortfolioRollup.objects.update(n=7)
    assert len(differences()) == 1


@pytest.fixture
def committed(live_db: None) -> Any:
    """The world as committed data, for several connections."""
    return cast.build_world()


def test_many_writers_at_once_leave_exact_sums(committed: SimpleNamespace) -> None:
    """Eight threads change projects and results of one organisation at the same time, some folding; nobody waits for a counter."""
    world = committed
    with tenant_context(world.tenant.pk):
        ids = [cast.make_project(world.alice, f"XH-{n}", unit="ABC"[n % 3]).pk for n in range(100, 108)]

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for step in range(30):
                with tenant_context(world.tenant.pk, world.alice.pk):
                    if chance.random() < 0.4:
                        Project.objects.filter(pk=chance.choice(ids)).update(stage=chance.choice(["build", "live"]), budget=step)
                    elif chance.random() < 0.1:
                        with connection.cursor() as cursor:
                            cursor.execute("select app.fold_portfolio(app.tenant_id())")
                    else:
                        result = {"open_blockers": chance.randrange(2), "d1_score": chance.randrange(100)}
                        ProjectSummary.objects.filter(project_id=chance.choice(ids)).update(**result)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    with tenant_context(world.tenant.pk):
        assert differences() == []
        assert sum(PortfolioRollup.objects.values_list("n", flat=True)) == 9
