"""The entrance and the organisation's own page."""

from __future__ import annotations

from typing import Any

from allauth.account.views import login
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core import mail
from portal.core.access import MEMBER, PUBLIC, SIGNED_IN, requires
from portal.core.errors import NotFound, Refused
from portal.core.faults import put_faults
from portal.core.htmx import go
from portal.core.meanwhile import ChangedMeanwhile, read_seen, seen_text, shown_again
from portal.tenants import actions
from portal.tenants.branding import brand_colour, brand_of, branded, sign_in_path
from portal.tenants.entry import tenants_of
from portal.tenants.forms import COLOUR, LogoForm, OrganisationSettingsForm
from portal.tenants.models import Tenant


@requires(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """A stranger gets the sign-in page with 200; a member of one organisation goes straight in."""
    if not request.user.is_authenticated:
        return sign_in(request)
    tenants = tenants_of(request.user)
    if len(tenants) == 1 and "choose" not in request.GET:
        return redirect("portal:portfolio", tenant_slug=tenants[0].slug)
    if not tenants and request.user.is_staff and "choose" not in request.GET:
        return redirect("platform:organisations")
    return render(request, "portal/tenants/choose.html", {"organisations": tenants})


def sign_in(request: Any) -> HttpResponse:
    """Allauth's sign-in, with the organisation's name and colour for those who hold its own sign-in address."""
    tenant = branded(request.GET.get("tenant", "")) if "tenant" in request.GET else None
    if tenant is not None:
        request.brand = brand_of(tenant)
    return login(request)


@requires(SIGNED_IN)
@login_required
@require_POST
def end_session(request: Any, session_id: int) -> HttpResponse:
    """Sign one of the person's own browsers out; it is out at its next click."""
    session = UserSession.objects.filter(pk=session_id, user=request.user).first()
    if session is None:
        raise NotFound()
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    messages.success(request, _("That browser has been signed out."))
    return go(request, reverse("usersessions_list"))


def _logo(tenant: Tenant, *, seconds: int) -> FileResponse:
    if not tenant.logo:
        raise NotFound()
    try:
        response = FileResponse(tenant.logo.open("rb"), content_type="image/png")
    except FileNotFoundError:
        raise NotFound() from None
    response.headers["Cache-Control"] = f"private, max-age={seconds}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@requires(PUBLIC)
@require_GET
def brand_logo(request: HttpRequest, key: str) -> FileResponse:
    """The logo for the sign-in page of people who hold the organisation's own address."""
    tenant = branded(key)
    if tenant is None:
        raise NotFound()
    return _logo(tenant, seconds=3600)


@requires(MEMBER)
@require_GET
def logo(request: Any) -> FileResponse:
    """The organisation's logo for its members."""
    return _logo(request.tenant, seconds=60)


@requires("portal.manage_organisation")
@require_http_methods(["GET", "POST"])
def organisation(request: Any) -> HttpResponse:
    """Names, language, time zone, currency, colour, codes, retention."""
    request.nav_key = "organisation"
    form = OrganisationSettingsForm.of(request.tenant, request.POST or None)
    seen, status = request.POST.get("seen", "") if form.is_bound else "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_organisation(request.tenant, **form.cleaned_data, by=request.user, seen=read_seen(seen))
        except ChangedMeanwhile as conflict:
            form, seen, status = shown_again(form, conflict), seen_text(conflict.stored), conflict.status
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was different, so nothing was changed."))
            return go(request, request.path)
    return render(request, "portal/tenants/organisation.html", _organisation_context(request, form, seen=seen), status=status)


def _organisation_context(
    request: Any, form: OrganisationSettingsForm, logo_form: LogoForm | None = None, seen: str = ""
) -> dict[str, Any]:
    colour = str(form["brand_colour"].value() or "")
    return {
        "form": form,
        "seen": seen if form.is_bound else seen_text(form.initial),
        "logo_form": logo_form or LogoForm(),
        "brand": brand_colour(colour if COLOUR.fullmatch(colour) else request.tenant.brand_colour),
        "sign_in_address": mail.absolute(sign_in_path(request.tenant)),
    }


@requires("portal.manage_organisation")
@require_GET
def brand_preview(request: Any) -> HttpResponse:
    """How a colour will look: the band with white text, darkened where it must be."""
    colour = request.GET.get("brand_colour", "")
    chosen = colour if COLOUR.fullmatch(colour) else request.tenant.brand_colour
    return render(request, "portal/tenants/brand_preview.html", {"brand": brand_colour(chosen)})


@requires("portal.manage_organisation")
@require_POST
def logo_upload(request: Any) -> HttpResponse:
    """Take an uploaded logo (``act=remove`` takes the present one away)."""
    request.nav_key = "organisation"
    here = reverse("portal:organisation", kwargs={"tenant_slug": request.tenant.slug})
    if request.POST.get("act") == "remove":
        actions.remove_logo(request.tenant, by=request.user)
        messages.success(request, _("The logo has been removed."))
        return go(request, here)
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.set_logo(request.tenant, form.cleaned_data["logo"], by=request.user)
        except Refused as refusal:
            if refusal.status == 413:
                raise
            put_faults(form, refusal)
        else:
            messages.success(request, _("The logo has been saved."))
            return go(request, here)
    context = _organisation_context(request, OrganisationSettingsForm.of(request.tenant), form)
    return render(request, "portal/tenants/organisation.html", context, status=422)
