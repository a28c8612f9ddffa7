"""One sign-off report from frozen content: pages, charts, PDF. Pure: no database, no clock, no network.

Given the same content and decision, the content hash is the same whatever the language, the time and the state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, NamedTuple

from assessments.gates.content import DecisionRecord, RevisionContent, canonical_json, content_sha256, signoff_record
from compliance.reports import finishing, html, pdf
from compliance.reports.brand import Brand, LogoUnusable
from compliance.reports.charts.draw import Drawing
from compliance.reports.view.charts import charts
from compliance.reports.view.common import Record
from compliance.reports.view.cover import Identity
from compliance.reports.voice import Language, Phrase, Voice
from portal.catalogue.parts import Catalogue

State = Literal["valid", "draft", "lapsed"]
Progress = Callable[[str, int], None]
# stage → percent when it begins; the shares are measured (docs/reports.md)
STAGES: Final[dict[str, int]] = {"reading": 3, "writing": 8, "typesetting": 22, "finishing": 94, "done": 100}


class Rendered(NamedTuple):
    """The file, the hash printed on it, its pages, and whether the logo had to be left out."""

    pdf: bytes
    content_hash: str
    pages: int
    without_logo: bool


def content_hash(content: RevisionContent, decision: DecisionRecord) -> str:
    """The hash on cover and footer: sha-256 of the canonical record of revision and decision."""
    return content_sha256(signoff_record(content, decision))


def render_report(
    content: RevisionContent,
    decision: DecisionRecord,
    *,
    catalogue: Catalogue,
    language: Language,
    brand: Brand,
    state: State,
    number: str,
    edition: int,
    verify_url: str,
    rendered_at: dt.datetime,
    lapsed_at: str | None = None,
    lapsed_reasons: Sequence[Any] = (),
    progress: Progress = lambda stage, percent: None,
) -> Rendered:
    """Make the PDF. `catalogue` must be the version the content names; `rendered_at` must have a zone.

    `state`: "draft" marks every page as a draft, "lapsed" as lapsed, "valid" none. Raises ValueError for content and
    catalogue (or decision) that do not belong together, ChartsFailed and FontsMissing if a tool is missing.
    """
    progress("reading", STAGES["reading"])
    if content["catalogue"]["version"] != catalogue.version:
        raise ValueError(f"the revision rests on catalogue {content['catalogue']['version']}, not on {catalogue.version}")
    if rendered_at.tzinfo is None:
        raise ValueError("rendered_at needs a time zone")
    signed = signoff_record(content, decision)
    attachment = canonical_json(signed)
    identity = Identity(
        number=number,
        edition=edition,
        verify_url=verify_url,
        rendered_at=rendered_at.isoformat(timespec="seconds"),
        content_hash=content_sha256(signed),
        state=state,
        lapsed_at=lapsed_at,
        lapsed_reasons=[Phrase(one["zh"], one["en"]) if isinstance(one, dict) else Phrase(str(one), str(one)) for one in lapsed_reasons],
    )
    record = Record(content, decision, catalogue, Voice(language))
    brand, without_logo = usable(brand)
    wanted = charts(record)
    progress("writing", STAGES["writing"])
    drawing = Drawing.start(wanted) if wanted else None
    try:
        document = html.pages(record, identity, brand, drawing)
    except BaseException:
        if drawing:
            drawing.stop()
        raise
    progress("typesetting", STAGES["typesetting"])
    written = pdf.write(
        document,
        attachment=attachment,
        attachment_name=html.record_file_name(record),
        description=record.voice.plain_word("attachment_description"),
        rendered_at=rendered_at,
    )
    progress("finishing", STAGES["finishing"])
    finished, pages = finishing.finish(written)
    progress("done", STAGES["done"])
    return Rendered(finished, identity.content_hash, pages, without_logo)


def usable(brand: Brand) -> tuple[Brand, bool]:
    """The brand without a logo that cannot be read: a report must not fail for a picture."""
    try:
        _ = brand.logo_uri
    except LogoUnusable:
        return Brand(brand.colour), True
    return brand, False
