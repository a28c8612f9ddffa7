"""Section 10: what must be filed, what may have to be, what was found not applicable and by whom that was confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import Record, Table
from compliance.reports.voice import Phrase
from portal.core.formats import NOTHING

Filing = Mapping[str, Any]


def applies(filing: Filing) -> bool:
    """Counted as applicable: compliance decides; without a decision required and likely count."""
    if filing["decision"]:
        return bool(filing["decision"] == "applies")
    return filing["result"] in ("required", "likely")


def undetermined(filing: Filing) -> bool:
    """Facts are missing and nobody has decided."""
    return not filing["decision"] and filing["result"] == "undetermined"


def done(record: Record, filing: Filing) -> bool:
    """Whether the state of the filing counts as done."""
    return filing["status"] in record.catalogue.done_states


def open_filings(record: Record) -> list[Filing]:
    """Applying ones, not done before done, dated before undated."""
    found = [filing for filing in record.content["filings"] if applies(filing) or undetermined(filing)]
    return sorted(found, key=lambda one: (done(record, one), one["due"] or "9999", one["regime"]))


def sums(record: Record) -> dict[str, int]:
    """How many apply, are done, are undetermined."""
    listed = record.content["filings"]
    return {
        "applies": sum(applies(one) for one in listed),
        "done": sum(applies(one) and done(record, one) for one in listed),
        "undetermined": sum(undetermined(one) for one in listed),
    }


def status_label(record: Record, filing: Filing) -> SafeString:
    """State as symbol and word."""
    status = filing["status"]
    verdict = "pass" if done(record, filing) else "open"
    if status in ("submitted", "accepted", "under_review", "resubmitted", "internal_review", "ready", "change_submitted", "in_progress"):
        verdict = "review"
    if status in ("rejected", "expired", "revoked", "supplement_requested"):
        verdict = "attention"
    if undetermined(filing):
        verdict = "review"
    return record.mark(verdict, record.vocabulary("filing_states", status))


def due_text(record: Record, filing: Filing) -> Any:
    """Number, else due date, else renewal, in a few words."""
    if filing["number"]:
        return filing["number"]
    if filing["due"]:
        return record.voice.phrase("due_on", date=filing["due"])
    if filing["due_text"]:
        return filing["due_text"]
    return record.voice.phrase("renewal_on", date=filing["renewal"]) if filing["renewal"] else NOTHING


def due_and_number(record: Record, filing: Filing) -> SafeString:
    """Number, due date, renewal: what there is."""
    voice, parts = record.voice, []
    if filing["number"]:
        parts.append(format_html('<span class="num">{}</span>', voice.say(filing["number"])))
    if filing["due"]:
        due = voice.word("due_on", date=filing["due"])
        parts.append(format_html("{} {}", due, voice.word("provisional")) if filing["provisional"] else due)
        if filing["due_text"]:
            parts.append(format_html('<span class="q">{}</span>', voice.say(filing["due_text"])))
    elif filing["due_text"]:
        parts.append(voice.say(filing["due_text"]))
    if filing["renewal"]:
        parts.append(voice.word("renewal_on", date=filing["renewal"]))
    return record.joined(parts) or SafeString(NOTHING)


def filing_tables(record: Record) -> list[tuple[SafeString, Table]]:
    """(heading, table) for applying, undetermined and not applicable."""
    voice, listed = record.voice, record.content["filings"]
    applying = [one for one in listed if applies(one)]
    unknown = [one for one in listed if undetermined(one)]
    excluded = [one for one in listed if not applies(one) and not undetermined(one) and one["decision"]]
    return [
        (
            voice.word("filings_apply"),
            Table(
                record.heads(("col_matter", 0), ("col_decision", 24), ("col_status", 13), ("col_number_due", 22)),
                [
                    [matter(record, one), determination(record, one), status_label(record, one), due_and_number(record, one)]
                    for one in applying
                ],
                voice.word("filings_apply_none"),
                voice.plain_word("filings_apply"),
            ),
        ),
        (
            voice.word("filings_undetermined"),
            Table(
                record.heads(("col_matter", 46), ("col_rule", 0), ("col_confirmed", 22)),
                [[matter(record, one), _missing(record, one), determination(record, one)] for one in unknown],
                voice.word("filings_undetermined_none"),
                voice.plain_word("filings_undetermined"),
            ),
        ),
        (
            voice.word("filings_not"),
            Table(
                record.heads(("col_matter", 28), ("col_rule", 0), ("col_confirmed", 24)),
                [[_name(record, one), _facts(record, one), confirmed(record, one)] for one in excluded],
                voice.word("filings_not_none"),
                voice.plain_word("filings_not"),
                small=True,
            ),
        ),
    ]


def by_rule_alone(record: Record) -> list[tuple[SafeString, int, SafeString, SafeString]]:
    """What the rules found not applicable and nobody decided on: per regime file (name, how many, names, facts read)."""
    groups: dict[str, list[Filing]] = {}
    for filing in record.content["filings"]:
        if not filing["decision"] and filing["result"] == "not_applicable":
            known = record.catalogue.filings.get(filing["regime"])
            groups.setdefault(known.regime if known else "", []).append(filing)
    voice, regimes = record.voice, record.catalogue.regimes
    found = []
    for key, filings in groups.items():
        names = [known.name if (known := record.catalogue.filings.get(one["regime"])) else one["regime"] for one in filings]
        facts = dict.fromkeys(name for one in filings for name in one["facts"])
        said = voice.say(regimes[key].name if key in regimes else key)
        found.append(
            (
                said,
                len(filings),
                voice.say(voice.join(names, "semicolon")),
                voice.say(voice.join(_fact_phrases(record, facts), "semicolon")),
            )
        )
    return found


def red_table(record: Record) -> Table:
    """Red findings with their result; all that were looked at."""
    voice = record.voice
    rows = []
    for entry in record.content["red_findings"]:
        known = record.catalogue.blockers.get(entry["id"])
        label = {"yes": ("fail", "red_yes"), "no": ("pass", "no"), "unknown": ("review", "red_unknown")}[entry["result"]]
        rows.append(
            [
                voice.say(known.name if known else entry["id"]),
                record.mark(label[0], voice.phrase(label[1])),
                voice.say(known.reason if known and entry["result"] != "no" else ""),
            ]
        )
    return Table(
        record.heads(("col_matter", 40), ("col_result", 20), ("col_reason", 0)),
        rows,
        voice.word("red_none"),
        voice.plain_word("red_findings"),
        small=True,
    )


def _name(record: Record, filing: Filing) -> SafeString:
    known = record.catalogue.filings.get(filing["regime"])
    return record.voice.say(known.name if known else filing["regime"])


def matter(record: Record, filing: Filing) -> SafeString:
    """Name of the regime, its clauses and how sure the content is."""
    known = record.catalogue.filings.get(filing["regime"])
    if not known:
        return record.voice.say(filing["regime"])
    basis = [
        Phrase(*(f"{one.instrument[code]}{_article(record, one.article)[code]}" for code in ("zh", "en"))) for one in known.legal_basis[:2]
    ]
    confidence = record.voice.word(f"confidence_{filing['confidence']}") if filing["confidence"] in ("H", "M", "L") else SafeString("")
    small = record.joined([record.voice.say(record.voice.join(basis, "semicolon")), confidence])
    return format_html('<b>{}</b><br><span class="q">{}</span>', record.voice.say(known.name), small)


def _article(record: Record, article: str | None) -> Phrase:
    if not article:
        return Phrase("", "")
    text = record.voice.phrase("article", n=article)
    return Phrase(text["zh"], ", " + text["en"])


def determination(record: Record, filing: Filing) -> SafeString:
    """What the rule says, what compliance says, who and why."""
    voice = record.voice
    rule = voice.word("rule_says", result=record.vocabulary("results", filing["result"]))
    decision = voice.phrase(f"decision_{filing['decision']}" if filing["decision"] else "decision_pending")
    lines = [rule, voice.word("compliance_says", decision=decision)]
    if filing["decision"]:
        lines.append(confirmed(record, filing))
    if filing["decision_reason"]:
        lines.append(voice.say(filing["decision_reason"]))
    return SafeString("<br>".join(format_html('<span class="q">{}</span>', line) for line in lines if line))


def confirmed(record: Record, filing: Filing) -> SafeString:
    """Who decided, when, and the second person."""
    voice = record.voice
    if not filing["decided_by"]:
        return voice.word("decision_pending")
    who = [record.person(filing["decided_by"], with_role=False), SafeString(voice.date(filing["decided_at"]))]
    if filing["second_by"]:
        who.append(voice.word("second_person", name=filing["second_by"]["name"]))
    return record.joined(who)


def _fact_phrases(record: Record, names: Iterable[str]) -> list[Phrase]:
    """Each fact with its value as frozen."""
    values = {entry["id"]: entry["value"] for entry in record.content["facts"]}
    parts = []
    for name in names:
        label, value = record.fact_label(name), record.fact_value(name, values.get(name))
        parts.append(Phrase(f"{label['zh'].rstrip('？')}：{value['zh']}", f"{label['en'].rstrip('?')}: {value['en']}"))
    return parts


def _facts(record: Record, filing: Filing) -> SafeString:
    """The reason somebody gave, and the facts the rule read with their values."""
    reason = record.voice.say(filing["decision_reason"]) if filing["decision_reason"] else SafeString("")
    said = record.voice.say(record.voice.join(_fact_phrases(record, filing["facts"]), "semicolon"))
    return record.joined([reason, said]) or SafeString(NOTHING)


def _missing(record: Record, filing: Filing) -> SafeString:
    names = record.voice.join([record.fact_label(name) for name in filing["missing"]], "semicolon")
    return record.voice.word("missing_facts", facts=names) if filing["missing"] else SafeString(NOTHING)
