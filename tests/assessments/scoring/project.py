"""A project to judge: facts of an internal assistant, and short ways to answer its items."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from assessments.scoring.answers import ItemAnswer, read_answer
from assessments.scoring.context import FilingCounts, ProjectContext
from assessments.scoring.functions import ItemRules
from portal.catalogue import catalogue, environment

CONTENT = catalogue()
TODAY = dt.date(2026, 11, 23)

# Facts that meet every condition of the light tier.
LIGHT: dict[str, Any] = {
    "markets": ["CN"],
    "establishments": ["CN"],
    "hosting_regions": ["CN"],
    "sector": ["industry"],
    "entity_type": "private",
    "org_role": ["deployer"],
    "audience": ["internal_staff"],
    "delivery_channels": ["private_deployment"],
    "provides_internet_info_service": "no",
    "minors_among_users": "no",
    "model_origin": "filed_model_api",
    "modifies_upstream_model": "no",
    "generates": ["text"],
    "deep_synthesis_role": [],
    "edits_biometrics_or_special_objects": "no",
    "anthropomorphic_emotional": "no",
    "emotion_or_biometric_categorisation": "no",
    "decision_domain": [],
    "decision_effect": "none",
    "medical_purpose": "no",
    "finance_high_risk_scenario": "no",
    "ai_rnd_activity_in_china": "no",
    "national_security_risk": "no",
    "personal_data": "none",
    "major_impact_on_individuals": "no",
    "face_recognition": "no",
    "cross_border_pi": "no",
    "cross_border_important_data": "no",
    "important_data": "no",
    "mlps_level": 2,
    "cii_operator": "no",
    "crypto_required": "no",
    "route": "prompt",
    "hosting": "cloud_api",
    "sourcing": "in_house",
}


def answer(item: str, value: object, **rest: Any) -> ItemAnswer:
    """The stored answer of an item as rules read it."""
    return read_answer(CONTENT.items[item], value, **rest)


def context(
    facts: Mapping[str, Any] | None = None,
    answers: Mapping[str, ItemAnswer] | None = None,
    outputs: Mapping[str, Mapping[str, object]] | None = None,
    filings: FilingCounts | None = None,
) -> ProjectContext:
    """A context over facts (the light project by default)."""
    env = environment(CONTENT, LIGHT if facts is None else facts)
    return ProjectContext(env, TODAY, answers or {}, outputs or {}, filings or FilingCounts())


def rules(*args: Any, **kwargs: Any) -> ItemRules:
    """Rules over such a context."""
    return ItemRules(context(*args, **kwargs))
