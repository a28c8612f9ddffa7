"""Deciding: frozen revisions, gate rounds, signatures, conditions, staleness."""
