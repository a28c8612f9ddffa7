"""What the next gate still lacks, beside the items. Items are counted here; higher slices add theirs (filings, conditions)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.checklists.pages.scene import Scene
from assessments.checklists.states import AnswerState
from portal.core.marks import MARKS, STATES

MOST_LINES = 8


@dataclass(frozen=True)
class Lack:
    """One thing that keeps the next gate from being decided. ``late``: it stops the gate; else it only waits."""

    text: Any
    state: Any
    url: str = ""
    late: bool = False
    code: str = ""


LackProvider = Callable[[Any, Scene], list[Lack]]
_providers: list[tuple[int, LackProvider]] = []


def register_lacks(order: int, provider: LackProvider) -> None:
    """Add a provider of lines; called from ``AppConfig.ready`` of higher slices."""
    _providers.append((order, provider))
    _providers.sort(key=lambda entry: entry[0])


def lacks(request: Any, scene: Scene) -> list[Lack]:
    """Lines for the next gate: what stops it first, then what waits for review, then what others add."""
    gate = scene.project.summary.next_gate
    if gate not in scene.content.gates:
        return []
    found = _items(request, scene, gate)
    for _order, provider in _providers:
        found += provider(request, scene)
    return found


def _items(request: Any, scene: Scene, gate: str) -> list[Lack]:
    from assessments.checklists.pages.dimension import urls_of

    urls = urls_of(request)
    due = scene.content.gates[gate].due_upto
    stopping, waiting = [], []
    for item in scene.content.items.values():
        row = scene.rows.get(item.id)
        if row is None or not row.applies or item.due_gate not in due or row.state == AnswerState.WAIVED:
            continue
        if row.verdict in ("fail", "open"):
            word = MARKS[row.verdict].word
            stopping.append(
                (not item.blocker, Lack(item.question, word, urls.item(item.id), late=item.blocker or row.verdict == "fail", code=item.id))
            )
        elif row.state in (AnswerState.RETURNED, AnswerState.EXPIRED, AnswerState.IN_REVIEW, AnswerState.ANSWERED):
            waiting.append(Lack(item.question, STATES[row.state][1], urls.item(item.id), code=item.id))
    lines = [line for _rank, line in sorted(stopping, key=lambda entry: entry[0])]
    shown = lines[:MOST_LINES]
    if len(lines) > len(shown):
        rest = len(lines) - len(shown)
        shown.append(
            Lack(ngettext("and %(n)d more item", "and %(n)d more items", rest) % {"n": rest}, "", urls.named("assessments:checklist"))
        )
    if waiting and len(shown) < MOST_LINES:
        number = len(waiting)
        text = ngettext("%(n)d item waits for its approval", "%(n)d items wait for their approval", number) % {"n": number}
        shown.append(Lack(text, _("In review"), urls.named("assessments:checklist")))
    return shown
