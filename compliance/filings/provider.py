"""The provider that the assessments ask about filings: rules of the content, records of this slice."""

from __future__ import annotations

from uuid import UUID

from compliance.filings.models import Filing
from compliance.filings.records import read_records
from compliance.regimes.provider import RuleProvider


class RecordedFilings(RuleProvider):
    """Rules of the content over the records of this slice."""

    def precheck_done(self, project_id: UUID) -> bool:
        """Whether the project has records of its own; those of the organisation say nothing about it."""
        return Filing.objects.filter(project_id=project_id).exists()


provider = RecordedFilings(read_records)
