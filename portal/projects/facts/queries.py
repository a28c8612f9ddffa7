"""Reading facts: merged for rules, with provenance for people.

``project_facts(project) -> dict[str, Any]``: stored values by fact id (organisation first, project over it, stage last). A fact
that nobody answered is absent; ``"unknown"`` is an answer of its own; rules treat both alike.
``facts_with_provenance(project | None) -> list[FactState]``: every fact of the version, in its order, for pages and frozen revisions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from portal.catalogue import Catalogue, environment
from portal.catalogue.parts.facts import Fact
from portal.catalogue.values import UNKNOWN_MARKER
from portal.core.expressions import UNKNOWN
from portal.projects.facts import dictionary
from portal.projects.models import FactAnswer, Project
from portal.projects.states import Stage

STAGE_FACT = "lifecycle_stage"
# The portal keeps these itself; nobody is asked.
SYSTEM_GROUP = "system"
_ASIDE = (Stage.ON_HOLD, Stage.STOPPED)


@dataclass(frozen=True)
class FactState:
    """One fact of one project (or of the organisation) as it stands, with where the answer came from.

    ``value``: stored form, ``"unknown"`` if nobody answered. ``inherited``: answered once for the organisation.
    ``derived``: follows from others; ``kept``: kept by the portal. Both have neither person nor source.
    """

    fact: Fact
    value: Any
    inherited: bool = False
    derived: bool = False
    kept: bool = False
    version: int = 0
    source: str = ""
    by_id: int | None = None
    by: str = ""
    at: dt.datetime | None = None

    @property
    def known(self) -> bool:
        """Whether there is an answer other than unknown."""
        return self.value is not None and self.value != UNKNOWN_MARKER


def lifecycle_stage(project: Project) -> str:
    """The value of the stage fact: a project set aside keeps the stage it came from; periodic review counts as live."""
    stage = project.stage
    if stage in _ASIDE and project.stage_before:
        stage = project.stage_before
    return str(Stage.LIVE) if stage == Stage.PERIODIC_REVIEW else str(stage)


def with_stage(facts: Mapping[str, Any], project: Project | None) -> dict[str, Any]:
    """The facts with the one that follows the stage of the project (intake for a project to be)."""
    stage = lifecycle_stage(project) if project is not None else str(Stage.INTAKE)
    return {**facts, STAGE_FACT: UNKNOWN_MARKER if stage in _ASIDE else stage}


def project_facts(project: Project) -> dict[str, Any]:
    """What rules read about the project: organisation and project answers merged. One query."""
    rows = FactAnswer.objects.filter(Q(project=project) | Q(project=None)).values_list("fact_key", "value", "project_id")
    found = {key: value for key, value, owner in rows if owner is None}
    found |= {key: value for key, value, owner in rows if owner is not None}
    return with_stage(found, project)


def organisation_facts() -> dict[str, Any]:
    """The organisation's own answers, by fact id. One query."""
    return dict(FactAnswer.objects.filter(project=None).values_list("fact_key", "value"))


def facts_of_projects(projects: Iterable[Project]) -> dict[Any, dict[str, Any]]:
    """``project_facts`` for several projects with one query."""
    wanted = {project.pk: project for project in projects}
    rows = FactAnswer.objects.filter(Q(project_id__in=wanted) | Q(project=None)).values_list("project_id", "fact_key", "value")
    shared: dict[str, Any] = {}
    own: dict[Any, dict[str, Any]] = {pk: {} for pk in wanted}
    for owner, key, value in rows:
        (shared if owner is None else own[owner])[key] = value
    return {pk: with_stage({**shared, **own[pk]}, project) for pk, project in wanted.items()}


def facts_with_provenance(project: Project | None, content: Catalogue | None = None) -> list[FactState]:
    """Every fact of the project's version of the content as it stands (of the organisation if ``project`` is None). One query."""
    content = content or dictionary.content_of(project)
    rows = FactAnswer.objects.filter(Q(project=project) | Q(project=None) if project is not None else Q(project=None))
    rows = rows.select_related("answered_by").order_by("answered_at")
    own: dict[str, FactAnswer] = {}
    shared: dict[str, FactAnswer] = {}
    for row in rows:
        (shared if row.project_id is None else own)[row.fact_key] = row
    facts = {key: row.value for key, row in (shared | own).items()}
    env = environment(content, with_stage(facts, project))
    return [
        _state(fact, own.get(fact.id), shared.get(fact.id), env.values.get(fact.id, UNKNOWN), project) for fact in content.facts.values()
    ]


def _state(fact: Fact, own: FactAnswer | None, shared: FactAnswer | None, value: Any, project: Project | None) -> FactState:
    if fact.derived is not None:
        return FactState(fact, UNKNOWN_MARKER if value is UNKNOWN else value, derived=True)
    if fact.group == SYSTEM_GROUP:
        kept = UNKNOWN_MARKER if value is UNKNOWN else sorted(value) if isinstance(value, (list, tuple, set, frozenset)) else value
        return FactState(fact, kept, kept=True)
    row = own or shared
    inherited = project is not None and own is None and fact.scope == "organisation"
    if row is None:
        return FactState(fact, UNKNOWN_MARKER, inherited=inherited)
    return FactState(
        fact,
        row.value,
        inherited=inherited,
        version=row.version,
        source=row.source,
        by_id=row.answered_by_id,
        by=row.answered_by.name,
        at=row.answered_at,
    )
