"""Judging a project in memory: facts and answers in, tier, applying items and verdicts out. Writes nothing.

view = ProjectView.of(content, facts, today=…, project_id=…)   # facts made ready, filings decided, tier derived
judged = view.judge(answers, outputs)                          # every item, or those named
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

from assessments.scoring.answers import ItemAnswer
from assessments.scoring.applying import HIDDEN, VISIBLE_WAITING, visibility
from assessments.scoring.context import FilingCounts, ProjectContext
from assessments.scoring.functions import ItemRules
from assessments.scoring.registry import FilingDecision, filing_provider
from assessments.scoring.tier import TierResult, derive_tier
from assessments.scoring.verdicts import OPEN, judge_items
from portal.catalogue import Catalogue, Env, environment
from portal.tenants.clock import organisation_today


@dataclass(frozen=True, slots=True)
class Judged:
    """Where one item stands. An item that does not apply has the verdict ``open`` and is counted nowhere."""

    applies: bool
    waiting: bool = False
    verdict: str = OPEN
    remark: str = ""


NOT_APPLYING = Judged(False)
# The views worked out last: saving facts looks at the same facts from several sides within one act.
_recent: ContextVar[tuple[ProjectView, ...]] = ContextVar("recent_views", default=())
_KEPT = 4


@dataclass(frozen=True)
class ProjectView:
    """A project seen through its facts. ``project_id`` None: a project to be, without records of filings."""

    content: Catalogue
    env: Env
    today: dt.date
    project_id: UUID | None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, content: Catalogue, facts: Mapping[str, Any], *, today: dt.date, project_id: UUID | None, filings: bool = True
    ) -> ProjectView:
        """Facts made ready. Without ``filings`` their states are not read: for items whose rules do not ask about filings."""
        states = filing_provider().states(project_id) if filings or facts_ask_filings(content) else {}
        return cls(content, environment(content, facts, states), today, project_id, facts)

    @cached_property
    def filings(self) -> Mapping[str, FilingDecision]:
        """Every filing decided by the rules."""
        return filing_provider().decisions(self.env, self.today)

    @cached_property
    def counts(self) -> FilingCounts:
        """The filings counted, with what compliance recorded."""
        return filing_provider().counts(self.project_id, self.env, self.today, self.filings)

    def tier(self, raised: str = "") -> TierResult:
        """The tier computed and in force."""
        return derive_tier(self.env, self.filings, raised or None)

    def context(
        self, answers: Mapping[str, ItemAnswer], outputs: Mapping[str, Mapping[str, object]], *, filings: bool = True
    ) -> ProjectContext:
        """What rules of items see; without ``filings`` their functions are unknown (for items that do not ask)."""
        return ProjectContext(
            env=self.env, today=self.today, answers=answers, outputs=outputs, filings=self.counts if filings else FilingCounts()
        )

    def judge(
        self,
        tier: str,
        answers: Mapping[str, ItemAnswer],
        outputs: Mapping[str, Mapping[str, object]],
        items: Collection[str] | None = None,
        *,
        filings: bool = True,
    ) -> dict[str, Judged]:
        """Where the named items (all by default) stand in the tier in force."""
        rules = ItemRules(self.context(answers, outputs, filings=filings))
        depths = self.content.tiers.tier(tier).depths
        wanted = [item for item in self.content.items.values() if items is None or item.id in items]
        shown = {item.id: visibility(rules, item) if item.depth in depths else None for item in wanted}
        applying = [item for item in wanted if (seen := shown[item.id]) is not None and seen.state != HIDDEN]
        verdicts = judge_items(rules, applying)
        found: dict[str, Judged] = {}
        for item in wanted:
            seen = shown[item.id]
            if seen is None or seen.state == HIDDEN:
                found[item.id] = NOT_APPLYING
                continue
            one = verdicts[item.id]
            found[item.id] = Judged(True, seen.state == VISIBLE_WAITING, one.verdict, one.remark)
        return found

    def applying(self, tier: str, answers: Mapping[str, ItemAnswer], outputs: Mapping[str, Mapping[str, object]]) -> tuple[str, ...]:
        """Items that apply, without their verdicts."""
        rules = ItemRules(self.context(answers, outputs))
        depths = self.content.tiers.tier(tier).depths
        return tuple(item.id for item in self.content.items.values() if item.depth in depths and visibility(rules, item).state != HIDDEN)


@lru_cache(maxsize=16)
def facts_ask_filings(content: Catalogue) -> bool:
    """Whether a derived fact asks where a filing stands."""
    return any(call.function == "filing_done" for fact in content.derived_facts if fact.derived is not None for call in fact.derived.calls)


def view_of(content: Catalogue, facts: Mapping[str, Any], *, project_id: UUID | None, today: dt.date | None = None) -> ProjectView:
    """``ProjectView.of`` for today, shared by all who ask about the very same facts (the object, not its content) within one act."""
    day = today or organisation_today()
    for view in _recent.get():
        if view.facts is facts and (view.content, view.project_id, view.today) == (content, project_id, day):
            return view
    view = ProjectView.of(content, facts, today=day, project_id=project_id)
    _recent.set((view, *_recent.get())[:_KEPT])
    return view
