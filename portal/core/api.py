"""The ground of the JSON API: the same declarations, the same refusals."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from portal.core.error_views import problem_body
from portal.core.errors import Invalid, Refused

# The zero character and half characters: JSON can write them, PostgreSQL cannot keep them.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


class KeepableJSONParser(JSONParser):
    """JSON without texts that no database can keep, so that no view has to look for them."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The parsed body. Raises :class:`Invalid` naming the fields that hold a NUL or half a character."""
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from None
        parts = data if isinstance(data, dict) else {"": data}
        sentence = _("A text without control characters is needed.")
        faults = {name: [sentence] for name, value in parts.items() if _UNKEPT.search(name) or _unkept(value)}
        if faults:
            # The names themselves must be printable in the answer.
            raise Invalid(_("This is not a text."), fields={_UNKEPT.sub("?", name): texts for name, texts in faults.items()})
        return data


def _unkept(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if _UNKEPT.search(one):
                return True
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False


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
