"""The provider of filings that compliance registers with the assessments at start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from uuid import UUID

from assessments.scoring.context import FilingCounts
from compliance.regimes.applicability import Decision, Finding, decide_all, red_findings
from compliance.regimes.counting import FilingRecord, filings_counts
from portal.catalogue import Env

ReadRecords = Callable[[UUID], Mapping[str, FilingRecord]]


class RuleProvider:
    """Decides by the rules and counts with what people recorded; ``read_records`` gives the records of a project."""

    def __init__(self, read_records: ReadRecords) -> None:
        self._read_records = read_records

    def decisions(self, env: Env, today: dt.date) -> Mapping[str, Decision]:
        """Every filing decided on the facts."""
        return decide_all(env, today)

    def red_findings(self, env: Env) -> Mapping[str, Finding]:
        """Every reason to stop."""
        return red_findings(env)

    def counts(self, project_id: UUID, env: Env, today: dt.date) -> FilingCounts:
        """The filings of a project counted."""
        return filings_counts(env.catalogue, decide_all(env, today), self._read_records(project_id))
