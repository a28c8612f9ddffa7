"""The next date that a filing of a project must keep, for the portfolio's list and tile."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from compliance.filings.models import Filing
from compliance.filings.states import FilingDecision, FilingState
from portal.catalogue import Catalogue
from portal.projects.facts import dictionary
from portal.projects.models import Project, ProjectSummary

_OVER = (FilingState.NOT_APPLICABLE, FilingState.CANCELLED)


def next_date(content: Catalogue, project: Project) -> dt.date | None:
    """The earliest due date of what is to be done, or end of validity of what is done. One query."""
    rows = Filing.objects.filter(project=project).exclude(decision=FilingDecision.REJECTED).exclude(state__in=_OVER)
    rows = rows.filter(Q(due_on__isnull=False) | Q(renewal_on__isnull=False) | Q(valid_until__isnull=False))
    found = []
    for state, due, renewal, until in rows.values_list("state", "due_on", "renewal_on", "valid_until"):
        found.append((renewal or until) if state in content.done_states else due)
    return min((day for day in found if day is not None), default=None)


def note_next_date(project: Project) -> None:
    """Keep it in the project's summary."""
    ProjectSummary.objects.filter(project=project).update(next_clock_due=next_date(dictionary.content_of(project), project))
