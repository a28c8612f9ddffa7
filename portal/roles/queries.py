"""Reading members, roles, teams and invitations of the organisation in scope."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.core.listing import KeysetPage, Order, keyset_page
from portal.roles.models import MembershipRole, Role, RolePermission, Team, TeamMember
from portal.roles.rules import ADMINISTRATOR, grants_and_judges
from portal.tenants.models import Invitation, Membership

MEMBER_ORDER = Order("user__name", "id")
PAGE = 50
_MEMBER_COLUMNS = ("id", "user_id", "user__name", "user__email", "user__is_active", "title", "unit", "active", "created_at", "ended_at")


def members(*, q: str = "", role: str = "", ended: bool = False) -> QuerySet[Any]:
    """Members whose name, address, position or unit contains ``q``, with a role, active or ended."""
    found = Membership.objects.filter(active=not ended)
    for word in q.split():
        found = found.filter(
            Q(user__name__icontains=word) | Q(user__email__icontains=word) | Q(title__icontains=word) | Q(unit__icontains=word)
        )
    if role:
        found = found.filter(pk__in=MembershipRole.objects.filter(role__key=role).values("membership_id"))
    return found


def members_page(queryset: QuerySet[Any], *, after: str = "", before: str = "", size: int = PAGE) -> KeysetPage:
    """One page of members by name, each a dict with ``roles`` and ``grants_and_judges`` (rule S6) added. Two queries."""
    page = keyset_page(queryset.values(*_MEMBER_COLUMNS), MEMBER_ORDER, size=size, after=after, before=before)
    ids = [row["id"] for row in page.rows]
    roles: dict[UUID, list[Role]] = {}
    held: dict[UUID, set[str]] = {}
    permissions = RolePermission.objects.filter(role=OuterRef("role")).values("permission")
    links = MembershipRole.objects.filter(membership_id__in=ids).select_related("role").annotate(held=ArraySubquery(permissions))
    for link in links.order_by("role__position", "role__key"):
        roles.setdefault(link.membership_id, []).append(link.role)
        held[link.role_id] = set(link.held)
    for row in page.rows:
        row["roles"] = roles.get(row["id"], [])
        row["grants_and_judges"] = grants_and_judges(set().union(*(held.get(role.pk, set()) for role in row["roles"])))
    return page


def tenant_roles() -> QuerySet[Any]:
    """Tenant-wide roles in their order."""
    return Role.objects.filter(kind=Role.Kind.TENANT).order_by("position", "key")


def invitations_waiting(q: str = "") -> QuerySet[Any]:
    """Invitations nobody has accepted or withdrawn, newest first, those out of date included; ``q`` in address, name or inviter's name."""
    found = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    for word in q.split():
        found = found.filter(Q(email__icontains=word) | Q(name__icontains=word) | Q(invited_by__name__icontains=word))
    return found.select_related("invited_by").order_by("-created_at", "-id")


def administrator_invitations() -> QuerySet[Any]:
    """Those of the waiting invitations that make somebody an administrator."""
    return invitations_waiting().filter(role_keys__contains=[ADMINISTRATOR])


def without_administrator(tenant_ids: Iterable[int]) -> set[int]:
    """Which of these organisations no active account can administer. One query, needs no tenant in scope."""
    with connection.cursor() as cursor:
        cursor.execute("select app.without_administrator(%s)", [list(tenant_ids)])
        return {tenant_id for (tenant_id,) in cursor.fetchall()}


def is_out_of_date(invitation: Invitation) -> bool:
    """The link no longer works because its days are over."""
    return invitation.expires_at <= timezone.now()


@dataclass(frozen=True)
class RoleColumn:
    """One role of the permission matrix."""

    role: Role
    held: frozenset[str]
    people: int


def role_columns(kind: str) -> list[RoleColumn]:
    """All roles of a kind with what they hold and by how many active members they are held. Two queries."""
    roles = list(
        Role.objects.filter(kind=kind)
        .annotate(people=Count("member_links", filter=Q(member_links__membership__active=True)))
        .order_by("position", "key")
    )
    held: dict[UUID, set[str]] = {}
    for role_id, permission in RolePermission.objects.filter(role__kind=kind).values_list("role_id", "permission"):
        held.setdefault(role_id, set()).add(permission)
    return [RoleColumn(role, frozenset(held.get(role.pk, ())), role.people) for role in roles]


def teams() -> QuerySet[Any]:
    """Teams by name with the number of their people."""
    return Team.objects.annotate(people=Count("members")).order_by("name")


def active_members() -> QuerySet[Any]:
    """Active members by name, for choosing people."""
    return Membership.objects.filter(active=True, user__is_active=True).select_related("user").order_by("user__name", "id")


def teams_of(user_id: int) -> list[Team]:
    """The teams somebody is in."""
    return list(Team.objects.filter(pk__in=TeamMember.objects.filter(user_id=user_id).values("team_id")).order_by("name"))


def holds_both(membership: Membership) -> bool:
    """The member's roles together grant roles and answer, approve or sign (rule S6)."""
    return grants_and_judges(
        set(RolePermission.objects.filter(role__member_links__membership=membership).values_list("permission", flat=True))
    )
