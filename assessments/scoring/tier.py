"""The assessment tier of a project, and which facts could lower or raise it.

The filings are decided elsewhere and come in as an argument. Neither their timing nor what compliance recorded counts:
otherwise a decision could lower the tier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessments.scoring.registry import FilingDecision
from portal.catalogue import Catalogue, Env
from portal.catalogue.parts import TierCondition
from portal.core.expressions import UNKNOWN, Truth

APPLYING = ("required", "likely")
UNDETERMINED = "undetermined"
LIGHT, STANDARD, FULL = "light", "standard", "full"


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """A condition of the tier rules on these facts.

    ``firm``: known, and not only by presumption about unknown facts; ``open_facts``: facts that keep it unknown or would
    end a presumption; ``applying`` and ``undetermined``: filings behind a condition on filings.
    """

    id: str
    group: str
    value: Truth
    firm: bool
    open_facts: frozenset[str]
    applying: tuple[str, ...] = ()
    undetermined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TierResult:
    """The computed tier, the tier in force, the conditions that decide, and facts whose answer could change it."""

    computed: str
    tier: str
    raise_accepted: bool
    because: tuple[str, ...]
    could_lower: tuple[str, ...]
    could_raise: tuple[str, ...]
    conditions: Mapping[str, ConditionResult]


def derive_tier(env: Env, filings: Mapping[str, FilingDecision], raised: str | None = None) -> TierResult:
    """The tier of a project.

    ``filings``: the decision of the rules on every filing that tier conditions read; ``raised``: the tier a person set, in
    force only if it is above the computed one. Raises ``KeyError`` for an unknown tier or a filing left out.
    """
    catalogue = env.catalogue
    full = {one.id: _condition(one, "full_when", env, filings) for one in catalogue.tiers.full_when}
    light = {one.id: _condition(one, "light_when", env, filings) for one in catalogue.tiers.light_when}
    computed, because, lower, higher = _compute(full, light)
    accepted = raised is not None and is_higher(catalogue, raised, computed)
    return TierResult(
        computed=computed,
        tier=raised if accepted and raised is not None else computed,
        raise_accepted=accepted,
        because=tuple(because),
        could_lower=_in_order(catalogue, lower),
        could_raise=_in_order(catalogue, higher),
        conditions={**full, **light},
    )


def is_higher(catalogue: Catalogue, tier: str, than: str) -> bool:
    """Whether a tier asks more than another."""
    return catalogue.tiers.tier(tier).order > catalogue.tiers.tier(than).order


Conditions = dict[str, ConditionResult]


def _compute(full: Conditions, light: Conditions) -> tuple[str, list[str], set[str], set[str]]:
    true = [one for one in full.values() if one.value is True]
    if true:
        lower = set() if any(one.firm for one in true) else _facts(true)
        return FULL, [one.id for one in true], lower, set()
    if all(one.value is False for one in full.values()) and all(one.value is True for one in light.values()):
        return LIGHT, list(light), set(), set()
    unsure = [one for one in full.values() if one.value is UNKNOWN]
    unmet = [one for one in light.values() if one.value is not True]
    higher = _facts(unsure)
    barred = any(one.value is False and one.firm for one in light.values())
    lower = set() if barred else higher | _facts(unmet)
    return STANDARD, [one.id for one in unsure + unmet], lower, higher


def _facts(conditions: list[ConditionResult]) -> set[str]:
    return set().union(*(one.open_facts for one in conditions))


def _in_order(catalogue: Catalogue, facts: set[str]) -> tuple[str, ...]:
    return tuple(name for name in catalogue.facts if name in facts)


def _condition(condition: TierCondition, group: str, env: Env, filings: Mapping[str, FilingDecision]) -> ConditionResult:
    if condition.expr is not None:
        value = condition.expr.truth(env.scope)
        return ConditionResult(condition.id, group, value, value is not UNKNOWN, env.open_facts(condition.expr))
    decided = {name: filings[name] for name in env.catalogue.tiers.filings_of(condition)}
    applying = tuple(name for name, one in decided.items() if one.result in APPLYING)
    undetermined = tuple(name for name, one in decided.items() if one.result == UNDETERMINED)
    soft = [name for name in applying if not decided[name].firm]
    facts = frozenset[str]().union(*(decided[name].open_facts for name in (*soft, *undetermined)))
    true_if_any = condition.test == "any_applies"
    if applying:
        firm = len(soft) < len(applying)
        return ConditionResult(condition.id, group, true_if_any, firm, facts, applying, undetermined)
    if undetermined:
        return ConditionResult(condition.id, group, UNKNOWN, False, facts, applying, undetermined)
    return ConditionResult(condition.id, group, not true_if_any, True, frozenset())
