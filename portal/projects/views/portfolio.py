"""The portfolio: list, charts, saved views."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from portal.core.access import MEMBER, requires
from portal.core.errors import NotFound
from portal.core.htmx import go
from portal.projects import charts
from portal.projects.actions import saved_views
from portal.projects.models import SavedView
from portal.projects.portfolio.chips import view_context
from portal.projects.portfolio.listing import list_context
from portal.projects.portfolio.tiles import tile_context

LIST_ID = "portfolio-list"


@requires(MEMBER)
@require_GET
def portfolio(request: HttpRequest) -> HttpResponse:
    """All projects the person may see. Without a query the person's default view opens."""
    request.nav_key = "portfolio"  # type: ignore[attr-defined]
    views = view_context(request)
    if not request.GET and views["default_view"]:
        return HttpResponseRedirect(views["default_view"]["url"])
    context = {**list_context(request), **views}
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if htmx and htmx.target == LIST_ID:
        response = render(request, "portal/projects/portfolio_list.html", context)
    else:
        response = render(request, "portal/projects/portfolio.html", {**context, **tile_context(request, context)})
    response.headers["Vary"] = "HX-Request, HX-Target"
    return response


@requires(MEMBER)
@require_GET
def portfolio_charts(request: HttpRequest) -> HttpResponse:
    """Pictures of the portfolio: funnel, heat map of ten dimensions, workload."""
    request.nav_key = "portfolio"  # type: ignore[attr-defined]
    return render(request, "portal/projects/charts.html", charts.portfolio_charts(request))


@requires(MEMBER)
@require_POST
def view_save(request: HttpRequest) -> HttpResponse:
    """Save the present filters under a name."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    view = saved_views.save_view(
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        shared=bool(request.POST.get("shared")),
        by=actor.user,
        may_share=actor.may("portal.share_views"),
    )
    if request.POST.get("default"):
        saved_views.choose_default(view, by=actor.user)
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return go(request, _url_of(request, view))


@requires(MEMBER)
@require_POST
def view_change(request: HttpRequest, view_id: UUID, act: str) -> HttpResponse:
    """Update, share, unshare, delete a view, or open the portfolio with it from now on."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    view = SavedView.objects.filter(pk=view_id).first()
    if view is None or (view.user_id != actor.user_id and not view.shared):
        raise NotFound()
    may_share = actor.may("portal.share_views")
    home = reverse("portal:portfolio", kwargs={"tenant_slug": request.tenant.slug})  # type: ignore[attr-defined]
    if act == "update":
        saved_views.update_view(view, query=request.POST.get("query", ""), by=actor.user)
        messages.success(request, _("The view “%(name)s” has the present filters now.") % {"name": view.name})
    elif act in ("share", "unshare"):
        saved_views.share_view(view, shared=act == "share", by=actor.user, may_share=may_share)
        text = _("Everyone in the organisation can open “%(name)s” now.") if act == "share" else _("“%(name)s” is yours alone again.")
        messages.success(request, text % {"name": view.name})
    elif act == "default":
        saved_views.choose_default(view, by=actor.user)
        messages.success(request, _("The portfolio opens with “%(name)s” from now on.") % {"name": view.name})
    elif act == "no-default":
        saved_views.choose_default(None, by=actor.user)
        messages.success(request, _("The portfolio opens with all projects from now on."))
    elif act == "delete":
        saved_views.delete_view(view, by=actor.user, may_share=may_share)
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return go(request, home + "?view=all")
    else:
        raise NotFound()
    return go(request, _url_of(request, view))


def _url_of(request: HttpRequest, view: SavedView) -> str:
    home = reverse("portal:portfolio", kwargs={"tenant_slug": request.tenant.slug})  # type: ignore[attr-defined]
    return f"{home}?{view.query}{'&' if view.query else ''}view={view.pk}"
