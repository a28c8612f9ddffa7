"""People of the sample, and what went before: criteria, earlier sign-offs, changes since the last one, stakeholders."""

from __future__ import annotations

import hashlib
from typing import Any

from portal.catalogue.parts import Catalogue

PEOPLE = {
    "pmo": ("周敏", "项目管理办公室"),
    "business_owner": ("吴桐", "客户服务部"),
    "data_owner": ("梁静", "数据管理部"),
    "security": ("何川", "信息安全部"),
    "compliance": ("赵宁", "法务合规部"),
    "tech_lead": ("陈晓", "智能技术部"),
    "infra_ops": ("高远", "基础设施部"),
    "finance": ("孙毅", "财务部"),
    "exec_sponsor": ("林国强", "集团总裁办"),
    "auditor": ("许衡", "内部审计部"),
}


def digest(text: str) -> str:
    """A stable stand-in for the hash of a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def person(role: str) -> dict[str, Any]:
    """The person who holds a role in the sample."""
    name, unit = PEOPLE[role]
    return {"id": f"0192f0a0-0000-7000-8000-{list(PEOPLE).index(role):012d}", "name": name, "role": role, "unit": unit}


def criteria(catalogue: Catalogue) -> list[dict[str, Any]]:
    reasons = {
        "G4.1": ("截至 G4 的 121 项均已作答", "all 121 items up to G4 are answered"),
        "G4.4": ("1 项阻断项为“关注”，已有书面条件", "1 blocker with attention, a written condition exists"),
        "G4.5": ("就绪度 91.4，不低于 85", "readiness 91.4, not below 85"),
        "G4.6": ("上线前与活动前须办事项均已办结", "everything due before launch or activity is closed"),
    }
    plain = ("所涉各项均符合", "all concerned comply")
    return [
        {
            "id": one.id,
            "result": "pending" if one.kind == "approvals" else "met",
            "reason": dict(
                zip(
                    ("zh", "en"),
                    ("五个角色签署后成立", "holds once five roles have signed") if one.kind == "approvals" else reasons.get(one.id, plain),
                    strict=True,
                )
            ),
            "items": ["D5.10"] if one.id == "G4.4" else [],
        }
        for one in catalogue.gates["G4"].criteria
    ]


def previous() -> list[dict[str, Any]]:
    return [
        {
            "gate": gate,
            "round": 1,
            "outcome": outcome,
            "decided_at": at,
            "revision": revision,
            "content_sha256": digest(gate),
            "stale": False,
        }
        for gate, outcome, at, revision in (
            ("G0", "admit", "2026-06-22T10:00:00+08:00", 1),
            ("G1", "submit", "2026-07-30T15:30:00+08:00", 4),
            ("G2", "approve_with_conditions", "2026-08-28T17:00:00+08:00", 7),
            ("G3", "pass", "2026-10-30T16:10:00+08:00", 10),
        )
    ]


def changes(proof: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "kind": "fact",
            "ref": "monthly_active_users",
            "before": {"zh": "240,000", "en": "240,000"},
            "after": {"zh": "300,000", "en": "300,000"},
            "material": True,
            "at": "2026-11-05T10:12:00+08:00",
            "by": person("business_owner"),
        },
        {
            "kind": "item",
            "ref": "D9.12",
            "before": {"zh": "通过", "en": "pass"},
            "after": {"zh": "关注：测算需 8 个实例，已订 7 个", "en": "attention: 8 instances computed, 7 ordered"},
            "material": True,
            "at": "2026-11-11T15:40:00+08:00",
            "by": person("infra_ops"),
        },
        {
            "kind": "evidence",
            "ref": proof["id"],
            "before": {"zh": "无", "en": "none"},
            "after": {"zh": proof["name"], "en": proof["name"]},
            "material": False,
            "at": "2026-11-12T09:30:00+08:00",
            "by": person("security"),
        },
        {
            "kind": "filing",
            "ref": "genai_service_registration",
            "before": {"zh": "审查中", "en": "under review"},
            "after": {"zh": "已公示", "en": "published"},
            "material": True,
            "at": "2026-11-19T17:48:00+08:00",
            "by": person("compliance"),
        },
    ]


def stakeholders() -> list[dict[str, Any]]:
    duties = {
        "business_owner": {"D1": "A", "D2": "A", "D9": "C"},
        "data_owner": {"D3": "A", "D4": "A"},
        "security": {"D5": "A", "D6": "C", "D10": "R"},
        "compliance": {"D5": "R", "D10": "A"},
        "tech_lead": {"D6": "C", "D7": "R", "D8": "A", "D9": "A"},
        "infra_ops": {"D6": "A"},
        "finance": {"D2": "C", "D10": "C"},
        "exec_sponsor": {"D7": "A"},
    }
    inside = [
        {
            "name": PEOPLE[role][0],
            "kind": "internal",
            "organisation": PEOPLE[role][1],
            "roles": [role],
            "deputy": "security" if role == "security" else "",
            "responsibilities": duties.get(role, {}),
            "starts": "2026-06-15",
            "ends": None,
        }
        for role in PEOPLE
        if role != "auditor"
    ]
    outside = {
        "name": "Jan Dvořák",
        "kind": "external",
        "organisation": "云桥科技（供应商）",
        "roles": [],
        "deputy": "",
        "responsibilities": {"D6": "C", "D8": "C"},
        "starts": "2026-07-01",
        "ends": "2027-06-30",
    }
    return [*inside, outside]
