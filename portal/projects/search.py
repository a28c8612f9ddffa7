"""What search knows of a project, and how a query finds it (foundation: pairs of characters behind row security)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from uuid_utils.compat import uuid7

from portal.core.listing import CAP
from portal.core.text import GRAM, grams, normalised, search_words
from portal.jobs.actions import order_job
from portal.projects.models import Project
from portal.tenants.models import User

KIND = "portal.projects.search"
MAX_QUERY = 100


def search_columns(project: Project) -> dict[str, Any]:
    """The columns that search reads, from code, names, unit, owner and tags: the normalised text and its pairs of characters."""
    text = normalised(" ".join((project.code, project.name_zh, project.name_en, project.unit, project.owner.name, *project.tags)))
    return {"search_text": text, "grams": grams(text)}


@dataclass(frozen=True)
class Found:
    """A condition on summary rows in two forms with the same result.

    ``joined`` is for counting and for rare words. ``walked`` is for pages in the order of an index when there are many hits: the
    text is looked at row by row, which the planner, who takes any pattern for rare, would not do by itself (it would collect and
    sort all hits).
    """

    joined: Any
    walked: Any


def containing(text: str, *, code: str = "code") -> Found | None:
    """Projects that hold every word of the query, in any order; None for an empty query.

    Words of two characters and more are looked up by their pairs of characters, in any language; a word with more hits than the
    lookup returns is compared along the sort index. A single character is the beginning of a code, which stands in column ``code``.
    """
    words = search_words(text[:MAX_QUERY])
    if not words:
        return None
    if len(words) == 1 and len(words[0]) < GRAM:
        # Codes are written in capitals; the range is served by the index of the codes.
        start = words[0].upper()
        beginning = Q((f"{code}__gte", start), (f"{code}__lt", start + "\U0010ffff"))
        return Found(beginning, beginning)
    held = Q()
    for word in words:
        held &= Q(search_text__contains=word)
    return _found(grams(*words), held)


def tagged(tag: str) -> Found:
    """Projects with exactly this tag."""
    return _found(grams(tag), Q(tags__contains=[tag]))


def _found(pairs: list[str], held: Q) -> Found:
    """Both forms of a condition on the project row; ``pairs`` narrow it down where they are rare."""
    in_project = Project.objects.filter(pk=OuterRef("project_id")).annotate(hit=ExpressionWrapper(held, output_field=BooleanField()))
    walked = Subquery(in_project.values("hit"), output_field=BooleanField())
    joined = Q(*((f"project__{name}", value) for name, value in _leaves(held)))
    if pairs and _few_with(pairs):
        # Holding all pairs is not yet holding the words ("abab" has the pairs of "baba"): the text decides.
        rare = joined & Q(project_id__in=RawSQL("select app.search_projects(%s, %s)", [pairs, CAP]))
        return Found(rare, rare)
    return Found(joined, walked)


def _leaves(condition: Q) -> list[tuple[str, Any]]:
    """The (name, value) pairs of a plain "and"."""
    found: list[tuple[str, Any]] = []
    for child in condition.children:
        found += _leaves(child) if isinstance(child, Q) else [child]  # type: ignore[list-item]
    return found


def _few_with(pairs: list[str]) -> bool:
    """Whether fewer projects of the organisation hold all pairs than the lookup returns at most."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from app.search_projects(%s, %s)", [pairs, CAP])
        (found,) = cursor.fetchone()
    return bool(found < CAP)


def refresh_search(projects: QuerySet[Project]) -> int:
    """Write the search columns again, for example after the owner of the projects was renamed; returns how many.

    Needs a transaction: whoever edits one of the projects waits, so that nothing older is written over it.
    """
    rows = list(projects.select_related("owner").select_for_update(of=("self",), no_key=True))
    for project in rows:
        for name, value in search_columns(project).items():
            setattr(project, name, value)
    return Project.objects.bulk_update(rows, ["search_text", "grams"], batch_size=500)


def follow_name(user: User) -> None:
    """Order the job that writes the owner's new name into what search knows of the projects in the organisation in scope."""
    if Project.objects.filter(owner=user).exists():
        order_job(KIND, {"owner": user.pk}, by=user, idempotency_key=f"{KIND}:{uuid7()}")
