"""Sections 6 and 7: calculators with everything needed to recompute them, and measured results beside their targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from assessments.calculators.formulas import show_formula, step_labels
from compliance.reports.view.common import Record, Table
from compliance.reports.voice import Phrase
from portal.catalogue.parts import Calculator
from portal.core.formats import NOTHING


@dataclass
class CalculatorBlock:
    """One run: result line first, then inputs and parameters, then the formula."""

    name: SafeString
    meta: SafeString
    result: SafeString
    inputs: list[SafeString]
    parameters: list[SafeString]
    formula: list[tuple[SafeString, SafeString]]
    problem: SafeString


def calculator_blocks(record: Record) -> list[CalculatorBlock]:
    """All runs in the order of the record."""
    return [_block(record, run) for run in record.content["calculators"]]


def not_run(record: Record) -> SafeString:
    """Sentence naming the calculators of the catalogue without a run, "" if none."""
    run = {one["id"] for one in record.content["calculators"]}
    names = [one.name for one in record.catalogue.calculators.values() if one.id not in run and one.dimension != "ALL"]
    return record.sentence("calculators_not_run", names=record.voice.join(names)) if names and run else SafeString("")


def measurement_table(record: Record) -> Table:
    """Measured beside target, with tool, model, sample, interval and file hash."""
    voice = record.voice
    rows = []
    for one in record.content["measurements"]:
        metric, target, measured, result, _ = measurement_row(record, one)
        tool = " ".join(part for part in (one["tool"], one["tool_version"]) if part)
        source = [
            voice.say(tool),
            voice.say(one["model"]),
            SafeString(voice.date(one["run_at"])) if one["run_at"] else SafeString(""),
        ]
        file = format_html('<span class="q">{} <span class="hash">{}</span></span>', voice.say(one["file_name"]), one["file_sha256"][:16])
        sample = SafeString(f"{one['sample_size']:,}") if one["sample_size"] is not None else SafeString(NOTHING)
        rows.append([metric, target, measured, sample, result, format_html("{}<br>{}", record.joined(source), file)])
    return Table(
        record.heads(
            ("col_metric", 15),
            ("col_target", 12, "n"),
            ("col_measured", 21, "n"),
            ("col_sample", 8, "n"),
            ("col_result", 12),
            ("col_tool", 0),
        ),
        rows,
        voice.word("measurements_none"),
        voice.plain_word("promise_measured"),
    )


def measurement_row(record: Record, one: Mapping[str, Any]) -> list[SafeString]:
    """Metric, target, measured with interval, result, source: the five cells of the executive's table."""
    voice = record.voice
    sign = "≥ " if one["better"] == "higher" else "≤ "
    target = SafeString(NOTHING)
    if one["target"] is not None:
        shown = voice.figure(one["target"], one["unit"], record.currency)
        target = voice.say(Phrase(sign + shown["zh"], sign + shown["en"]))
    measured = voice.say(voice.figure(one["value"], one["unit"], record.currency))
    if one["interval_low"] is not None and one["interval_high"] is not None:
        interval = voice.phrase("interval_text", low=one["interval_low"], high=one["interval_high"])
        measured = format_html(
            '{} <span class="q">{}</span>',
            measured,
            voice.say(interval if not one["interval_method"] else _method(interval, one["interval_method"])),
        )
    verdict, key = {True: ("pass", "meets"), False: ("fail", "misses"), None: ("na", "no_target")}[one["meets"]]
    return [voice.say(one["metric"]), target, measured, record.mark(verdict, voice.phrase(key)), voice.say(one["tool"])]


def _method(interval: Phrase, method: str) -> Phrase:
    return Phrase(f"{interval['zh']}（{method}）", f"{interval['en']} ({method})")


def _block(record: Record, run: Mapping[str, Any]) -> CalculatorBlock:
    voice, known = record.voice, record.catalogue.calculators.get(run["id"])
    users = [key for key, item in record.items.items() if item["calculator"] == run["id"]]
    meta = [
        format_html("{} {}", voice.word("used_by"), ", ".join(users) or NOTHING),
        format_html("{} {}", voice.word("parameters_of"), record.content["catalogue"]["version"]),
    ]
    if run["computed_at"]:
        meta.append(format_html("{} {}", voice.word("computed_on"), voice.say(voice.moment(run["computed_at"]))))
    problem = SafeString("")
    if run["status"] == "missing":
        problem = record.sentence("calculator_missing", inputs=voice.join([_label(known, "inputs", name) for name in run["missing"]]))
    elif run["status"] == "error":
        problem = record.sentence("calculator_error")
    name = voice.say(known.name if known else run["id"])
    scope = format_html(" · {}", voice.say(run["scope"])) if run["scope"] else SafeString("")
    result = record.joined(
        [
            format_html(
                "{} <b>{}</b>",
                voice.say(_label(known, "outputs", one["id"])),
                voice.say(voice.figure(record.code(one["value"]), one["unit"], record.currency)),
            )
            for one in run["outputs"]
            if one["value"] is not None
        ]
    )
    inputs = [
        _quantity(record, _label(known, "inputs", one["id"]), one, _source(record, one))
        for one in run["inputs"]
        if one["value"] is not None
    ]
    parameters = [_quantity(record, _label(known, "parameters", one["id"]), one, _origin(record, one)) for one in run["parameters"]]
    formula = _formula(record, known) if known and run["status"] == "ok" else []
    return CalculatorBlock(
        format_html('<b class="k">{}</b> {}{}', run["id"], name, scope), record.joined(meta), result, inputs, parameters, formula, problem
    )


# Signs that no font of the report can draw, said in letters.
_PLAIN = {"⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")", "ᵏ": "^k"}


def _drawable(text: Any) -> Phrase:
    both = [text.zh, text.en]
    for sign, plain in _PLAIN.items():
        both = [one.replace(sign, plain) for one in both]
    return Phrase(*both)


def _formula(record: Record, calculator: Calculator) -> list[tuple[SafeString, SafeString]]:
    """Every step as on the calculator's page: label, then the formula in words and symbols."""
    voice, labels = record.voice, step_labels(calculator)
    texts = {name: show_formula(record.catalogue, calculator, name) for name in calculator.steps}
    return [(voice.say(_drawable(labels[name])), voice.say(_drawable(text))) for name, text in texts.items()]


def _quantity(record: Record, label: Any, one: Mapping[str, Any], source: SafeString) -> SafeString:
    """Name, value with unit, and in brackets where it came from."""
    value = record.voice.say(record.voice.figure(record.code(one["value"]), one["unit"], record.currency))
    return format_html("{} <b>{}</b> {}", record.voice.say(label), value, record.bracket(SafeString(""), source) if source else "")


def _origin(record: Record, one: Mapping[str, Any]) -> SafeString:
    """Origin of a parameter; marked where the organisation set its own value."""
    label = next((choice.label for choice in record.catalogue.parameter_origins if choice.value == one["origin"]), one["origin"])
    parts = [record.voice.word("overridden") if one["overridden"] else record.voice.say(label), record.voice.say(one["as_of"] or "")]
    return record.joined(parts)


def _label(known: Calculator | None, part: str, name: str) -> Any:
    entries: Mapping[str, Any] = getattr(known, part) if known else {}
    return entries[name].label if name in entries else Phrase(name, name)


def _source(record: Record, one: Mapping[str, Any]) -> SafeString:
    voice = record.voice
    kind, _, ref = one["source"].partition(":")
    label: Any = record.fact_label(ref) if kind == "fact" else ref
    source = voice.word(f"src_{kind}", ref=label) if voice.known(f"src_{kind}") else voice.say(one["source"])
    return record.joined([source, SafeString(voice.date(one["at"]))]) if one["at"] and kind in ("entered", "import") else source
