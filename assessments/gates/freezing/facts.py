"""Facts, tier and red findings as a frozen record has them."""

from __future__ import annotations

from assessments.checklists.models import Assessment, TierRaise
from assessments.gates.content_parts import FactEntry, TierBlock
from assessments.gates.content_results import RedFinding
from assessments.gates.freezing.people import PeopleBook, instant
from assessments.gates.freezing.plain import plain
from assessments.gates.standing import Standing
from assessments.scoring.registry import filing_provider
from portal.core.expressions import UNKNOWN
from portal.projects.facts.queries import facts_with_provenance

_RED = {"required": "yes", "likely": "yes", "not_applicable": "no"}
_TRUTH = {True: "true", False: "false"}


def fact_entries(standing: Standing) -> list[FactEntry]:
    """Every fact of the version, with value, source, person and time."""
    states = facts_with_provenance(standing.project, standing.content)
    people = PeopleBook(state.by_id for state in states)
    entries: list[FactEntry] = []
    for state in states:
        answered = state.by_id is not None
        if state.derived:
            source = "derived"
        elif not answered:
            source = "default"
        else:
            source = "organisation" if state.inherited else "project"
        entries.append(
            {
                "id": state.fact.id,
                "value": plain(state.value) if state.known else None,
                "known": state.known,
                "source": source,  # type: ignore[typeddict-item]
                "inherited": state.inherited,
                "by": people.maybe(state.by_id),
                "at": instant(state.at),
                "note": state.source,
            }
        )
    return entries


def tier_block(standing: Standing, assessment: Assessment) -> TierBlock:
    """Computed tier, tier in force, every condition and an open raise (rule C6)."""
    raised = TierRaise.objects.filter(assessment=assessment, withdrawn_at=None).first()
    result = standing.view.tier(raised.tier if raised else "")
    people = PeopleBook([raised.raised_by_id] if raised else [])
    return {
        "computed": result.computed,
        "in_force": result.tier,
        "conditions": [
            {
                "id": one.id,
                "group": one.group,
                "result": "unknown" if one.value is UNKNOWN else _TRUTH[bool(one.value)],  # type: ignore[typeddict-item]
                "facts": sorted(one.open_facts),
            }
            for one in result.conditions.values()
        ],
        "could_lower": list(result.could_lower),
        "could_raise": list(result.could_raise),
        "raised": None
        if raised is None
        else {
            "to": raised.tier,
            "reason": raised.reason,
            "by": people.ref(raised.raised_by_id, raised.role_key),
            "at": instant(raised.raised_at) or "",
        },
    }


def red_findings(standing: Standing) -> list[RedFinding]:
    """Every reason to stop and whether it holds."""
    found = filing_provider().red_findings(standing.env)
    return [
        {
            "id": name,
            "result": _RED.get(one.result, "unknown"),  # type: ignore[typeddict-item]
            "facts": list(standing.content.blockers[name].facts),
        }
        for name, one in found.items()
    ]
