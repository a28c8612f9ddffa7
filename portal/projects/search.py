"""What search knows of a project, and how a query finds it (foundation: pairs of characters behind row security)."""

from __future__ import annotations

from typing import Any

from portal.core.text import grams, normalised
from portal.projects.models import Project


def search_columns(project: Project) -> dict[str, Any]:
    """The columns that search reads, from code, names, unit, owner and tags: the normalised text and its pairs of characters."""
    text = normalised(" ".join((project.code, project.name_zh, project.name_en, project.unit, project.owner.name, *project.tags)))
    return {"search_text": text, "grams": grams(text)}
