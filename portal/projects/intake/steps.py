"""The steps of the wizard and the questions that are asked first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.catalogue import Catalogue
from portal.catalogue.parts.facts import Fact
from portal.projects.facts import dictionary

STEPS: Final[dict[str, Any]] = {
    "basics": _("What and who"),
    "facts": _("Facts"),
    "people": _("People"),
    "review": pgettext_lazy("wizard step", "Check and register"),
}
ORDER: Final = tuple(STEPS)

# Asked first, in this order: each of them decides tier, items or filings for almost every project. Ids a version lacks are passed over.
FIRST: Final[tuple[str, ...]] = (
    "markets",
    "audience",
    "sector",
    "org_role",
    "delivery_channels",
    "hosting_regions",
    "provides_internet_info_service",
    "registered_users",
    "minors_among_users",
    "model_origin",
    "modifies_upstream_model",
    "generates",
    "opinion_or_mobilization",
    "anthropomorphic_emotional",
    "decision_effect",
    "decision_domain",
    "major_impact_on_individuals",
    "medical_purpose",
    "finance_high_risk_scenario",
    "national_security_risk",
    "personal_data",
    "face_recognition",
    "cross_border_pi",
    "cross_border_important_data",
    "mlps_level",
    "route",
    "hosting",
    "sourcing",
)
# The planned launch is asked with the basics.
ELSEWHERE: Final = ("launch_date",)


def next_step(step: str) -> str:
    """The step after this one; the last one stays."""
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def previous_step(step: str) -> str:
    """The step before this one; "" for the first."""
    position = ORDER.index(step)
    return ORDER[position - 1] if position else ""


# While so many facts could still move the tier, listing them all would make the short page long.
_FEW_LEFT = 12


def asked_first(content: Catalogue, *, deciding: Collection[str] = (), answered: Mapping[str, Any] | None = None) -> list[Fact]:
    """The questions of the facts page: the fixed ones, those that could move the tier now, and those answered already."""
    own = {fact.id: fact for fact in dictionary.asked(content, "project") if fact.id not in ELSEWHERE}
    wanted = [name for name in FIRST if name in own]
    more = {*(deciding if len(deciding) <= _FEW_LEFT else ()), *(answered or {})}
    wanted += [name for name in own if name in more and name not in wanted]
    return [own[name] for name in wanted]


def all_asked(content: Catalogue) -> list[Fact]:
    """Every question of a project, the first ones first."""
    first = asked_first(content)
    known = {fact.id for fact in first}
    return first + [fact for fact in dictionary.asked(content, "project") if fact.id not in known and fact.id not in ELSEWHERE]
