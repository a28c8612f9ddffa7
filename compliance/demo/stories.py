"""What is special about single projects: open rounds, lapsed sign-offs, waivers, conditions, returned items, comments."""

from __future__ import annotations

from typing import Any

from compliance.demo.projects import Case


def tell(case: Case, outcomes: dict[str, Any]) -> None:
    """Let happen what the content says of this project."""
