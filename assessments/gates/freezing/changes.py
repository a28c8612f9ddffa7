"""What changed since the last sign-off: two frozen records compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assessments.gates.content import ChangesBlock, RevisionContent
from assessments.gates.content_parts import Bilingual, ChangeEntry, PreviousSignoff
from portal.catalogue import Catalogue
from portal.catalogue.words import say_fact_value

_NONE: Bilingual = {"zh": "无", "en": "none"}
_UNKNOWN: Bilingual = {"zh": "未知", "en": "unknown"}


def both(text: str) -> Bilingual:
    """The same text in both languages."""
    return {"zh": text, "en": text}


def compare_content(content: Catalogue, before: RevisionContent, after: Mapping[str, Any], since: PreviousSignoff) -> ChangesBlock:
    """Facts, items, evidence, filings, tier and people that differ, in that order. ``after`` lacks its own changes block."""
    entries: list[ChangeEntry] = []
    entries += _facts(content, before["facts"], after["facts"])
    entries += _items(content, before["items"], after["items"])
    entries += _evidence(before["evidence"], after["evidence"])
    entries += _filings(content, before["filings"], after["filings"])
    if before["tier"]["in_force"] != after["tier"]["in_force"]:
        entries.append(_entry("tier", "tier", _tier(content, before["tier"]["in_force"]), _tier(content, after["tier"]["in_force"]), True))
    for name in ("owner", "sponsor"):
        old, new = before["project"][name], after["project"][name]  # type: ignore[literal-required]
        if (old["id"] if old else None) != (new["id"] if new else None):
            entries.append(_entry("person", name, both(old["name"]) if old else _NONE, both(new["name"]) if new else _NONE, False))
    if before["catalogue"]["version"] != after["catalogue"]["version"]:
        entries.append(_entry("catalogue", "version", both(before["catalogue"]["version"]), both(after["catalogue"]["version"]), True))
    return {"since": since, "entries": entries}


def _entry(kind: str, ref: str, before: Bilingual, after: Bilingual, material: bool, at: str | None = None, by: Any = None) -> ChangeEntry:
    return {"kind": kind, "ref": ref, "before": before, "after": after, "material": material, "at": at, "by": by}


def _tier(content: Catalogue, tier: str) -> Bilingual:
    label = content.tiers.tier(tier).label
    return {"zh": label["zh"], "en": label["en"]}


def _facts(content: Catalogue, before: Iterable[Any], after: Iterable[Any]) -> list[ChangeEntry]:
    old = {entry["id"]: entry for entry in before}
    found = []
    for entry in after:
        was = old.get(entry["id"])
        if entry["source"] == "derived" or (was is not None and was["value"] == entry["value"] and was["known"] == entry["known"]):
            continue
        fact = content.facts[entry["id"]]
        said = [_UNKNOWN if one is None or not one["known"] else dict(say_fact_value(fact, one["value"])) for one in (was, entry)]
        found.append(_entry("fact", entry["id"], said[0], said[1], bool(fact.used_by), entry["at"], entry["by"]))  # type: ignore[arg-type]
    return found


def _items(content: Catalogue, before: Iterable[Any], after: Iterable[Any]) -> list[ChangeEntry]:
    verdicts = content.vocabularies["verdicts"].choices

    def said(entry: Any) -> Bilingual:
        if entry is None or not entry["applies"]:
            return {"zh": "不属于适用项", "en": "did not apply"}
        label = verdicts[entry["verdict"]].label if entry["verdict"] in verdicts else {"zh": "未答", "en": "open"}
        return {"zh": f"{label['zh']}（第 {entry['version']} 版）", "en": f"{label['en']} (version {entry['version']})"}

    old = {entry["key"]: entry for entry in before}
    found = []
    for entry in after:
        was = old.get(entry["key"])
        marks = ("applies", "verdict", "version", "evidence", "state")
        if was is not None and all(was[name] == entry[name] for name in marks):
            continue
        if not entry["applies"] and (was is None or not was["applies"]):
            continue
        found.append(_entry("item", entry["key"], said(was), said(entry), True, entry["answered_at"], entry["answered_by"]))
    return found


def _evidence(before: Iterable[Any], after: Iterable[Any]) -> list[ChangeEntry]:
    old = {entry["id"]: entry for entry in before}
    new = {entry["id"]: entry for entry in after}
    found = [
        _entry("evidence", key, _NONE, both(entry["name"]), True, entry["added_at"], entry["added_by"])
        for key, entry in new.items()
        if key not in old
    ]
    found += [_entry("evidence", key, both(entry["name"]), _NONE, True) for key, entry in old.items() if key not in new]
    return found


def _filings(content: Catalogue, before: Iterable[Any], after: Iterable[Any]) -> list[ChangeEntry]:
    results = content.vocabularies["results"].choices
    states = content.vocabularies["filing_states"].choices

    def said(entry: Any) -> Bilingual:
        if entry is None:
            return _NONE
        parts = [results[entry["result"]].label] + ([states[entry["status"]].label] if entry["status"] in states else [])
        number = [entry["number"]] if entry["number"] else []
        return {lang: " · ".join([*(part[lang] for part in parts), *number]) for lang in ("zh", "en")}  # type: ignore[return-value]

    old = {entry["regime"]: entry for entry in before}
    found = []
    for entry in after:
        was = old.get(entry["regime"])
        marks = ("result", "status", "number", "decision")
        if was is not None and all(was[name] == entry[name] for name in marks):
            continue
        if entry["result"] == "not_applicable" and (was is None or was["result"] == "not_applicable"):
            continue
        found.append(_entry("filing", entry["regime"], said(was), said(entry), True, entry["decided_at"], entry["decided_by"]))
    return found
