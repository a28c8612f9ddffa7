"""Judging a project by pure functions: which items apply, verdicts, readiness, gates, tier, and why."""
