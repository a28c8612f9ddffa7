"""The next date that a filing of a project must keep, for the portfolio's list and tile."""

from __future__ import annotations

import datetime as dt

from django.db.models import Min

from compliance.filings.models import NO_DATE, Filing
from portal.projects.models import Project, ProjectSummary


def next_date(project: Project) -> dt.date | None:
    """The earliest date to keep among the filings of the project (``models.date_to_keep``). One query."""
    found: dt.date | None = Filing.objects.filter(project=project, due_sort__lt=NO_DATE).aggregate(first=Min("due_sort"))["first"]
    return found


def note_next_date(project: Project) -> None:
    """Keep it in the project's summary."""
    ProjectSummary.objects.filter(project=project).update(next_clock_due=next_date(project))
