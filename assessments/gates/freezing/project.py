"""The project, its people around it, and the trail, as a frozen record has them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from assessments.gates.content import AuditBlock, StakeholderEntry
from assessments.gates.content_parts import Bilingual, MoneyLine, ProjectBlock, TenantBlock
from assessments.gates.freezing.people import PeopleBook, day, instant
from portal.audit.models import AuditEvent
from portal.audit.sentences import in_words
from portal.projects.models import Project, ProjectMember
from portal.stakeholders.models import Responsibility, Stakeholder
from portal.tenants.models import Tenant

EXTRACT = 60
# Planned lines add up to the budget: the report stacks them.
_REST: Bilingual = {"zh": "计划费用（合规以外）", "en": "Planned, other than compliance"}
_COMPLIANCE: Bilingual = {"zh": "合规投入", "en": "Compliance"}
_WHOLE: Bilingual = {"zh": "计划费用", "en": "Planned cost"}
_SPENT: Bilingual = {"zh": "已支出", "en": "Spent so far"}


def tenant_block(tenant: Tenant) -> TenantBlock:
    """The issuer; the logo is named by the hash of its file."""
    logo = None
    if tenant.logo:
        import hashlib

        with tenant.logo.open("rb") as file:
            logo = hashlib.sha256(file.read()).hexdigest()
    return {
        "slug": tenant.slug,
        "names": {"zh": tenant.name_zh, "en": tenant.name_en or tenant.name_zh},
        "colour": tenant.brand_colour,
        "logo_sha256": logo,
    }


def _amount(value: Decimal) -> str:
    return f"{value:.2f}"


def _money_lines(project: Project) -> list[MoneyLine]:
    """Budget split into compliance and the rest where both are known, and what has been spent."""
    whole, compliance = project.budget, project.compliance_budget
    planned: list[tuple[Bilingual, Decimal]] = []
    if whole is not None and compliance is not None and whole >= compliance:
        planned = [(_REST, whole - compliance), (_COMPLIANCE, compliance)]
    elif whole is not None:
        planned = [(_WHOLE, whole)]
    elif compliance is not None:
        planned = [(_COMPLIANCE, compliance)]
    lines: list[tuple[Bilingual, Literal["planned", "spent"], Decimal]] = [(label, "planned", amount) for label, amount in planned]
    if project.spent is not None:
        lines.append((_SPENT, "spent", project.spent))
    year = (project.target_launch or project.started_on).year
    return [
        {"line": label, "year": year, "kind": kind, "amount": _amount(amount), "currency": project.currency, "source": "project"}
        for label, kind, amount in lines
    ]


def project_block(project: Project, audience: list[str], people: PeopleBook) -> ProjectBlock:
    """The project as registered, with its money lines."""
    money = _money_lines(project)
    return {
        "id": str(project.pk),
        "code": project.code,
        "names": {"zh": project.name["zh"], "en": project.name["en"]},
        "unit": project.unit,
        "stage": str(project.stage),
        "confidentiality": "confidential" if project.confidential else "internal",
        "purpose": project.purpose,
        "audience": audience,
        "owner": people.ref(project.owner_id),
        "sponsor": people.maybe(project.sponsor_id, "exec_sponsor"),
        "started_on": day(project.started_on),
        "launch_on": day(project.launched_on or project.target_launch),
        "currency": project.currency,
        "money": money,
    }


def stakeholder_entries(project: Project) -> list[StakeholderEntry]:
    """Internal and external stakeholders with their responsibilities, and the holders of project roles, by name."""
    raci: dict[Any, dict[str, str]] = {}
    for row in Responsibility.objects.filter(project=project).order_by("dimension", "raci"):
        known = raci.setdefault(row.stakeholder_id, {})
        known[row.dimension] = known.get(row.dimension, "") + row.raci
    roles: dict[int, list[ProjectMember]] = {}
    members = ProjectMember.objects.filter(project=project).select_related("user").order_by("role_key", "pk")
    for member in members:
        roles.setdefault(member.user_id, []).append(member)
    entries: list[StakeholderEntry] = []
    seen: set[int] = set()
    for row in Stakeholder.objects.filter(project=project).select_related("user", "contact"):
        held = roles.get(row.user_id, []) if row.user_id else []
        if row.user_id:
            seen.add(row.user_id)
        entries.append(_entry(row.user, row.contact, row.part, held, raci.get(row.pk, {})))
    for user_id, held in roles.items():
        if user_id not in seen:
            entries.append(_entry(held[0].user, None, "", held, {}))
    return sorted(entries, key=lambda entry: (entry["kind"], entry["name"]))


def _entry(user: Any, contact: Any, part: str, held: list[ProjectMember], raci: dict[str, str]) -> StakeholderEntry:
    starts = min((member.starts_on for member in held), default=None)
    ends = [member.ends_on for member in held]
    return {
        "name": user.name if user is not None else contact.name,
        "kind": "internal" if user is not None else "external",
        "organisation": "" if user is not None else contact.organisation,
        "roles": [member.role_key for member in held] or ([part] if part else []),
        "deputy": ", ".join(member.role_key for member in held if member.deputy),
        "responsibilities": raci,
        "starts": day(starts),
        "ends": None if not ends or None in ends else day(max(value for value in ends if value)),
    }


def audit_block(project: Project) -> AuditBlock:
    """The latest acts on the project, oldest first, and how many events there are in all."""
    events = AuditEvent.objects.filter(project_id=project.pk)
    acts = list(events.filter(kind=AuditEvent.Kind.ACT).order_by("-at")[:EXTRACT])
    people = PeopleBook(act.user_id for act in acts)
    return {
        "total": events.count(),
        "extract": [
            {
                "at": instant(act.at) or "",
                "actor": people.ref(act.user_id)["name"] if act.user_id else "",
                "verb": act.verb,
                "object": str(act.changes.get("item") or act.changes.get("gate") or act.changes.get("name") or act.table_name),
                "detail": _said(act),
            }
            for act in reversed(acts)
        ],
        "seal": None,
    }


def _said(act: AuditEvent) -> Bilingual:
    words = in_words(act.verb, act.changes)
    return {"zh": words["zh"], "en": words["en"]}
