"""Members of the organisation and the tenant-wide roles they hold. Every act takes effect at the person's next request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid
from portal.core.meanwhile import Values, refuse_if_changed
from portal.roles.leaving import member_ends
from portal.roles.models import MembershipRole, Role, TeamMember
from portal.roles.rules import ADMINISTRATOR
from portal.tenants.actions import add_member, describe_member, end_membership
from portal.tenants.models import Membership, Tenant, User


def _role(key: str) -> Role:
    role = Role.objects.filter(kind=Role.Kind.TENANT, key=key).first()
    if role is None:
        raise Invalid(_("There is no such role."), fields={"role": [key]})
    return role


def _keep_an_administrator(membership: Membership) -> None:
    """Refuse if nobody else is administrator. The role's row is locked, so that two administrators cannot remove each other at once."""
    role = Role.objects.select_for_update().get(kind=Role.Kind.TENANT, key=ADMINISTRATOR)
    held = MembershipRole.objects.filter(role=role, membership__active=True, membership__user__is_active=True)
    if held.filter(membership=membership).exists() and not held.exclude(membership=membership).exists():
        raise Conflict(_("This is the last administrator. Make somebody else administrator first."), code="last_administrator")


def grant_role(membership: Membership, role_key: str, *, by: User | None = None) -> None:
    """Give a member a tenant-wide role. Nobody gives a role to him- or herself (rule S6); ``by=None`` is the system.

    Two accounts of one person (S1) are the same here.
    """
    role = _role(role_key)
    own = by is not None and membership.user.person_id == by.person_id
    if own and not MembershipRole.objects.filter(membership=membership, role=role).exists():
        raise Conflict(_("You cannot give yourself a role. Ask another administrator."), code="own_role")
    _link, made = MembershipRole.objects.get_or_create(membership=membership, role=role)
    if made:
        record_act("portal.role.granted", membership, role=role.name, role_key=role_key, name=membership.user.name)


def withdraw_role(membership: Membership, role_key: str, *, by: User | None = None) -> None:
    """Take a tenant-wide role away; the last administrator of an organisation keeps it."""
    role = _role(role_key)
    with transaction.atomic():
        if role_key == ADMINISTRATOR:
            _keep_an_administrator(membership)
        deleted, _rows = MembershipRole.objects.filter(role=role, membership=membership).delete()
        if deleted:
            record_act("portal.role.withdrawn", membership, role=role.name, role_key=role_key, name=membership.user.name)


def _lock(membership: Membership) -> None:
    """Lock the member's row and read it again. Everywhere before the lock on the administrator's role."""
    locked = Membership.objects.select_for_update(no_key=True)
    membership.refresh_from_db(fields=["title", "unit", "active", "ended_at"], from_queryset=locked)


def member_values(membership: Membership) -> dict[str, Any]:
    """What the member's form shows: position, unit, keys of the tenant-wide roles."""
    held = MembershipRole.objects.filter(membership=membership).values_list("role__key", flat=True)
    return {"title": membership.title, "unit": membership.unit, "roles": sorted(held)}


def set_roles(membership: Membership, role_keys: Iterable[str], *, by: User) -> None:
    """Make exactly these the member's tenant-wide roles."""
    with transaction.atomic():
        _lock(membership)
        if not membership.active:
            raise Conflict(_("This membership has ended. Take it up again first."))
        wanted = set(role_keys)
        held = set(MembershipRole.objects.filter(membership=membership).values_list("role__key", flat=True))
        for key in sorted(wanted - held):
            grant_role(membership, key, by=by)
        for key in sorted(held - wanted):
            withdraw_role(membership, key, by=by)


def change_member(membership: Membership, *, title: str, unit: str, role_keys: Iterable[str], by: User, seen: Values | None = None) -> None:
    """Change a member's position, unit and tenant-wide roles, all or nothing.

    Raises :class:`ChangedMeanwhile` when the form showed something else (``seen``) than is stored.
    """
    with transaction.atomic():
        _lock(membership)
        refuse_if_changed(seen, member_values(membership))
        describe_member(membership, title=title, unit=unit)
        set_roles(membership, role_keys, by=by)


def add_member_with_roles(tenant: Tenant, user: User, role_keys: Iterable[str], *, title: str = "", unit: str = "") -> Membership:
    """Make an account a member with roles, in one go. Needs the tenant in scope."""
    membership = add_member(tenant, user, title=title, unit=unit)
    for key in role_keys:
        grant_role(membership, key)
    return membership


def end_member(membership: Membership, *, by: User) -> None:
    """End a membership with its roles, teams and what upper slices gave: out from the next request, not back in by an old right later."""
    with transaction.atomic():
        _lock(membership)
        _keep_an_administrator(membership)
        end_membership(membership, by=by)
        MembershipRole.objects.filter(membership=membership).delete()
        TeamMember.objects.filter(user_id=membership.user_id).delete()
        member_ends(membership.user, by=by)


def reopen_member(membership: Membership, *, by: User) -> None:
    """Take an ended membership up again, without roles."""
    if membership.active:
        raise Conflict(_("This membership is active."))
    add_member(membership.tenant, membership.user)
