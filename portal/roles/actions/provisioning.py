"""What a new organisation starts with."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.catalogue.installed import catalogue
from portal.core import permissions
from portal.core.errors import Invalid
from portal.core.tenancy import require_scope, tenant_context
from portal.roles.models import Role, RolePermission
from portal.tenants.models import Invitation, Tenant, User

BUILTIN_TENANT_ROLES: tuple[tuple[str, str, str], ...] = (
    ("administrator", "管理员", "Administrator"),
    ("pmo", "PMO", "PMO"),
    ("compliance_officer", "合规官", "Compliance officer"),
    ("executive", "高管", "Executive"),
    ("auditor", "审计", "Auditor"),
    ("contributor", "参与人", "Contributor"),
)


def project_roles_of_catalogue() -> tuple[tuple[str, str, str], ...]:
    """(key, zh, en) of the project roles of the newest installed catalogue."""
    return tuple((role.id, role.name.zh, role.name.en) for role in catalogue().roles.values())


def default_permissions(kind: str, key: str) -> set[str]:
    """What the built-in role of this key holds in a new organisation."""
    return {
        permission.name
        for permission in permissions.known().values()
        if key in (permission.roles if kind == Role.Kind.TENANT else permission.project_roles)
    }


def install_builtin_roles(project_roles: Iterable[tuple[str, str, str]]) -> int:
    """Add the built-in roles that the tenant in scope lacks, and permissions that are new since; returns how many rows were added.

    ``project_roles`` are (key, zh, en) from the catalogue. Permissions an administrator took away from a role that existed
    before stay away: a permission is added only together with its role, or when the code declares a name that was never offered to
    this tenant.
    """
    added = 0
    tenant = Tenant.objects.select_for_update().only("permissions_offered").get(pk=require_scope().tenant_id)
    offered = set(tenant.permissions_offered)
    for kind, entries in ((Role.Kind.TENANT, BUILTIN_TENANT_ROLES), (Role.Kind.PROJECT, tuple(project_roles))):
        for position, (key, zh, en) in enumerate(entries):
            role, made = Role.objects.get_or_create(
                kind=kind, key=key, defaults={"name_zh": zh, "name_en": en, "builtin": True, "position": position}
            )
            held = [name for name in sorted(default_permissions(kind, key)) if made or name not in offered]
            rows = [RolePermission(role=role, permission=name) for name in held]
            added += len(RolePermission.objects.bulk_create(rows, ignore_conflicts=True)) + int(made)
    if new := set(permissions.known()) - offered:
        Tenant.objects.filter(pk=tenant.pk).update(permissions_offered=sorted(offered | new))
    return added


def provision_tenant(
    *, slug: str, name_zh: str, name_en: str, project_roles: Iterable[tuple[str, str, str]], by: User | None = None, **fields: object
) -> Tenant:
    """Create an organisation with its built-in roles. Raises :class:`Invalid` with the fields that do not fit."""
    tenant = Tenant(slug=slug, name_zh=name_zh or name_en, name_en=name_en or name_zh, **fields)
    try:
        tenant.full_clean()
    except ValidationError as error:
        raise Invalid(_("The organisation cannot be created like this."), fields=error.message_dict) from None
    with transaction.atomic():
        tenant.save()
        with tenant_context(tenant.pk, by.pk if by else None):
            install_builtin_roles(project_roles)
            tenant.refresh_from_db(fields=["permissions_offered"])
            record_act("portal.tenant.created", tenant, slug=slug, organisation=tenant.name)
    return tenant


def create_organisation(
    *, slug: str, name_zh: str, name_en: str, admin_email: str, admin_name: str = "", by: User | None = None, **fields: object
) -> tuple[Tenant, Invitation, str]:
    """Create an organisation with the roles of the catalogue and invite its first administrator, all or nothing.

    Returns the organisation, the invitation and its link.
    """
    from portal.roles.actions.inviting import invite_person

    with transaction.atomic():
        tenant = provision_tenant(slug=slug, name_zh=name_zh, name_en=name_en, project_roles=project_roles_of_catalogue(), by=by, **fields)
        with tenant_context(tenant.pk, by.pk if by else None):
            invitation, link = invite_person(
                tenant, email=admin_email, name=admin_name, role_keys=["administrator"], language=tenant.language, by=by
            )
    return tenant, invitation, link
