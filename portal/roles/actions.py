"""Acts on roles: what a new organisation starts with, who holds what."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core import permissions
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.roles.models import MembershipRole, Role, RolePermission
from portal.tenants.actions import add_member
from portal.tenants.models import Membership, Tenant, User

BUILTIN_TENANT_ROLES: tuple[tuple[str, str, str], ...] = (
    ("administrator", "管理员", "Administrator"),
    ("pmo", "PMO", "PMO"),
    ("compliance_officer", "合规官", "Compliance officer"),
    ("executive", "高管", "Executive"),
    ("auditor", "审计", "Auditor"),
    ("contributor", "参与人", "Contributor"),
)


def install_builtin_roles(project_roles: Iterable[tuple[str, str, str]]) -> int:
    """Add the built-in roles that the tenant in scope lacks, and permissions that are new since; returns how many rows were added.

    ``project_roles`` are (key, zh, en) from the catalogue. Permissions an administrator took away from a role that existed
    before stay away: a permission is added only together with its role, or when the code declares a name no role of the
    tenant has ever held.
    """
    added = 0
    ever_held = set(RolePermission.objects.values_list("permission", flat=True))
    for kind, entries in ((Role.Kind.TENANT, BUILTIN_TENANT_ROLES), (Role.Kind.PROJECT, tuple(project_roles))):
        for position, (key, zh, en) in enumerate(entries):
            role, made = Role.objects.get_or_create(
                kind=kind, key=key, defaults={"name_zh": zh, "name_en": en, "builtin": True, "position": position}
            )
            held = [
                permission.name
                for permission in permissions.known().values()
                if key in (permission.roles if kind == Role.Kind.TENANT else permission.project_roles)
                and (made or permission.name not in ever_held)
            ]
            rows = [RolePermission(role=role, permission=name) for name in held]
            added += len(RolePermission.objects.bulk_create(rows, ignore_conflicts=True)) + int(made)
    return added


def provision_tenant(
    *, slug: str, name_zh: str, name_en: str, project_roles: Iterable[tuple[str, str, str]], by: User | None = None, **fields: object
) -> Tenant:
    """Create an organisation with its built-in roles. Raises :class:`Invalid` with the fields that do not fit."""
    from django.core.exceptions import ValidationError

    tenant = Tenant(slug=slug, name_zh=name_zh or name_en, name_en=name_en or name_zh, **fields)
    try:
        tenant.full_clean()
    except ValidationError as error:
        raise Invalid(_("The organisation cannot be created like this."), fields=error.message_dict) from None
    with transaction.atomic():
        tenant.save()
        with tenant_context(tenant.pk, by.pk if by else None):
            install_builtin_roles(project_roles)
            record_act("portal.tenant.created", tenant, slug=slug)
    return tenant


def grant_role(membership: Membership, role_key: str, *, by: User | None = None) -> None:
    """Give a member a tenant-wide role."""
    role = Role.objects.filter(kind=Role.Kind.TENANT, key=role_key).first()
    if role is None:
        raise Invalid(_("There is no such role."), fields={"role": [role_key]})
    _link, made = MembershipRole.objects.get_or_create(membership=membership, role=role)
    if made:
        record_act("portal.role.granted", membership, role=role_key, name=membership.user.name)


def withdraw_role(membership: Membership, role_key: str, *, by: User | None = None) -> None:
    """Take a tenant-wide role away; the last administrator of an organisation keeps it."""
    links = MembershipRole.objects.filter(role__kind=Role.Kind.TENANT, role__key=role_key)
    if role_key == "administrator" and not links.filter(membership__active=True).exclude(membership=membership).exists():
        raise Conflict(_("This is the last administrator. Make somebody else administrator first."))
    deleted, _rows = links.filter(membership=membership).delete()
    if deleted:
        record_act("portal.role.withdrawn", membership, role=role_key, name=membership.user.name)


def add_member_with_roles(tenant: Tenant, user: User, role_keys: Iterable[str], *, title: str = "", unit: str = "") -> Membership:
    """Make an account a member with roles, in one go. Needs the tenant in scope."""
    membership = add_member(tenant, user, title=title, unit=unit)
    for key in role_keys:
        grant_role(membership, key)
    return membership
