"""Filings of all projects at a glance: board, month, timeline, what is at risk."""
