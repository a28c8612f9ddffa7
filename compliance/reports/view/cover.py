"""Cover and the executive's page: the decision first, then what one person needs to know on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import DECISION_TONES, Record, clip, text_width
from compliance.reports.voice import Phrase
from portal.core.formats import number

DATE_WIDTH = 10
NAME_LIMIT = 24  # of a person on the cover; in full in section 3


class Tile(NamedTuple):
    """A figure with its name and a line of small print."""

    label: SafeString
    figure: SafeString
    note: SafeString
    tone: str = ""
    long: bool = False


@dataclass
class Identity:
    """What names one edition of a report; comes from the order, not from the frozen content."""

    number: str
    edition: int
    verify_url: str
    rendered_at: str
    content_hash: str
    state: str
    lapsed_at: str | None
    lapsed_reasons: list[Phrase]


def decision_tiles(record: Record) -> list[Tile]:
    """Decision, readiness, validity: the three things on the cover."""
    voice, decision, content = record.voice, record.decision, record.content
    if decision["outcome"] is None:
        label, tone = voice.word("not_decided"), "open"
        note = voice.word("not_decided_note", n=len(decision["missing"]))
    else:
        label = voice.say(_capitalised(record.outcome(decision["gate"], decision["outcome"])))
        tone = DECISION_TONES.get(decision["state"], "open")
        conditions = decision["conditions"]
        last = max((one["due"] for one in conditions), default="")
        note = voice.word("conditions_note", n=len(conditions), due=last) if conditions else voice.word("no_conditions_note")
    value, band = content["readiness"]["value"], content["readiness"]["band"]
    failed, unanswered = blocker_counts(record)
    valid = decision["valid_until"]
    until = SafeString(valid) if valid else voice.word("no_validity" if decision["outcome"] else "not_valid_yet")
    return [
        Tile(voice.word("decision"), label, note, tone, long=len(str(label)) > DATE_WIDTH * 4),
        Tile(
            voice.word("readiness"),
            voice.say(number(value, 1)),
            voice.word("blockers_note", failed=failed, open=unanswered),
            band_tone(band),
        ),
        Tile(voice.word("valid_until"), until, voice.word("valid_note") if valid else SafeString("")),
    ]


def _capitalised(text: Mapping[str, str]) -> Phrase:
    """The catalogue writes outcomes in lower case; on the cover they stand alone."""
    return Phrase(text["zh"], text["en"][:1].upper() + text["en"][1:])


def band_tone(band: str) -> str:
    """Tone of a readiness band."""
    return {"ready": "pass", "conditional": "attention", "not_ready": "fail", "blocked": "fail"}.get(band, "open")


def blocker_counts(record: Record) -> tuple[int, int]:
    """(failed, open) blockers at the freeze."""
    verdicts = [entry["verdict"] for entry in record.content["blockers"]]
    return verdicts.count("fail"), verdicts.count("open")


def cover_rows(record: Record, identity: Identity) -> list[tuple[SafeString, SafeString]]:
    """The list below the decision."""
    voice, content, decision = record.voice, record.content, record.decision
    revision, gate = content["revision"], content["gate"]
    round_key = "gate_round_delta" if gate["kind"] == "delta" else "gate_round"
    signed = [
        record.bracket(voice.say(clip(one["by"]["name"], NAME_LIMIT)[0]), voice.say(record.role(one["role"])))
        for one in decision["signatures"][:8]
    ]
    rows = [
        ("report_number", voice.word("edition", number=identity.number, edition=identity.edition)),
        ("gate", record.lines(voice.phrase(round_key, gate=gate["id"], name=record.gate_name(gate["id"]), round=gate["round"]))),
        ("decided_at", voice.say(voice.moment(decision["decided_at"])) if decision["decided_at"] else voice.word("not_decided")),
        (
            "frozen_revision",
            record.lines(
                voice.join(
                    [
                        voice.phrase(
                            "frozen_text",
                            number=revision["number"],
                            at=voice.moment(revision["frozen_at"]),
                            by=clip(revision["frozen_by"]["name"], NAME_LIMIT)[0],
                        ),
                        voice.phrase("catalogue_text", version=content["catalogue"]["version"]),
                    ],
                    "semicolon",
                )
            ),
        ),
        ("signers", record.joined(signed) if signed else voice.word("signatures_none")),
        ("confidentiality", voice.say(voice.label("confidentiality", content["project"]["confidentiality"]))),
        ("content_hash", format_html('<span class="hash">{}</span>', grouped_hash(identity.content_hash))),
    ]
    return [(voice.word(key), value) for key, value in rows]


def name_size(names: Any, codes: tuple[str, ...]) -> str:
    """CSS class that keeps a long project name on the cover: "", "mid" or "tiny"."""
    longest = max(text_width(names[code]) for code in codes)
    return "" if longest <= 44 else "mid" if longest <= 80 else "tiny"


def grouped_hash(value: str) -> str:
    """64 hex digits in groups of eight, so that an eye can compare them."""
    return " ".join(value[start : start + 8] for start in range(0, len(value), 8))
