"""Facts and tier of the sample project."""

from __future__ import annotations

from typing import Any

from portal.catalogue.parts import Catalogue
from tests.compliance.reports.sample_people import person


def tier(catalogue: Catalogue) -> dict[str, Any]:
    results = {"T-F1": "true", "T-F9": "true"}
    conditions = [("full_when", one) for one in catalogue.tiers.full_when] + [("light_when", one) for one in catalogue.tiers.light_when]
    return {
        "computed": "full",
        "in_force": "full",
        "conditions": [
            {
                "id": one.id,
                "group": group,
                "result": results.get(one.id, "false"),
                "facts": ["audience", "public_facing"] if one.id == "T-F1" else [],
            }
            for group, one in conditions
        ],
        "could_lower": [],
        "could_raise": [],
        "raised": None,
    }


_FACTS: dict[str, Any] = {
    "entity_type": "private",
    "establishments": ["CN"],
    "sector": ["retail"],
    "org_role": ["provider"],
    "province": "广东",
    "launch_date": "2026-12-15",
    "markets": ["CN"],
    "audience": ["public"],
    "partners_serve_public": "no",
    "delivery_channels": ["app", "mini_program"],
    "registered_users": "1200000",
    "monthly_active_users": "300000",
    "minors_among_users": "no",
    "model_origin": "filed_model_api",
    "modifies_upstream_model": "no",
    "upstream_model_name": "甲模型 72B",
    "upstream_filing_number": "Guangdong-Jia-20240418",
    "number_displayed": "yes",
    "generates": ["text"],
    "interacts_with_persons": "yes",
    "opinion_or_mobilization": "yes",
    "decision_effect": "none",
    "personal_data": "ordinary",
    "pi_subject_count": "36000000",
    "automated_decision_with_pi": "no",
    "entrusts_shares_or_publishes_pi": "yes",
    "trains_on_personal_data": "no",
    "cross_border_pi": "no",
    "important_data": "no",
    "mlps_level": "3",
    "cii_operator": "no",
    "route": "rag",
    "hosting": "dedicated_instance",
    "sourcing": "hybrid",
    "algo_team": "yes",
    "approved_annual_budget": "1800000",
}


def facts(catalogue: Catalogue) -> list[dict[str, Any]]:
    entries = []
    for fact in catalogue.facts.values():
        derived = fact.derived is not None
        value = _FACTS.get(
            fact.id, "yes" if derived and fact.id in ("public_facing", "serves_mainland_china", "uses_generative_ai", "cn_nexus") else None
        )
        organisation = fact.scope == "organisation"
        entries.append(
            {
                "id": fact.id,
                "value": value,
                "known": value is not None,
                "source": "derived" if derived else "organisation" if organisation else "project",
                "inherited": organisation and not derived and value is not None,
                "by": None if derived or value is None else person("compliance" if organisation else "business_owner"),
                "at": None if derived or value is None else ("2026-03-02T09:00:00+08:00" if organisation else "2026-06-18T14:30:00+08:00"),
                "note": "",
            }
        )
    return entries
