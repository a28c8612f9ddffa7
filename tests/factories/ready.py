"""A project whose checklists are filled so that a gate holds, without going through every form."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assessments.checklists.models import Answer, Assessment
from assessments.checklists.rescore import rescore
from portal.catalogue import catalogue
from portal.projects import registry
from portal.projects.models import FactAnswer, Project
from tests.factories.facts import LIGHT_FACTS


def give_facts(project: Project, facts: dict[str, Any] | None = None) -> None:
    """Store facts as answered by the owner, without the difference page."""
    content = catalogue()
    now = timezone.now()
    for key, value in (facts or LIGHT_FACTS).items():
        scope = None if content.facts[key].scope == "organisation" else project
        FactAnswer.objects.update_or_create(
            project=scope, fact_key=key, defaults={"value": value, "answered_by": project.owner, "answered_at": now, "source": "test"}
        )


def start(project: Project, facts: dict[str, Any] | None = None) -> Assessment:
    """Facts given and checklists begun."""
    give_facts(project, facts)
    registry.project_registered(project, by=project.owner)
    return Assessment.objects.get(project=project)


def force_verdicts(assessment: Assessment, verdicts: dict[str, str] | None = None, *, default: str = "pass") -> None:
    """Write verdicts straight into the rows of applying items: for tests of what reads them, not of how they come about."""
    wanted = verdicts or {}
    for row in Answer.objects.filter(assessment=assessment, applies=True):
        Answer.objects.filter(pk=row.pk).update(verdict=wanted.get(row.item_key, default), state="answered")


__all__ = ["force_verdicts", "give_facts", "rescore", "start"]
