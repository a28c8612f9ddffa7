"""The provider that the assessments ask about filings: rules of the content, records of this slice."""

from __future__ import annotations

from uuid import UUID

from assessments.checklists.models import Assessment
from compliance.filings.models import Filing
from compliance.filings.records import read_records
from compliance.regimes.provider import RuleProvider


class RecordedFilings(RuleProvider):
    """Rules of the content over the records of this slice."""

    def precheck_done(self, project_id: UUID) -> bool:
        """Whether the rules were run on the project's facts. A project to which nothing applies has no records: its registration counts."""
        return Assessment.objects.filter(project_id=project_id).exists() or Filing.objects.filter(project_id=project_id).exists()


provider = RecordedFilings(read_records)
