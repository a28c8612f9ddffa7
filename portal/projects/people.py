"""Reading the people of a project: who holds which role today and later, who else it is shared with, what clashes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from portal.catalogue.installed import catalogue
from portal.core.formats import in_language
from portal.core.permissions import GRANT_CONTRIBUTE
from portal.core.tenancy import require_scope
from portal.projects.access import ACTS_AS
from portal.projects.conflicts import SPONSOR, Clash, Holder, uncovered, warnings
from portal.projects.models import Project, ProjectGroupGrant, ProjectMember, ProjectUserGrant
from portal.roles.models import MembershipRole, Role, RolePermission
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class RoleBlock:
    """One role with everybody in it; ``standing`` are people who hold it for all projects by a tenant-wide role."""

    key: str
    name: str
    signs: str
    members: list[dict[str, Any]]
    standing: list[str]
    waiting: tuple[int, int] | None


def project_roles() -> list[Role]:
    """Project roles of the organisation in their order."""
    return list(Role.objects.filter(kind=Role.Kind.PROJECT).order_by("position", "key"))


def members_of(project: Project, today: date | None = None) -> list[dict[str, Any]]:
    """Everybody with a role, those of the past too: ``when`` is now, later or over."""
    today = today or organisation_today()
    rows = (
        ProjectMember.objects.filter(project=project)
        .annotate(name=F("user__name"), person_id=F("user__person_id"), email=F("user__email"))
        .values("pk", "user_id", "role_key", "deputy", "starts_on", "ends_on", "name", "person_id", "email")
        .order_by("deputy", "starts_on", "name")
    )
    found = list(rows)
    for row in found:
        over = row["ends_on"] is not None and row["ends_on"] < today
        row["when"] = "over" if over else "later" if row["starts_on"] > today else "now"
    return found


def standing_holders(project: Project) -> list[dict[str, Any]]:
    """People who stand in for a project role by a tenant-wide role (PMO, compliance, auditor): those who can open this project."""
    links = MembershipRole.objects.filter(
        role__kind=Role.Kind.TENANT, role__key__in=list(ACTS_AS), membership__active=True, membership__user__is_active=True
    )
    if project.confidential:
        links = links.filter(_may_open(project))
    rows = links.values("role__key", name=F("membership__user__name"), person_id=F("membership__user__person_id"))
    return [
        {"role": ACTS_AS[row["role__key"]], "name": row["name"], "person_id": row["person_id"]}
        for row in rows.order_by("membership__user__name")
    ]


def _may_open(project: Project) -> Q:
    """True for role links of people who are cleared for confidential projects or named on this one (as ``access.named_on``)."""
    today, tenant_id = organisation_today(), require_scope().tenant_id
    user = OuterRef("membership__user_id")
    clearance = RolePermission.objects.filter(
        role__member_links__membership_id=OuterRef("membership_id"), permission="portal.view_confidential_projects"
    )
    roles = ProjectMember.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), project=project, user_id=user, starts_on__lte=today)
    shares = ProjectUserGrant.objects.filter(tenant_id=tenant_id, content_object=project, user_id=user)
    teams = ProjectGroupGrant.objects.filter(tenant_id=tenant_id, content_object=project, group__team__members__user_id=user)
    named = Q(membership__user_id__in=[pk for pk in (project.owner_id, project.sponsor_id) if pk is not None])
    return named | Q(Exists(clearance)) | Q(Exists(roles)) | Q(Exists(shares)) | Q(Exists(teams))


def holders_today(project: Project, members: list[dict[str, Any]], standing: list[dict[str, Any]]) -> list[Holder]:
    """Holders of all roles today, for the rules of separation."""
    found = [Holder(row["person_id"], row["name"], row["role_key"], row["deputy"]) for row in members if row["when"] == "now"]
    found += [Holder(row["person_id"], row["name"], row["role"]) for row in standing]
    if project.sponsor is not None:
        found.append(Holder(project.sponsor.person_id, project.sponsor.name, SPONSOR))
    return list(dict.fromkeys(found))


def people_context(project: Project) -> dict[str, Any]:
    """Roles, clashes, gaps and shares of a project; seven queries at most, whatever the number of people."""
    content = catalogue()
    roles = project_roles()
    names = {role.key: in_language(role.name) for role in roles}
    members, standing = members_of(project), standing_holders(project)
    holders = holders_today(project, members, standing)
    owner = Holder(project.owner.person_id, project.owner.name, "owner")
    gaps = uncovered(content, holders)
    named: dict[str, set[int]] = defaultdict(set)
    for row in members:
        if row["when"] == "now":
            named[row["role_key"]].add(row["person_id"])
    blocks, sponsor = [], project.sponsor
    for role in roles:
        entry = content.roles.get(role.key)
        blocks.append(
            RoleBlock(
                key=role.key,
                name=names[role.key],
                signs=in_language(entry.signs) if entry else "",
                members=[row for row in members if row["role_key"] == role.key and row["when"] != "over"],
                standing=[row["name"] for row in standing if row["role"] == role.key and row["person_id"] not in named[role.key]]
                + ([sponsor.name] if role.key == SPONSOR and sponsor and sponsor.person_id not in named[SPONSOR] else []),
                waiting=gaps.get(role.key),
            )
        )
    clashes: list[Clash] = warnings(content, holders, owner, names)
    past = [{**row, "role": names.get(row["role_key"], row["role_key"])} for row in members if row["when"] == "over"]
    return {"blocks": blocks, "roles": roles, "clashes": clashes, "past": past, "gaps": len(gaps), "shares": shares_of(project)}


def shares_of(project: Project) -> list[dict[str, Any]]:
    """Grants on the project, people first: ``kind`` user or team, ``ref`` for the address, name, whether it allows work."""
    users = (
        ProjectUserGrant.objects.filter(tenant_id=require_scope().tenant_id, content_object=project)
        .values(ref=F("user_id"), name=F("user__name"), level=F("permission__codename"))
        .order_by("user__name")
    )
    teams = (
        ProjectGroupGrant.objects.filter(
            Q(group__team__tenant_id=require_scope().tenant_id), tenant_id=require_scope().tenant_id, content_object=project
        )
        .values(ref=F("group__team__id"), name=F("group__team__name"), level=F("permission__codename"))
        .order_by("group__team__name")
    )
    found = [{"kind": "user", **row} for row in users] + [{"kind": "team", **row} for row in teams]
    for row in found:
        row["works"] = row["level"] == GRANT_CONTRIBUTE
    return found
