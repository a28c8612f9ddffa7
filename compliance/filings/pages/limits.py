"""What lists show of the earliest running time limit of a filing, without asking for each row."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from compliance.filings.models import limits_of_filings

LIMIT_COLUMNS = ("limit_basis", "limit_provisional", "limit_action")


def with_limit(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Basis, action and certainty of the limit that ``clock_on`` stands for, None where none runs; worked out for the rows shown."""
    first = limits_of_filings().filter(filing=OuterRef("pk"), state="running", due_on=OuterRef("clock_on")).order_by("id")
    return rows.annotate(**{name: Subquery(first.values(name.removeprefix("limit_"))[:1]) for name in LIMIT_COLUMNS})
