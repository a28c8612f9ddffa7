"""Section 4: the tier and what decided it, the facts with source and date, the people around the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import Column, Record, Table
from compliance.reports.voice import Phrase
from portal.core.formats import NOTHING


def project_rows(record: Record) -> list[tuple[SafeString, SafeString]]:
    """The project as registered, texts in full."""
    voice, project = record.voice, record.content["project"]
    audience = (
        voice.join([record.fact_value("audience", one) for one in project["audience"]]) if project["audience"] else voice.phrase("unknown")
    )
    rows = [
        ("project", format_html("{} {}", voice.say(project["code"]), voice.say(project["names"]))),
        ("issuer", voice.say(record.content["tenant"]["names"])),
        ("unit", voice.say(project["unit"] or NOTHING)),
        ("stage", voice.say(voice.label("stage", project["stage"]))),
        ("owner", record.person(project["owner"], with_role=False)),
        ("sponsor", record.person(project["sponsor"], with_role=False)),
        ("period", format_html("{} / {}", project["started_on"] or NOTHING, project["launch_on"] or NOTHING)),
        ("purpose", voice.say(project["purpose"] or NOTHING)),
        ("audience", voice.say(audience)),
    ]
    return [(voice.word(key), value) for key, value in rows]


def tier_lines(record: Record) -> list[SafeString]:
    """Tier in force, raise with reason, facts that could change it."""
    voice, tier = record.voice, record.content["tier"]
    lines = [record.sentence("tier_sentence", in_force=_tier(record, tier["in_force"]), computed=_tier(record, tier["computed"]))]
    raised = tier["raised"]
    if raised:
        lines.append(
            record.sentence(
                "tier_raised",
                by=raised["by"]["name"],
                at=voice.moment(raised["at"]),
                to=_tier(record, raised["to"]),
                reason=raised["reason"],
            )
        )
    else:
        lines.append(record.sentence("tier_not_raised"))
    for key in ("could_lower", "could_raise"):
        facts = tier[key]  # type: ignore[literal-required]
        if facts:
            lines.append(record.sentence(key, facts=voice.join([record.fact_label(one) for one in facts], "semicolon")))
    return lines


def _tier(record: Record, tier: str) -> Any:
    for known in record.catalogue.tiers.tiers:
        if known.id == tier:
            return known.label
    return tier


def tier_table(record: Record) -> tuple[Table, SafeString]:
    """Conditions that are true or unknown as rows; the false ones in a sentence."""
    voice = record.voice
    known = {one.id: one for one in record.catalogue.tiers.conditions}
    listed = record.content["tier"]["conditions"]
    deciding = [one for one in listed if one["result"] != "false"]
    rows = [
        [
            format_html('<b class="k">{}</b> {}', one["id"], voice.say(known[one["id"]].label if one["id"] in known else "")),
            voice.word(f"tier_group_{one['group']}") if voice.known(f"tier_group_{one['group']}") else voice.say(one["group"]),
            voice.word(f"tri_{one['result']}"),
            voice.say(known[one["id"]].explanation if one["id"] in known else ""),
        ]
        for one in deciding
    ]
    table = Table(
        record.heads(("col_condition", 28), ("col_kind", 15), ("col_result", 9), ("col_reason", 0)),
        rows,
        SafeString(""),
        voice.plain_word("tier_conditions"),
        small=True,
    )
    false = [one["id"] for one in listed if one["result"] == "false"]
    return table, record.sentence("tier_others", n=len(false), names=", ".join(false)) if false else SafeString("")


def fact_table(record: Record) -> tuple[Table, SafeString]:
    """Known facts with source, person and date; the unknown ones in a sentence."""
    voice = record.voice
    listed = record.content["facts"]
    rows = []
    for group in record.catalogue.fact_groups.values():
        for entry in listed:
            known = record.catalogue.facts.get(entry["id"])
            if entry["known"] and known and known.group == group.id:
                rows.append(_fact_row(record, entry))
    rows += [_fact_row(record, entry) for entry in listed if entry["known"] and entry["id"] not in record.catalogue.facts]
    unknown = [entry for entry in listed if not entry["known"]]
    table = Table(
        record.heads(("col_fact", 0), ("col_value", 26), ("col_source", 13), ("col_given", 10), ("col_date", 11)),
        rows,
        voice.word("facts_none"),
        voice.plain_word("facts_used"),
        small=True,
    )
    groups = Counter(known.group for entry in unknown if (known := record.catalogue.facts.get(entry["id"])))
    counted = [
        Phrase(*(f"{record.catalogue.fact_groups[group].label[code]} {count}" for code in ("zh", "en"))) for group, count in groups.items()
    ]
    return table, record.sentence("facts_unknown", n=len(unknown), facts=voice.join(counted)) if unknown else SafeString("")


def _fact_row(record: Record, entry: Mapping[str, Any]) -> list[SafeString]:
    voice = record.voice
    source = voice.word("inherited" if entry["inherited"] else f"source_{entry['source']}")
    label = voice.say(record.fact_label(entry["id"]))
    if entry["note"]:
        label = format_html('{} <span class="q">{}</span>', label, voice.say(entry["note"]))
    return [
        label,
        voice.say(record.fact_value(entry["id"], entry["value"])),
        source,
        record.person(entry["by"], with_role=False),
        SafeString(voice.date(entry["at"])),
    ]


def stakeholder_table(record: Record) -> Table:
    """People with their roles and a letter per dimension (R, A, C, I)."""
    voice = record.voice
    dimensions = list(record.catalogue.dimensions)
    rows = []
    for one in record.content["stakeholders"]:
        name = format_html("<b>{}</b>", voice.say(one["name"]))
        details = [voice.say(voice.join([record.role(role) for role in one["roles"]])) if one["roles"] else voice.word(one["kind"])]
        if one["deputy"]:
            details.append(voice.word("deputy", roles=voice.join([record.role(role) for role in one["deputy"].split(", ")])))
        rows.append(
            [
                format_html('{}<br><span class="q">{}</span>', name, record.joined(details)),
                voice.say(one["organisation"]),
                *(SafeString(one["responsibilities"].get(dimension, NOTHING)) for dimension in dimensions),
            ]
        )
    columns = [
        *record.heads(("col_person", 24), ("col_organisation", 0)),
        *(Column(SafeString(dimension), 5, "c") for dimension in dimensions),
    ]
    return Table(columns, rows, voice.word("stakeholders_none"), voice.plain_word("stakeholders"), small=True)
