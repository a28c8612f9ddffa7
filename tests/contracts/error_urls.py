"""The addresses of the product and one more, at which everything that can go wrong goes wrong."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.urls import path

from portal import urls
from portal.core import errors
from portal.core.access import PUBLIC, requires
from portal.core.error_views import csrf_failure

REFUSALS = (errors.NotAllowed, errors.Conflict, errors.TooLarge, errors.Invalid, errors.TooMany, errors.Unavailable)
FAULTS: dict[str, BaseException] = {
    "400": SuspiciousOperation(),
    "403": PermissionDenied(),
    "404": Http404(),
    "500": RuntimeError("asked for by a test"),
    **{f"refused-{kind.status}": kind("What was asked for cannot be done: 这里说明原因。") for kind in REFUSALS},
}


@requires(PUBLIC)
def fault(request: Any, name: str) -> HttpResponse:
    """Fail as asked."""
    if name == "form-out-of-date":
        return csrf_failure(request)
    raise FAULTS[name]


urlpatterns = [path("faults/<str:name>/", fault, name="fault"), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
