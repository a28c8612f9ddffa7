"""The entrance: sign-in for strangers, the organisation for members, a choice for people of several."""

from __future__ import annotations

from allauth.account.views import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.core.access import PUBLIC, requires
from portal.tenants.entry import tenants_of


@requires(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """A stranger gets the sign-in page with 200; a member of one organisation goes straight in."""
    if not request.user.is_authenticated:
        return login(request)
    tenants = tenants_of(request.user)
    if len(tenants) == 1 and "choose" not in request.GET:
        return redirect("portal:portfolio", tenant_slug=tenants[0].slug)
    return render(request, "portal/tenants/choose.html", {"tenants": tenants})
