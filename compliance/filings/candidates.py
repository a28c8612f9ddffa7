"""Who can be put in charge of a filing: members who can see it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from compliance.filings.rules import VIEW_ALL
from portal.projects.models import Project, ProjectMember
from portal.roles.models import MembershipRole, RolePermission
from portal.tenants.models import Membership, User


def owners_for(project: Project | None) -> QuerySet[User]:
    """Active members, for a confidential project only those named on it or cleared, for the organisation those who see its filings."""
    members = Membership.objects.filter(active=True)
    if project is None:
        seeing = RolePermission.objects.filter(permission=VIEW_ALL).values("role_id")
        members = members.filter(pk__in=MembershipRole.objects.filter(role_id__in=seeing).values("membership_id"))
    users = User.objects.filter(pk__in=members.values("user_id")).order_by("name", "pk")
    if project is None or not project.confidential:
        return users
    named = ProjectMember.objects.filter(project=project).values("user_id")
    clearing = RolePermission.objects.filter(permission="portal.view_confidential_projects").values("role_id")
    cleared = MembershipRole.objects.filter(role_id__in=clearing).values("membership__user_id")
    return users.filter(Q(pk__in=named) | Q(pk__in=cleared) | Q(pk__in=[project.owner_id, project.sponsor_id]))
