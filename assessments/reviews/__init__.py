"""Approving, returning and waiving items, with duties kept apart."""
