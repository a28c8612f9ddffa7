"""What search knows of a project, and how a query finds it (foundation: pairs of characters behind row security)."""

from __future__ import annotations

from typing import Any

from portal.core.text import grams, normalised
from portal.projects.models import Project


def search_columns(project: Project) -> dict[str, Any]:
    """The columns that search reads: pairs of characters of code, names, unit, owner and tags."""
    texts = (project.code, project.name_zh, project.name_en, project.unit, project.owner.name, *project.tags)
    return {"grams": grams(*texts)}


def search_text(project: Project) -> str:
    """The normalised text whose pairs are stored."""
    return normalised(" ".join((project.code, project.name_zh, project.name_en, project.unit, project.owner.name, *project.tags)))
