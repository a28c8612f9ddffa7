"""A register as PDF: the pages, set by the press of the sign-off reports."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.template import Context
from django.utils.safestring import mark_safe

from assessments.gates.content import canonical_json
from compliance.register import view
from compliance.register.words import said
from compliance.reports import finishing, pdf
from compliance.reports.brand import Brand
from compliance.reports.html import HOUSE_COLOUR, engine, quoted
from compliance.reports.view.common import clip
from compliance.reports.voice import Language
from portal.catalogue import catalogue
from portal.core.palette import darkened_for_white


class Paper(NamedTuple):
    """The file and how many pages it has."""

    pdf: bytes
    pages: int


def render_register(
    content: dict[str, Any], *, number: int, content_hash: str, language: Language, brand: Brand, rendered_at: dt.datetime
) -> Paper:
    """Pure: no database, no clock, no network. Raises FontsMissing or PagesFaulty like a report."""
    document = pages(content, number=number, content_hash=content_hash, language=language, brand=brand, rendered_at=rendered_at)
    record = view.record_of(content, catalogue(content["catalogue"]), language)
    written = pdf.write(
        document,
        attachment=canonical_json(content),
        attachment_name=f"register-{number}-{content['as_of']}.json",
        description=record.voice.plain(said("attachment")),
        rendered_at=rendered_at,
    )
    return Paper(*finishing.finish(written))


def pages(content: dict[str, Any], *, number: int, content_hash: str, language: Language, brand: Brand, rendered_at: dt.datetime) -> str:
    """The document as HTML."""
    record = view.record_of(content, catalogue(content["catalogue"]), language)
    voice = record.voice
    context: dict[str, Any] = {
        "voice": voice,
        "title": f"{voice.plain(said('title'))} {number} · {voice.plain(content['tenant']['names'])}",
        "subject": voice.plain(said("subject")),
        "author": voice.plain(content["tenant"]["names"]),
        "rendered_at": rendered_at.isoformat(timespec="seconds"),
        "css": mark_safe(_css(record, content, number, content_hash, brand)),  # noqa: S308 - every text went through quoted
        "logo": brand.logo_uri,
        "logo_alt": voice.plain_word("logo_alt", name=voice.plain(content["tenant"]["names"])),
        "tenant": voice.say(content["tenant"]["names"]),
        "heading": record.lines(said("title")),
        "number": number,
        "as_of": voice.say(said("as_of", date=content["as_of"])),
        "scope": record.lines(said("whole" if content["by_rule"] is not None else "chosen")),
        "by": record.lines(said("by", name=content["by"])),
        "catalogue_text": voice.word("catalogue_text", version=content["catalogue"]),
        "hash_label": voice.say(said("hash")),
        "hash": content_hash,
        "tiles": view.tiles(record),
        "states_title": voice.say(said("states")),
        "states": view.state_table(record),
        "apply_title": voice.word("filings_apply"),
        "applying": view.applying_table(record),
        "unknown_title": voice.word("filings_undetermined"),
        "unknown": view.unknown_table(record),
        "not_title": voice.word("filings_not"),
        "excluded": view.excluded_table(record),
        "by_rule_title": voice.say(said("by_rule")),
        "by_rule_note": record.lines(said("by_rule_note")),
        "by_rule": view.by_rule_table(record, content["by_rule"]) if content["by_rule"] else None,
        "disclaimer": record.lines(record.catalogue.report.disclaimer),
    }
    return str(engine().get_template("compliance/register/pdf/register.html").render(Context(context)))


def _css(record: Any, content: dict[str, Any], number: int, content_hash: str, brand: Brand) -> str:
    voice = record.voice
    head = f"{voice.plain(content['tenant']['names'])}  {voice.plain(said('title'))} {number} · {content['as_of']}"
    page = quoted(voice.plain(voice.phrase("page_of", page="<", pages=">")))
    page = page.replace(quoted("<")[1:-1], '" counter(page) "').replace(quoted(">")[1:-1], '" counter(pages) "')
    check = f"{voice.plain_word('content_check')} {' '.join(content_hash[i : i + 8] for i in range(0, 32, 8))} …"
    colour = darkened_for_white(brand.colour or HOUSE_COLOUR)
    return "\n".join(
        [
            "@page{size:A4 landscape;margin:19mm 14mm 17mm}",
            "@page cover{margin:0 0 17mm;@bottom-left{padding-left:14mm}@bottom-right{padding-right:14mm}}",
            f"@page{{@top-left{{content:{quoted(clip(head, 130)[0])}}}@top-right{{content:none}}",
            f"@bottom-left{{content:{quoted(check)}}}@bottom-right{{content:{page}}}}}",
            f".band{{background:{colour};padding:10mm 14mm 6mm}}.band h1{{margin:3mm 0 1mm;font-size:22pt}}",
            ".both .band{padding:9mm 14mm 5mm}.both .band h1{margin-top:2mm}",
            ".sheet{margin:5mm 14mm 0}.tiles .tile{width:41mm}.sheet p{margin-bottom:.8mm}",
            ".sheet table.t td{padding-top:.5mm;padding-bottom:.5mm}",
        ]
    )
