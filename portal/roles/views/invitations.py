"""Accepting an invitation. The link's secret leaves the address at once: the browser keeps its hash in the session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.internal import flows
from allauth.account.models import Login
from django.contrib import messages
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.core.access import PUBLIC, requires
from portal.core.errors import Refused
from portal.core.faults import put_faults
from portal.core.rates import limit
from portal.core.tenancy import tenant_context
from portal.roles.actions import accept_invitation
from portal.roles.actions.inviting import owns_address, token_hash
from portal.roles.forms import AcceptForm
from portal.roles.models import Role
from portal.tenants.branding import brand_of
from portal.tenants.models import Invitation, Tenant, User

SESSION_KEY = "invitation"


@contextmanager
def _opened(digest: str, user: Any) -> Iterator[tuple[Tenant, Invitation] | None]:
    """The organisation of the link, entered, with its open invitation; None for a link that no longer works."""
    with connection.cursor() as cursor:
        cursor.execute("select tenant_id, invitation_id from app.find_invitation(%s)", [digest])
        found = cursor.fetchone()
    if found is None:
        yield None
        return
    with tenant_context(found[0], user.pk if user.is_authenticated else None):
        yield Tenant.objects.get(pk=found[0]), Invitation.objects.select_related("invited_by").get(pk=found[1])


@requires(PUBLIC)
@never_cache
@require_GET
def open_link(request: Any, token: str) -> HttpResponse:
    """Take the secret out of the address. The answer is the same for every link, good or bad."""
    limit(request, "invitation")
    request.session[SESSION_KEY] = token_hash(token)
    return redirect("invitations:accept")


@requires(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: Any) -> HttpResponse:
    """Show the invitation; accept it with the signed-in account or with a new one."""
    digest = request.session.get(SESSION_KEY, "")
    if request.method == "POST":
        limit(request, "invitation")
    with _opened(digest, request.user) as opened:
        if opened is None:
            request.session.pop(SESSION_KEY, None)
            return render(request, "portal/roles/invitation_over.html", status=404 if request.method == "GET" else 409)
        tenant, invitation = opened
        known = User.objects.filter(email=invitation.email).exists()
        user = request.user if request.user.is_authenticated else None
        mine = user is not None and owns_address(user, invitation.email)
        form = AcceptForm(request.POST or None, initial={"name": invitation.name})
        if request.method == "POST" and (mine or (user is None and not known and form.is_valid())):
            try:
                data = {} if mine else form.cleaned_data
                accepted = accept_invitation(
                    invitation, tenant, user=user if mine else None, name=data.get("name", ""), password=data.get("password", "")
                )
            except Refused as refusal:
                if mine:
                    raise
                put_faults(form, refusal)
            else:
                return _welcome(request, tenant, accepted)
        context = {
            "organisation": tenant.name,
            "brand": brand_of(tenant),
            "invitation": invitation,
            "roles": [role.name for role in Role.objects.filter(kind=Role.Kind.TENANT, key__in=invitation.role_keys)],
            "form": form,
            "mine": mine,
            "other_account": user if user is not None and not mine else None,
            "known": known,
        }
        return render(request, "portal/roles/invitation.html", context, status=422 if request.method == "POST" else 200)


def _welcome(request: Any, tenant: Tenant, accepted: Any) -> HttpResponse:
    request.session.pop(SESSION_KEY, None)
    if accepted.new:
        flows.login.perform_login(request, Login(user=accepted.user, redirect_url="/", signup=False))
    messages.success(request, _("Welcome. What waits for you stands under “My work”."))
    return redirect("portal:portfolio", tenant_slug=tenant.slug)
