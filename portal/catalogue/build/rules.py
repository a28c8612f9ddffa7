"""tiers.yaml, gates.yaml, roles.yaml, segregation.yaml."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalogue.build.common import build_all, statements
from portal.catalogue.parts.gates import Criterion, Gate, GateRules, Role, SegregationRule
from portal.catalogue.parts.text import Text
from portal.catalogue.parts.tiers import Depth, Tier, TierCondition, TierRules
from portal.catalogue.parts.vocabulary import Choice
from portal.catalogue.reading import Entry


def tier_rules(file: Entry) -> TierRules:
    """The whole of tiers.yaml."""
    if file.words("result") != "assessment_tier":
        file.fault("result must be assessment_tier")
    effects = file.entry("filing_effects")
    no_effect: list[tuple[Text, tuple[str, ...]]] = []
    for group in effects.entries("no_effect"):
        no_effect.append((group.text("reason"), group.strings("filings")))
        group.done()
    effects.maybe_text("note")
    rules = TierRules(
        purpose=file.text("purpose"),
        tiers=tuple(build_all(file.entries("tiers", needed=True), _tier).values()),
        depths=tuple(_depth(entry) for entry in file.entries("depths", needed=True)),
        full_when=tuple(build_all(file.entries("full_when", needed=True), _condition).values()),
        light_when=tuple(build_all(file.entries("light_when", needed=True), _condition).values()),
        raises_to_full=effects.strings("raises_to_full"),
        raises_to_standard=effects.strings("raises_to_standard"),
        no_effect=tuple(no_effect),
        effect_gates=effects.strings("gates"),
        filing_conditions=_choices(file, "filing_conditions"),
        raise_roles=file.strings("raise_roles"),
        raise_reasons=_choices(file, "raise_reasons"),
        evaluation=statements(file, "evaluation"),
        open_facts=statements(file, "open_facts"),
        applying=statements(file, "applying"),
        raising=statements(file, "raising"),
        change_rules=statements(file, "change_rules"),
    )
    effects.done()
    return rules


def _choices(entry: Entry, key: str) -> tuple[Choice, ...]:
    if not entry.has(key):
        entry.fault(f"{key} is missing")
    return tuple(entry.choices(key).values())


def _tier(entry: Entry) -> Tier:
    return Tier(
        entry.words("id"),
        entry.whole("order"),
        entry.own_text(),
        frozenset(entry.strings("depths")),
        entry.text("meaning"),
    )


def _depth(entry: Entry) -> Depth:
    depth = Depth(entry.words("value"), entry.own_text(), entry.text("meaning"))
    entry.done()
    return depth


def _condition(entry: Entry) -> TierCondition:
    kind = entry.words("kind")
    if kind not in ("rule", "filings"):
        entry.fault(f"unknown kind {kind}")
    lists = ("raises_to_full", "raises_to_standard")
    filings = entry.words("filings") if kind == "filings" else None
    if filings is not None and filings not in lists:
        entry.fault(f"filings must be one of {', '.join(lists)}")
    return TierCondition(
        id=entry.words("id"),
        kind=kind,
        label=entry.own_text(),
        explanation=entry.text("explanation"),
        expr=entry.rule("expr") if kind == "rule" else None,
        filings=filings,
        test=entry.words("test") if kind == "filings" else None,
    )


def gates(file: Entry) -> Mapping[str, Gate]:
    """The gates."""
    return build_all(file.entries("gates", needed=True), _gate)


def gate_rules(file: Entry) -> GateRules:
    """Kinds of criteria and the sentences on counting."""
    return GateRules(
        criterion_kinds=_choices(file, "criterion_kinds"),
        applying_items=file.text("applying_items"),
        tier_change=file.text("tier_change"),
        waiver_effect=file.text("waiver_effect"),
        filing_counting=file.text("filing_counting"),
    )


def _gate(entry: Entry) -> Gate:
    outcomes = []
    for part in entry.entries("outcomes", needed=True):
        outcomes.append(part.choice("id"))
        part.done()
    return Gate(
        id=entry.words("id"),
        name=entry.text("name"),
        from_stage=entry.words("from_stage"),
        to_stage=entry.words("to_stage"),
        due_upto=entry.strings("due_upto"),
        criteria=tuple(build_all(entry.entries("criteria", needed=True), _criterion).values()),
        approvers=entry.strings("approvers"),
        outcomes=tuple(outcomes),
    )


# The keys each kind of criterion needs; any other key is a mistake.
_KEYS: dict[str, frozenset[str]] = {
    "items_answered": frozenset({"due", "items"}),
    "no_failed_blocker": frozenset({"due"}),
    "no_open_blocker": frozenset({"due"}),
    "blocker_attention_conditioned": frozenset({"due"}),
    "item_verdict": frozenset({"items", "accept", "accept_with_condition"}),
    "facts_known": frozenset({"facts"}),
    "flag": frozenset({"flag"}),
    "any_flag": frozenset({"flags"}),
    "readiness": frozenset({"due", "min", "fallback_min", "fallback_flag"}),
    "filings_closed": frozenset({"filing_gates", "or_flag"}),
    "no_red_finding": frozenset(),
    "approvals": frozenset(),
}
CRITERION_KINDS = frozenset(_KEYS)
_NEEDED: dict[str, tuple[str, ...]] = {
    "items_answered": ("due", "items"),
    "no_failed_blocker": ("due",),
    "no_open_blocker": ("due",),
    "blocker_attention_conditioned": ("due",),
    "item_verdict": ("items",),
    "facts_known": ("facts",),
    "flag": ("flag",),
    "any_flag": ("flags",),
    "readiness": ("due",),
    "filings_closed": ("filing_gates",),
}


def _criterion(entry: Entry) -> Criterion:
    kind = entry.words("kind")
    allowed = _KEYS.get(kind)
    if allowed is None:
        entry.fault(f"unknown kind {kind}")
    for key in entry.data:
        if allowed is not None and key not in allowed | {"id", "kind", "text"}:
            entry.fault(f"a criterion of kind {kind} has no {key}")
    criterion = Criterion(
        id=entry.words("id"),
        kind=kind,
        text=entry.text("text"),
        due=entry.strings("due"),
        items=entry.strings("items"),
        accept=entry.strings("accept"),
        accept_with_condition=entry.strings("accept_with_condition"),
        facts=entry.strings("facts"),
        flag=entry.maybe_words("flag"),
        flags=entry.strings("flags"),
        least=entry.maybe_whole("min"),
        fallback_least=entry.maybe_whole("fallback_min"),
        fallback_flag=entry.maybe_words("fallback_flag"),
        filing_gates=entry.strings("filing_gates"),
        or_flag=entry.maybe_words("or_flag"),
    )
    if kind == "readiness" and criterion.least is None:
        entry.fault("min is missing")
    if (criterion.fallback_least is None) != (criterion.fallback_flag is None):
        entry.fault("fallback_min and fallback_flag come together")
    if kind in _NEEDED and not any(getattr(criterion, key) for key in _NEEDED[kind]):
        entry.fault(f"{' or '.join(_NEEDED[kind])} is missing")
    return criterion


def roles(file: Entry) -> Mapping[str, Role]:
    """roles.yaml."""
    return build_all(
        file.entries("roles", needed=True),
        lambda entry: Role(
            entry.words("id"),
            entry.text("name"),
            entry.text("signs"),
            entry.text("may_not"),
            entry.flag("read_only", default=False),
        ),
    )


def segregation(file: Entry) -> Mapping[str, SegregationRule]:
    """segregation.yaml."""
    return build_all(
        file.entries("rules", needed=True),
        lambda entry: SegregationRule(
            entry.words("id"),
            entry.words("kind"),
            entry.text("text"),
            entry.strings("gates"),
            entry.strings("dimensions"),
            entry.strings("items"),
            entry.strings("roles"),
            entry.maybe_whole("max_days"),
        ),
    )
