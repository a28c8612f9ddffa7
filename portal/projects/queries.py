"""Reading the portfolio: lists, sums, dates at risk. Rights are part of each query, never a list of keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import pgettext_lazy

from portal.core.access import Actor
from portal.core.listing import Order, capped_counts
from portal.projects.access import own_project_ids
from portal.projects.models import PortfolioRollup, ProjectSummary
from portal.projects.words import ACTIVE, Flag
from portal.tenants.clock import organisation_today

PAGE_SIZE: Final = 50
KEY: Final = "project_id"
SOON: Final = timedelta(days=14)
# Sort keys of the page and the API → (column, descending when first chosen, label).
SORTS: Final[dict[str, tuple[str, bool, Any]]] = {
    "updated": ("updated_at", True, pgettext_lazy("sort", "Last change")),
    "code": ("code", False, pgettext_lazy("sort", "Code")),
    "stage": ("stage_rank", False, pgettext_lazy("sort", "Stage")),
    "readiness": ("readiness", True, pgettext_lazy("sort", "Readiness")),
    "blockers": ("open_blockers", True, pgettext_lazy("sort", "Blockers")),
    "gate": ("gate_sort", False, pgettext_lazy("sort", "Next gate")),
}
DEFAULT_SORT: Final = "updated"
# Everything a row of the list needs, in one query and without model objects.
COLUMNS: Final = (
    KEY, "code", "unit", "stage", "confidential", "tier", "readiness", "band", "strip", "items_total", "items_answered", "open_blockers",
    "stale_gates", "gate_waiting", "public_facing", "filings_state", "filings_open", "filings_unconfirmed", "next_gate", "next_gate_due",
    "next_clock_due", "updated_at", "owner_id", "stage_rank", "gate_sort",
)  # fmt: skip
JOINED: Final = {
    "name_zh": F("project__name_zh"),
    "name_en": F("project__name_en"),
    "tags": F("project__tags"),
    "owner_name": F("owner__name"),
}
MONEY: Final = ("budget", "spent", "compliance_budget")


def summaries_visible_to(actor: Actor) -> QuerySet[Any]:
    """Summary rows of the projects this person may see (the same rule as ``projects_visible_to``)."""
    rows = ProjectSummary.objects.all()
    if not actor.may("portal.view_all_projects"):
        return rows.filter(project_id__in=own_project_ids(actor))
    if actor.cleared:
        return rows
    return rows.filter(Q(confidential=False) | Q(project_id__in=own_project_ids(actor)))


def as_rows(summaries: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of the list as plain dicts."""
    return summaries.annotate(**JOINED).values(*COLUMNS, *JOINED)


def order_of(sort: str) -> tuple[str, Order]:
    """(key, order) of a sort parameter such as ``readiness`` or ``-code``; anything unknown is the default.

    A minus turns the direction that the key has by itself.
    """
    turned = sort.startswith("-")
    key = sort.removeprefix("-")
    if key not in SORTS:
        key, turned = DEFAULT_SORT, False
    column, descending, _label = SORTS[key]
    return key, Order(column, KEY, descending != turned)


@dataclass
class Totals:
    """What the portfolio adds up to: projects per stage, marks and money of those that are not over."""

    by_stage: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    marks: dict[Flag, int] = field(default_factory=lambda: defaultdict(int))
    money: dict[str, dict[str, Decimal]] = field(default_factory=dict)

    @property
    def projects(self) -> int:
        """All projects, those that are over included."""
        return sum(self.by_stage.values())

    @property
    def active(self) -> int:
        """Projects that are not over."""
        return sum(number for stage, number in self.by_stage.items() if stage in ACTIVE)

    def main_money(self, currency: str) -> tuple[str, Mapping[str, Decimal]]:
        """The sums in the organisation's currency, or in the one with the largest plan when there is nothing in it."""
        if currency not in self.money and self.money:
            currency = max(self.money, key=lambda name: self.money[name]["budget"])
        return currency, self.money.get(currency, dict.fromkeys(MONEY, Decimal(0)))


def portfolio_totals(actor: Actor) -> Totals:
    """Exact sums in one statement: from the rollup for whoever sees everything, over the own projects for everybody else."""
    keys = ("stage", "currency", "flags")
    kept, live = _parts(actor)
    sums = {f"{name}_sum": Coalesce(Sum(name), Decimal(0)) for name in MONEY}
    rows = None if live is None else live.values_list(*keys).annotate(count=Cast(Count("pk"), IntegerField()), **sums)
    if kept is not None:
        summed = kept.values_list(*keys).annotate(count=Cast(Sum("n"), IntegerField()), **sums)
        rows = summed if rows is None else summed.union(rows, all=True)
    totals = Totals()
    for stage, currency, flags, count, *amounts in rows or ():
        totals.by_stage[stage] += count
        if stage not in ACTIVE or not count:
            continue
        for flag in Flag:
            if flags & flag:
                totals.marks[flag] += count
        money = totals.money.setdefault(currency, dict.fromkeys(MONEY, Decimal(0)))
        for name, amount in zip(MONEY, amounts, strict=True):
            money[name] += amount
    return totals


def _parts(actor: Actor) -> tuple[QuerySet[Any] | None, QuerySet[Any] | None]:
    """What to add up for this person: rows of the rollup, and summary rows that the rollup does not cover."""
    if not actor.may("portal.view_all_projects"):
        return None, summaries_visible_to(actor)
    if actor.cleared:
        return PortfolioRollup.objects.all(), None
    # Confidential projects count only for those named on them: few rows, found through the person's own projects.
    named = ProjectSummary.objects.filter(confidential=True, project_id__in=own_project_ids(actor))
    return PortfolioRollup.objects.filter(confidential=False), named


def dates_at_risk(actor: Actor, listed: QuerySet[Any], today: date | None = None) -> tuple[int, int, int, int]:
    """(rows of ``listed``, late gates, own projects, clocks of the next two weeks), each counted up to the cap, in one statement."""
    today = today or organisation_today()
    visible = summaries_visible_to(actor).filter(stage__in=ACTIVE)
    numbers = capped_counts(
        listed,
        visible.filter(gate_sort__lt=today).exclude(stage="on_hold"),
        visible.filter(owner_id=actor.user_id),
        visible.filter(next_clock_due__isnull=False, next_clock_due__lte=today + SOON),
    )
    return numbers[0], numbers[1], numbers[2], numbers[3]


def first_in_line(actor: Actor, limit: int = 3) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The first gates that wait for a decision and the next clocks, by date, in one statement."""
    clocks = _in_line(actor, "clock", "next_clock_due", limit, next_clock_due__isnull=False)
    found = list(gates_in_line(actor, limit).union(clocks, all=True))
    due = sorted((row for row in found if row["kind"] == "clock"), key=lambda row: (row["next_clock_due"], row["code"]))
    return gates_of([row for row in found if row["kind"] == "gate"]), due


def gates_in_line(actor: Actor, limit: int = 3) -> QuerySet[Any]:
    """The first gates that wait for a decision, by date; read with :func:`gates_of`."""
    return _in_line(actor, "gate", "gate_sort", limit, gate_waiting=True)


def gates_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of :func:`gates_in_line` in order, also when they came as JSON."""
    for row in rows:
        for name in ("gate_sort", "next_gate_due"):
            row[name] = date.fromisoformat(row[name]) if isinstance(row[name], str) else row[name]
    return sorted(rows, key=lambda row: (row["gate_sort"], row["code"]))


def _in_line(actor: Actor, kind: str, order: str, limit: int, **conditions: Any) -> QuerySet[Any]:
    names = (KEY, "code", "stage", "next_gate", "next_gate_due", "next_clock_due", "gate_sort")
    joined = {"name_zh": F("project__name_zh"), "name_en": F("project__name_en")}
    rows = summaries_visible_to(actor).filter(stage__in=ACTIVE, **conditions).annotate(kind=Value(kind), **joined)
    return rows.values("kind", *names, *joined).order_by(order, KEY)[:limit]


def units_of(actor: Actor, limit: int = 200) -> list[str]:
    """Business units for the filter, by name."""
    units: set[str] = set()
    kept, live = _parts(actor)
    if kept is not None:  # the sums of a unit that no project has any more stay, as zero
        sums = kept.exclude(unit="").values("unit").annotate(left=Sum("n")).filter(left__gt=0)
        units.update(sums.order_by("unit").values_list("unit", flat=True)[:limit])
    if live is not None:
        units.update(live.exclude(unit="").order_by("unit").values_list("unit", flat=True).distinct()[:limit])
    return sorted(units)[:limit]


def heat_rows(actor: Actor, limit: int = 12) -> list[dict[str, Any]]:
    """Per unit the number of active projects, their average readiness and the ten average scores (0-100), largest units first."""
    kept, live = _parts(actor)
    names = [f"s{index}" for index in range(10)]
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 12)
    if kept is not None:
        parts = {name: Sum(f"scores__{index}") for index, name in enumerate(names)}
        _add(sums, kept.filter(stage__in=ACTIVE).values_list("unit").annotate(count=Sum("n"), ready=Sum("readiness"), **parts))
    if live is not None:
        parts = {name: Sum(f"d{index + 1}_score") for index, name in enumerate(names)}
        _add(sums, live.filter(stage__in=ACTIVE).values_list("unit").annotate(count=Count("pk"), ready=Sum("readiness"), **parts))
    largest = sorted((item for item in sums.items() if item[1][0] > 0), key=lambda item: (-item[1][0], item[0]))[:limit]
    return [
        {"unit": unit, "projects": count, "readiness": round(ready / count), "scores": [round(score / count) for score in scores]}
        for unit, (count, ready, *scores) in largest
    ]


def _add(sums: dict[str, list[int]], rows: QuerySet[Any]) -> None:
    for unit, *numbers in rows:
        sums[unit] = [old + int(new or 0) for old, new in zip(sums[unit], numbers, strict=True)]
