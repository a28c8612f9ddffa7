"""Acts on organisations and memberships."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict
from portal.core.tenancy import tenant_context
from portal.tenants.models import Membership, Tenant, User


def add_member(tenant: Tenant, user: User, *, title: str = "", unit: str = "") -> Membership:
    """Make the account a member (or an active member again). Needs the tenant in scope."""
    membership, made = Membership.objects.get_or_create(user=user, defaults={"title": title, "unit": unit})
    if not made and not membership.active:
        membership.active = True
        membership.ended_at = None
        membership.save(update_fields=["active", "ended_at"])
    record_act("portal.member.added", membership, name=user.name, email=user.email)
    return membership


def end_membership(membership: Membership, *, by: User) -> None:
    """End a membership: the person is out from the next request; everything he or she did stays."""
    if membership.user_id == by.pk:
        raise Conflict(_("You cannot end your own membership. Ask another administrator."))
    membership.active = False
    membership.ended_at = timezone.now()
    membership.save(update_fields=["active", "ended_at"])
    record_act("portal.member.ended", membership, name=membership.user.name, email=membership.user.email)


def suspend_tenant(tenant: Tenant, *, reason: str, by: User) -> None:
    """Close an organisation to its members; nothing is deleted. Platform staff only (checked at the door)."""
    updated = Tenant.objects.filter(pk=tenant.pk, status=Tenant.Status.ACTIVE).update(
        status=Tenant.Status.SUSPENDED, suspended_at=timezone.now(), suspended_reason=reason
    )
    if not updated:
        raise Conflict(_("This organisation is suspended already."))
    tenant.refresh_from_db()
    with tenant_context(tenant.pk, by.pk):
        record_act("portal.tenant.suspended", tenant, reason=reason)


def reopen_tenant(tenant: Tenant, *, by: User) -> None:
    """Open a suspended organisation again."""
    updated = Tenant.objects.filter(pk=tenant.pk, status=Tenant.Status.SUSPENDED).update(
        status=Tenant.Status.ACTIVE, suspended_at=None, suspended_reason=""
    )
    if not updated:
        raise Conflict(_("This organisation is open already."))
    tenant.refresh_from_db()
    with tenant_context(tenant.pk, by.pk):
        record_act("portal.tenant.reopened", tenant)
