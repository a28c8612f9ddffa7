"""Assessments for tests: the rows a project starts with, scored once."""

from __future__ import annotations

from typing import Any

from assessments.checklists.models import Assessment


def begin_assessment(project: Any, facts: dict[str, Any] | None = None) -> Assessment:
    """The ten checklists of a project with these facts."""
    from django.utils import timezone

    from assessments.checklists.lifecycle import start_assessment
    from portal.projects.models import FactAnswer

    for key, value in (facts or {}).items():
        FactAnswer.objects.create(project=project, fact_key=key, value=value, answered_by=project.owner, answered_at=timezone.now())
    return start_assessment(project, by=project.owner)
