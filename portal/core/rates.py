"""Limits on how often a door may be used, counted in the shared cache by the same means as those of the sign-in pages."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest
from django.utils.translation import gettext as _

from portal.core.errors import TooMany

# "amount/duration/per": the sign-in pages have theirs in ACCOUNT_RATE_LIMITS.
RATES = {"invitation": "30/5m/ip", "verify": "60/5m/ip"}


def limit(request: HttpRequest, action: str, *, key: str | None = None) -> None:
    """Count one use of ``action``, reading pages included; raises :class:`TooMany` beyond its rate."""
    if not ratelimit.consume(request, app="portal", action=action, config=RATES, key=key, limit_get=True):
        raise TooMany(_("Too many attempts in a short time. Wait a few minutes, then try once more."))
