"""All that the rules of items can see of one project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from assessments.scoring.answers import ItemAnswer
from portal.catalogue import Catalogue, Env

UNANSWERED = ItemAnswer()
ANSWERED_BY_ITSELF = ItemAnswer(answered=True)


@dataclass(frozen=True, slots=True)
class FilingCounts:
    """Filings of a project, counted for the rules of items.

    ``applicable`` and ``open``: number by gate of the filing, and under ``any`` altogether; ``open_ids``: the open ones by
    gate; ``complete``: whether every applicable filing has the field. ``listed`` and ``confirmed`` feed the pre-check:
    entries that apply, may apply or are undetermined, and those of them that compliance has decided.
    """

    applicable: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[str, int] = field(default_factory=dict)
    complete: Mapping[str, bool] = field(default_factory=dict)
    open_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    listed: int | None = None
    confirmed: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectContext:
    """The inputs of every verdict: facts, answers by item, outputs by calculator, filings counted, the day."""

    env: Env
    today: dt.date
    answers: Mapping[str, ItemAnswer] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    filings: FilingCounts = field(default_factory=FilingCounts)

    @property
    def catalogue(self) -> Catalogue:
        """The version that the rules come from."""
        return self.env.catalogue

    def answer(self, item_id: str) -> ItemAnswer:
        """The answer of an item; one that nobody gave is unanswered, but a computed item answers itself."""
        given = self.answers.get(item_id)
        if given is not None:
            return given
        item = self.catalogue.items.get(item_id)
        return ANSWERED_BY_ITSELF if item is not None and item.computed else UNANSWERED
