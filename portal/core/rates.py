"""Limits on how often a door may be used, counted in the shared cache by the same means as those of the sign-in pages."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.core.error_views import refusal_response
from portal.core.errors import Refused, TooMany, Unavailable

# "amount/duration/per": the sign-in pages have theirs in ACCOUNT_RATE_LIMITS.
# The servers of the large calendar services read for many people from few addresses; each secret address has a limit of its own.
RATES = {"invitation": "30/5m/ip", "verify": "60/5m/ip", "calendar": "600/5m/ip", "calendar_address": "30/5m/key"}


def limit(request: HttpRequest, action: str, *, key: str | None = None) -> None:
    """Count one use of ``action``, reading pages included.

    Raises :class:`TooMany` beyond its rate, and :class:`Unavailable` while nothing can be counted.
    """
    if not ratelimit.consume(request, app="portal", action=action, config=RATES, key=key, limit_get=True):
        raise _refusal()


def too_many(request: HttpRequest) -> HttpResponse:
    """The answer of the sign-in pages beyond their rates (``handler429``)."""
    return refusal_response(request, _refusal())


def _refusal() -> Refused:
    """Without the cache nobody gets through a limited door; that is nobody's doing, so it is not called too many attempts."""
    cache.set("rates-answer", True, timeout=60)
    if cache.get("rates-answer") is None:
        return Unavailable(_("This is not possible at this moment. Try again in a moment."))
    return TooMany(_("Too many attempts in a short time. Wait a few minutes, then try once more."))
