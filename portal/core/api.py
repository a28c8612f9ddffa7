"""The ground of the JSON API: the same declarations, the same refusals."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from portal.core.error_views import problem_body
from portal.core.errors import Refused


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """JSON problems for refusals and for DRF's own errors. What the view wrote before is undone, as on pages.

    DRF answers inside the view, where the transaction sees no exception any more; its own handler does the same for the rest.
    """
    if isinstance(exc, Refused | exceptions.ValidationError):
        if isinstance(exc, Refused):
            body, status = problem_body(exc), exc.status
        else:
            body, status = {"status": 422, "code": "invalid", "title": str(exc.default_detail), "fields": exc.detail}, 422
        set_rollback()
        return Response(body, status=status)
    response = exception_handler(exc, context)
    if response is not None and isinstance(exc, exceptions.APIException):
        response.data = {"status": response.status_code, "code": exc.default_code, "title": str(exc.detail)}
    return response
