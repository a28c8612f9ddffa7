"""The trail as a file: one line for each event, never folded, never more than the limit at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.audit.forms import TrailFilterForm
from portal.audit.models import AuditEvent
from portal.audit.projects import project_names
from portal.audit.queries import COLUMNS, ORDER, Filters, events_readable_by, filtered
from portal.audit.sentences import bilingual, sentence
from portal.audit.words import AREAS, table_label
from portal.core.sheets import Column, sheet_bytes

LIMIT = 20_000


def columns() -> list[Column]:
    """Column heads in the active language."""
    return [
        Column(_("Time"), 20),
        Column(_("Time (UTC)"), 26),
        Column(_("Person"), 18),
        Column(_("E-mail address"), 26),
        Column(_("Kind"), 10),
        Column(_("What happened"), 48),
        Column(_("Act"), 30),
        Column(_("Kind of record"), 20),
        Column(_("Record"), 38),
        Column(_("Project"), 14),
        Column(_("Number of the request"), 34),
        Column(_("Details"), 60),
    ]


def export_trail(actor: Any, asked: Filters, kind: str) -> tuple[bytes, int, bool]:
    """The newest events that the filters find, as CSV or XLSX; returns (file, number of lines, was cut at the limit).

    The export is an act in the trail itself.
    """
    found = filtered(events_readable_by(actor), asked, actor).values(*COLUMNS).order_by(*ORDER.columns)
    events = list(found[: LIMIT + 1])
    cut = len(events) > LIMIT
    events = events[:LIMIT]
    content, _count = sheet_bytes(kind, _("Audit log"), columns(), _rows(events, actor))
    record_act("portal.audit_log.exported", count=len(events), format=kind.upper(), filters=_said(asked))
    return content, len(events), cut


def _said(asked: Filters) -> list[dict[str, str]]:
    """The filters in words, in both languages: who reads the log later may read another one."""
    names = ("person", "area", "table", "project", "request", "since", "until")
    return [bilingual(lazy(_filter_in_words, str)(name, str(getattr(asked, name)))) for name in names if getattr(asked, name)]


def _filter_in_words(name: str, value: str) -> str:
    label = TrailFilterForm.base_fields[name].label
    if name == "area":
        value = str(AREAS.get(value, value))
    return f"{label}: {table_label(value) if name == 'table' else value}"


def _rows(events: list[dict[str, Any]], actor: Any) -> Iterator[list[Any]]:
    people = {
        row["pk"]: row
        for row in get_user_model().objects.filter(pk__in={event["user_id"] for event in events}).values("pk", "name", "email")
    }
    projects = project_names(actor, {event["project_id"] for event in events if event["project_id"]})
    for event in events:
        person: Any = people.get(event["user_id"], {})
        is_act = event["kind"] == AuditEvent.Kind.ACT
        yield [
            event["at"],
            event["at"].astimezone(UTC).isoformat(timespec="milliseconds"),
            person.get("name") or _("the system"),
            person.get("email", ""),
            _("act") if is_act else _("changed row"),
            sentence(event["verb"], event["changes"]) if is_act else "",
            event["verb"],
            table_label(event["table_name"]) if event["table_name"] else "",
            event["row_id"],
            projects.get(event["project_id"], {}).get("code", ""),
            event["request_id"],
            json.dumps(event["changes"], ensure_ascii=False),
        ]
