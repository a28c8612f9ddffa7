"""Which entries of the content are due for a legal review, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.legal.models import LegalReview
from portal.catalogue import Catalogue
from portal.catalogue.parts import Filing

SOON = dt.timedelta(days=90)  # days of effect that come this soon, or came this recently, want a look
OLD = dt.timedelta(days=365)
REASONS = ("overdue", "changed", "note", "confidence", "effect", "old")


@dataclass(frozen=True)
class Line:
    """One entry: ``reasons`` keys of ``REASONS``, empty when nothing is due; ``on``: the next planned review."""

    entry: Filing
    as_of: dt.date | None
    reasons: tuple[str, ...]
    last: LegalReview | None
    days: tuple[dt.date, ...]

    @property
    def due(self) -> bool:
        """Whether somebody has to look at it now."""
        return bool(self.reasons)


def lines(content: Catalogue, reviews: Mapping[str, LegalReview], today: dt.date) -> list[Line]:
    """Every filing of the content, those that are due first. ``reviews``: the newest of each entry."""
    found = [_line(content, entry, reviews.get(entry.id), today) for entry in content.filings.values()]
    return sorted(found, key=lambda line: (not line.due, -len(line.reasons), line.entry.id))


def newest_reviews() -> dict[str, LegalReview]:
    """The newest review of each entry. One statement."""
    rows = LegalReview.objects.select_related("reviewed_by").order_by("entry", "-entered_at", "-id").distinct("entry")
    return {row.entry: row for row in rows}


def _line(content: Catalogue, entry: Filing, last: LegalReview | None, today: dt.date) -> Line:
    """A review settles what stood before it, until its next day or until a day of effect passes."""
    regime = content.regimes.get(entry.regime)
    as_of = regime.as_of if regime is not None else None
    starts = [case.start for case in entry.effective_cases]
    days = tuple(sorted({day for day in (entry.effective_from, entry.effective_to, *starts) if day is not None}))
    seen = last.reviewed_on if last is not None else None
    reasons = []
    if last is not None and last.next_review_on <= today:
        reasons.append("overdue")
    if last is not None and last.outcome != LegalReview.Outcome.UNCHANGED:
        reasons.append("changed")
    if any(today - SOON <= day <= today + SOON and (seen is None or seen < day <= today or seen < day - SOON) for day in days):
        reasons.append("effect")
    if last is None:
        reasons += ["note"] if entry.review is not None else []
        reasons += ["confidence"] if entry.confidence != "H" else []
        reasons += ["old"] if as_of is not None and as_of < today - OLD else []
    return Line(entry, as_of, tuple(one for one in REASONS if one in reasons), last, days)
