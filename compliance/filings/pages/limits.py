"""What lists show of the earliest running time limit of a filing, without asking for each row."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from compliance.filings.models import Filing

LIMIT_COLUMNS = ("limit_basis", "limit_provisional", "limit_action")


def with_limit(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Basis, action and certainty of the limit that ``clock_on`` stands for, None where none runs; worked out for the rows shown."""
    first = Filing.objects.filter(pk=OuterRef("pk"), clocks__state="running", clocks__due_on=OuterRef("clock_on")).order_by("clocks__id")
    return rows.annotate(**{name: Subquery(first.values(f"clocks__{name.removeprefix('limit_')}")[:1]) for name in LIMIT_COLUMNS})
