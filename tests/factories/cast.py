"""The fixed cast. Alice owns, Bob contributes, Carol is the compliance officer, Pam the PMO, Erin the executive, Dave the auditor,
Adam the administrator; Mallory belongs to another organisation."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from portal.core.tenancy import tenant_context
from portal.projects.models import Project, ProjectMember, ProjectSummary
from portal.projects.search import search_columns
from portal.roles.actions import add_member_with_roles, provision_tenant
from portal.tenants.models import Tenant, User

PASSWORD = "correct horse battery"
PROJECT_ROLES = (
    ("pmo", "PMO", "PMO"),
    ("business_owner", "业务负责人", "Business owner"),
    ("data_owner", "数据负责人", "Data owner"),
    ("security", "信息安全", "Information security"),
    ("compliance", "法务与合规", "Legal and compliance"),
    ("tech_lead", "技术负责人", "Technical lead"),
    ("infra_ops", "基础设施与运维", "Infrastructure and operations"),
    ("finance", "财务", "Finance"),
    ("exec_sponsor", "高管发起人", "Executive sponsor"),
    ("auditor", "审计（只读）", "Auditor (read only)"),
)
PEOPLE = {
    "adam": ("Adam", ["administrator"]),
    "pam": ("Pam", ["pmo"]),
    "carol": ("Carol", ["compliance_officer"]),
    "erin": ("Erin", ["executive"]),
    "dave": ("Dave", ["auditor"]),
    "alice": ("Alice", ["contributor"]),
    "bob": ("Bob", ["contributor"]),
    "sam": ("Sam", ["contributor"]),
}


def make_user(key: str, name: str = "", **fields: Any) -> User:
    """An account with a verified address ``<key>@tenfold.example`` and the cast's password."""
    from allauth.account.models import EmailAddress

    user = User(email=f"{key}@tenfold.example", name=name or key.title(), language=fields.pop("language", "en"), **fields)
    from portal.tenants.models import Person

    if user.person_id is None:
        user.person = Person.objects.create(name=user.name)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def make_tenant(slug: str, name_zh: str = "星河零售集团", name_en: str = "Xinghe Retail Group", **fields: Any) -> Tenant:
    """An organisation with built-in roles."""
    return provision_tenant(slug=slug, name_zh=name_zh, name_en=name_en, project_roles=PROJECT_ROLES, **fields)


def make_project(owner: User, code: str = "XH-0001", *, members: dict[str, User] | None = None, **fields: Any) -> Project:
    """A bare project row with its people, without going through the intake. Needs the tenant in scope."""
    today = timezone.localdate()
    project = Project(
        code=code,
        name_zh=fields.pop("name_zh", "智能客服机器人"),
        name_en=fields.pop("name_en", "Customer service bot"),
        owner=owner,
        created_by=owner,
        stage_since=fields.pop("stage_since", today),
        started_on=fields.pop("started_on", today),
        updated_at=fields.pop("updated_at", timezone.now()),
        **fields,
    )
    for name, value in search_columns(project).items():
        setattr(project, name, value)
    project.save(force_insert=True)
    ProjectSummary.objects.create(project=project)
    for role_key, user in (members or {}).items():
        ProjectMember.objects.create(project=project, user=user, role_key=role_key, starts_on=date(2026, 1, 1))
    return project


def build_world() -> SimpleNamespace:
    """Two organisations and everybody in them; a project of Alice in the first, one of Mallory in the second."""
    world = SimpleNamespace(tenant=make_tenant("xinghe", code_prefix="XH"), other=make_tenant("rivale", "竞品制造", "Rivale Manufacturing"))
    for key, (name, _roles) in PEOPLE.items():
        setattr(world, key, make_user(key, name))
    world.mallory = make_user("mallory", "Mallory")
    with tenant_context(world.tenant.pk):
        for key, (_name, roles) in PEOPLE.items():
            add_member_with_roles(world.tenant, getattr(world, key), roles)
        world.project = make_project(
            world.alice,
            sponsor=world.erin,
            members={"business_owner": world.alice, "tech_lead": world.bob, "data_owner": world.bob, "security": world.sam},
        )
    with tenant_context(world.other.pk):
        add_member_with_roles(world.other, world.mallory, ["administrator", "pmo", "compliance_officer", "executive"])
        world.foreign = make_project(world.mallory, "RV-0001", name_zh="质检视觉", name_en="Visual inspection")
    return world
