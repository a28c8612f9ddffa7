"""What compliance offers to gates: the filings section of a frozen record."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from assessments.gates.content_parts import FilingEntry
from portal.catalogue import Env


class FilingsSource(Protocol):
    """The filings of a project as records; registered by the compliance app at start."""

    def entries(self, project: Any, env: Env, today: dt.date) -> list[FilingEntry]:
        """Every regime with result, decision, state and number, in the order of the catalogue."""


_sources: list[FilingsSource] = []


def register_filings(source: FilingsSource) -> None:
    """Make a source the one that is asked; the last one registered wins."""
    _sources[:] = [source]


def filings() -> FilingsSource:
    """The registered source. Raises LookupError when the compliance app is not started."""
    if not _sources:
        raise LookupError("no app has registered the filings of projects")
    return _sources[0]
