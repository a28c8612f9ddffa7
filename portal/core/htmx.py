"""What views need to answer htmx and autosave: the smaller template, messages, redirects, versions.

One view, one context; a browser without JavaScript gets the page, htmx gets the part of it.
"""

from __future__ import annotations

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

VERSION_HEADER = "X-Version"
READING_HEADER = "X-As-Of"


def is_part(request: HttpRequest) -> bool:
    """True when htmx (or autosave) asks for a part of a page; boosted links and history restores want the whole page."""
    details: Any = getattr(request, "htmx", None)
    return bool(details) and not details.boosted and not details.history_restore_request


def is_autosave(request: HttpRequest) -> bool:
    """True when autosave.js sent the form."""
    return request.headers.get("X-Autosave") == "1"


def render_part(
    request: HttpRequest, page: str, part: str, context: dict[str, Any], *, status: int = 200, announce: bool = True
) -> HttpResponse:
    """``part`` for htmx, ``page`` for everybody else, same context.

    With ``announce`` the waiting Django messages travel along with a part (out of band, into the message region).
    """
    if not is_part(request):
        response = render(request, page, context, status=status)
    else:
        response = render(request, part, context, status=status)
        if announce:
            response = with_messages(request, response)
    response.headers["Vary"] = ", ".join(sorted({"HX-Request", *response.headers.get("Vary", "").split(", ")} - {""}))
    return response


def with_messages(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Append the waiting Django messages to an HTML part. Without any nothing is added."""
    waiting = list(messages.get_messages(request))
    if waiting:
        response.content += render_to_string("ui/toasts_oob.html", {"messages": waiting}, request=request).encode()
    return response


def toast(response: HttpResponse, text: Any, tone: str = "pass", undo_url: str = "") -> HttpResponse:
    """Let the browser show one message. ``undo_url`` (POST) only where undoing really exists."""
    return trigger_client_event(response, "toast", {"text": str(text), "tone": tone, "undo": undo_url})


def refresh_counts(response: HttpResponse) -> HttpResponse:
    """The numbers in the side bar have changed: load them again."""
    return trigger_client_event(response, "nav-counts", {})


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect after a successful POST: 303 for a form, ``HX-Redirect`` for htmx."""
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(url)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def with_version(response: HttpResponse, version: int) -> HttpResponse:
    """Tell autosave.js the version to send with the next save."""
    response.headers[VERSION_HEADER] = str(version)
    return response


def reading_starts() -> int:
    """The moment from which the rows of an answer are read, in microseconds since 1970. Ask after the act, before the first query."""
    return time.time_ns() // 1000


def with_reading(response: HttpResponse, moment: int) -> HttpResponse:
    """Tell the browser how old an answer's rows are: of two answers that overtake one another the later reading stays on the page."""
    response.headers[READING_HEADER] = str(moment)
    return response
