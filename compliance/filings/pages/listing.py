"""The list of filings over all projects: filters, chips with counts, sorting, pages by key; and the same rows as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.filings.filters import FilingFilter, late
from compliance.filings.models import BLOCKING, UNASKED, Filing, next_day
from compliance.filings.pages import words
from compliance.filings.pages.addresses import filing_url
from compliance.filings.pages.bar import filter_bar, with_query
from compliance.filings.pages.limits import LIMIT_COLUMNS, with_limit
from compliance.filings.pages.tabs import view_tabs
from compliance.filings.queries import (
    filings_visible_to,
    of_organisation,
    waiting_for_decision,
    waiting_for_second,
    waiting_to_take_back,
)
from compliance.filings.states import UNSETTLED_GROUPS
from portal.catalogue import catalogue, installed_versions
from portal.core.errors import Invalid
from portal.core.formats import in_language as tr
from portal.core.listing import Order, capped, capped_counts, keyset_page
from portal.core.sheets import Column
from portal.tenants.clock import organisation_today

SIZE = 50
MOST_ROWS = 20_000
# Sort key → (column, first click descending). Every column is never empty and is followed by the id.
SORTS = {"due": ("due_sort", False), "project": ("project__code", False), "filing": ("regime", False), "changed": ("updated_at", True)}
_COLUMNS = (
    "id", "project_id", "regime", "gate", "jurisdictions", "result", "timing", "decision", "decision_reason", "decided_at", "second_at",
    "second_person_id", "state", "number", "submitted_on", "approved_on", "valid_until", "due_sort", "renewal_on", "cost",
    "updated_at", "group_sort", "owner_id",
    "catalogue_version", "project__code", "project__name_zh", "project__name_en", "project__currency", "owner__name", "decided_by__name",
    "second_by__name",
)  # fmt: skip


def order_of(given: str) -> tuple[str, Order]:
    """(sort key, order) of a query string; an unknown one sorts by due date."""
    key = given.removeprefix("-")
    if key not in SORTS:
        key = "due"
    column, first = SORTS[key]
    return key, Order(column, "id", descending=first != given.startswith("-"))


def chosen_rows(request: Any) -> QuerySet[Filing]:
    """The filings behind a query string. Raises Invalid for filters that cannot be read."""
    chosen = FilingFilter(request.GET, queryset=filings_visible_to(request.actor), request=request)
    if not chosen.is_valid():
        raise Invalid(_("The filter cannot be read."), fields=chosen.errors)
    return chosen.qs


def entry_of(row: dict[str, Any]) -> Any:
    """The entry of the content by which the row was judged; None for one that no installed version knows."""
    version = row["catalogue_version"] if row["catalogue_version"] in installed_versions() else None
    return catalogue(version).filings.get(row["regime"])


def listing(request: Any) -> dict[str, Any]:
    """Context of the page: at most two queries of its own."""
    query, slug = request.GET, request.tenant.slug
    rows = chosen_rows(request)
    key, order = order_of(query.get("sort", ""))
    page = keyset_page(
        with_limit(rows).values(*_COLUMNS, *LIMIT_COLUMNS), order, size=SIZE, after=query.get("after", ""), before=query.get("before", "")
    )
    every = filings_visible_to(request.actor)
    found, decide, second, back, organisation, overdue, blockers, mine = capped_counts(
        rows,
        waiting_for_decision(request.actor).filter(project__isnull=False),
        waiting_for_second(request.actor).filter(project__isnull=False),
        waiting_to_take_back(request.actor).filter(project__isnull=False),
        of_organisation(request.actor),
        late(every),
        every.filter(BLOCKING),
        every.filter(owner_id=request.actor.user_id).exclude(UNASKED),
    )
    base = reverse("compliance:filings", kwargs={"tenant_slug": slug})
    context = {
        "views": view_tabs(request, "list"),
        "rows": [_shown(row, slug) for row in page.rows],
        "heads": _heads(query, key, order.descending),
        **filter_bar(request, base, {"decide": decide, "second": second + back, "late": overdue, "blocker": blockers, "mine": mine}),
        "summary": _("%(n)s filings") % {"n": capped(found)}
        if found > 1000
        else ngettext("%(n)s filing", "%(n)s filings", found) % {"n": found},
        "previous_url": with_query(query, before=page.previous) if page.previous else "",
        "next_url": with_query(query, after=page.next) if page.next else "",
        "organisation_count": organisation,
        "organisation_url": reverse("compliance:organisation_filings", kwargs={"tenant_slug": slug}),
    }
    return context


def _heads(query: QueryDict, key: str, descending: bool) -> dict[str, dict[str, str]]:
    shown = {}
    for name, (_column, first) in SORTS.items():
        active = name == key
        turned = active and descending == first
        shown[name] = {
            "url": with_query(query, sort=f"-{name}" if turned else name),
            "aria": ("descending" if descending else "ascending") if active else "",
            "icon": "chevron-down" if descending else "chevron-up",
        }
    return shown


class _Decided:
    """What the words of a decision read, out of a row of the list."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.decision, self.second_person_id = row["decision"], row["second_person_id"]


def _shown(row: dict[str, Any], slug: str) -> dict[str, Any]:
    entry, content = entry_of(row), catalogue()
    due = next_day(row["due_sort"])
    return {
        **row,
        "name": tr(entry.name) if entry is not None else row["regime"],
        "url": _url(slug, row),
        "project_name": tr(
            {"zh": row["project__name_zh"] or row["project__name_en"], "en": row["project__name_en"] or row["project__name_zh"]}
        ),
        "result_label": words.label(content, "results", row["result"]),
        "gate_label": words.label(content, "filing_gates", row["gate"]),
        "state_label": words.label(content, "filing_states", row["state"]),
        "decision_badge": words.decision_badge(_Decided(row)),  # type: ignore[arg-type]
        "due": due,
        "days": (due - organisation_today()).days if due else None,
        "basis_label": words.label(content, "bases", row["limit_basis"]) if row["limit_basis"] else "",
        "blocks": row["result"] == "required" and row["gate"] == "before_launch" and row["group_sort"] in UNSETTLED_GROUPS,
    }


class _OfProject:
    def __init__(self, pk: Any) -> None:
        self.pk = pk


def _url(slug: str, row: dict[str, Any]) -> str:
    return filing_url(slug, _OfProject(row["project_id"]), row["regime"])  # type: ignore[arg-type]


def columns() -> list[Column]:
    """Heads of the file in the active language."""
    return [
        Column(_("Project"), 12), Column(_("Project name"), 30),
        Column(_("Filing"), 36), Column(_("Jurisdiction"), 16), Column(_("When"), 20),
        Column(_("Result of the rules"), 16), Column(_("Decision"), 24), Column(_("Reason"), 40), Column(_("Decided by"), 16),
        Column(_("Decided"), 18), Column(_("Second person"), 16),
        Column(_("Seconded"), 18), Column(_("State"), 18), Column(_("Number"), 30),
        Column(_("Submitted"), 12), Column(_("Approved"), 12), Column(_("Valid until"), 12),
        Column(_("Due"), 12), Column(_("Basis"), 12), Column(_("Provisional"), 12), Column(_("Blocks the launch"), 14),
        Column(_("Renewal reminder"), 12),
        Column(_("Owner"), 16), Column(_("Cost"), 14), Column(_("Currency"), 9), Column(_("Changed"), 20),
    ]  # fmt: skip


def file_rows(rows: QuerySet[Filing], order: Order) -> Iterator[list[Any]]:
    """Rows of the file, in the order of :func:`columns`."""
    content = catalogue()
    for row in with_limit(rows).values(*_COLUMNS, *LIMIT_COLUMNS).order_by(*order.columns)[:MOST_ROWS]:
        shown = _shown(row, "-")
        yield [
            row["project__code"], shown["project_name"], shown["name"],
            _(", ").join(words.label(content, "jurisdictions", code) for code in row["jurisdictions"]),
            shown["gate_label"], shown["result_label"],
            shown["decision_badge"]["label"], row["decision_reason"], row["decided_by__name"], row["decided_at"], row["second_by__name"],
            row["second_at"], shown["state_label"], row["number"], row["submitted_on"],
            row["approved_on"], row["valid_until"], shown["due"], shown["basis_label"],
            _("yes") if row["limit_provisional"] else "", _("yes") if shown["blocks"] else "",
            row["renewal_on"], row["owner__name"], row["cost"],
            row["project__currency"] if row["cost"] is not None else None, row["updated_at"],
        ]  # fmt: skip
