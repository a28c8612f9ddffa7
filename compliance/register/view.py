"""The tables of a register from its frozen content, in one voice."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.filings.pages.words import rule_text
from compliance.register.words import said
from compliance.reports.view.common import Column, Record, Table
from compliance.reports.view.filings import applies, confirmed, determination, done, matter, status_label, undetermined
from compliance.reports.voice import Language, Phrase, Voice
from portal.catalogue import Catalogue
from portal.core.formats import NOTHING

_MOST_JURISDICTIONS = 7


def record_of(content: dict[str, Any], catalogue: Catalogue, language: Language) -> Record:
    """What the sections of reports read, over the content of a register: its rows are shaped like the filings of a revision."""
    shaped = {"tenant": content["tenant"], "filings": content["rows"], "project": {"currency": "CNY"}}
    return Record(cast(Any, shaped), cast(Any, {}), catalogue, Voice(language))


def tiles(record: Record) -> list[dict[str, Any]]:
    """The figures on the cover: label, number, tone."""
    rows = record.content["filings"]
    applying = [one for one in rows if applies(one)]
    finished = sum(done(record, one) for one in applying)
    late = sum(cast(Any, one)["late"] for one in applying)
    unknown = sum(undetermined(one) for one in rows)
    projects = len({cast(Any, one)["project"]["code"] for one in rows})
    figures = [
        ("projects", projects, ""),
        ("applying", len(applying), ""),
        ("done", finished, "pass"),
        ("open", len(applying) - finished, "attention" if len(applying) > finished else "pass"),
        ("late", late, "fail" if late else "pass"),
        ("unknown", unknown, "attention" if unknown else "pass"),
    ]
    return [{"label": record.voice.say(said(key)), "figure": f"{n:,}", "tone": tone} for key, n, tone in figures]


def _heads(record: Record, *columns: tuple[str, int] | tuple[str, int, str]) -> list[Column]:
    return [Column(record.voice.say(said(key)), *rest) for key, *rest in columns]  # type: ignore[arg-type]


def state_table(record: Record) -> Table:
    """How many applying filings stand where, by jurisdiction."""
    rows = [cast(Any, one) for one in record.content["filings"] if applies(one)]
    placed = Counter((one["status"], place) for one in rows for place in one["jurisdictions"])
    totals = Counter(one["status"] for one in rows)
    places = [place for place, _n in Counter(place for one in rows for place in one["jurisdictions"]).most_common(_MOST_JURISDICTIONS)]
    states = [state for state in record.catalogue.vocabularies["filing_states"].choices if totals[state]]
    heads = [Column(record.voice.say(said("col_state")), 24)]
    heads += [Column(record.voice.say(record.vocabulary("jurisdictions", place)), 0, "n") for place in places]
    heads.append(Column(record.voice.say(said("col_all")), 10, "n"))
    body = [
        [
            record.voice.say(record.vocabulary("filing_states", state)),
            *(SafeString(f"{placed[state, place]:,}" if placed[state, place] else NOTHING) for place in places),
            SafeString(f"{totals[state]:,}"),
        ]
        for state in states
    ]
    return Table(heads, body, record.voice.say(said("nothing")), record.voice.plain(said("states")), small=True)


def project_cell(record: Record, row: Any) -> SafeString:
    """Code and name of the project."""
    return format_html('<b class="k">{}</b><br>{}', record.voice.say(row["project"]["code"]), record.voice.say(row["project"]["names"]))


def applying_table(record: Record) -> Table:
    """Every filing that applies."""
    rows = [cast(Any, one) for one in record.content["filings"] if applies(one)]
    heads = _heads(record, ("col_project", 14))
    heads += record.heads(("col_matter", 0), ("col_decision", 19), ("col_status", 10))
    heads += _heads(record, ("col_dates", 16), ("col_due", 13), ("col_owner", 7))
    body = [
        [
            project_cell(record, one),
            matter(record, one),
            determination(record, one),
            status_label(record, one),
            _dates(record, one),
            _due(record, one),
            record.voice.say(one["owner"]) or SafeString(NOTHING),
        ]
        for one in rows
    ]
    return Table(heads, body, record.voice.word("filings_apply_none"), record.voice.plain_word("filings_apply"), small=True)


def _dates(record: Record, row: Any) -> SafeString:
    voice, parts = record.voice, []
    if row["number"]:
        parts.append(format_html('<b class="num">{}</b>', voice.say(row["number"])))
    for key, name in (("submitted", "submitted"), ("approved", "approved"), ("valid", "valid_until")):
        if row[name]:
            parts.append(voice.say(said(key, date=row[name])))
    return SafeString("<br>".join(parts)) or SafeString(NOTHING)


def _due(record: Record, row: Any) -> SafeString:
    if not row["due"]:
        return SafeString(NOTHING)
    voice = record.voice
    day = format_html("{} {}", row["due"], voice.word("provisional")) if row["provisional"] else SafeString(row["due"])
    if row["late"]:
        day = format_html('<b class="fail">{}<br>× {}</b>', day, voice.say(said("overdue")))
    return format_html('{}<br><span class="q">{}</span>', day, voice.say(row["due_text"])) if row["due_text"] else day


def unknown_table(record: Record) -> Table:
    """Filings for which facts are missing."""
    rows = [cast(Any, one) for one in record.content["filings"] if undetermined(one)]
    heads = [*_heads(record, ("col_project", 22)), *record.heads(("col_matter", 34), ("col_rule", 0))]
    body = [
        [
            project_cell(record, one),
            matter(record, one),
            record.voice.word("missing_facts", facts=record.voice.join([record.fact_label(name) for name in one["missing"]], "semicolon")),
        ]
        for one in rows
    ]
    return Table(heads, body, record.voice.word("filings_undetermined_none"), record.voice.plain_word("filings_undetermined"), small=True)


def excluded_table(record: Record) -> Table:
    """What people found not applicable: the rule, the facts it read, who confirmed it."""
    rows = [cast(Any, one) for one in record.content["filings"] if not applies(one) and not undetermined(one) and one["decision"]]
    heads = [*_heads(record, ("col_project", 14)), *record.heads(("col_matter", 22)), *_heads(record, ("col_rule", 0))]
    heads += record.heads(("col_confirmed", 18))
    body = [[project_cell(record, one), matter(record, one), _rule_and_facts(record, one), confirmed(record, one)] for one in rows]
    return Table(heads, body, record.voice.word("filings_not_none"), record.voice.plain_word("filings_not"), small=True)


def _rule_and_facts(record: Record, row: Any) -> SafeString:
    """The officer's reason, the rule in words, and the values it read."""
    parts = [record.voice.say(row["decision_reason"])] if row["decision_reason"] else []
    if row["regime"] in record.catalogue.filings:
        parts.append(record.voice.say(said("applies_if", rule=both(rule_text(record.catalogue, row["regime"])))))
    known = [(name, value) for name, value in row["facts"].items() if name in record.catalogue.facts]
    facts = record.voice.join([named_fact(record, name, None if value == "unknown" else value) for name, value in known], "semicolon")
    parts.append(format_html('<span class="q">{}</span>', record.voice.say(facts)))
    return SafeString("<br>".join(part for part in parts if part))


def named_fact(record: Record, name: str, value: Any) -> Phrase:
    """A fact and its value in words."""
    label, shown = record.fact_label(name), record.fact_value(name, value)
    return Phrase(f"{label['zh'].rstrip('？')}：{shown['zh']}", f"{label['en'].rstrip('?')}: {shown['en']}")


def both(text: Any) -> Phrase:
    """A text of the content as the report says two languages."""
    return Phrase(text["zh"], text["en"])


def by_rule_table(record: Record, lines: list[dict[str, Any]]) -> Table:
    """Regimes that the rules exclude: for how many projects, by which rule."""
    heads = [*record.heads(("col_matter", 34)), *_heads(record, ("col_rule", 0), ("col_count", 8, "n"))]
    body = [
        [
            record.voice.say(record.catalogue.filings[one["regime"]].name),
            record.voice.say(both(rule_text(record.catalogue, one["regime"]))),
            SafeString(f"{one['projects']:,}"),
        ]
        for one in lines
    ]
    return Table(heads, body, SafeString(""), record.voice.plain(said("by_rule")), small=True)
