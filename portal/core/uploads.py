"""The size of what people send, checked before it is read.

Django writes a large upload to disk before a view sees it, and the check of the form's token reads the whole body. So a body
above the limit is refused by its announced length, in the frame of the page that it was meant for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.core.error_views import refusal_response
from portal.core.errors import TooLarge

# Room for the other fields of the form and the boundaries between the parts.
ROOM = 1024 * 1024
# A body that much above the limit is read and thrown away, so that the browser gets to see the answer; beyond it the connection ends.
DRAINED = 4
_PIECE = 256 * 1024


class BodyLimitMiddleware:
    """Answers 413 to an upload above ``EVIDENCE_MAX_BYTES`` and to any other body above Django's limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; what is too large is caught in process_view, when the organisation of the page is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        """Look at the announced length before anything reads the body. Stands before the check of the form's token."""
        length = announced_length(request)
        files = request.content_type == "multipart/form-data"
        limit = settings.EVIDENCE_MAX_BYTES + ROOM if files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length <= limit:
            return None
        left = min(length, limit * DRAINED)
        while left > 0 and (piece := request.read(min(_PIECE, left))):
            left -= len(piece)
        return refusal_response(request, too_large())


def announced_length(request: HttpRequest) -> int:
    """The length the client announced, 0 for none or for nonsense."""
    given = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(given[:30]) if given.isdecimal() else 0


def too_large() -> TooLarge:
    """The refusal, naming the limit."""
    most = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    return TooLarge(_("The file is larger than {most} MB. Nothing was uploaded. Split it, or attach a link instead.").format(most=most))
