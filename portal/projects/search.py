"""What search knows of a project, and how a query finds it (foundation: pairs of characters behind row security)."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from portal.core.listing import CAP
from portal.core.text import GRAM, grams, normalised, search_words
from portal.projects.models import Project

MAX_QUERY = 100


def search_columns(project: Project) -> dict[str, Any]:
    """The columns that search reads, from code, names, unit, owner and tags: the normalised text and its pairs of characters."""
    text = normalised(" ".join((project.code, project.name_zh, project.name_en, project.unit, project.owner.name, *project.tags)))
    return {"search_text": text, "grams": grams(text)}


def matching(summaries: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The summary rows whose project holds every word of the query, in any order.

    Words of two characters and more are looked up by their pairs of characters, in any language. A common word (more ids than
    the lookup returns) is compared row by row along the sort index instead, which finds a page of hits soon. A single character
    is the beginning of a code.
    """
    words = search_words(text[:MAX_QUERY])
    if not words:
        return summaries
    if len(words) == 1 and len(words[0]) < GRAM:
        # Codes are written in capitals; the range is served by the index of the codes.
        start = words[0].upper()
        return summaries.filter(code__gte=start, code__lt=start + "\U0010ffff")
    condition = Q()
    for word in words:
        condition &= Q(project__search_text__contains=word)
    pairs = grams(*words)
    if pairs and _few_with(pairs):
        # Holding all pairs is not yet holding the words ("abab" has the pairs of "baba"): the text decides.
        return summaries.filter(condition, project_id__in=RawSQL("select app.search_projects(%s, %s)", [pairs, CAP]))
    return summaries.filter(condition)


def _few_with(pairs: list[str]) -> bool:
    """Whether fewer projects of the organisation hold all pairs than the lookup returns at most."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from app.search_projects(%s, %s)", [pairs, CAP])
        (found,) = cursor.fetchone()
    return bool(found < CAP)


def refresh_search(projects: QuerySet[Project]) -> int:
    """Write the search columns again, for example after the owner of the projects was renamed; returns how many."""
    rows = list(projects.select_related("owner"))
    for project in rows:
        for name, value in search_columns(project).items():
            setattr(project, name, value)
    return Project.objects.bulk_update(rows, ["search_text", "grams"], batch_size=500)
