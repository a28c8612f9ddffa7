"""Section 3: what was decided, who signed what, and how the gate's criteria stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.reports.view.common import Record, Table
from portal.core.formats import NOTHING


def decision_sentence(record: Record) -> SafeString:
    """One sentence: decided what and when on which revision, or not decided."""
    decision, number = record.decision, record.content["revision"]["number"]
    if decision["state"] == "withdrawn":
        return record.sentence("withdrawn_sentence", round=decision["round"])
    if decision["outcome"] is None:
        return record.sentence("undecided_sentence", number=number)
    outcome = record.outcome(decision["gate"], decision["outcome"])
    return record.sentence("decided_sentence", at=record.voice.moment(decision["decided_at"]), outcome=outcome, number=number)


def asked_rows(record: Record) -> list[tuple[SafeString, SafeString]]:
    """What was asked for, by whom the round was opened and when, until when the decision holds."""
    voice, gate, decision = record.voice, record.content["gate"], record.decision
    opened = format_html("{} {}", voice.say(voice.moment(gate["opened_at"])), record.person(gate["opened_by"]))
    rows = [("asked", record.lines(record.asked)), ("round_opened", opened)]
    if decision["outcome"]:
        rows.append(("valid_until", SafeString(decision["valid_until"]) if decision["valid_until"] else voice.word("no_validity")))
    return [(voice.word(key), value) for key, value in rows]


def signature_table(record: Record) -> Table:
    """Role, person, time with zone, word, method and delegation, remark."""
    voice = record.voice
    rows = []
    for one in record.decision["signatures"]:
        method = voice.say(voice.label("method", one["method"]))
        if one["delegation"]:
            delegation = one["delegation"]
            given = voice.word(
                "delegated",
                name=delegation["principal"]["name"],
                role=record.role(delegation["principal"]["role"] or one["role"]),
                basis=delegation["basis"],
                starts=delegation["starts"],
                ends=delegation["ends"],
            )
            method = format_html('{}<br><span class="q">{}</span>', method, given)
        remark = voice.say(one["remark"] or NOTHING)
        if one["dissent"]:
            remark = format_html("{} {}", record.mark("attention", voice.phrase("dissent")), remark)
        rows.append(
            [
                voice.say(record.role(one["role"])),
                format_html('<b>{}</b><br><span class="q">{}</span>', voice.say(one["by"]["name"]), voice.say(one["by"]["unit"])),
                voice.say(voice.moment(one["at"])),
                _vote(record, one["vote"]),
                method,
                remark,
            ]
        )
    return Table(
        record.heads(("col_role", 14), ("col_person", 13), ("col_time", 16), ("col_vote", 15), ("col_method", 20), ("col_remark", 0)),
        rows,
        voice.word("signatures_none"),
        voice.plain_word("signatures"),
    )


def _vote(record: Record, vote: str) -> SafeString:
    mark = {"approve": "pass", "approve_with_conditions": "attention", "return": "attention", "reject": "fail"}.get(vote, "open")
    return record.mark(mark, record.voice.label("vote", vote))


def decision_notes(record: Record) -> list[SafeString]:
    """Missing roles, dissent, written acceptances, remark of the decision."""
    voice, decision = record.voice, record.decision
    notes = []
    if decision["missing"]:
        notes.append(record.sentence("missing_roles", roles=voice.join([record.role(one) for one in decision["missing"]])))
    dissent = [one for one in decision["signatures"] if one["dissent"]]
    if decision["signatures"] and not dissent:
        notes.append(record.sentence("dissent_none"))
    notes.extend(
        format_html("<b>{}</b>{}{}", voice.word("accepted"), voice.word("colon"), voice.say(text)) for text in decision["accepted"]
    )
    if decision["remark"]:
        notes.append(format_html("<b>{}</b>{}{}", voice.word("decision_remark"), voice.word("colon"), voice.say(decision["remark"])))
    return notes


def criteria_table(record: Record) -> Table:
    """Each criterion of the gate with its result at the freeze and the reason."""
    voice = record.voice
    gate = record.catalogue.gates.get(record.content["gate"]["id"])
    texts = {one.id: one.text for one in gate.criteria} if gate else {}
    labels = {"met": "pass", "not_met": "fail", "unknown": "open", "pending": "review"}
    words = {"met": "met", "not_met": "not_met", "unknown": "tri_unknown", "pending": "pending"}
    kinds = {one.id: one.kind for one in gate.criteria} if gate else {}
    signed = bool(record.decision["outcome"]) and {one["role"] for one in record.decision["signatures"]} >= set(
        gate.approvers if gate else ()
    )
    rows = []
    for one in record.content["criteria"]:
        result, reason = one["result"], voice.say(one["reason"])
        if signed and kinds.get(one["id"]) == "approvals":
            # The freeze comes before the signatures, the report after them.
            result, reason = "met", voice.word("all_signed")
        rows.append(
            [
                format_html('<b class="k">{}</b> {}', one["id"], voice.say(texts.get(one["id"], ""))),
                record.mark(labels[result], voice.phrase(words[result])),
                record.joined([reason, SafeString(", ".join(voice.say(item) for item in one["items"]))]),
            ]
        )
    return Table(
        record.heads(("col_criterion", 0), ("col_result", 14), ("col_reason", 38)),
        rows,
        voice.word("criteria_none"),
        voice.plain_word("criteria"),
    )


def previous_lines(record: Record) -> list[SafeString]:
    """Earlier sign-offs of the project, oldest first."""
    return [_previous(record, one) for one in record.content["previous"]]


def _previous(record: Record, one: Mapping[str, Any]) -> SafeString:
    voice = record.voice
    line = record.sentence(
        "previous_line",
        gate=record.gate_label(one["gate"]),
        round=one["round"],
        outcome=record.outcome(one["gate"], one["outcome"]),
        at=voice.date(one["decided_at"]),
        revision=one["revision"],
        hash=one["content_sha256"][:16],
    )
    return format_html("{}{}", line, voice.word("previous_stale")) if one["stale"] else line


def condition_table(record: Record) -> Table:
    """Conditions of this decision."""
    voice = record.voice
    rows = [
        [
            SafeString(str(one["number"])),
            voice.say(one["text"]),
            record.person(one["owner"]),
            SafeString(one["due"]),
            voice.say(one["item"] or NOTHING),
        ]
        for one in record.decision["conditions"]
    ]
    empty = voice.word("conditions_none" if record.decision["outcome"] else "conditions_pending")
    return Table(
        record.heads(("col_number", 7), ("col_condition", 0), ("col_owner", 24), ("col_due", 13), ("col_related", 11)),
        rows,
        empty,
        voice.plain_word("conditions_of_decision"),
    )
