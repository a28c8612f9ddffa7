"""The filters above the list, the board, the month and the timeline: chips, the panel of further ones, and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from compliance.filings.filters import DUE, NOBODY, WAITING, bases, families, jurisdictions
from compliance.filings.models import Filing
from compliance.filings.pages import words
from compliance.filings.states import GROUP_NAMES
from portal.catalogue import catalogue
from portal.core.formats import in_language as tr
from portal.core.listing import capped
from portal.tenants.models import User

PASSING = ("after", "before", "filters")
PLAIN = (
    "q", "family", "jurisdiction", "result", "gate", "waiting", "due", "project", "regime", "mine", "group", "blocker", "owner", "basis",
    "provisional", "day",
)  # fmt: skip
# What a form of further filters sends along unseen.
KEPT = ("q", "sort", "project", "regime", "mine", "blocker", "day", "month", "start", "column")
MOST_OWNERS = 200


def filter_bar(request: Any, base: str, counts: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Context of ``filter_bar.html``; ``base`` is the address of the view without filters."""
    query, slug = request.GET, request.tenant.slug
    return {
        "chips": chips_of(query, base, counts),
        "kept": kept(query),
        "first_page": base,
        "filtered": any(query.get(name) for name in (*PLAIN, "state")),
        "panel": panel_of(query) if query.get("filters") else None,
        "export_url": reverse("compliance:filings_export", kwargs={"tenant_slug": slug, "form": "xlsx"}),
        "csv_url": reverse("compliance:filings_export", kwargs={"tenant_slug": slug, "form": "csv"}),
    }


def kept(query: QueryDict) -> str:
    """Filters and sorting as a query string, without the page."""
    copy = query.copy()
    for name in PASSING:
        copy.pop(name, None)
    return copy.urlencode()


def with_query(query: QueryDict, **changes: str | None) -> str:
    """The address with parameters changed or (None) taken away, from the first page."""
    copy = query.copy()
    for name in PASSING:
        copy.pop(name, None)
    for name, value in changes.items():
        copy.setlist(name, [] if value is None else [value])
    return "?" + copy.urlencode()


def chips_of(query: QueryDict, base: str, counts: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    """The usual filters, with counts where they are known (those of none are left out), and every other one in force."""
    nothing = not any(query.get(name) for name in (*PLAIN, "state"))
    chips: list[dict[str, Any]] = [{"label": _("All"), "url": base, "on": nothing, "count": None}]
    for key, label, name, value in (
        ("decide", _("For my decision"), "waiting", "decide"),
        ("second", _("For me as the second person"), "waiting", "second"),
        ("late", _("Late"), "due", "late"),
        ("blocker", _("Blocks the launch"), "blocker", "true"),
        ("mine", _("Mine"), "mine", "true"),
    ):
        on = query.get(name) == value
        count = counts.get(key) if counts else None
        if on or count is None or count:
            shown = None if count is None else capped(count)
            chips.append({"label": label, "url": with_query(query, **{name: None if on else value}), "on": on, "count": shown})
    return chips + _plain_chips(query)


def _plain_chips(query: QueryDict) -> list[dict[str, Any]]:
    """Filters in force without a chip of their own, each taken off by a click."""
    content = catalogue()
    said = {
        "q": (_("Search"), lambda v: v),
        "family": (_("Family of rules"), lambda v: tr(content.regimes[v].name) if v in content.regimes else v),
        "jurisdiction": (_("Jurisdiction"), lambda v: words.label(content, "jurisdictions", v)),
        "result": (_("Result"), lambda v: words.label(content, "results", v)),
        "gate": (_("When"), lambda v: words.label(content, "filing_gates", v)),
        "regime": (_("Filing"), lambda v: tr(content.filings[v].name) if v in content.filings else v),
        "project": (_("Project"), lambda v: _("one")),
        "group": (_("Stage"), lambda v: str(GROUP_NAMES.get(v, v))),
        "basis": (_("Basis"), lambda v: words.label(content, "bases", v)),
        "owner": (_("Owner"), lambda v: _("nobody yet") if v == NOBODY else _("one")),
        "day": (_("Date to keep"), lambda v: v),
        "provisional": (_("Date"), lambda v: _("provisional")),
    }
    shown = []
    for name, (head, word) in said.items():
        if value := query.get(name, "").strip():
            label = _("%(name)s: %(value)s") % {"name": head, "value": word(value)}
            shown.append({"label": label, "url": with_query(query, **{name: None}), "on": True, "count": None})
    for name, choices in (("waiting", WAITING), ("due", DUE)):
        value = query.get(name, "")
        if value and (name, value) not in (("waiting", "decide"), ("waiting", "second"), ("due", "late")):
            shown.append({"label": dict(choices).get(value, value), "url": with_query(query, **{name: None}), "on": True, "count": None})
    for value in query.getlist("state"):
        rest = query.copy()
        rest.setlist("state", [other for other in query.getlist("state") if other != value])
        shown.append({"label": words.label(content, "filing_states", value), "url": with_query(rest), "on": True, "count": None})
    return shown


def owners() -> list[tuple[str, str]]:
    """Nobody, and the people who carry a filing through."""
    carrying = Filing.objects.exclude(owner=None).values("owner_id")
    people = User.objects.filter(pk__in=carrying).order_by("name").values_list("pk", "name")[:MOST_OWNERS]
    return [(NOBODY, _("nobody yet")), *((str(pk), name) for pk, name in people)]


def panel_of(query: QueryDict) -> dict[str, Any]:
    """The further filters. One query, for the people who carry filings through."""
    content = catalogue()

    def options(vocabulary: str) -> list[tuple[str, str]]:
        return [(value, tr(one.label)) for value, one in content.vocabularies[vocabulary].choices.items()]

    states = set(query.getlist("state"))
    fields: list[tuple[str, Any, list[tuple[str, Any]]]] = [
        ("family", _("Family of rules"), families()),
        ("jurisdiction", _("Jurisdiction"), jurisdictions()),
        ("result", _("Result of the rules"), options("results")),
        ("gate", _("When"), options("filing_gates")),
        ("waiting", _("Decision waiting"), list(WAITING)),
        ("due", _("Due"), list(DUE)),
        ("group", _("Stage of the procedure"), list(GROUP_NAMES.items())),
        ("basis", _("Basis of the time limit"), bases()),
        ("provisional", _("Date"), [("true", _("provisional"))]),
        ("owner", _("Owner"), owners()),
    ]
    return {
        "kept": [(name, query[name]) for name in KEPT if query.get(name)],
        "fields": [(name, label, choices, query.get(name, "")) for name, label, choices in fields],
        "states": [{"value": value, "label": label, "on": value in states} for value, label in options("filing_states")],
        "close_url": "?" + kept(query),
    }
