"""What a role may hold and what may happen to it: sentences, empty when nothing stands against it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from portal.core.permissions import Permission, known
from portal.roles.models import MembershipRole, Role
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

ADMINISTRATOR = "administrator"
AUDITOR = "auditor"
# Holding one of these makes a role one that grants roles: whoever holds it could give rights to anybody.
GRANTING = frozenset({"portal.manage_people", "portal.manage_roles"})


def offered(kind: str) -> list[Permission]:
    """Permissions a role of this kind can carry at all, grouped by app in the order of declaration."""
    found = [permission for permission in known().values() if kind == Role.Kind.TENANT or permission.scope == "project"]
    return sorted(found, key=lambda permission: ("portal", "assessments", "compliance").index(permission.app))


def why_not_hold(role: Role, permission: Permission, together_with: Collection[str]) -> str:
    """Why ``role`` may not hold ``permission`` together with the others it holds (rule S6 of the catalogue)."""
    if role.kind == Role.Kind.PROJECT and permission.scope != "project":
        return _("“{permission}” concerns the whole organisation; a project role cannot carry it.").format(permission=_name(permission))
    if role.key == AUDITOR and not permission.reads:
        return _("Auditors read everything and change nothing (rule S6), so this role cannot hold “{permission}”.").format(
            permission=_name(permission)
        )
    grants = role.kind == Role.Kind.TENANT and (role.key == ADMINISTRATOR or bool(GRANTING & set(together_with)))
    if permission.content and grants:
        return _(
            "A role that grants roles neither answers nor approves nor signs (rule S6), so it cannot hold “{permission}”. "
            "Give that to another role and another person."
        ).format(permission=_name(permission))
    return ""


def why_limited(role: Role, together_with: Collection[str]) -> str:
    """One sentence on what this role can never hold together with what it holds; empty for a role without such a limit."""
    if role.key == AUDITOR:
        return _("Auditors read everything and change nothing (rule S6): this role can hold nothing that changes something.")
    if role.kind == Role.Kind.TENANT and (role.key == ADMINISTRATOR or GRANTING & set(together_with)):
        return _("This role grants roles. So it can hold nothing that answers, approves or signs (rule S6); that belongs to other people.")
    return ""


def why_not_drop(role: Role, permission: Permission) -> str:
    """Why ``role`` must keep ``permission``: nobody could grant rights any more."""
    if role.kind == Role.Kind.TENANT and role.key == ADMINISTRATOR and permission.name in GRANTING:
        return _("The administrator keeps “{permission}”: without it nobody could grant rights any more.").format(
            permission=_name(permission)
        )
    return ""


def _in_projects(role: Role) -> QuerySet[Any]:
    """Everybody who holds or held the project role; the people of projects live in a higher slice and are found by their table."""
    return apps.get_model("portal", "ProjectMember").objects.filter(role_key=role.key)


def _not_over() -> Q:
    return Q(ends_on=None) | Q(ends_on__gte=organisation_today())


def why_not_delete(role: Role) -> str:
    """Why a role stays: it is built in, somebody holds it or will, or the records of a project name it."""
    if role.builtin:
        return _("A built-in role cannot be deleted. Take its permissions away instead.")
    of_project = role.kind == Role.Kind.PROJECT
    people = _in_projects(role).filter(_not_over()).values("user_id").distinct().count() if of_project else role.member_links.count()
    if people:
        return ngettext(
            "{count} person holds this role. Give him or her another one first.",
            "{count} people hold this role. Give them another one first.",
            people,
        ).format(count=people)
    projects = _in_projects(role).values("project_id").distinct().count() if of_project else 0
    if projects:
        return ngettext(
            "This role was held in {count} project and stays for its records. You can take its permissions away.",
            "This role was held in {count} projects and stays for their records. You can take its permissions away.",
            projects,
        ).format(count=projects)
    return ""


def why_not_widen(role: Role, by: User) -> str:
    """Why this administrator may not add permissions to ``role``: he or she (with any account) would be the one who gets them (S6).

    A role of a project counts that is held or given for later; one that has ended brings nobody anything.
    """
    if role.kind == Role.Kind.TENANT:
        held = MembershipRole.objects.filter(role=role, membership__active=True, membership__user__person_id=by.person_id)
    else:
        held = _in_projects(role).filter(_not_over(), user__person_id=by.person_id)
    if not held.exists():
        return ""
    return _(
        "You hold this role yourself (rule S6). Another administrator must widen it. If there is none, "
        "give somebody else the role of administrator under People first."
    )


def grants_and_judges(permissions: Collection[str]) -> bool:
    """Somebody's roles together grant roles and answer, approve or sign: allowed, but shown (rule S6)."""
    names = set(permissions)
    return bool(GRANTING & names) and any(permission.content for name, permission in known().items() if name in names)


def _name(permission: Permission) -> str:
    return permission.zh if (get_language() or "zh").startswith("zh") else permission.en
