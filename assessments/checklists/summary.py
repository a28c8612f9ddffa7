"""The one wide row per project that lists and tiles read, worked out from the rows of its answers.

Readiness, band, blockers and scores count the items due up to the next gate (all of them once no gate is ahead): an early project
is not blocked by what is due at launch. Counts of items are over everything that applies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.checklists.states import AnswerState
from assessments.scoring.readiness import Readiness, readiness
from assessments.scoring.verdicts import ATTENTION, FAIL, NA, OPEN
from portal.catalogue import Catalogue

_TO_DO = (AnswerState.RETURNED, AnswerState.EXPIRED)
_TO_REVIEW = (AnswerState.ANSWERED, AnswerState.IN_REVIEW)
_SETTLED = (AnswerState.APPROVED, AnswerState.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one applying item stands: the verdict of its rules and the state of its answer."""

    verdict: str
    state: str

    @property
    def waived(self) -> bool:
        """A waiver is in force."""
        return self.state == AnswerState.WAIVED


def due_gates(content: Catalogue, next_gate: str) -> tuple[str, ...]:
    """The gates whose items count towards the next one."""
    return content.gates[next_gate].due_upto if next_gate in content.gates else tuple(content.gates)


def readiness_of(content: Catalogue, standings: Mapping[str, Standing], next_gate: str) -> Readiness:
    """Readiness for the next gate over the applying items."""
    verdicts = {name: one.verdict for name, one in standings.items()}
    waived = {name for name, one in standings.items() if one.waived}
    return readiness(content, verdicts, waived=waived, due=due_gates(content, next_gate))


def scores(content: Catalogue, standings: Mapping[str, Standing], next_gate: str) -> dict[str, Any]:
    """The columns of the summary that follow from the items."""
    ready = readiness_of(content, standings, next_gate)
    upto = set(ready.upto)
    fields: dict[str, Any] = {
        # Rounded down: what is shown as 85 has reached 85.
        "readiness": int(ready.value),
        "band": ready.band,
        "items_total": len(standings),
        "items_answered": sum(one.verdict != OPEN or one.waived for one in standings.values()),
        "items_approved": sum(one.state in _SETTLED for one in standings.values()),
        "waived": sum(one.waived for one in standings.values()),
        "open_blockers": len(ready.blockers_failed) + len(ready.blockers_open),
        "strip": "".join(
            letter([standings[item.id] for item in items if item.id in standings and item.due_gate in upto])
            for items in content.items_by_dimension.values()
        ),
    }
    for dimension in content.dimensions:
        score = ready.dimensions[dimension].score
        fields[f"d{dimension[1:]}_score"] = int(score) if score is not None else 0
    return fields


def letter(standings: Collection[Standing]) -> str:
    """One dimension in one letter: what needs hands first.

    f: something failed; o: something is open, returned or expired (or nothing is due yet); r: something waits for review;
    a: something needs attention; w: something is waived; n: nothing is applicable; p: all passed and approved.
    """
    if not standings:
        return "o"
    active = [one for one in standings if not one.waived]
    if any(one.verdict == FAIL for one in active):
        return "f"
    if any(one.verdict == OPEN or one.state in _TO_DO for one in active):
        return "o"
    if any(one.state in _TO_REVIEW for one in active):
        return "r"
    if any(one.verdict == ATTENTION for one in active):
        return "a"
    if len(active) < len(standings):
        return "w"
    return "n" if all(one.verdict == NA for one in active) else "p"
