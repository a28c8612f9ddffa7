"""Views of filings over all projects."""
