"""What slices above filings hang into them: hooks that follow acts, parts of the page of one filing, views beside the list.

Hooks run in the transaction of the act, in order; a :class:`portal.core.errors.Refused` raised by one undoes the act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# fn(subject, old_state, to, given, by): ``given`` is what the step asked for (on, receipt, number, valid_until, due_on, note).
SteppedHook = Callable[..., None]
# fn(subject, step, changed, by): ``step`` is the state that the corrected step led to, ``changed`` maps on, receipt, number, valid_until to
# (old, new) as texts.
CorrectedHook = Callable[..., None]
# fn(subject, verb, by): verb is confirmed, rejected, seconded, objected or withdrawn; ``subject.row`` is the record as it stands now.
DecidedHook = Callable[..., None]
# fn(project, done, by): ``done`` is an Evaluated; ``by`` None for the nightly run.
EvaluatedHook = Callable[..., None]
# fn(subject, to) -> a sentence why the step cannot be taken, or "".
StepRefusal = Callable[..., str]
# fn(request, subject) -> context of the part, or None to leave it out.
PartContext = Callable[[Any, Any], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Part:
    """A part of the page of one filing: ``column`` is ``main`` (left) or ``side`` (right, below the procedure)."""

    order: int
    key: str
    template: str
    context: PartContext
    column: str = "main"


@dataclass(frozen=True)
class View:
    """A view beside the list of filings over all projects (board, month, …): a tab of the section."""

    order: int
    key: str
    label: Any
    url_name: str
    permission: str = "compliance.view_filings"


_stepped: list[tuple[int, SteppedHook]] = []
_corrected: list[tuple[int, CorrectedHook]] = []
_decided: list[tuple[int, DecidedHook]] = []
_evaluated: list[tuple[int, EvaluatedHook]] = []
_refusals: list[StepRefusal] = []
_parts: list[Part] = []
_views: list[View] = []


def on_stepped(order: int, hook: SteppedHook) -> None:
    """``hook(subject, old_state=…, to=…, given={…}, by=actor)`` runs after a step was recorded."""
    _stepped.append((order, hook))
    _stepped.sort(key=lambda entry: entry[0])


def stepped(subject: Any, *, old_state: str, to: str, given: Mapping[str, Any], by: Any) -> None:
    """Run the hooks of a step."""
    for _order, hook in _stepped:
        hook(subject, old_state=old_state, to=to, given=given, by=by)


def on_corrected(order: int, hook: CorrectedHook) -> None:
    """``hook(subject, step=…, changed={name: (old, new)}, by=actor)`` runs after a date, receipt or number of a step was corrected."""
    _corrected.append((order, hook))
    _corrected.sort(key=lambda entry: entry[0])


def corrected(subject: Any, *, step: str, changed: Mapping[str, tuple[str, str]], by: Any) -> None:
    """Run the hooks of a correction."""
    for _order, hook in _corrected:
        hook(subject, step=step, changed=changed, by=by)


def on_decided(order: int, hook: DecidedHook) -> None:
    """``hook(subject, verb=…, by=actor)`` runs after a decision was recorded, completed or taken back."""
    _decided.append((order, hook))
    _decided.sort(key=lambda entry: entry[0])


def decided(subject: Any, *, verb: str, by: Any) -> None:
    """Run the hooks of a decision."""
    for _order, hook in _decided:
        hook(subject, verb=verb, by=by)


def on_evaluated(order: int, hook: EvaluatedHook) -> None:
    """``hook(project, done=Evaluated, by=user or None)`` runs after the records of a project were brought up to its facts."""
    _evaluated.append((order, hook))
    _evaluated.sort(key=lambda entry: entry[0])


def evaluated(project: Any, *, done: Any, by: Any) -> None:
    """Run the hooks of an evaluation."""
    for _order, hook in _evaluated:
        hook(project, done=done, by=by)


def refuse_step(check: StepRefusal) -> None:
    """``check(subject, to)`` says why a step cannot be taken, or "" (asked by the page and by the act)."""
    _refusals.append(check)


def step_refusal(subject: Any, to: str) -> str:
    """The first reason against a step; empty for none."""
    return next((said for said in (check(subject, to) for check in _refusals) if said), "")


def register_part(part: Part) -> None:
    """Add a part to the page of one filing (once per key)."""
    if all(known.key != part.key for known in _parts):
        _parts.append(part)
        _parts.sort(key=lambda entry: entry.order)


def parts_for(request: Any, subject: Any) -> dict[str, list[dict[str, Any]]]:
    """The parts of the page by column: ``{"main": [{"template", "context", "key"}], "side": […]}``."""
    found: dict[str, list[dict[str, Any]]] = {"main": [], "side": []}
    for part in _parts:
        context = part.context(request, subject)
        if context is not None:
            found[part.column].append({"key": part.key, "template": part.template, "part": context})
    return found


def register_view(view: View) -> None:
    """Add a view beside the list (once per key)."""
    if all(known.key != view.key for known in _views):
        _views.append(view)
        _views.sort(key=lambda entry: entry.order)


def views() -> list[View]:
    """All views in order; a page shows those the person may use."""
    return list(_views)
