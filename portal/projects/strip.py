"""The ten-dimension strip as stored: one letter per dimension."""

from __future__ import annotations

from typing import Any

LETTERS = {"p": "pass", "a": "attention", "f": "fail", "o": "open", "r": "review", "w": "waived", "n": "na"}
DIMENSIONS = tuple(f"D{number}" for number in range(1, 11))


def tones_of(strip: str) -> list[str]:
    """Ten tones; an unknown letter counts as open, a missing one too."""
    return [LETTERS.get(letter, "open") for letter in strip.ljust(10, "o")[:10]]


def scores_of(summary: Any) -> list[int]:
    """The ten scores (0 to 100) of a summary row, D1 first."""
    return [getattr(summary, f"d{number}_score") for number in range(1, 11)]


def cells_of(summary: Any) -> list[dict[str, Any]]:
    """Cells for ``{% strip %}`` with the score as note."""
    return [
        {"verdict": tone, "code": code, "note": f"{score}%" if tone not in ("open", "na") or score else ""}
        for code, tone, score in zip(DIMENSIONS, tones_of(summary.strip), scores_of(summary), strict=True)
    ]
