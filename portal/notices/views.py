"""Messages, the counters of the side bar, and a person's preferences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core import navigation
from portal.core.access import MEMBER, SIGNED_IN, requires
from portal.core.errors import NotFound
from portal.core.htmx import go, is_part, refresh_counts, render_part
from portal.core.listing import page_urls
from portal.core.preferences import keep_choices
from portal.notices import actions, choices, queries
from portal.notices.models import Notice
from portal.tenants.actions import change_preferences
from portal.tenants.entry import tenants_of
from portal.tenants.forms import PersonalForm


def _inbox_url(request: Any) -> str:
    return reverse("portal:notices", kwargs={"tenant_slug": request.tenant.slug})


@requires(MEMBER)
@require_GET
def inbox(request: Any) -> HttpResponse:
    """The unread messages first; what was read stands behind the second tab."""
    request.nav_key = "notices"
    unread = request.GET.get("show") != "read"
    page = queries.inbox(request.user.pk, unread=unread, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    base = _inbox_url(request)
    count = queries.unread_count(request)
    tabs = [
        {"label": _("Unread"), "url": base, "active": unread, "count": count},
        {"label": _("Already read"), "url": f"{base}?show=read", "active": not unread},
    ]
    context = {"messages_found": [queries.message(row) for row in page.rows], "page": page, "unread": unread, "count": count, "tabs": tabs}
    context |= page_urls(request, page)
    return render_part(request, "portal/notices/inbox.html", "portal/notices/inbox_list.html", context)


@requires(MEMBER)
@require_GET
def notice(request: Any, notice_id: UUID) -> HttpResponse:
    """Follow a message: it counts as read, and its page opens."""
    found = Notice.objects.filter(pk=notice_id, user_id=request.user.pk).first()
    if found is None:
        raise NotFound()
    actions.mark_read(request.user.pk, found.pk)
    url = queries.address(found, request.tenant.slug)
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return redirect(url if url and safe else _inbox_url(request))


@requires(MEMBER)
@require_POST
def mark(request: Any, notice_id: UUID) -> HttpResponse:
    """Mark a message as read (``as=unread`` puts it back)."""
    if request.POST.get("as") == "unread":
        actions.mark_unread(request.user.pk, notice_id)
    else:
        actions.mark_read(request.user.pk, notice_id)
    if is_part(request):
        return refresh_counts(HttpResponse(""))
    return go(request, _inbox_url(request))


@requires(MEMBER)
@require_POST
def mark_all(request: Any) -> HttpResponse:
    """Mark all messages as read."""
    count = actions.mark_all_read(request.user.pk)
    flash.success(request, _("{count} messages marked as read.").format(count=count))
    return go(request, _inbox_url(request))


@requires(MEMBER)
@require_GET
def nav_counts(request: Any) -> HttpResponse:
    """The numbers beside the side bar's entries, each at most one query."""
    counts = {entry["key"]: entry["count"] for entry in navigation.entries(request, with_counts=True) if entry["counted"]}
    response = render(request, "ui/nav_counts.html", {"counts": counts})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _preferences(request: Any, page: str, context: dict[str, Any], parts: Sequence[choices.Choice] = ()) -> HttpResponse:
    user = request.user
    # A page without the part about messages (an older one, or another program) leaves those choices alone.
    given = request.POST if request.method == "POST" and "mails" in request.POST else None
    extra = [(part, part.form(user.pk, given)) for part in parts]
    initial = {name: getattr(user, name) for name in ("name", "time_zone", "theme")} | {"language": user.language or request.LANGUAGE_CODE}
    form = PersonalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and (given is None or all(more.is_valid() for _part, more in extra)):
        change_preferences(user, **form.cleaned_data)
        if given is not None:
            actions.choose_mails(user.pk, request.POST.getlist("kinds"))
            for part, more in extra:
                part.save(user.pk, more.cleaned_data)
        with override(user.language):
            flash.success(request, _("Saved."))
        return keep_choices(go(request, request.path), language=user.language, theme=user.theme)
    return render(
        request, page, {"form": form, "extra_forms": [more for _part, more in extra], **context}, status=422 if form.is_bound else 200
    )


@requires(MEMBER)
@require_http_methods(["GET", "POST"])
def preferences(request: Any) -> HttpResponse:
    """Name, language, time zone, appearance, and which messages come by e-mail from this organisation."""
    request.nav_key = "preferences"
    return _preferences(request, "portal/notices/preferences.html", {"kinds": queries.preferences_of(request.user.pk)}, choices.known())


@requires(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def my_preferences(request: Any) -> HttpResponse:
    """The same outside any organisation; e-mail is chosen in each organisation."""
    return _preferences(request, "portal/notices/preferences.html", {"organisations": tenants_of(request.user)})
