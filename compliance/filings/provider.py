"""The provider that the assessments ask about filings: rules of the content, records of this slice."""

from __future__ import annotations

from compliance.filings.records import read_records
from compliance.regimes.provider import RuleProvider

provider = RuleProvider(read_records)
