"""The people of a project as items need them: who sees it, who may be given items, who holds which role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.core.permissions import GRANT_CONTRIBUTE
from portal.projects.models import Project, ProjectGroupGrant, ProjectMember, ProjectUserGrant
from portal.roles.models import MembershipRole, RolePermission, TeamMember
from portal.tenants.clock import organisation_today
from portal.tenants.models import Membership, User


def _current() -> Q:
    today = organisation_today()
    return Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))


def _holds_tenant_wide(permission: str) -> Any:
    return Exists(MembershipRole.objects.filter(membership_id=OuterRef("pk"), role__held__permission=permission))


def members_who_see(project: Project) -> QuerySet[Membership]:
    """Active members who can see the project: named on it, shared with, or readers of all projects (cleared, if it is confidential)."""
    tenant_id: Any = project.tenant_id
    named = Q(Exists(ProjectMember.objects.filter(_current(), project=project, user_id=OuterRef("user_id"))))
    owner = Q(user_id__in=[user_id for user_id in (project.owner_id, project.sponsor_id) if user_id])
    shared = Q(Exists(ProjectUserGrant.objects.filter(tenant_id=tenant_id, content_object=project, user_id=OuterRef("user_id"))))
    groups = ProjectGroupGrant.objects.filter(tenant_id=tenant_id, content_object=project).values("group_id")
    team = Q(Exists(TeamMember.objects.filter(team__group_id__in=groups, user_id=OuterRef("user_id"))))
    readers = Q(_holds_tenant_wide("portal.view_all_projects"))
    if project.confidential:
        readers &= Q(_holds_tenant_wide("portal.view_confidential_projects"))
    return (
        Membership.objects.filter(active=True)
        .filter(named | owner | shared | team | readers)
        .select_related("user")
        .order_by("user__name", "pk")
    )


def members_who_act(project: Project) -> QuerySet[Membership]:
    """Active members who see the project and can act on what they are given there: auditors only read (S6)."""
    audits = Q(Exists(MembershipRole.objects.filter(membership_id=OuterRef("pk"), role__key="auditor")))
    audits |= Q(Exists(ProjectMember.objects.filter(_current(), project=project, user_id=OuterRef("user_id"), role_key="auditor")))
    return members_who_see(project).exclude(audits)


def members_who_answer(project: Project) -> QuerySet[Membership]:
    """Active members to whom items of the project can be assigned: their project role or a grant lets them answer."""
    roles = RolePermission.objects.filter(role__kind="project", permission="assessments.answer_item").values("role__key")
    member = Q(Exists(ProjectMember.objects.filter(_current(), project=project, user_id=OuterRef("user_id"), role_key__in=roles)))
    wanted = {"tenant_id": project.tenant_id, "content_object": project, "permission__codename": GRANT_CONTRIBUTE}
    shared = Q(Exists(ProjectUserGrant.objects.filter(user_id=OuterRef("user_id"), **wanted)))
    groups = ProjectGroupGrant.objects.filter(**wanted).values("group_id")
    team = Q(Exists(TeamMember.objects.filter(team__group_id__in=groups, user_id=OuterRef("user_id"))))
    barred = MembershipRole.objects.filter(membership_id=OuterRef("pk"), role__key__in=["auditor", "administrator"])
    found = Membership.objects.filter(active=True).filter(member | shared | team).exclude(Exists(barred))
    return found.select_related("user").order_by("user__name", "pk")


@dataclass(frozen=True)
class Holder:
    """A person in a role of the project."""

    user: User
    deputy: bool


def holders_by_role(project: Project) -> dict[str, list[Holder]]:
    """Who holds which role today, holders before deputies; the sponsor of the project counts as executive sponsor. One query."""
    rows = ProjectMember.objects.filter(_current(), project=project).select_related("user").order_by("deputy", "user__name")
    found: dict[str, list[Holder]] = {}
    for row in rows:
        found.setdefault(row.role_key, []).append(Holder(row.user, row.deputy))
    sponsor = project.sponsor
    if sponsor is not None and not any(holder.user.pk == sponsor.pk for holder in found.get("exec_sponsor", [])):
        found.setdefault("exec_sponsor", []).insert(0, Holder(sponsor, False))
    return found


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """Names by account, for a handful of people."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name")) if user_ids else {}
