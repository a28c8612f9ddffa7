"""Events of filings since a cursor, as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.filings.models import FilingEvent
from compliance.reminders.events import events_since
from portal.core.access import MEMBER, requires
from portal.core.errors import Invalid

SIZE, MOST = 100, 500
_EVENT = inline_serializer(
    "FilingEventSince",
    {
        "id": serializers.UUIDField(),
        "at": serializers.DateTimeField(),
        "verb": serializers.CharField(),
        "old": serializers.CharField(allow_blank=True),
        "new": serializers.CharField(allow_blank=True),
        "detail": serializers.JSONField(),
        "by": inline_serializer("FilingEventPerson", {"id": serializers.IntegerField(), "name": serializers.CharField()}, allow_null=True),
        "regime": serializers.CharField(),
        "project": inline_serializer(
            "FilingEventProject", {"id": serializers.UUIDField(), "code": serializers.CharField()}, allow_null=True
        ),
    },
)
_PAGE = inline_serializer(
    "FilingEventsSince",
    {
        "results": type(_EVENT)(many=True),
        "next": serializers.CharField(help_text="the cursor to ask with next time; the same as before when nothing is new"),
        "more": serializers.BooleanField(help_text="whether asking again at once brings more"),
    },
)


@requires(MEMBER)
class EventsView(APIView):
    """What happened to the filings the person may see."""

    @extend_schema(
        operation_id="filings_events",
        summary="List what happened to filings since a cursor",
        description="In a stable order that never leaves one out: events are handed out some seconds after they were recorded, and not "
        "before every act that began earlier is finished. Without a cursor it begins with the first event. A right given later does not "
        "bring back events before the cursor.",
        parameters=[
            OpenApiParameter("after", str, description="`next` of the last answer"),
            OpenApiParameter("regime", str),
            OpenApiParameter("project", UUID),
            OpenApiParameter("verb", str),
            OpenApiParameter("size", int, description=f"1 to {MOST}, {SIZE} without it"),
        ],
        responses=_PAGE,
    )
    def get(self, request: Request) -> Response:
        """One page of events."""
        asked = request.query_params
        after, project = _key(asked.get("after", ""), "after"), _key(asked.get("project", ""), "project")
        size = _size(asked.get("size", ""))
        actor: Any = request.actor  # type: ignore[attr-defined]
        found = events_since(actor, after, regime=asked.get("regime", "")[:60], project=project, verb=asked.get("verb", "")[:40])
        rows = list(found[: size + 1])
        page = rows[:size]
        last = str(page[-1].pk) if page else str(after or "")
        return Response({"results": [_json(row) for row in page], "next": last, "more": len(rows) > size})


def _json(row: FilingEvent) -> dict[str, Any]:
    project = row.filing.project
    return {
        "id": row.pk,
        "at": row.done_at,
        "verb": row.verb,
        "old": row.old_state,
        "new": row.new_state,
        "detail": row.detail,
        "by": {"id": row.done_by.pk, "name": row.done_by.name} if row.done_by is not None else None,
        "regime": row.filing.regime,
        "project": {"id": project.pk, "code": project.code} if project is not None else None,
    }


def _key(text: str, name: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        sentence = _("This is not a key.") if name == "project" else _("This cursor is damaged. Use “next” of the last answer.")
        raise Invalid(sentence, code="bad_cursor" if name == "after" else None, fields={name: [sentence]}) from None


def _size(text: str) -> int:
    if not text:
        return SIZE
    if not text.isascii() or not text.isdecimal() or len(text) > 6 or not 1 <= int(text) <= MOST:
        sentence = _("A number from 1 to {most} is needed.").format(most=MOST)
        raise Invalid(sentence, fields={"size": [sentence]})
    return int(text)


events = EventsView.as_view()
