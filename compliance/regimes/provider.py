"""The provider of filings that compliance registers with the assessments at start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

from assessments.scoring.context import FilingCounts
from assessments.scoring.registry import FilingDecision, FilingsOverview
from compliance.regimes.applicability import Decision, Finding, decide_all, red_findings
from compliance.regimes.counting import FilingRecord, filings_counts, overview
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

    def counts(
        self, project_id: UUID | None, env: Env, today: dt.date, decisions: Mapping[str, FilingDecision] | None = None
    ) -> FilingCounts:
        """The filings of a project counted."""
        return filings_counts(env.catalogue, self._own(env, today, decisions), self._records(project_id))

    def states(self, project_id: UUID | None) -> Mapping[str, str]:
        """Where the procedures stand, by filing id."""
        return {name: record.state for name, record in self._records(project_id).items()}

    def overview(self, project_id: UUID | None, env: Env, today: dt.date, decisions: Mapping[str, FilingDecision]) -> FilingsOverview:
        """The filings of a project in one word and two figures."""
        return overview(env.catalogue, self._own(env, today, decisions), self._records(project_id))

    def precheck_done(self, project_id: UUID) -> bool:
        """Whether anything of the project is on record."""
        return bool(self._records(project_id))

    def _records(self, project_id: UUID | None) -> Mapping[str, FilingRecord]:
        return {} if project_id is None else self._read_records(project_id)

    def _own(self, env: Env, today: dt.date, decisions: Mapping[str, FilingDecision] | None) -> Mapping[str, Decision]:
        return decide_all(env, today) if decisions is None else cast(Mapping[str, Decision], decisions)
