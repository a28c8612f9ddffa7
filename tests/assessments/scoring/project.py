"""A project to judge: facts of an internal assistant, and short ways to answer its items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from assessments.scoring.answers import ItemAnswer, read_answer
from assessments.scoring.context import FilingCounts, ProjectContext
from assessments.scoring.functions import ItemRules
from portal.catalogue import catalogue, environment
from tests.factories.facts import LIGHT_FACTS

CONTENT = catalogue()
TODAY = dt.date(2026, 11, 23)


def answer(item: str, value: object, **rest: Any) -> ItemAnswer:
    """The stored answer of an item as rules read it."""
    return read_answer(CONTENT.items[item], value, **rest)


def context(
    facts: Mapping[str, Any] | None = None,
    answers: Mapping[str, ItemAnswer] | None = None,
    outputs: Mapping[str, Mapping[str, object]] | None = None,
    filings: FilingCounts | None = None,
) -> ProjectContext:
    """A context over facts (the light project by default)."""
    env = environment(CONTENT, LIGHT_FACTS if facts is None else facts)
    return ProjectContext(env, TODAY, answers or {}, outputs or {}, filings or FilingCounts())


def rules(*args: Any, **kwargs: Any) -> ItemRules:
    """Rules over such a context."""
    return ItemRules(context(*args, **kwargs))
