"""The ground of the JSON API: the same declarations, the same refusals."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from portal.core.error_views import problem_body
from portal.core.errors import Refused


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """JSON problems for refusals and for DRF's own errors."""
    if isinstance(exc, Refused):
        return Response(problem_body(exc), status=exc.status)
    if isinstance(exc, exceptions.ValidationError):
        return Response({"status": 422, "code": "invalid", "title": str(exc.default_detail), "fields": exc.detail}, status=422)
    response = exception_handler(exc, context)
    if response is not None and isinstance(exc, exceptions.APIException):
        response.data = {"status": response.status_code, "code": exc.default_code, "title": str(exc.detail)}
    return response
