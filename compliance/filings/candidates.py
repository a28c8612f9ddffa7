"""Who can be put in charge of a filing: members who can see it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from assessments.checklists.people import members_who_see
from compliance.filings.rules import VIEW_ALL
from portal.projects.models import Project
from portal.roles.models import MembershipRole, RolePermission
from portal.tenants.models import Membership, User


def owners_for(project: Project | None) -> QuerySet[User]:
    """Active members who see the project, for a filing of the organisation those who see its filings."""
    if project is not None:
        members = members_who_see(project).order_by()
    else:
        seeing = RolePermission.objects.filter(permission=VIEW_ALL).values("role_id")
        holders = MembershipRole.objects.filter(role_id__in=seeing).values("membership_id")
        members = Membership.objects.filter(active=True, pk__in=holders)
    return User.objects.filter(pk__in=members.values("user_id")).order_by("name", "pk")


def tenant_holders(roles: Collection[str]) -> set[int]:
    """Accounts of active members who hold one of these tenant-wide roles."""
    links = MembershipRole.objects.filter(role__kind="tenant", role__key__in=roles, membership__active=True)
    return set(links.values_list("membership__user_id", flat=True))


def whose(project: Project | None) -> dict[str, str]:
    """What messages call the subject of a filing: the project's name, or the organisation."""
    return project.name if project is not None else {"zh": "本单位", "en": "the organisation"}
