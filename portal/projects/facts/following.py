"""What follows a change of the organisation's facts: the difference summed over projects, and the job that brings them up to date."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from portal.core.access import Actor
from portal.jobs.actions import order_job
from portal.projects import registry
from portal.projects.access import projects_visible_to
from portal.projects.facts.queries import facts_of_projects
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.projects.words import CLOSED
from portal.tenants.models import User

KIND = "portal.facts.follow"
# The difference is worked out for so many projects, or for so many seconds, before a person is asked; the job does all of them.
LOOKED_AT = 200
PATIENCE = 2.0
LISTED = 20


@dataclass
class ProjectDifference:
    """What the change means for one project."""

    project: Project
    effects: list[registry.Effect]


@dataclass
class OrganisationPlan:
    """What a change of the organisation's facts would lead to.

    ``touched``: projects with a difference among those ``looked_at``; ``total``: all projects that are not over. The figures cover
    all of them, ``projects`` names only those the reader may see.
    """

    changed: dict[str, tuple[Any, Any]]
    counts: Counter[str] = field(default_factory=Counter)
    touched: int = 0
    looked_at: int = 0
    total: int = 0
    projects: list[ProjectDifference] = field(default_factory=list)


def plan_following(changed: Mapping[str, tuple[Any, Any]], reader: Actor) -> OrganisationPlan:
    """The difference that changed organisation facts make, summed over projects; writes nothing.

    Confidential projects count for everybody and are named to nobody who may not see them.
    """
    running = Project.objects.exclude(stage__in=CLOSED)
    plan = OrganisationPlan(dict(changed), total=running.count())
    projects = list(running.order_by("-updated_at", "-id")[:LOOKED_AT])
    plan.looked_at = len(projects)
    facts = facts_of_projects(projects)
    looked_at = Project.objects.filter(pk__in=[project.pk for project in projects])
    seen = set(projects_visible_to(reader, looked_at).values_list("pk", flat=True))
    new = {key: value for key, (_old, value) in changed.items()}
    until = time.monotonic() + PATIENCE
    for number, project in enumerate(projects, 1):
        if time.monotonic() > until:
            plan.looked_at = number - 1
            break
        before = facts[project.pk]
        lines = registry.effects(project, before, {**before, **new})
        if not lines:
            continue
        plan.touched += 1
        plan.counts.update(line.kind for line in lines)
        if project.pk in seen and len(plan.projects) < LISTED:
            plan.projects.append(ProjectDifference(project, lines))
    return plan


def order_following(changed: Mapping[str, tuple[Any, Any]], *, by: User) -> None:
    """Order the job that brings every running project up to date; it starts after the transaction."""
    order_job(KIND, {"changed": {name: list(pair) for name, pair in changed.items()}}, by=by, idempotency_key=f"{KIND}:{uuid7()}")


def running_projects() -> list[UUID]:
    """Projects that follow the organisation's facts: all that are not over."""
    return list(Project.objects.exclude(stage__in=CLOSED).order_by("id").values_list("pk", flat=True))


def follow(project_id: UUID, changed: Mapping[str, tuple[Any, Any]], *, by: User) -> bool:
    """Bring one project up to date with changed organisation facts; False when it is gone. Needs a transaction."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return False
    lock_project(project)
    registry.facts_saved(project, changed=changed, by=by)
    return True
