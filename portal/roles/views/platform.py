"""Pages of the platform's own staff: organisations and linked accounts. Nothing inside an organisation is visible here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.access import PLATFORM, requires
from portal.core.errors import Conflict, Invalid, NotFound, Refused
from portal.core.faults import put_faults
from portal.core.htmx import go, render_part
from portal.core.listing import Order, capped, capped_counts, keyset_page, page_urls
from portal.core.tenancy import tenant_context
from portal.roles import actions, queries
from portal.roles.forms import AdministratorForm, LinkForm, OrganisationForm, ReasonForm
from portal.tenants.actions import link_accounts, reopen_tenant, suspend_tenant, unlink_account
from portal.tenants.models import Tenant, User

ORDER = Order("slug", "id")


def _tabs(active: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Organisations"), "url": reverse("platform:organisations"), "active": active == "organisations"},
        {"label": _("Linked accounts"), "url": reverse("platform:accounts"), "active": active == "accounts"},
    ]


def _tenant(slug: str) -> Tenant:
    found = Tenant.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound()
    return found


@requires(PLATFORM)
def organisations(request: Any) -> HttpResponse:
    """All organisations, with search and state."""
    q, state = request.GET.get("q", "").strip()[:80], request.GET.get("state", "")
    found = Tenant.objects.all()
    for word in q.split():
        found = found.filter(Q(slug__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word))
    if state in Tenant.Status.values:
        found = found.filter(status=state)
    columns = ("id", "slug", "name_zh", "name_en", "status", "created_at", "suspended_at", "suspended_reason")
    page = keyset_page(found.values(*columns), ORDER, size=50, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    nobody = queries.without_administrator(row["id"] for row in page.rows)
    for row in page.rows:
        row["without_administrator"] = row["id"] in nobody
    (count,) = capped_counts(found)
    context = {"page": page, "count": capped(count), "total": count, "q": q, "state": state, "tabs": _tabs("organisations")} | page_urls(
        request, page
    )
    return render_part(request, "portal/tenants/platform_organisations.html", "portal/tenants/platform_organisations_list.html", context)


@requires(PLATFORM)
@require_http_methods(["GET", "POST"])
def new(request: Any) -> HttpResponse:
    """Create an organisation and invite its first administrator."""
    form = OrganisationForm(request.POST or None, initial={"language": "zh-hans"})
    if request.method == "POST" and form.is_valid():
        try:
            tenant, invitation, _link = actions.create_organisation(**form.cleaned_data, by=request.user)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(
                request,
                _("The organisation {slug} has been created; {email} has been invited.").format(slug=tenant.slug, email=invitation.email),
            )
            return go(request, reverse("platform:organisations"))
    return render(request, "portal/tenants/platform_new.html", {"form": form}, status=422 if form.is_bound else 200)


@requires(PLATFORM)
@require_http_methods(["GET", "POST"])
def administrator(request: Any, slug: str) -> HttpResponse:
    """Invite an administrator where nobody can do so inside: the first one lost the mail, the only one has gone."""
    tenant = _tenant(slug)
    if not queries.without_administrator([tenant.pk]):
        raise Conflict(_("This organisation has an administrator, who can invite others."), code="has_administrator")
    form = AdministratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, _link = actions.invite_administrator(tenant, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            put_faults(form, refusal)
        else:
            messages.success(request, _("The invitation has been sent to {email}.").format(email=invitation.email))
            return go(request, reverse("platform:organisations"))
    with tenant_context(tenant.pk, request.user.pk):
        waiting = [
            {"email": one.email, "expires_at": one.expires_at, "out_of_date": queries.is_out_of_date(one)}
            for one in queries.administrator_invitations()[:20]
        ]
    context = {"form": form, "organisation": tenant, "waiting": waiting}
    return render(request, "portal/tenants/platform_administrator.html", context, status=422 if form.is_bound else 200)


@requires(PLATFORM)
@require_http_methods(["GET", "POST"])
def suspend(request: Any, slug: str) -> HttpResponse:
    """Close an organisation to its members, with a reason."""
    tenant = _tenant(slug)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        suspend_tenant(tenant, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("The organisation {slug} is suspended.").format(slug=slug))
        return go(request, reverse("platform:organisations"))
    return render(
        request, "portal/tenants/platform_suspend.html", {"form": form, "organisation": tenant}, status=422 if form.is_bound else 200
    )


@requires(PLATFORM)
@require_POST
def reopen(request: Any, slug: str) -> HttpResponse:
    """Open a suspended organisation again."""
    reopen_tenant(_tenant(slug), by=request.user)
    messages.success(request, _("The organisation {slug} is open again.").format(slug=slug))
    return go(request, reverse("platform:organisations"))


@requires(PLATFORM)
@require_http_methods(["GET", "POST"])
def accounts(request: Any) -> HttpResponse:
    """Accounts that belong to one human being (rule S1): link two, see the linked, take a link back."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people = {name: User.objects.filter(email=form.cleaned_data[name].lower()).first() for name in ("kept", "other")}
        for name, user in people.items():
            if user is None:
                form.add_error(name, _("There is no account with this address."))
        kept, other = people["kept"], people["other"]
        if kept is not None and other is not None:
            try:
                link_accounts(kept, other, reason=form.cleaned_data["reason"], by=request.user)
            except Refused as refusal:
                put_faults(form, refusal)
            else:
                messages.success(request, _("The two accounts count as one person from now on."))
                return go(request, reverse("platform:accounts"))
    several = User.objects.filter(person__in=_persons_of_several()).select_related("person").order_by("person_id", "pk")[:200]
    context = {"form": form, "accounts": several, "tabs": _tabs("accounts")}
    return render(request, "portal/tenants/platform_accounts.html", context, status=422 if form.is_bound else 200)


def _persons_of_several() -> Any:
    return User.objects.values("person_id").annotate(n=Count("pk")).filter(n__gt=1).values("person_id")


@requires(PLATFORM)
@require_POST
def unlink(request: Any, user_id: int) -> HttpResponse:
    """Give an account a person of its own again."""
    account = User.objects.filter(pk=user_id).first()
    if account is None:
        raise NotFound()
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Say why the link is taken back."), fields={"reason": [str(fault) for fault in form.errors["reason"]]})
    unlink_account(account, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The account counts as a person of its own again."))
    return go(request, reverse("platform:accounts"))
