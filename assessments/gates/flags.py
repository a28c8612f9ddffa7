"""Flags of the gate criteria: some are read off the records, the others a person confirms with words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from assessments.gates.models import Condition, Confirmation, GateRound
from assessments.gates.states import POSITIVE, ConditionState
from assessments.scoring.registry import precheck_done
from portal.catalogue import catalogue, latest_version
from portal.catalogue.parts import Gate
from portal.projects.models import Project
from portal.projects.states import Stage
from portal.tenants.clock import organisation_today

LABELS: Mapping[str, Any] = {
    "owner_named": _("project owner named"),
    "precheck_run": _("filing pre-check run"),
    "before_activity_condition": _("written condition for filings due before the activity"),
    "practice_condition": _("written condition for filings that practice asks for before launch"),
    "g2_conditions_settled": _("conditions of G2 closed or re-dated by the same approvers"),
    "exec_acceptance": _("written acceptance of a readiness below the limit by the executive sponsor"),
    "measurements_imported": _("measured accuracy and capacity imported"),
    "due_date_reached": _("periodic review is due"),
    "model_change": _("the model was changed"),
    "new_data_class": _("data of a new class are used"),
    "new_market_or_audience": _("a new market or audience is served"),
    "incident": _("an incident happened"),
    "law_change": _("the law changed"),
    "drift_trigger": _("the drift trigger fired"),
    "filing_expiry": _("a filing expires"),
    "tier_rise": _("the assessment tier rose after a decision"),
    "items_refreshed": _("items due for refresh answered anew"),
    "figures_reimported": _("measured figures imported again"),
}
# Which roles may record a confirmation; others may not, whatever they hold.
CONFIRMED_BY: Mapping[str, tuple[str, ...]] = {
    "exec_acceptance": ("exec_sponsor",),
    "before_activity_condition": ("compliance", "security"),
    "practice_condition": ("compliance", "security"),
    "measurements_imported": ("tech_lead", "infra_ops", "security"),
    "items_refreshed": ("pmo", "business_owner"),
    "figures_reimported": ("tech_lead", "infra_ops"),
    "incident": ("security", "compliance", "pmo"),
    "law_change": ("compliance",),
    "model_change": ("tech_lead", "business_owner", "pmo"),
    "new_data_class": ("data_owner", "security", "pmo"),
    "new_market_or_audience": ("business_owner", "compliance", "pmo"),
    "drift_trigger": ("tech_lead", "data_owner"),
    "filing_expiry": ("compliance",),
}


def _owner_named(project: Project) -> bool:
    return project.owner_id is not None


def _precheck_run(project: Project) -> bool:
    return precheck_done(project)


def _conditions_settled(project: Project) -> bool:
    open_states = (ConditionState.OPEN, ConditionState.REPORTED)
    late = Condition.objects.filter(project=project, gate="G2", state__in=open_states, round__isnull=False, due_on__lt=organisation_today())
    return not late.exists()


def _review_due(project: Project) -> bool:
    return project.review_due is not None and project.review_due <= organisation_today()


def _tier_rise(project: Project) -> bool:
    """A sign-off that a risen tier made stale, after the last periodic review: what a review has dealt with asks for no other."""
    decided = GateRound.objects.filter(project=project, state__in=POSITIVE)
    reviewed = decided.filter(gate__in=review_gates(), delta_of=None).aggregate(last=Max("decided_at"))["last"]
    stale = decided.filter(stale_since__isnull=False)
    if reviewed is not None:
        stale = stale.filter(stale_since__gt=reviewed)
    return any(reason.get("kind") == "tier_rise" for row in stale for reason in row.stale_reasons)


READ_OFF: Mapping[str, Callable[[Project], bool]] = {
    "owner_named": _owner_named,
    "precheck_run": _precheck_run,
    "g2_conditions_settled": _conditions_settled,
    "due_date_reached": _review_due,
    "tier_rise": _tier_rise,
}


def review_gates() -> set[str]:
    """Gates of the periodic review."""
    return {gate.id for gate in catalogue(latest_version()).gates.values() if gate.to_stage == Stage.PERIODIC_REVIEW}


def flags_of_gate(gate: Gate) -> set[str]:
    """All flags that the criteria of a gate name."""
    found: set[str] = set()
    for criterion in gate.criteria:
        found |= {flag for flag in (criterion.flag, criterion.fallback_flag, criterion.or_flag, *criterion.flags) if flag}
    return found


@cache
def flags_of_catalogue(version: str) -> frozenset[str]:
    """All flags that criteria of this version name."""
    return frozenset().union(*(flags_of_gate(gate) for gate in catalogue(version).gates.values()))


def human_flags() -> set[str]:
    """Flags that a person confirms."""
    return set(flags_of_catalogue(latest_version()) - READ_OFF.keys())


def flags_of(project: Project, wanted: set[str] | None = None) -> set[str]:
    """Flags that hold for the project now: confirmed ones and those read off the records."""
    names = flags_of_catalogue(latest_version()) if wanted is None else wanted
    confirmed = set(Confirmation.objects.filter(project=project, withdrawn_at=None).values_list("flag", flat=True))
    return (confirmed & names) | {name for name in names & set(READ_OFF) if READ_OFF[name](project)}
