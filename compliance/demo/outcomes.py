"""What each item of a project comes to: pass by default, otherwise as the ten marks of the project's content say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.checklists.models import Answer
from compliance.demo.content import answers, read, shuffled
from compliance.demo.projects import GATES, Case, gate_ahead

PASS, ATTENTION, FAIL, OPEN, NA = "pass", "attention", "fail", "open", "na"
REVIEW, RETURNED = "review", "returned"
_READY, _FLOOR = 85, 62
_LETTERS = {"a": (ATTENTION, ""), "f": (FAIL, ""), "o": (OPEN, ""), "r": (PASS, REVIEW)}


@dataclass(frozen=True)
class Outcome:
    """The verdict an item gets, and where it stands: ``""`` approved, ``review`` or ``returned``."""

    verdict: str = PASS
    standing: str = ""


def plan(case: Case) -> dict[str, Outcome]:
    """Outcomes that differ from "passed and approved", by item."""
    found = _told(case)
    rows = list(
        Answer.objects.filter(assessment=case.assessment, applies=True)
        .order_by("position")
        .values("item_key", "dimension", "due_gate", "blocker")
    )
    ahead = gate_ahead(case.spec)
    for number, mark in enumerate(case.spec["strip"], 1):
        if mark == "p":
            continue
        verdict, standing = _LETTERS[mark[0].lower()]
        mine = [row for row in rows if row["dimension"] == number and row["item_key"] not in found and row["blocker"] is mark[0].isupper()]
        for name in _candidates(case, mine, ahead, verdict, standing)[: int(mark[1:])]:
            found[name] = Outcome(verdict, standing)
    _degrade(case, found, rows, ahead)
    return found


def _told(case: Case) -> dict[str, Outcome]:
    """Items that the stories name: returned, not applicable, or short of what a waiver was asked for."""
    stories = read("stories")
    found = {name: Outcome(PASS, RETURNED) for name in stories["returned"].get(case.code, ())}
    found |= {name: Outcome(NA) for name in stories["na"].get(case.code, ())}
    found |= {one["item"]: Outcome(one.get("verdict", OPEN)) for one in stories["waivers"].get(case.code, ())}
    return found


def _degrade(case: Case, found: dict[str, Outcome], rows: list[dict[str, Any]], ahead: str) -> None:
    """More items call for attention, in the dimensions that are marked anyway, until the readiness of the content is near."""
    target = case.spec.get("readiness")
    due = GATES[: GATES.index(ahead) + 1]
    counted = [row for row in rows if row["due_gate"] in due]
    marked = [number for number, mark in enumerate(case.spec["strip"], 1) if mark != "p"]
    names = {
        blocker: [row["item_key"] for row in counted if row["dimension"] in marked and row["blocker"] is blocker]
        for blocker in (False, True)
    }
    # Blockers come last: each of them needs a written condition at the gate.
    spare = [name for blocker in (False, True) for name in shuffled(f"{case.code} more", names[blocker])]
    for name in (name for name in spare if name not in found and _can(case, name, ATTENTION)):
        if target is None or _readiness(case, found, counted) <= target:
            return
        dimension = int(name[1:].partition(".")[0])
        if target >= _READY and _readiness(case, {**found, name: Outcome(ATTENTION)}, counted, dimension) < _FLOOR:
            continue
        found[name] = Outcome(ATTENTION)


def _readiness(case: Case, found: dict[str, Outcome], rows: list[dict[str, Any]], only: int = 0) -> float:
    """What readiness (or the score of ``only`` one dimension) comes to if every other item passes."""
    worth = {PASS: 1.0, ATTENTION: 0.5}
    total = reached = 0.0
    for dimension in case.content.dimensions.values():
        items = [case.content.items[row["item_key"]] for row in rows if row["dimension"] == int(dimension.id[1:])]
        items = [item for item in items if found.get(item.id, Outcome()).verdict != NA]
        if not items or only not in (0, int(dimension.id[1:])):
            continue
        points = sum(item.weight * worth.get(found.get(item.id, Outcome()).verdict, 0.0) for item in items)
        total += dimension.weight
        reached += dimension.weight * points / sum(item.weight for item in items)
    return 100 * reached / total if total else 0.0


def _candidates(case: Case, rows: list[dict[str, Any]], ahead: str, verdict: str, standing: str) -> list[str]:
    """Items that can have the outcome. What is open, failed or in review is due at the gate ahead; attention may stem from earlier."""
    now = [row["item_key"] for row in rows if row["due_gate"] == ahead]
    before = [row["item_key"] for row in rows if row["due_gate"] in GATES[: GATES.index(ahead)]]
    usable = [name for name in shuffled(case.code, now) if _can(case, name, verdict)]
    if verdict == ATTENTION:
        usable += [name for name in shuffled(case.code, before) if _can(case, name, verdict)]
    if standing == REVIEW:
        # The queue of the compliance officer is the one that is shown first.
        usable.sort(key=lambda name: case.content.items[name].approved_by != "compliance")
    return usable


def _can(case: Case, name: str, verdict: str) -> bool:
    if case.content.items[name].computed:
        return verdict == PASS or any(verdict in entry.get("items", {}).get(name, {}) for entry in read("calculators").values())
    return verdict in (PASS, OPEN) or verdict in answers().get(name, {})
