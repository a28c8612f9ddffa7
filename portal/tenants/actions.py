"""Acts on organisations and memberships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.audit.sentences import bilingual
from portal.core.errors import Conflict, Invalid
from portal.core.meanwhile import Values, refuse_if_changed
from portal.core.tenancy import tenant_context
from portal.tenants.entry import memberships_of, person_context
from portal.tenants.logos import clean_logo
from portal.tenants.models import Membership, Person, Tenant, User

log = structlog.get_logger(__name__)
_renamed: list[Callable[[User], None]] = []
EDITABLE = (
    "name_zh",
    "name_en",
    "language",
    "time_zone",
    "currency",
    "brand_colour",
    "code_prefix",
    "report_retention_days",
)


def add_member(tenant: Tenant, user: User, *, title: str = "", unit: str = "") -> Membership:
    """Make the account a member (or an active member again). Needs the tenant in scope."""
    membership, made = Membership.objects.get_or_create(user=user, defaults={"title": title, "unit": unit})
    if not made and membership.active:
        return membership
    if not made:
        membership.active = True
        membership.ended_at = None
        membership.save(update_fields=["active", "ended_at"])
    record_act("portal.member.added", membership, name=user.name, email=user.email)
    return membership


def describe_member(membership: Membership, *, title: str, unit: str) -> None:
    """Change a member's position and unit."""
    values = {"title": title.strip()[:120], "unit": unit.strip()[:120]}
    changed = [name for name, value in values.items() if getattr(membership, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(membership, name, values[name])
    membership.save(update_fields=changed)
    record_act("portal.member.described", membership, name=membership.user.name, **values)  # type: ignore[arg-type]


def end_membership(membership: Membership, *, by: User) -> None:
    """End a membership: the person is out from the next request; everything he or she did stays."""
    if membership.user_id == by.pk:
        raise Conflict(_("You cannot end your own membership. Ask another administrator."))
    membership.active = False
    membership.ended_at = timezone.now()
    membership.save(update_fields=["active", "ended_at"])
    record_act("portal.member.ended", membership, name=membership.user.name, email=membership.user.email)


def organisation_values(tenant: Tenant) -> dict[str, Any]:
    """What the organisation says of itself (``EDITABLE``)."""
    return {name: getattr(tenant, name) for name in EDITABLE}


@transaction.atomic
def change_organisation(tenant: Tenant, *, by: User, seen: Values | None = None, **values: Any) -> list[str]:
    """Change what the organisation says of itself (``EDITABLE``); returns the names of the fields that changed.

    Raises :class:`Invalid` with the fields that do not fit, :class:`ChangedMeanwhile` when the form showed something else (``seen``)
    than is stored. Needs the tenant in scope.
    """
    tenant.refresh_from_db(fields=list(EDITABLE), from_queryset=Tenant.objects.select_for_update(no_key=True))
    refuse_if_changed(seen, organisation_values(tenant))
    changed = [name for name in EDITABLE if name in values and getattr(tenant, name) != values[name]]
    for name in changed:
        setattr(tenant, name, values[name])
    try:
        tenant.full_clean(exclude=["slug", "logo"])
    except ValidationError as error:
        raise Invalid(_("The organisation cannot be changed like this."), fields=error.message_dict) from None
    if changed:
        tenant.save(update_fields=changed)
        labels = [bilingual(Tenant._meta.get_field(name).verbose_name) for name in changed]  # type: ignore[union-attr]
        record_act("portal.organisation.changed", tenant, fields=labels)
    return changed


def set_logo(tenant: Tenant, upload: File[bytes], *, by: User) -> None:
    """Take an uploaded picture as the organisation's logo, re-encoded. Raises ``Invalid`` or ``TooLarge``."""
    content, digest = clean_logo(upload)
    before = tenant.logo.name
    tenant.logo.save(f"{tenant.pk}-{digest[:20]}.png", ContentFile(content), save=False)
    tenant.save(update_fields=["logo"])
    record_act("portal.organisation.logo_set", tenant, sha256=digest, bytes=len(content))
    _forget_file(before, tenant.logo.name)


def remove_logo(tenant: Tenant, *, by: User) -> None:
    """Go back to the name alone."""
    before = tenant.logo.name
    if not before:
        return
    tenant.logo = ""
    tenant.save(update_fields=["logo"])
    record_act("portal.organisation.logo_removed", tenant)
    _forget_file(before, "")


def _forget_file(before: str | None, now: str | None) -> None:
    if before and before != now:
        transaction.on_commit(lambda: default_storage.delete(before))


def on_renamed(hook: Callable[[User], None]) -> None:
    """``hook(user)`` runs after the account got another name, in each organisation it is or was a member of, with that in scope."""
    if hook not in _renamed:
        _renamed.append(hook)


@transaction.atomic
def change_preferences(user: User, *, name: str, language: str, time_zone: str, theme: str) -> None:
    """Change what a person set for him- or herself; it belongs to the account, not to an organisation."""
    before = user.name
    user.name = " ".join(name.split())[:120] or user.name
    user.language, user.time_zone, user.theme = language, time_zone, theme
    user.save(update_fields=["name", "language", "time_zone", "theme"])
    if user.name == before or not _renamed:
        return
    with person_context(user):
        tenants = list(Membership._base_manager.filter(user=user).order_by("tenant_id").values_list("tenant_id", flat=True))
    for tenant_id in tenants:
        with tenant_context(tenant_id, user.pk):
            for hook in _renamed:
                hook(user)


def link_accounts(kept: User, other: User, *, reason: str, by: User) -> None:
    """Say that two accounts are one human being, so that they count as one person in every two-person rule (S1).

    Accounts linked to ``other`` before come along. Counts from now on: what they signed before stays bound to the person it was
    signed as. Each of their organisations reads in its trail that the account was linked, not to whom: the other account may
    belong to another organisation.
    """
    if kept.pk == other.pk:
        raise Invalid(_("Choose two different accounts."), fields={"other": [_("Choose two different accounts.")]})
    if kept.person_id == other.person_id:
        raise Conflict(_("These two accounts belong to one person already."))
    old = other.person_id
    with transaction.atomic():
        # Both persons' accounts: whoever counts as one with ``other`` today stays one with it, and two links at once wait here.
        accounts = list(User.objects.select_for_update(of=("self",)).filter(person_id__in=(kept.person_id, old)).order_by("pk"))
        if {(kept.pk, kept.person_id), (other.pk, old)} - {(account.pk, account.person_id) for account in accounts}:
            raise Conflict(_("Somebody else changed this in the meantime. Reload the page to see the present state."))
        moved = [account for account in accounts if account.person_id == old]
        User.objects.filter(pk__in=[account.pk for account in moved]).update(person_id=kept.person_id)
        for account in moved:
            _say_in_trails(account, "portal.account.linked", reason, by)
        other.refresh_from_db()
    log.info("accounts_linked", kept=kept.pk, moved=[account.pk for account in moved], person=kept.person_id, person_before=old, by=by.pk)


def unlink_account(account: User, *, reason: str, by: User) -> None:
    """Give an account a person of its own again, after a link made by mistake."""
    if not User.objects.filter(person_id=account.person_id).exclude(pk=account.pk).exists():
        raise Conflict(_("This account is linked to no other."))
    with transaction.atomic():
        old = account.person_id
        account.person = Person.objects.create(name=account.name)
        account.save(update_fields=["person"])
        _say_in_trails(account, "portal.account.unlinked", reason, by)
    log.info("account_unlinked", account=account.pk, person_before=old, by=by.pk)


def _say_in_trails(account: User, verb: str, reason: str, by: User) -> None:
    for tenant_id in memberships_of(account):
        with tenant_context(tenant_id, by.pk):
            record_act(verb, account, name=account.name, email=account.email, reason=reason)


def suspend_tenant(tenant: Tenant, *, reason: str, by: User) -> None:
    """Close an organisation to its members; nothing is deleted. Platform staff only (checked at the door)."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why."), fields={"reason": [_("Say why.")]})
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
