"""The pages as HTML: Django templates over the view, in an engine of their own (no settings, no request, no translation)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template import Context, Engine
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from compliance.reports.brand import Brand
from compliance.reports.charts.draw import Drawing
from compliance.reports.view import charts as chart_view
from compliance.reports.view import closing, cover, decision, dimensions, executive, facts, figures, filings, subjects
from compliance.reports.view.common import Record, clip, clipped
from compliance.reports.view.cover import Identity
from portal.core.formats import number
from portal.core.palette import darkened_for_white

FOLDER = "compliance/reports/pdf"
HOUSE_COLOUR = "#131c2e"
HEAD_LINE = 78  # half characters of the running head that stand in one line


@cache
def engine() -> Engine:
    """Autoescaping engine that finds only the report's templates and the one tag library `report_pdf`."""
    return Engine(
        dirs=[str(Path(settings.BASE_DIR) / "templates")],
        builtins=["compliance.reports.pdf_tags"],
        autoescape=True,
        debug=False,
        loaders=[("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
    )


def pages(record: Record, identity: Identity, brand: Brand, drawing: Drawing | None) -> str:
    """The whole document. The charts are waited for last, so that node works while the tables are made."""
    voice = record.voice
    project = record.content["project"]
    tier_table, tier_rest = facts.tier_table(record)
    fact_table, facts_unknown = facts.fact_table(record)
    context: dict[str, Any] = {
        "voice": voice,
        "record": record,
        "identity": identity,
        "sections": sections(record),
        "title": title(record),
        "css": page_css(record, identity, brand),
        "tenant": voice.say(clipped(record.content["tenant"]["names"], 60)),
        "project_name": record.lines(clipped(project["names"], 110)),
        "name_size": cover.name_size(project["names"], voice.codes),
        "report_title": record.lines(voice.phrase("report_title", gate=record.gate_name(record.content["gate"]["id"]))),
        "logo": brand.logo_uri,
        "logo_alt": voice.plain_word("logo_alt", name=voice.plain(record.content["tenant"]["names"])),
        "gate": record.content["gate"]["id"],
        "code": voice.say(clip(project["code"], 50)[0]),
        "draft": identity.state == "draft",
        "lapsed": lapsed_sentence(record, identity),
        "tiles": cover.decision_tiles(record),
        "cover_rows": cover.cover_rows(record, identity),
        "qr": qr_uri(identity.verify_url) if identity.verify_url else "",
        "qr_alt": voice.plain_word("qr_alt", address=identity.verify_url),
        "executive": executive.executive(record),
        "decision_sentence": decision.decision_sentence(record),
        "asked_rows": decision.asked_rows(record),
        "signatures": decision.signature_table(record),
        "decision_notes": decision.decision_notes(record),
        "criteria": decision.criteria_table(record),
        "previous": decision.previous_lines(record),
        "project_rows": facts.project_rows(record),
        "tier_lines": facts.tier_lines(record),
        "tier_table": tier_table,
        "tier_rest": tier_rest,
        "fact_table": fact_table,
        "facts_unknown": facts_unknown,
        "stakeholders": facts.stakeholder_table(record),
        "scores": dimensions.score_table(record),
        "dimensions": dimensions.dimension_blocks(record),
        "calculators": figures.calculator_blocks(record),
        "not_run": figures.not_run(record),
        "money_table": chart_view.money_table(record),
        "measurements": figures.measurement_table(record),
        "data_summary": subjects.data_summary(record),
        "data_quality": subjects.quality_table(record),
        "data_facts": subjects.data_facts(record),
        "risks": subjects.risk_table(record),
        "filings": filings.filing_tables(record),
        "by_rule": filings.by_rule_alone(record),
        "red": filings.red_table(record),
        "waivers": closing.waiver_table(record),
        "conditions": decision.condition_table(record),
        "earlier_conditions": closing.earlier_conditions(record),
        "blocker_conditions": closing.blocker_conditions(record),
        "changes_sentence": closing.changes_sentence(record),
        "changes": closing.changes_table(record),
        "frameworks": closing.framework_lists(record),
        "events": closing.event_table(record),
        "versions": closing.version_rows(record, identity),
        "attachments": closing.attachment_table(record),
        "disclaimer": record.lines(record.catalogue.report.disclaimer),
        "money_sources": voice.join(
            chart_view.money_source(record, one) for one in dict.fromkeys(line["source"] for line in project["money"]) if one
        ),
        "file_name": record_file_name(record),
        "floor": number(record.content["readiness"]["floor"]),
        "ready_from": number(record.content["readiness"]["ready_from"]),
        "limits_lines": [record.lines(one) for one in record.content["limits"]],
        "made_at": voice.moment(identity.rendered_at),
        "subject": voice.plain_word("subject"),
        "author": voice.plain(record.content["tenant"]["names"]),
        "keywords": f"{project['code']}, {record.content['gate']['id']}, {identity.number}, sha-256 {identity.content_hash}",
    }
    context["by_rule_count"] = sum(count for _, count, _, _ in context["by_rule"])
    context["charts"] = drawing.result() if drawing else {}
    return str(engine().get_template(f"{FOLDER}/report.html").render(Context(context)))


def record_file_name(record: Record) -> str:
    """Name of the attachment: XH-0007-G4-1-record.json, with characters that any file system takes."""
    code = "".join(character if character.isalnum() or character in "-_" else "-" for character in record.content["project"]["code"])
    return f"{code}-{record.content['gate']['id']}-{record.content['gate']['round']}-record.json"


def sections(record: Record) -> Mapping[str, SafeString]:
    """Title of each section by id, from the catalogue, with its number."""
    return {
        one.id: format_html('<span class="no">{}</span> {}', one.order, record.voice.say(one.title))
        for one in record.catalogue.report.sections
    }


def title(record: Record) -> str:
    """Title of the document: project, code, gate."""
    voice, project = record.voice, record.content["project"]
    name = voice.plain(voice.phrase("report_title", gate=record.gate_name(record.content["gate"]["id"])))
    return f"{voice.plain(project['names'])} · {name} · {project['code']} {record.content['gate']['id']}"


def lapsed_sentence(record: Record, identity: Identity) -> SafeString:
    """Why and since when the sign-off has lapsed, "" if it has not."""
    if identity.state != "lapsed":
        return SafeString("")
    if identity.lapsed_at and identity.lapsed_reasons:
        return record.sentence(
            "lapsed_why", at=record.voice.moment(identity.lapsed_at), reasons=record.voice.join(identity.lapsed_reasons, "semicolon")
        )
    if identity.lapsed_at:
        return record.sentence("lapsed_on", at=record.voice.moment(identity.lapsed_at))
    return record.sentence("lapsed_plain")


def qr_uri(address: str) -> str:
    """QR code as an SVG data URI, dark on white with its quiet zone."""
    uri: str = segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, dark="#1d2433", light="#ffffff")
    return uri


def page_css(record: Record, identity: Identity, brand: Brand) -> SafeString:
    """What differs from report to report: running heads, colour of the band, watermark. Texts are escaped for CSS."""
    voice, project = record.voice, record.content["project"]
    # one line: in a bilingual report the gate in the first language alone
    head = f"{project['code']}  {voice.plain(project['names'])} · {record.gate_label(record.content['gate']['id'])[voice.codes[0]]}"
    page, pages_ = '" counter(page) "', '" counter(pages) "'
    page_of = quoted(voice.plain(voice.phrase("page_of", page="<", pages=">"))).replace(_escaped("<"), page).replace(_escaped(">"), pages_)
    footer = f"{voice.plain_word('content_check')} {' '.join(identity.content_hash[i : i + 8] for i in range(0, 32, 8))} …"
    lines = [
        f"@page{{@top-left{{content:{quoted(clip(head, HEAD_LINE)[0])}}}",
        f"@top-right{{content:{quoted(voice.plain(voice.label('confidentiality', project['confidentiality'])))}}}",
        f"@bottom-left{{content:{quoted(footer)}}}",
        f"@bottom-right{{content:{page_of}}}}}",
        f".band{{background:{darkened_for_white(brand.colour or HOUSE_COLOUR)}}}",
    ]
    if identity.state in ("draft", "lapsed"):
        word = voice.plain(voice.phrase(identity.state), " ")
        lines.append(f'@page{{background:url("{_watermark(word, identity.state)}") center / 210mm 297mm no-repeat}}')
        lines.append(f"@page{{@top-center{{content:{quoted(word)};color:#b3261e;font-weight:700;font-size:9pt}}}}")
    return mark_safe("\n".join(lines))  # noqa: S308 - every text went through quoted


def _watermark(word: str, state: str) -> str:
    """The word across the page in a grey that stays readable under text and in black and white."""
    colour = "#eceef2" if state == "draft" else "#f6dedc"
    size = 34 if len(word) < 8 else 22
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297"><text x="105" y="160" font-family="Noto Sans SC" font-weight="700" '
        f'font-size="{size}" fill="{colour}" text-anchor="middle" transform="rotate(-52 105 150)">{word}</text></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def quoted(text: str) -> str:
    """A CSS string: quotes, backslashes, line ends and angle brackets as escapes."""
    return '"' + "".join(_escaped(character) if character in '"\\\n\r<>&' else character for character in text) + '"'


def _escaped(character: str) -> str:
    return f"\\{ord(character):x} "
