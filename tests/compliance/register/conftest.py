"""The stage of filings, and files that stay in the test's folder."""

from tests.compliance.filings.conftest import english, stage
from tests.compliance.reports.conftest import files

__all__ = ["english", "files", "stage"]
