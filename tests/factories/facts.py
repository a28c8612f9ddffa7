"""Facts of a project, as its owner would answer them."""

from __future__ import annotations

from typing import Any

# An internal assistant that meets every condition of the light tier.
LIGHT_FACTS: dict[str, Any] = {
    "markets": ["CN"],
    "establishments": ["CN"],
    "hosting_regions": ["CN"],
    "sector": ["retail"],
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
