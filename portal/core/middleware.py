"""Request id, language of the person, and one place where refusals become answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from uuid_utils.compat import uuid7

from portal.core.error_views import refusal_response
from portal.core.errors import Refused

GetResponse = Callable[[HttpRequest], HttpResponse]
_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class RequestIdMiddleware:
    """Gives each request an id that stands in logs, audit events and error pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the id of a proxy of our own if it is well-formed, else make one: the trail goes by it, so nobody else chooses it."""
        given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
        request.request_id = given if _ID.match(given) else uuid7().hex  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class ErrorPageMiddleware:
    """Turns a refusal raised by any action into a page, an htmx partial or JSON with the right status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; refusals are handled in process_exception.

        No address of ours contains a NUL, and the database takes none: such a request is a machine's probing.
        """
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer refusals; anything else goes on to Django's own handling."""
        if isinstance(exception, Refused):
            return refusal_response(request, exception)
        return None


class LanguageMiddleware:
    """Language and time zone: of the person if signed in, else cookie, else the browser's wish, else Chinese."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for this request only."""
        user: Any = getattr(request, "user", None)
        language = getattr(user, "language", "") if user is not None and user.is_authenticated else ""
        if language not in dict(settings.LANGUAGES):
            language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = translation.get_language_from_request(request)
        zone = getattr(user, "time_zone", "") if user is not None and user.is_authenticated else ""
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            if zone:
                timezone.activate(zone)
            else:
                timezone.deactivate()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response
