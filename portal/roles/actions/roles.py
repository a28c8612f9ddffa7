"""Roles themselves: custom ones made, renamed and deleted, permissions changed, built-in ones put back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from portal.audit.actions import record_act
from portal.core import permissions
from portal.core.errors import Conflict, Invalid
from portal.core.meanwhile import Values, refuse_if_changed
from portal.roles.actions.provisioning import default_permissions
from portal.roles.models import Role, RolePermission
from portal.roles.rules import why_not_delete, why_not_drop, why_not_hold, why_not_widen
from portal.tenants.models import User

LIMIT = 60


def _names(name_zh: str, name_en: str, kind: str, besides: Role | None = None) -> tuple[str, str]:
    zh, en = name_zh.strip() or name_en.strip(), name_en.strip() or name_zh.strip()
    if not zh:
        raise Invalid(_("A role needs a name."), fields={"name_zh": [_("Give a name in at least one language.")]})
    same = Role.objects.filter(kind=kind).exclude(pk=besides.pk if besides else None)
    for field, value in (("name_zh", zh), ("name_en", en)):
        if same.filter(**{field: value}).exists():
            raise Invalid(_("There is a role of this name already."), fields={field: [_("Choose another name.")]})
    return zh, en


def create_role(*, kind: str, name_zh: str, name_en: str, copy_of: Role | None = None, by: User) -> Role:
    """Make a custom role, empty or with the permissions of another one of the same kind as far as it may hold them."""
    if kind not in Role.Kind.values or (copy_of is not None and copy_of.kind != kind):
        raise Invalid(_("Choose whether the role is for the whole organisation or for one project."), fields={"kind": [_("Choose one.")]})
    if Role.objects.filter(kind=kind).count() >= LIMIT:
        raise Conflict(_("There are {limit} roles already. Delete one that nobody holds.").format(limit=LIMIT))
    zh, en = _names(name_zh, name_en, kind)
    key = f"{slugify(en)[:30].strip('-') or 'role'}-{uuid7().hex[-6:]}"
    role = Role.objects.create(kind=kind, key=key, name_zh=zh, name_en=en, position=200)
    if copy_of is not None:
        copied = set(copy_of.held.values_list("permission", flat=True)) & set(permissions.known())
        allowed = [name for name in sorted(copied) if not why_not_hold(role, permissions.get(name), copied)]
        RolePermission.objects.bulk_create([RolePermission(role=role, permission=name) for name in allowed])
    record_act("portal.role.created", role, role=role.name, copy_of=copy_of.name if copy_of else None)
    return role


def rename_role(role: Role, *, name_zh: str, name_en: str, by: User) -> None:
    """Give a role other names; built-in ones too, their key stays."""
    before = role.name
    role.name_zh, role.name_en = _names(name_zh, name_en, role.kind, besides=role)
    if role.name == before:
        return
    role.save(update_fields=["name_zh", "name_en"])
    record_act("portal.role.renamed", role, before=before, role=role.name)


def set_permissions(role: Role, names: Iterable[str], *, by: User, seen: Values | None = None) -> tuple[list[str], list[str]]:
    """Make exactly these the permissions of the role; returns (added, taken away).

    Raises :class:`Invalid` with a sentence for each permission that the role may not hold or must keep, :class:`Conflict`
    (``own_role``) when ``by`` would widen a role that he or she holds, :class:`ChangedMeanwhile` when the form showed other permissions
    (``seen``) than the role holds. Nothing is changed then.
    """
    wanted = set(names)
    unknown = wanted - set(permissions.known())
    if unknown:
        raise Invalid(_("There is no such permission."), fields={"permissions": sorted(unknown)})
    with transaction.atomic():
        Role.objects.select_for_update().get(pk=role.pk)
        held = set(RolePermission.objects.filter(role=role).values_list("permission", flat=True))
        refuse_if_changed(seen, {"permissions": held})
        added, dropped = sorted(wanted - held), sorted((held - wanted) & set(permissions.known()))
        reasons = [why_not_hold(role, permissions.get(name), wanted) for name in sorted(wanted)]
        reasons += [why_not_drop(role, permissions.get(name)) for name in dropped]
        reasons = [reason for reason in reasons if reason]
        if reasons:
            raise Invalid(_("The role cannot hold these permissions."), fields={"permissions": reasons}, code="segregation")
        if added and (reason := why_not_widen(role, by)):
            raise Conflict(reason, code="own_role")
        RolePermission.objects.filter(role=role, permission__in=dropped).delete()
        RolePermission.objects.bulk_create([RolePermission(role=role, permission=name) for name in added])
        if added or dropped:
            labels = {name: permissions.get(name).label for name in (*added, *dropped)}
            record_act(
                "portal.role.permissions_changed",
                role,
                role=role.name,
                added=[labels[name] for name in added],
                dropped=[labels[name] for name in dropped],
            )
    return added, dropped


def reset_role(role: Role, *, by: User) -> tuple[list[str], list[str]]:
    """Give a built-in role the permissions it has in a new organisation."""
    if not role.builtin:
        raise Conflict(_("Only a built-in role can be put back; this one was made here."))
    return set_permissions(role, default_permissions(role.kind, role.key), by=by)


def delete_role(role: Role, *, by: User) -> None:
    """Delete a custom role that nobody holds and, a role of projects, nobody held: records name it by its key."""
    if reason := why_not_delete(role):
        raise Conflict(reason, code="conflict" if role.builtin else "role_held")
    record_act("portal.role.deleted", role, role=role.name)
    role.delete()
