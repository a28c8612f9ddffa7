"""What higher slices tell the checklists: gates register here from ``AppConfig.ready``, since this slice lies below them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GateFacts:
    """What the checklists need to know of the gates of a project.

    ``decided``: gates whose latest decision is positive and not stale; ``open_round``: gate with an open round, "" for none;
    ``open_due``: when that round is due.
    """

    decided: tuple[str, ...] = ()
    open_round: str = ""
    open_due: dt.date | None = None


_sources: list[Callable[[Any], GateFacts]] = []


def register_gate_facts(source: Callable[[Any], GateFacts]) -> None:
    """``source(project) -> GateFacts``; the last one registered counts."""
    _sources[:] = [source]


def gate_facts(project: Any) -> GateFacts:
    """What is decided and what is open; nothing for a project to be."""
    if project is None or not _sources:
        return GateFacts()
    return _sources[0](project)
