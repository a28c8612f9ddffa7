"""Why a sign-off lapsed, in words of both languages, from what the gates recorded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.reports.voice import Phrase
from portal.catalogue import catalogue


def reasons_of(reasons: Iterable[Mapping[str, Any]], version: str) -> list[Phrase]:
    """A phrase per recorded reason; kinds this version does not know are named by their code."""
    tiers = {tier.id: tier.label for tier in catalogue(version).tiers.tiers}
    found = []
    for reason in reasons:
        kind, items = str(reason.get("kind", "")), ", ".join(str(item) for item in reason.get("items", ()))
        if kind == "items_changed":
            found.append(Phrase(f"检查项 {items} 在签批后改动", f"items {items} changed after the sign-off"))
        elif kind == "tier_rise":
            now: Mapping[str, str] = tiers.get(str(reason.get("after"))) or {}
            found.append(
                Phrase(
                    f"评估档位升为{now.get('zh', '')}，新增检查项 {items}",
                    f"the tier rose to {now.get('en', '')}, which opened items {items}",
                )
            )
        elif kind == "criterion":
            why = reason.get("reason", {})
            found.append(
                Phrase(
                    f"条件 {reason.get('criterion', '')} 不再成立：{why.get('zh', '')}",
                    f"criterion {reason.get('criterion', '')} no longer holds: {why.get('en', '')}",
                )
            )
        else:
            found.append(Phrase(kind, kind))
    return found
