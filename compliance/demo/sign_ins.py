"""Who can sign in to the demo: the password, the table that is printed, and the file that keeps both."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from compliance.demo.content import read
from compliance.demo.world import STAFF, email_of

ROLES = {
    "administrator": "Administrator 管理员",
    "pmo": "PMO",
    "compliance_officer": "Compliance officer 合规官",
    "executive": "Executive 高管",
    "auditor": "Auditor 审计",
    "business_owner": "Business owner 业务负责人",
    "data_owner": "Data owner 数据负责人",
    "tech_lead": "Technical lead 技术负责人",
    "security": "Security 信息安全",
    "compliance": "Legal and compliance 法务合规",
    "infra_ops": "Infrastructure 基础设施",
    "finance": "Finance 财务",
}


def path() -> Path:
    """Where the sign-ins are kept."""
    return Path(settings.DATA_DIR) / "demo-sign-ins.json"


def demo_password() -> str:
    """The password of all demo people: from DEMO_PASSWORD, else made by chance for this load."""
    return os.environ.get("DEMO_PASSWORD", "") or secrets.token_urlsafe(9)


def entries() -> list[dict[str, Any]]:
    """One line per role and organisation."""
    names = {entry["slug"]: entry for entry in read("organisations")}
    accounts = {entry["key"]: entry.get("name") for entry in read("people") if entry.get("name")}
    lines = [
        {
            "organisation": names[entry["in"]]["name_en"],
            "slug": entry["in"],
            "role": entry["shows"],
            "name": accounts[entry["key"]],
            "email": email_of(entry),
        }
        for entry in read("people")
        if entry.get("shows")
    ]
    return [*lines, {"organisation": "platform", "slug": "", "role": "staff", "name": "Platform staff", "email": STAFF}]


def keep(password: str) -> None:
    """Write the sign-ins where the operator alone can read them."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"password": password, "people": entries()}, ensure_ascii=False, indent=1)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    target.chmod(0o600)


def table() -> str:
    """The sign-ins as a table, with the password if it is known."""
    stored = json.loads(path().read_text(encoding="utf-8")) if path().exists() else {}
    password = stored.get("password") or os.environ.get("DEMO_PASSWORD") or "(see the first start)"
    lines = [f"Demo sign-ins, all with the password {password}", ""]
    organisation = ""
    for entry in entries():
        if entry["organisation"] != organisation:
            organisation = entry["organisation"]
            lines.append(organisation if entry["slug"] else "Platform")
        lines.append(f"  {entry['email']:<36}{entry['name']:<18}{ROLES.get(entry['role'], 'Platform staff 平台人员')}")
    return "\n".join(lines)
