"""A project whose checklists are filled so that a gate holds, without going through every form."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from assessments.checklists.models import Answer, Assessment
from assessments.checklists.rescore import rescore
from assessments.gates.conditions import confirm_flag
from assessments.gates.rounds import open_round, sign_round
from portal.catalogue import catalogue
from portal.projects import registry
from portal.projects.models import FactAnswer, Project, ProjectMember
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from portal.tenants.models import User
from tests.factories.facts import LIGHT_FACTS


def give_facts(project: Project, facts: dict[str, Any] | None = None) -> None:
    """Store facts as answered by the owner, without the difference page."""
    content = catalogue()
    now = timezone.now()
    given = {"answered_by": project.owner, "answered_at": now, "source": "test"}
    FactAnswer.objects.bulk_create(
        [
            FactAnswer(project=None if content.facts[key].scope == "organisation" else project, fact_key=key, value=value, **given)
            for key, value in (facts or LIGHT_FACTS).items()
        ],
        update_conflicts=True,
        unique_fields=["tenant", "project", "fact_key"],
        update_fields=["value", *given],
    )


def start(project: Project, facts: dict[str, Any] | None = None) -> Assessment:
    """Facts given and checklists begun."""
    give_facts(project, facts)
    registry.project_registered(project, by=project.owner)
    return Assessment.objects.get(project=project)


def force_verdicts(assessment: Assessment, verdicts: dict[str, str] | None = None, *, default: str = "pass") -> None:
    """Write verdicts straight into the rows of applying items: for tests of what reads them, not of how they come about."""
    wanted = verdicts or {}
    rows = Answer.objects.filter(assessment=assessment, applies=True)
    rows.exclude(item_key__in=wanted).update(verdict=default, state="answered")
    for verdict in set(wanted.values()):
        keys = [key for key, one in wanted.items() if one == verdict]
        rows.filter(item_key__in=keys).update(verdict=verdict, state="answered")


__all__ = ["force_verdicts", "give_facts", "rescore", "start"]


def decide_g0(world: SimpleNamespace) -> SimpleNamespace:
    """Let the PMO decide G0 of Alice's project; sets ``assessment`` and ``round``."""
    with acting_as(world.tenant, world.alice):
        world.assessment = start(world.project)
        force_verdicts(world.assessment)
    with acting_as(world.tenant, world.pam) as pam:
        row = open_round(world.project, "G0", by=pam)
        world.round = sign_round(row, world.project, role="pmo", outcome="admit", revision_sha256=row.revision.sha256, by=pam)
        world.project.refresh_from_db()
        force_verdicts(world.assessment)
    return world


def open_g2(world: SimpleNamespace, **more: User) -> SimpleNamespace:
    """Bring Alice's project to approval and open its round of G2; sets ``round``. ``more``: role → who holds it as well."""
    with acting_as(world.tenant, world.alice):
        force_verdicts(start(world.project))
        for role, user in more.items():
            ProjectMember.objects.create(project=world.project, user=user, role_key=role, starts_on=organisation_today())
    with acting_as(world.tenant, world.carol) as carol:
        confirm_flag(world.project, flag="before_activity_condition", text="网络安全审查待补事实，上线前补齐", by=carol)
    with acting_as(world.tenant, world.pam) as pam:
        Project.objects.filter(pk=world.project.pk).update(stage="approval")
        world.project.refresh_from_db()
        world.round = open_round(world.project, "G2", by=pam)
    return world
