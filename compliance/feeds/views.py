"""The page of a person's calendar addresses, and the address itself."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.feeds import actions
from compliance.feeds.address import parts_of
from compliance.feeds.content import calendar_of
from compliance.feeds.forms import FeedForm
from compliance.feeds.models import CalendarFeed
from compliance.feeds.queries import dates_of, feeds_of, filings_of, limits_of, reading
from portal.core import rates
from portal.core.access import MEMBER, PUBLIC, requires
from portal.core.errors import Invalid, NotFound
from portal.core.htmx import go
from portal.core.mail import absolute

NOTED_EVERY = dt.timedelta(minutes=5)
_UNSEEN = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer"}


def _page(request: Any, form: FeedForm, *, code: str = "", status: int = 200) -> HttpResponse:
    request.nav_key = "preferences"
    address = absolute(reverse("calendar", kwargs={"calendar_code": code})) if code else ""
    context = {
        "form": form,
        "feeds": list(feeds_of(request.actor)),
        "address": address,
        "webcal": "webcal://" + address.partition("://")[2] if address else "",
        "most": actions.MOST_ADDRESSES,
    }
    response = render(request, "compliance/feeds/feeds.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer" if code else "same-origin"
    return response


@requires(MEMBER)
@require_http_methods(["GET", "POST"])
def feeds(request: Any) -> HttpResponse:
    """The own addresses; a new one is shown here, once."""
    if request.method != "POST":
        return _page(request, FeedForm(actor=request.actor))
    form = FeedForm(request.POST, actor=request.actor)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        _feed, code = actions.make_feed(**form.given, by=request.actor)
    except Invalid as refusal:
        named = refusal.detail.get("fields", {})
        for name, texts in named.items():
            form.add_error(name, texts)
        if not named:
            form.add_error(None, refusal.message)
        return _page(request, form, status=422)
    return _page(request, FeedForm(actor=request.actor), code=code, status=201)


@requires(MEMBER)
@require_POST
def renew(request: Any, feed_id: UUID) -> HttpResponse:
    """A new secret; the old address stops."""
    _feed, code = actions.renew_feed(feed_id, by=request.actor)
    return _page(request, FeedForm(actor=request.actor), code=code, status=201)


@requires(MEMBER)
@require_POST
def revoke(request: Any, feed_id: UUID) -> HttpResponse:
    """The address stops."""
    actions.revoke_feed(feed_id, by=request.actor)
    messages.success(request, _("The address is revoked. Calendars that read it get nothing any more."))
    return go(request, reverse("compliance:calendar_feeds", kwargs={"tenant_slug": request.tenant.slug}))


@requires(PUBLIC)
@require_safe
def calendar(request: Any, calendar_code: str) -> HttpResponse:
    """The dates, for a calendar that holds the secret address. Whatever is not to be answered is one and the same 404."""
    rates.limit(request, "calendar")
    if parts_of(calendar_code):
        rates.limit(request, "calendar_address", key=calendar_code)
    try:
        with reading(calendar_code, getattr(request, "request_id", "")) as found:
            body = _read(found)
    except NotFound:
        return _nothing()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="tenfold.ics"'
    response.headers["ETag"] = etag
    answer: Any = get_conditional_response(request, etag=etag, response=response)
    for name, value in _UNSEEN.items():
        answer.headers[name] = value
    return answer  # type: ignore[no-any-return]


def _read(found: Any) -> bytes:
    """The file in the language of the address's owner; the moment of reading is kept, not more often than it tells something."""
    user, now = found.feed.user, timezone.now()
    rows = filings_of(found.feed, found.actor)
    if found.feed.last_read_at is None or now - found.feed.last_read_at >= NOTED_EVERY:
        CalendarFeed.objects.filter(pk=found.feed.pk).update(last_read_at=now)
    with translation.override(user.language or found.tenant.language):
        return calendar_of(found.feed, found.tenant, limits_of(rows), dates_of(rows))


def _nothing() -> HttpResponse:
    response = HttpResponse("", content_type="text/plain; charset=utf-8", status=404)
    for name, value in _UNSEEN.items():
        response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response
