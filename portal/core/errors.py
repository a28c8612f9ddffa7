"""Refusals: what an action says when it does not do what was asked. Doors turn them into a page, a partial or JSON."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """Base of all refusals. ``message`` is a translated sentence for the person; ``code`` is for machines."""

    status = 400
    code = "refused"

    def __init__(self, message: str = "", *, code: str | None = None, **detail: Any) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code or self.code
        self.detail = detail


class NotAllowed(Refused):
    """The person may see the object but not do this to it."""

    status = 403
    code = "not_allowed"


class NotFound(Refused):
    """The object does not exist, or not for this person."""

    status = 404
    code = "not_found"


class Conflict(Refused):
    """Somebody else was faster, or the object is in another state. ``detail`` may carry ``current``, ``yours`` and ``template``."""

    status = 409
    code = "conflict"


class TooLarge(Refused):
    """More bytes than the limit."""

    status = 413
    code = "too_large"


class Invalid(Refused):
    """The input cannot be used. ``detail['fields']`` maps field names to lists of sentences."""

    status = 422
    code = "invalid"


class TooMany(Refused):
    """Too many attempts in a short time."""

    status = 429
    code = "too_many"


class Unavailable(Refused):
    """Something that the step needs is away for the moment."""

    status = 503
    code = "unavailable"
