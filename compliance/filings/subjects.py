"""What a filing is about: one regime of a project or of the organisation, judged on today's facts, with its record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from assessments.checklists.judging import ProjectView, view_of
from compliance.filings.evaluation import organisation_regimes
from compliance.filings.models import Filing
from compliance.regimes.applicability import Decision
from portal.catalogue import Catalogue, Env
from portal.core.errors import NotFound
from portal.projects.facts import dictionary
from portal.projects.facts.queries import organisation_facts, project_facts
from portal.projects.models import Project


@dataclass(frozen=True)
class Subject:
    """One regime as it stands. ``project`` None: of the organisation; ``row`` None: nothing is on record; ``env``: the facts behind."""

    project: Project | None
    content: Catalogue
    ruling: Decision
    row: Filing | None
    env: Env | None = None

    @property
    def regime(self) -> str:
        """Id of the entry in the catalogue."""
        return self.ruling.filing.id

    @property
    def version(self) -> int:
        """Version of the record; 0 while there is none."""
        return self.row.version if self.row is not None else 0


def view_for(project: Project | None) -> ProjectView:
    """Facts of the project (or of the organisation alone) made ready for rules."""
    content = dictionary.content_of(project)
    if project is None:
        return view_of(content, organisation_facts(), project_id=None)
    return view_of(content, project_facts(project), project_id=project.pk)


_PEOPLE = ("owner", "decided_by", "second_by")


def records_of(project: Project | None, regimes: Iterable[str] | None = None) -> dict[str, Filing]:
    """Records by regime; those of the organisation stand in where the project has none. One query."""
    rows = Filing.objects.select_related(*_PEOPLE).filter(Q(project=project) | Q(project=None) if project is not None else Q(project=None))
    if regimes is not None:
        rows = rows.filter(regime__in=list(regimes))
    return {row.regime: row for row in sorted(rows, key=lambda row: row.project_id is not None)}


def subjects_of(project: Project | None, view: ProjectView | None = None) -> list[Subject]:
    """Every regime in the order of the catalogue; of the organisation: those that ask about nothing else. ``view``: if at hand."""
    view = view if view is not None else view_for(project)
    rows = records_of(project)
    decisions: Mapping[str, Any] = view.filings
    shared = organisation_regimes(view.content)
    return [
        Subject(project, view.content, ruling, rows.get(name), view.env)
        for name, ruling in decisions.items()
        if project is not None or name in shared
    ]


def subject_of(project: Project | None, regime: str) -> Subject:
    """One regime. Raises NotFound for one that the project's version does not have, or that is not of the organisation."""
    view = view_for(project)
    ruling: Any = view.filings.get(regime)
    if ruling is None or (project is None and regime not in organisation_regimes(view.content)):
        raise NotFound(_("There is no such filing."))
    return Subject(project, view.content, ruling, records_of(project, [regime]).get(regime), view.env)


def is_shared(subject: Subject) -> bool:
    """Whether the record belongs to the organisation although a project shows it: it is decided there, once for all projects."""
    return subject.project is not None and subject.regime in organisation_regimes(subject.content)
