"""Filings: decisions, states, numbers."""
