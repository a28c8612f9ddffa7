"""Filings and red findings of the sample: what applies, what was found not to apply, and by whom that was confirmed."""

from collections.abc import Callable
from typing import Any

from portal.catalogue.parts import Catalogue

_APPLY: dict[str, dict[str, Any]] = {
    "genai_service_registration": {"status": "published", "number": "Guangdong-XingHe-202611180101", "decision": "applies"},
    "algorithm_filing": {
        "status": "under_review",
        "decision": "applies",
        "due_text": {"zh": "上线后 10 个工作日内", "en": "within 10 working days after launch"},
    },
    "ai_content_labeling": {"status": "done", "decision": "applies", "renewal": None},
    "icp_filing": {"status": "published", "number": "粤ICP备2021000000号-3", "decision": "applies"},
    "mlps_grading_filing": {"status": "published", "number": "44010099123-26001", "decision": "applies", "renewal": "2027-10-20"},
    "pipia": {"status": "done", "decision": "applies"},
    "app_filing": {"status": "published", "number": "粤ICP备2021000000号-8A", "decision": "applies"},
}
_LIKELY = {"public_opinion_security_assessment": {"status": "preparing", "due": "2026-12-12", "decision": ""}}


def filings(catalogue: Catalogue, person: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that apply by name where the catalogue has them, two undetermined; the rest does not apply, partly confirmed by people."""
    found = []
    for filing in catalogue.filings.values():
        plan, result = _APPLY.get(filing.id), "required"
        if plan is None and filing.id in _LIKELY:
            plan, result = _LIKELY[filing.id], "likely"
        if plan is None:
            result = "undetermined" if filing.id in ("ai_ethics_review", "cybersecurity_review") else "not_applicable"
            decided_so = result == "not_applicable" and filing.regime in ("cn-ai", "cn-network")
            plan = {"status": "not_applicable", "decision": "not_applicable"} if decided_so else {"status": "not_assessed", "decision": ""}
        decided = bool(plan["decision"])
        found.append(
            {
                "regime": filing.id,
                "result": result,
                "timing": "in_force",
                "gate": filing.gate,
                "confidence": filing.confidence,
                "facts": list(filing.facts)[:3],
                "missing": list(filing.facts)[:1] if result == "undetermined" else [],
                "decision": plan["decision"],
                "decided_by": person("compliance") if decided else None,
                "decided_at": "2026-11-12T11:00:00+08:00" if decided else None,
                "decision_reason": "",
                "second_by": person("security") if decided else None,
                "status": plan["status"],
                "owner": person("compliance") if result in ("required", "likely") else None,
                "number": plan.get("number", ""),
                "due": plan.get("due"),
                "due_text": plan.get("due_text"),
                "provisional": False,
                "renewal": plan.get("renewal"),
            }
        )
    return found


def red_findings(catalogue: Catalogue) -> list[dict[str, Any]]:
    """All looked at, none true."""
    return [{"id": one.id, "result": "no", "facts": list(one.facts)[:3]} for one in catalogue.blockers.values()]
