"""Who may see and do what, as predicates in SQL. Lists never expand rights into keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.permissions import GRANT_CONTRIBUTE, GRANT_VIEW
from portal.projects.models import Project, ProjectGroupGrant, ProjectMember, ProjectUserGrant
from portal.roles.models import TeamMember
from portal.tenants.clock import organisation_today

# What a grant on one project (django-guardian) carries, by level.
GRANTS: dict[str, frozenset[str]] = {
    GRANT_VIEW: frozenset({"portal.view_project", "compliance.view_project_filings", "compliance.download_report", "portal.view_history"}),
    GRANT_CONTRIBUTE: frozenset(
        {
            "portal.view_project",
            "portal.view_history",
            "compliance.view_project_filings",
            "compliance.download_report",
            "assessments.answer_item",
            "assessments.add_evidence",
            "assessments.comment_item",
            "assessments.run_calculator",
        }
    ),
}
# Tenant-wide roles that stand in for a project role everywhere.
ACTS_AS: dict[str, str] = {"pmo": "pmo", "compliance_officer": "compliance", "auditor": "auditor"}


def projects_visible_to(actor: Actor, queryset: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """Projects this person may see.

    Tenant-wide readers: all but confidential ones they are neither cleared for nor named on. Everybody else: those they
    are named on or that were shared with them or one of their teams.
    """
    projects = Project.objects.all() if queryset is None else queryset
    if actor.may("portal.view_all_projects"):
        if actor.cleared:
            return projects
        return projects.filter(Q(confidential=False) | named_on(actor))
    return projects.filter(pk__in=own_project_ids(actor))


def _current(prefix: str = "") -> Q:
    today = organisation_today()
    return Q(**{f"{prefix}starts_on__lte": today}) & (Q(**{f"{prefix}ends_on": None}) | Q(**{f"{prefix}ends_on__gte": today}))


def own_project_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of projects the person is named on, or that were shared with the account or one of its teams (one union)."""
    user_id = actor.user_id
    named = ProjectMember.objects.filter(_current(), user_id=user_id).values("project_id")
    owned = Project.objects.filter(Q(owner_id=user_id) | Q(sponsor_id=user_id)).values("id")
    shared = ProjectUserGrant.objects.filter(tenant_id=actor.tenant_id, user_id=user_id).values("content_object_id")
    groups = TeamMember.objects.filter(user_id=user_id).values("team__group_id")
    team_shared = ProjectGroupGrant.objects.filter(tenant_id=actor.tenant_id, group_id__in=groups).values("content_object_id")
    return named.union(owned, shared, team_shared, all=True)


def named_on(actor: Actor) -> Q:
    """True for projects whose people include this person (owner, sponsor, project role, grant to the account or a team)."""
    user_id = actor.user_id
    groups = TeamMember.objects.filter(user_id=user_id).values("team__group_id")
    return (
        Q(owner_id=user_id)
        | Q(sponsor_id=user_id)
        | Q(Exists(ProjectMember.objects.filter(_current(), project_id=OuterRef("pk"), user_id=user_id)))
        | Q(Exists(ProjectUserGrant.objects.filter(tenant_id=actor.tenant_id, content_object_id=OuterRef("pk"), user_id=user_id)))
        | Q(Exists(ProjectGroupGrant.objects.filter(tenant_id=actor.tenant_id, content_object_id=OuterRef("pk"), group_id__in=groups)))
    )


def visible_project(actor: Actor, project_id: UUID) -> Any:
    """The project, or :class:`NotFound` when it does not exist or not for this person."""
    project = projects_visible_to(actor, Project.objects.select_related("owner", "sponsor", "summary")).filter(pk=project_id).first()
    if project is None:
        raise NotFound()
    return project


_ROLES_SQL = """
select 'role' as kind, m.role_key as key, m.deputy as deputy from portal_projectmember m
 where m.tenant_id = %(tenant)s and m.project_id = %(project)s and m.user_id = %(user)s
   and m.starts_on <= %(today)s and (m.ends_on is null or m.ends_on >= %(today)s)
union all
select 'permission', rp.permission, false from portal_projectmember m
  join portal_role r on r.tenant_id = m.tenant_id and r.kind = 'project' and r.key = m.role_key
  join portal_rolepermission rp on rp.tenant_id = r.tenant_id and rp.role_id = r.id
 where m.tenant_id = %(tenant)s and m.project_id = %(project)s and m.user_id = %(user)s
   and m.starts_on <= %(today)s and (m.ends_on is null or m.ends_on >= %(today)s)
union all
select 'grant', p.codename, false from portal_projectusergrant g join auth_permission p on p.id = g.permission_id
 where g.tenant_id = %(tenant)s and g.content_object_id = %(project)s and g.user_id = %(user)s
union all
select 'grant', p.codename, false from portal_projectgroupgrant g join auth_permission p on p.id = g.permission_id
  join portal_team t on t.tenant_id = g.tenant_id and t.group_id = g.group_id
  join portal_teammember tm on tm.tenant_id = t.tenant_id and tm.team_id = t.id
 where g.tenant_id = %(tenant)s and g.content_object_id = %(project)s and tm.user_id = %(user)s
union all
select 'permission', rp.permission, false from portal_role r
  join portal_rolepermission rp on rp.tenant_id = r.tenant_id and rp.role_id = r.id
 where r.tenant_id = %(tenant)s and r.kind = 'project' and r.key = 'exec_sponsor' and %(sponsor)s
"""


def _standing(actor: Actor, project: Any) -> tuple[frozenset[str], frozenset[str]]:
    """(permissions, project role keys) of the person on this project, looked up once per request."""
    cached: Any = actor.project_cache.get(project.pk)
    if cached is not None:
        return cached
    sponsor = project.sponsor_id == actor.user_id
    with connection.cursor() as cursor:
        cursor.execute(
            _ROLES_SQL,
            {"tenant": actor.tenant_id, "project": project.pk, "user": actor.user_id, "today": organisation_today(), "sponsor": sponsor},
        )
        rows = cursor.fetchall()
    permissions = {key for kind, key, _deputy in rows if kind == "permission"}
    roles = {key for kind, key, _deputy in rows if kind == "role"}
    if sponsor:
        roles.add("exec_sponsor")
    for kind, key, _deputy in rows:
        if kind == "grant":
            permissions |= GRANTS.get(key, frozenset())
    roles |= {ACTS_AS[key] for key in actor.roles if key in ACTS_AS}
    if project.owner_id == actor.user_id:
        # The owner always sees the project and its history, whatever roles were taken away.
        permissions |= GRANTS[GRANT_VIEW]
    result = (frozenset(permissions), frozenset(roles))
    actor.project_cache[project.pk] = result  # type: ignore[assignment]
    return result


def may_on_project(actor: Actor, permission: str, project: Any) -> bool:
    """Holds the permission tenant-wide or by a role or grant on this project."""
    if actor.may(permission):
        return True
    return permission in _standing(actor, project)[0]


def project_roles_of(actor: Actor, project: Any) -> frozenset[str]:
    """Keys of the catalogue roles the person holds on this project, tenant-wide stand-ins included."""
    return _standing(actor, project)[1]


def project_permissions_of(actor: Actor, project: Any) -> frozenset[str]:
    """Everything the person may do on this project, for templates that show or hide controls."""
    return actor.permissions | _standing(actor, project)[0]
