"""HTML to PDF: WeasyPrint with the report's own fonts and with no way to reach anything else.

One font configuration and one parsed style sheet per process: the fonts are 20 MB and would be loaded, and grow memory,
with each report.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.conf import settings
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from compliance.reports.characters import FONT_STACK, Face, faces

VARIANT: Final = "pdf/a-3a"
_one_at_a_time = Lock()  # the shared font configuration is not made for two renderings at once


class Refused(FatalURLFetchingError):
    """The pages named an address that is neither inline data nor one of the report's fonts."""


class PagesFaulty(RuntimeError):
    """The pages could not be set because of a fault of ours (an address that must not be loaded, say)."""


class Fetcher(URLFetcher):
    """Serves data: URIs and the font files, refuses everything else (files, network)."""

    def __init__(self, fonts: frozenset[str]) -> None:
        super().__init__()
        self._fonts = fonts

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Raise Refused unless the address is inline or a font of ours."""
        if url.startswith("data:") or url in self._fonts:
            return super().fetch(url, headers)
        raise Refused(f"the report may not load {url[:200]}")


@dataclass(frozen=True)
class _Press:
    fonts: FontConfiguration
    style: CSS
    fetcher: Fetcher


@cache
def press() -> _Press:
    """Fonts, style sheet and fetcher of this process. Raises FontsMissing."""
    found = faces()
    fetcher = Fetcher(frozenset(path.resolve().as_uri() for _, path in found))
    fonts = FontConfiguration()
    rules = "\n".join(_font_face(face, path) for face, path in found)
    sheet = (Path(settings.BASE_DIR) / "templates/compliance/reports/pdf/report.css").read_text(encoding="utf-8")
    style = CSS(string=rules + sheet.replace("$FONTS$", FONT_STACK), font_config=fonts, url_fetcher=fetcher)
    return _Press(fonts, style, fetcher)


@contextmanager
def _without_collection() -> Iterator[None]:
    """No garbage collection while pages are set: a quarter of the time went into walking the growing tree of boxes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _font_face(face: Face, path: Path) -> str:
    return f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weight}; src: url("{path.resolve().as_uri()}") }}'


def write(html: str, *, attachment: bytes, attachment_name: str, description: str, rendered_at: dt.datetime) -> bytes:
    """The pages as tagged PDF/A-3a with the machine-readable record attached. `finishing.finish` completes it."""
    tools = press()
    record = Attachment(
        string=attachment,
        name=attachment_name,
        description=description,
        relationship="Data",
        created=rendered_at,
        modified=rendered_at,
    )
    with _one_at_a_time, _without_collection():
        try:
            return bytes(
                HTML(string=html, url_fetcher=tools.fetcher).write_pdf(
                    stylesheets=[tools.style],
                    font_config=tools.fonts,
                    attachments=[record],
                    pdf_variant=VARIANT,
                    pdf_identifier=hashlib.sha256(attachment).digest()[:16],
                )
            )
        except Refused as error:  # a BaseException, so that WeasyPrint lets it pass; no worker may die of it
            raise PagesFaulty(str(error)) from error
