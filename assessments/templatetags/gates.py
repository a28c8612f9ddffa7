"""Words and tones for gate pages."""

from __future__ import annotations

from typing import Any

from django import template

from assessments.gates.flags import LABELS
from assessments.gates.models import Condition
from assessments.gates.states import ConditionState
from portal.catalogue import catalogue
from portal.core.formats import in_language
from portal.tenants.clock import organisation_today

register = template.Library()
_CONDITION_TONES = {
    ConditionState.OPEN: "open",
    ConditionState.REPORTED: "review",
    ConditionState.MET: "pass",
    ConditionState.DROPPED: "na",
}


@register.filter
def flag_label(flag: str) -> Any:
    """What a flag of the gate criteria means."""
    return LABELS.get(flag, flag)


@register.filter
def condition_tone(state: str) -> str:
    """The tone of a condition's state."""
    return _CONDITION_TONES.get(ConditionState(state), "open")


@register.filter
def condition_late(condition: Condition) -> bool:
    """True for a condition that is not closed after its day."""
    return condition.state in (ConditionState.OPEN, ConditionState.REPORTED) and condition.due_on < organisation_today()


@register.simple_tag
def role_name(key: str) -> str:
    """The catalogue's name of a project role in the active language."""
    role = catalogue().roles.get(key)
    return in_language(role.name) if role is not None else key


@register.filter
def band_tone(band: str) -> str:
    """The tone of a readiness band."""
    return {"ready": "pass", "conditional": "attention"}.get(band, "fail")


@register.filter
def waiver_tone(state: str) -> str:
    """The tone of a waiver's state."""
    return {"active": "waived", "refused": "fail", "withdrawn": "na", "lapsed": "fail"}.get(state, "review")


@register.filter
def same(value: Any, other: Any) -> bool:
    """Whether two values are the same, for ``on=`` of chips."""
    return bool(value == other)
