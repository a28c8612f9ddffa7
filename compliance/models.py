"""All models of the compliance app, so that Django finds them."""

from compliance.filings.models import Filing, FilingEvent
from compliance.reports.models import Report

__all__ = ["Filing", "FilingEvent", "Report"]
