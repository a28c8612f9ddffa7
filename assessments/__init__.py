"""Judging a project along the ten dimensions."""
