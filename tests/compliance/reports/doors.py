"""What the tests of ordering, storing and handing out reports share."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.test import Client
from django.urls import reverse

from assessments.gates.models import GateRound
from assessments.gates.rounds import open_round, sign_round
from compliance.reports import actions
from compliance.reports.models import Report
from compliance.reports.tasks import render_ordered
from portal.audit.models import AuditEvent
from portal.core.tenancy import tenant_context
from portal.jobs.running import run_job
from portal.tenants.entry import acting_as
from tests.factories.cast import PASSWORD
from tests.factories.ready import force_verdicts, start


def open_gate(world: SimpleNamespace) -> GateRound:
    """G0 of Alice's project opened by the PMO, all items passed."""
    with acting_as(world.tenant, world.alice):
        world.assessment = start(world.project)
        force_verdicts(world.assessment)
    with acting_as(world.tenant, world.pam) as pam:
        world.round = open_round(world.project, "G0", by=pam)
    return world.round


def decide(world: SimpleNamespace) -> GateRound:
    """The PMO admits it."""
    with acting_as(world.tenant, world.pam) as pam:
        world.round = sign_round(
            world.round, world.project, role="pmo", outcome="admit", revision_sha256=world.round.revision.sha256, by=pam
        )
    return world.round


def order(world: SimpleNamespace, language: str = "zh", person: str = "pam") -> Report:
    """A report of the round, ordered."""
    with acting_as(world.tenant, getattr(world, person)) as actor:
        return actions.order_report(world.project, world.round, language=language, by=actor)[0]


def make(world: SimpleNamespace, report: Report) -> str:
    """What the worker does with the report's job, here and now; returns how it ended."""
    return run_job(render_ordered.work, world.tenant.pk, report.job_id)


def fresh(world: SimpleNamespace, report: Report) -> Any:
    """The row as it stands, with its job."""
    with tenant_context(world.tenant.pk):
        return Report.objects.select_related("job", "round").get(pk=report.pk)


def client_of(world, person):
    client = Client()
    assert client.login(email=getattr(world, person).email, password=PASSWORD) or client.login(
        username=getattr(world, person).email, password=PASSWORD
    )
    return client


def address(world, name, report=None, **keys):
    found = {"tenant_slug": world.tenant.slug, "project_id": world.project.pk, **keys}
    if report is not None:
        found["report_id"] = report.pk
    return reverse(f"compliance:{name}", kwargs=found)


def acts(world, verb):
    with tenant_context(world.tenant.pk):
        return list(AuditEvent.objects.filter(verb=verb).order_by("at"))
