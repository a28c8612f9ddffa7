"""Answering to authorities: regimes, calendars, filings, reports."""
