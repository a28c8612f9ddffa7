"""What a register is made from: plain data, taken in one moment with the eyes of the person who ordered it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from assessments.gates.freezing.people import instant
from compliance.clocks.frozen import binding_clocks, said_of
from compliance.clocks.models import FilingClock
from compliance.filings.filters import FilingFilter
from compliance.filings.models import Filing, next_day
from compliance.filings.queries import filings_visible_to
from compliance.filings.records import counted
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.projects.access import projects_visible_to
from portal.tenants.models import Tenant

SCHEMA: Final = "tenfold.register/1"
AT_ONCE: Final = 2000
_COLUMNS: Final = (
    "id", "project_id", "regime", "gate", "jurisdictions", "result", "timing", "facts_used", "missing", "catalogue_version", "decision",
    "decision_reason", "decided_by_id", "decided_by__name", "decided_role", "decided_at", "second_by_id", "second_by__name", "second_role",
    "second_person_id", "state", "number", "submitted_on", "approved_on", "valid_until", "due_sort", "renewal_on", "owner__name",
    "project__code", "project__name_zh", "project__name_en", "project__currency",
)  # fmt: skip


def chosen(actor: Actor, query: str) -> QuerySet[Filing]:
    """Filings behind a query of the list, as far as the person may see them. Raises Invalid for filters that cannot be read."""
    found = FilingFilter(QueryDict(query), queryset=filings_visible_to(actor), request=SimpleNamespace(actor=actor))
    if not found.is_valid():
        raise Invalid(_("The filter cannot be read."), fields=found.errors)
    return found.qs


def freeze(actor: Actor, tenant: Tenant, query: str, today: dt.date, report: Callable[[int], None] = lambda n: None) -> dict[str, Any]:
    """The content of a register: rows in the order of project and regime. ``report`` hears how many rows were read.

    Read in one transaction; the caller is in the organisation.
    """
    rows: list[dict[str, Any]] = []
    found = chosen(actor, query).order_by("project__code", "regime", "id").values(*_COLUMNS)
    for part in batched(found.iterator(chunk_size=AT_ONCE), AT_ONCE):
        clocks = binding_clocks(row["id"] for row in part)
        rows += [_entry(row, today, clocks.get(row["id"])) for row in part]
        report(len(rows))
    content = catalogue()
    whole = not any(QueryDict(query).get(name) for name in FilingFilter.base_filters)
    return {
        "schema": SCHEMA,
        "tenant": {"names": {"zh": tenant.name_zh, "en": tenant.name_en or tenant.name_zh}},
        "as_of": today.isoformat(),
        "catalogue": content.version,
        "by": actor.user.name,
        "query": query,
        "rows": rows,
        "by_rule": _by_rule(actor, rows) if whole else None,
    }


def batched(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    """The rows in lists of at most ``size``."""
    while part := list(islice(rows, size)):
        yield part


def _person(row: dict[str, Any], who: str) -> dict[str, str] | None:
    if row[f"{who}_by_id"] is None:
        return None
    return {"id": str(row[f"{who}_by_id"]), "name": row[f"{who}_by__name"], "role": row[f"{who}_role"], "unit": ""}


def _entry(row: dict[str, Any], today: dt.date, clock: FilingClock | None) -> dict[str, Any]:
    """One filing, with the names that section 10 of a sign-off report gives to the same things."""
    due = next_day(row["due_sort"])
    decided = counted(row["decision"], row["second_person_id"], row["result"])
    entry = catalogue().filings.get(row["regime"])
    binding = clock if clock is not None and clock.due_on == due and due is not None else None
    return {
        "project": {
            "code": row["project__code"],
            "names": {"zh": row["project__name_zh"] or row["project__name_en"], "en": row["project__name_en"] or row["project__name_zh"]},
            "currency": row["project__currency"],
        },
        "regime": row["regime"],
        "jurisdictions": list(row["jurisdictions"]),
        "gate": row["gate"],
        "result": row["result"],
        "timing": row["timing"],
        "confidence": entry.confidence if entry is not None else "",
        "facts": row["facts_used"],
        "missing": list(row["missing"]),
        "catalogue": row["catalogue_version"],
        "decision": decided,
        "decided_by": _person(row, "decided"),
        "decided_at": instant(row["decided_at"]),
        "decision_reason": row["decision_reason"],
        "second_by": _person(row, "second"),
        "second_at": None,
        "status": row["state"],
        "number": row["number"],
        "submitted": _day(row["submitted_on"]),
        "approved": _day(row["approved_on"]),
        "valid_until": _day(row["valid_until"]),
        "renewal": _day(row["renewal_on"]),
        "due": _day(due),
        "late": due is not None and due < today,
        "due_text": said_of(binding, catalogue(binding.catalogue_version)) if binding is not None else None,
        "provisional": binding is not None and binding.provisional,
        "owner": row["owner__name"] or "",
    }


def _day(value: dt.date | None) -> str | None:
    return value.isoformat() if value is not None else None


def _by_rule(actor: Actor, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Regimes that the rules exclude with nobody saying otherwise: for how many of the visible projects. In the order of the content.

    A project keeps no row for a regime that never applied to it; one that stopped applying has a row without decision.
    """
    total = projects_visible_to(actor).count()
    kept = Counter(row["regime"] for row in rows)
    return [{"regime": name, "projects": total - kept[name]} for name in catalogue().filings if total > kept[name]]
