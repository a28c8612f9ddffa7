"""The project list as a file: the same rows, filters and rights as the page."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.listing import Order
from portal.core.marks import DIMENSIONS, STAGES
from portal.core.sheets import CSV, Column, write_csv, write_xlsx
from portal.jobs.actions import order_job
from portal.jobs.models import Job
from portal.projects.filters import ProjectFilter
from portal.projects.queries import KEY, order_of, summaries_visible_to
from portal.projects.words import band_word, filings_word, tier_word
from portal.tenants.clock import organisation_today

KIND = "portal.export"
DIRECT_ROWS = 5000
CHUNK = 2000
MAX_ROWS = 200_000
_FIELDS = (
    KEY, "code", "project__name_zh", "project__name_en", "unit", "stage", "owner__name", "project__sponsor__name", "project__tags", "tier",
    "readiness", "band", *(f"d{number}_score" for number in range(1, 11)), "items_total", "items_answered", "items_approved",
    "open_blockers", "waived", "stale_gates", "open_conditions", "next_gate", "next_gate_due", "public_facing", "filings_state",
    "filings_open", "next_clock_due", "confidential", "project__started_on", "project__target_launch", "project__launched_on",
    "currency", "budget", "spent", "compliance_budget", "updated_at",
)  # fmt: skip


class _Asker:
    """What the filters need to know of a request."""

    def __init__(self, actor: Actor) -> None:
        self.user = actor.user
        self.actor = actor


def chosen_rows(actor: Actor, query: QueryDict) -> tuple[QuerySet[Any], Order]:
    """The summary rows behind a query string of the page, and their order."""
    chosen = ProjectFilter(query, queryset=summaries_visible_to(actor), request=_Asker(actor)).qs
    return chosen, order_of(query.get("sort", ""))[1]


def columns() -> list[Column]:
    """Heads in the active language and their widths in characters."""
    heads = [
        (_("Code"), 12), (_("Name in Chinese"), 32), (_("Name in English"), 32), (_("Business unit"), 18), (_("Stage"), 12),
        (pgettext("project", "Owner"), 16), (_("Executive sponsor"), 16), (_("Tags"), 20), (_("Assessment tier"), 14),
        (_("Readiness (%)"), 10), (_("Band"), 16), *((f"{code} {word}", 9) for code, word in DIMENSIONS.items()), (_("Items"), 8),
        (_("Answered"), 9), (_("Approved"), 9), (_("Open blockers"), 9), (_("Waivers"), 9), (_("Lapsed sign-offs"), 9),
        (_("Open conditions"), 9), (_("Next gate"), 9), (_("Gate due"), 12), (_("Open to the public"), 10), (_("Filings"), 14),
        (_("Filings open"), 9), (_("Next time limit"), 12), (_("Confidential"), 11), (_("Registered"), 12), (_("Planned launch"), 12),
        (_("Launched"), 12), (_("Currency"), 9), (_("Planned cost"), 16), (_("Spent"), 16), (_("Of which compliance"), 16),
        (_("Changed"), 20),
    ]  # fmt: skip
    return [Column(head, width) for head, width in heads]


def written(row: dict[str, Any]) -> list[Any]:
    """One row in the order of :func:`columns`."""
    scored = bool(row["items_total"])
    words = {"yes": _("yes"), "no": _("no"), "unknown": _("unknown")}
    dimensions = [row[f"d{number}_score"] if scored else None for number in range(1, 11)]
    return [
        row["code"], row["project__name_zh"], row["project__name_en"], row["unit"], str(STAGES[row["stage"]].word), row["owner__name"],
        row["project__sponsor__name"], _(", ").join(row["project__tags"]), tier_word(row["tier"]), row["readiness"] if scored else None,
        band_word(row["band"]), *dimensions, row["items_total"], row["items_answered"], row["items_approved"], row["open_blockers"],
        row["waived"], row["stale_gates"], row["open_conditions"], row["next_gate"], row["next_gate_due"],
        words.get(row["public_facing"], row["public_facing"]), filings_word(row["filings_state"])[1], row["filings_open"],
        row["next_clock_due"], words["yes" if row["confidential"] else "no"], row["project__started_on"], row["project__target_launch"],
        row["project__launched_on"], row["currency"], row["budget"], row["spent"], row["compliance_budget"], row["updated_at"],
    ]  # fmt: skip


def direct_rows(chosen: QuerySet[Any], order: Order) -> Iterator[list[Any]]:
    """Rows for a file made at once."""
    for row in chosen.values(*_FIELDS).order_by(*order.columns)[:DIRECT_ROWS]:
        yield written(row)


def chunk_after(chosen: QuerySet[Any], last: tuple[str, UUID] | None) -> list[dict[str, Any]]:
    """The next rows in the order of the code; a job reads them one short transaction after the other."""
    if last is not None:
        code, key = last
        chosen = chosen.filter(code__gte=code).exclude(code=code, project_id__lte=key)
    return list(chosen.values(*_FIELDS).order_by("code", KEY)[:CHUNK])


def write_file(form: str, target: IO[bytes], rows: Iterable[list[Any]]) -> int:
    """Write rows into an open binary file; returns how many."""
    if form != CSV:
        return write_xlsx(target, _("Projects"), columns(), rows)
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    count = write_csv(text, columns(), rows)
    text.detach()  # the binary file stays open for its owner
    return count


def store(job: Job, form: str, rows: Iterable[list[Any]], done: Callable[[], None]) -> tuple[str, int]:
    """Write the file of a job into the storage; returns (key, number of rows)."""
    with tempfile.TemporaryFile() as target:
        count = write_file(form, target, rows)
        done()
        target.seek(0)
        key = default_storage.save(f"exports/{job.tenant_id}/{job.pk}.{form}", File(target))
    return key, count


def files_stored_before(tenant_id: int, moment: datetime) -> list[str]:
    """Keys of the organisation's export files that are older than ``moment``, whether or not a job still names them."""
    folder = f"exports/{tenant_id}"
    try:
        names = default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
    return [key for key in (f"{folder}/{name}" for name in names) if default_storage.get_modified_time(key) < moment]


def order_export(actor: Actor, form: str, query: str) -> Job:
    """Order the file as a job; ordering the same list twice within a minute is one job."""
    minute = f"{timezone.now():%Y%m%d%H%M}"
    job, made = order_job(
        KIND, {"form": form, "query": query}, by=actor.user, idempotency_key=f"{KIND}:{actor.user_id}:{minute}:{form}:{hash_of(query)}"
    )
    if made:
        record_act("portal.portfolio.export_ordered", job, form=form, query=query)
    return job


def hash_of(query: str) -> str:
    """A short stand-in for a query string, for keys."""
    return hashlib.sha256(query.encode()).hexdigest()[:16]


def file_name() -> str:
    """``projects-2026-11-24``, to which the ending is added."""
    return f"projects-{organisation_today().isoformat()}"
