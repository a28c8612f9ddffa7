"""What ``manage.py evaluate_facts`` does, without Django: the rules' answer to one file of facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from assessments.scoring.explain import explain_tier
from assessments.scoring.tier import TierResult, derive_tier
from compliance.catalogue_check.common import check_facts
from compliance.regimes.applicability import APPLYING, Decision, Finding, clauses_in_words, decide_all, red_findings
from portal.catalogue import Catalogue, Env, environment
from portal.catalogue.words import say_fact_value
from portal.core.expressions import UNKNOWN


class FactsFileError(ValueError):
    """A file of facts that cannot be used; one line for each fault."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def read_facts_file(catalogue: Catalogue, path: Path) -> list[Mapping[str, Any]]:
    """The fact sets of a file: a mapping of facts, ``{facts: …}``, or a file of vectors (``scenarios``, ``cases``).

    Raises ``FactsFileError`` if it cannot be read or holds facts that the catalogue does not know.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FactsFileError([f"{path.name}: cannot be read: {' '.join(str(error).split())}"]) from error
    if not isinstance(content, dict):
        raise FactsFileError([f"{path.name}: must be a mapping of facts"])
    listed = content.get("scenarios") or content.get("cases")
    if listed is None:
        listed = [content if isinstance(content.get("facts"), dict) else {"id": path.stem, "facts": content}]
    faults: list[str] = []
    for one in listed:
        found: list[str] = []
        check_facts(catalogue, one.get("facts") or {}, found.append)
        faults += [f"{one.get('id', path.stem)}: {fault}" for fault in found]
    if faults:
        raise FactsFileError(faults)
    return list(listed)


def evaluate(catalogue: Catalogue, given: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Filings, tier and red findings on one set of facts, as plain JSON."""
    env = environment(catalogue, given.get("facts") or {}, given.get("filing_states"))
    decisions = decide_all(env, today)
    tier = derive_tier(env, decisions, given.get("raised"))
    return {
        "id": given.get("id"),
        "catalogue": catalogue.version,
        "date": today.isoformat(),
        "tier": _tier(env, tier),
        "filings": [_filing(env, one) for one in decisions.values()],
        "red_findings": [_finding(one) for one in red_findings(env).values()],
    }


def _tier(env: Env, tier: TierResult) -> dict[str, Any]:
    return {
        "computed": tier.computed,
        "tier": tier.tier,
        "raise_accepted": tier.raise_accepted,
        "because": list(tier.because),
        "could_lower": list(tier.could_lower),
        "could_raise": list(tier.could_raise),
        "sentence": dict(explain_tier(env, tier).sentence),
    }


def _filing(env: Env, one: Decision) -> dict[str, Any]:
    facts = env.catalogue.facts
    return {
        "id": one.id,
        "name": dict(one.filing.name),
        "result": one.result,
        "timing": one.timing.state,
        "gate": one.filing.gate,
        "confidence": one.filing.confidence,
        "clause": dict(clauses_in_words(one.filing)),
        "missing": list(one.missing),
        "presumed": list(one.presumed),
        "facts": {name: dict(say_fact_value(facts[name], value)) for name, value in one.facts.items() if value is not UNKNOWN},
    }


def _finding(one: Finding) -> dict[str, Any]:
    return {
        "id": one.blocker.id,
        "name": dict(one.blocker.name),
        "result": one.result,
        "red": one.red,
        "missing": list(one.open_facts) if one.result == "undetermined" else [],
        "remedy": dict(one.blocker.remedy),
    }


def report_lines(evaluated: Mapping[str, Any]) -> Iterator[str]:
    """The evaluation as lines to read: tier, red findings, then filings by result."""
    tier = evaluated["tier"]
    yield f"{evaluated['id']}: tier {tier['tier']} ({tier['sentence']['en']})"
    for name in ("could_lower", "could_raise"):
        if tier[name]:
            yield f"  {name.replace('_', ' ')}: {', '.join(tier[name])}"
    for finding in evaluated["red_findings"]:
        if finding["red"]:
            yield f"  red finding: {finding['id']}: {finding['name']['en']}; {finding['remedy']['en']}"
    for filing in evaluated["filings"]:
        if filing["result"] in APPLYING or filing["result"] == "undetermined":
            result = filing["result"] if filing["timing"] == "in_force" else f"{filing['result']}, {filing['timing']}"
            place = f"[{filing['gate']}, {filing['confidence']}] {filing['clause']['en']}"
            missing = f"; missing: {', '.join(filing['missing'])}" if filing["missing"] else ""
            yield f"  {result}: {filing['id']} {place}{missing}"
    left = sum(1 for filing in evaluated["filings"] if filing["result"] == "not_applicable")
    yield f"  not applicable: {left}"
    yield "  The rules propose; compliance decides line by line. Not legal advice."
