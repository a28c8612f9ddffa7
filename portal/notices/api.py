"""A person's own messages as JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.core.access import MEMBER, requires
from portal.core.errors import NotFound
from portal.notices import actions, queries


class NoticeSerializer(serializers.Serializer[Any]):
    """One message, in the reader's language."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField()
    project_id = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class NoticePageSerializer(serializers.Serializer[Any]):
    """One page of messages and the cursors of its neighbours."""

    results = NoticeSerializer(many=True)
    previous = serializers.CharField()
    next = serializers.CharField()


@requires(MEMBER)
class NoticesView(APIView):
    """Messages of the signed-in person, newest first."""

    @extend_schema(
        operation_id="notices_list",
        summary="List the reader's messages",
        parameters=[
            OpenApiParameter("show", str, enum=["unread", "read"]),
            OpenApiParameter("after", str),
            OpenApiParameter("before", str),
        ],
        responses=NoticePageSerializer,
    )
    def get(self, request: Request) -> Response:
        """One page, unread ones unless ``show=read``."""
        asked = request.query_params
        unread = asked.get("show") != "read"
        page = queries.inbox(int(request.user.pk or 0), unread=unread, after=asked.get("after", ""), before=asked.get("before", ""))
        rows = []
        for row in page.rows:
            words = queries.message(row)
            rows.append({**row, "subject": words.subject, "body": words.body})
        return Response(NoticePageSerializer({"results": rows, "previous": page.previous, "next": page.next}).data)


@requires(MEMBER)
class NoticeReadView(APIView):
    """Marks one message."""

    @extend_schema(operation_id="notices_read", summary="Mark a message as read", request=None, responses={204: None})
    def post(self, request: Request, notice_id: UUID) -> Response:
        """Mark the message as read; twice changes nothing."""
        if not queries.notices_of(int(request.user.pk or 0)).filter(pk=notice_id).exists():
            raise NotFound()
        actions.mark_read(int(request.user.pk or 0), notice_id)
        return Response(status=204)


notices = NoticesView.as_view()
read = NoticeReadView.as_view()
