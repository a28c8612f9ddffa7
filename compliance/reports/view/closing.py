"""Sections 11 to 14: waivers and conditions, changes, framework cross-reference, audit appendix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from assessments.gates.content import content_sha256
from compliance.reports.view.common import MARKS, Record, Table
from compliance.reports.view.cover import Identity, grouped_hash
from compliance.reports.view.dimensions import evidence_name
from portal.core.formats import NOTHING


def waiver_table(record: Record) -> Table:
    """Item, reason, compensating measure, owner, period, both approvals."""
    voice = record.voice
    rows = []
    for one in record.content["waivers"]:
        approvals = [
            format_html("{} {}", record.person(approval["by"] | {"role": approval["role"]}), voice.date(approval["at"]))
            for approval in one["approvals"]
        ]
        state = voice.say(voice.label("waiver", one["state"]))
        rows.append(
            [
                record.item_label(one["item"]),
                voice.say(one["reason"]),
                voice.say(one["compensating"]),
                record.person(one["owner"], with_role=False),
                format_html('{} – {}<br><span class="q">{}</span>', one["starts"], one["ends"], state),
                SafeString("<br>".join(approvals)) or SafeString(NOTHING),
            ]
        )
    return Table(
        record.heads(
            ("col_item", 19), ("col_reason", 21), ("col_compensating", 0), ("col_owner", 9), ("col_period", 14), ("col_confirmed", 16)
        ),
        rows,
        voice.word("waivers_none"),
        voice.plain_word("waivers"),
        small=True,
    )


def earlier_conditions(record: Record) -> Table:
    """Conditions of earlier rounds as they stood at the freeze."""
    voice = record.voice
    marks = {"open": "open", "reported": "review", "met": "pass", "dropped": "na"}
    rows = [
        [
            voice.say(one["gate"]),
            voice.say(one["text"]),
            record.person(one["owner"], with_role=False),
            SafeString(one["due"]),
            record.joined(
                [
                    record.mark(marks.get(one["state"], "open"), voice.label("condition", one["state"])),
                    SafeString(voice.date(one["closed_at"])) if one["closed_at"] else SafeString(""),
                ]
            ),
            voice.say(one["item"] or NOTHING),
        ]
        for one in record.content["conditions"]
    ]
    return Table(
        record.heads(("gate", 9), ("col_condition", 0), ("col_owner", 12), ("col_due", 13), ("col_status", 21), ("col_related", 10)),
        rows,
        voice.word("earlier_conditions_none"),
        voice.plain_word("earlier_conditions"),
    )


def blocker_conditions(record: Record) -> Table:
    """Blockers that passed only with a written condition."""
    voice = record.voice
    rows = [
        [record.item_label(one["item"]), record.mark(one["verdict"]), voice.say(one["condition"])]
        for one in record.content["blockers"]
        if one["condition"]
    ]
    return Table(
        record.heads(("col_item", 40), ("col_result", 14), ("col_condition", 0)),
        rows,
        voice.word("blocker_conditions_none"),
        voice.plain_word("blocker_conditions"),
    )


def changes_sentence(record: Record) -> SafeString:
    """With what this revision is compared."""
    since = record.content["changes"]["since"]
    if since is None:
        return record.sentence("changes_first")
    if not record.content["changes"]["entries"]:
        return record.sentence("changes_none")
    gate = record.gate_label(since["gate"])
    return record.sentence(
        "changes_since", gate=gate, round=since["round"], at=record.voice.date(since["decided_at"]), revision=since["revision"]
    )


def changes_table(record: Record) -> Table:
    """What changed, before and after, whether it matters, who and when."""
    voice = record.voice
    rows = []
    for one in record.content["changes"]["entries"]:
        kind = voice.word(f"kind_{one['kind']}") if voice.known(f"kind_{one['kind']}") else voice.say(one["kind"])
        what = _reference(record, one)
        if one["material"]:
            what = format_html("{} {}", what, record.mark("attention", voice.phrase("material")))
        who = record.joined(
            [
                record.person(one["by"], with_role=False) if one["by"] else SafeString(""),
                SafeString(voice.date(one["at"])) if one["at"] else SafeString(""),
            ]
        )
        rows.append([kind, what, voice.say(one["before"]), voice.say(one["after"]), who or SafeString(NOTHING)])
    return Table(
        record.heads(("col_kind", 10), ("col_changed", 0), ("col_before", 18), ("col_after", 24), ("col_given", 16)),
        rows,
        SafeString(""),
        voice.plain_word("col_changed"),
    )


def _reference(record: Record, one: Mapping[str, Any]) -> SafeString:
    voice, kind, ref = record.voice, one["kind"], one["ref"]
    if kind == "item":
        return record.item_label(ref)
    if kind == "fact":
        return voice.say(record.fact_label(ref))
    if kind == "filing" and ref in record.catalogue.filings:
        return voice.say(record.catalogue.filings[ref].name)
    if kind == "condition":
        texts = {entry["id"]: f"{entry['gate']}: {entry['text']}" for entry in record.content["conditions"]}
        return voice.say(texts.get(ref, NOTHING))
    if kind == "evidence":
        number = record.evidence_numbers.get(ref, NOTHING)  # none if it was taken away
        return SafeString(" ".join([number, *(key for key, entry in record.items.items() if ref in entry["evidence"])]))
    return voice.say(ref)


def framework_lists(record: Record) -> list[tuple[SafeString, list[tuple[SafeString, SafeString]]]]:
    """Per framework its controls; per control the items with their verdict, and after the arrow the evidence."""
    controls: dict[str, dict[str, list[str]]] = {prefix: defaultdict(list) for prefix in record.catalogue.frameworks}
    for key, entry in record.items.items():
        known = record.catalogue.items.get(key)
        if not known or not entry["applies"]:
            continue
        for ref in known.refs:
            prefix, _, control = ref.partition(":")
            controls.setdefault(prefix, defaultdict(list))[control].append(key)
    found = []
    for prefix, listed in controls.items():
        if not listed:
            continue
        framework = record.catalogue.frameworks.get(prefix)
        rows = [(record.voice.say(control), _chain(record, keys)) for control, keys in sorted(listed.items(), key=_natural)]
        found.append((record.voice.say(framework.name if framework else prefix), rows))
    return found


def _natural(entry: tuple[str, list[str]]) -> list[tuple[int, int, str]]:
    """Sort key that puts A.2 before A.10."""
    parts = entry[0].replace(".", " ").replace("-", " ").split()
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _chain(record: Record, keys: list[str]) -> SafeString:
    """D5.10 ! D9.13 ✓ → E37 E55."""
    items = " ".join(
        f"{key} {MARKS.get('waived' if record.items[key]['waiver'] else record.items[key]['verdict'], ('–', 'na'))[0]}" for key in keys
    )
    numbers = dict.fromkeys(
        record.evidence_numbers[one] for key in keys for one in record.items[key]["evidence"] if one in record.evidence_numbers
    )
    return SafeString(f"{items} → {' '.join(numbers) or NOTHING}")


def event_table(record: Record) -> Table:
    """Extract of the event log."""
    voice = record.voice
    rows = [
        [voice.say(voice.moment(one["at"])), voice.say(one["actor"]), _event(record, one)] for one in record.content["audit"]["extract"]
    ]
    return Table(
        record.heads(("col_time", 21), ("col_person", 12), ("col_event", 0)),
        rows,
        voice.word("events_none"),
        voice.plain_word("events"),
        small=True,
    )


def _event(record: Record, one: Mapping[str, Any]) -> SafeString:
    """The act in words. Records frozen before the words were kept name verb, object and detail."""
    if isinstance(one["detail"], Mapping):
        return record.voice.say(one["detail"])
    return format_html('<span class="num">{}</span> {} {}', one["verb"], record.voice.say(one["object"]), record.voice.say(one["detail"]))


def version_rows(record: Record, identity: Identity) -> list[tuple[SafeString, SafeString]]:
    """Versions and hashes from which the whole report can be checked."""
    content, voice = record.content, record.voice
    rows = [
        ("version_catalogue", SafeString(content["catalogue"]["version"])),
        ("version_catalogue_hash", _hash(content["catalogue"]["sha256"])),
        ("version_software", voice.say(content["revision"]["software"])),
        ("version_schema", SafeString(f"{content['schema']}, {record.decision['schema']}")),
        ("version_revision_hash", _hash(record.decision["revision_sha256"])),
        ("version_decision_hash", _hash(content_sha256(record.decision))),
        ("version_content_hash", _hash(identity.content_hash)),
    ]
    return [(voice.word(key), value) for key, value in rows]


def _hash(value: str) -> SafeString:
    return format_html('<span class="hash">{}</span>', grouped_hash(value))


def attachment_table(record: Record) -> Table:
    """Every evidence of the revision with its full hash."""
    voice = record.voice
    rows = [
        [
            format_html('<b class="k">{}</b>', record.evidence_numbers[one["id"]]),
            evidence_name(record, one),
            format_html('<span class="full">{}</span>', one["sha256"]) if one["sha256"] else voice.word(f"evidence_{one['kind']}"),
            SafeString(record.voice.date(one["dated"] or one["added_at"])),
        ]
        for one in record.content["evidence"]
    ]
    return Table(
        record.heads(("col_number", 5), ("col_name", 0), ("col_hash", 50), ("col_date", 11)),
        rows,
        voice.word("attachments_none"),
        voice.plain_word("attachments"),
        small=True,
    )
