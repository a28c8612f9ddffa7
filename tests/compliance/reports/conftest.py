"""Rendered reports, made once per session: rendering is the slow part, looking at them is cheap."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pikepdf
import pymupdf
import pytest

from compliance.reports.brand import Brand
from compliance.reports.render import Rendered, content_hash, render_report
from portal.catalogue.installed import catalogue as installed
from portal.catalogue.parts import Catalogue
from tests.compliance.reports import sample, variants
from tests.compliance.reports.doors import decide, make, open_gate, order
from tests.conftest import WORLD
from tests.factories.groundwork import Groundwork

RENDERED_AT = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
ADDRESS = "https://tenfold.example/verify/7c1e93ab04d2f8e1"


def made(content: Any, decision: Any, **changes: Any) -> Rendered:
    """A report of the sample with everything given that a report needs."""
    given: dict[str, Any] = {
        "catalogue": installed(),
        "language": "zh",
        "brand": Brand("#e4572e"),
        "state": "valid",
        "number": "TF-2026-000184",
        "edition": 1,
        "verify_url": ADDRESS,
        "rendered_at": RENDERED_AT,
    }
    return render_report(content, decision, **(given | changes))


@cache
def _report(kind: str, language: str) -> Rendered:
    catalogue = installed()
    if kind == "light":
        content = sample.light_content(catalogue)
        return made(content, sample.sample_draft(content), language=language, state="draft")
    if kind == "blocked":
        content = variants.blocked_content(catalogue)
        reasons = [{"zh": "更换模型", "en": "the model changed"}]
        decision = sample.sample_decision(content)
        return made(content, decision, language=language, state="lapsed", lapsed_at="2026-11-28T10:00:00+08:00", lapsed_reasons=reasons)
    if kind == "hostile":
        content = variants.hostile_content(catalogue)
        return made(content, sample.sample_decision(content), language=language, brand=Brand("#ffe680"))
    if kind == "long":
        content = variants.long_table_content(catalogue, 160)
        return made(content, sample.sample_decision(content), language=language)
    content = sample.sample_content(catalogue)
    return made(content, sample.sample_decision(content), language=language)


@pytest.fixture(scope="session")
def report() -> Callable[[str, str], Rendered]:
    """`report(kind, language)`: sample, light, blocked, hostile or long, made once."""
    return _report


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The installed catalogue."""
    return installed()


def pages_of(pdf: bytes) -> list[str]:
    """Text of each page."""
    with pymupdf.open(stream=pdf) as document:
        return [page.get_text() for page in document]


def flat(text: str) -> str:
    """Text without blanks and line ends: extraction breaks lines where the page does."""
    return "".join(text.split())


def opened(pdf: bytes) -> Iterator[pikepdf.Pdf]:
    """The file as objects."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        yield document


@pytest.fixture
def files(settings, tmp_path):
    """Files of a test stay in the test's folder."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path / "files")}}
    }


@pytest.fixture
def rendering(request, monkeypatch):
    """Tests of doors need a file, not a beautiful one; those marked "pdf" get the real renderer."""
    if "pdf" in request.keywords:
        return

    def quick(content, decision, *, progress, language, **given):
        progress("typesetting", 22)
        return Rendered(f"%PDF-1.7 {language} {given['edition']} {given['state']}".encode(), content_hash(content, decision), 7, False)

    monkeypatch.setattr("compliance.reports.render.render_report", quick)


def _open(world):
    open_gate(world)
    return world


def _decide(world):
    decide(world)
    return world


ROUND_OPEN = Groundwork(_open, on=WORLD)
DECIDED = Groundwork(_decide, on=ROUND_OPEN)


@pytest.fixture
@ROUND_OPEN.fixture
def round_open(world, laid):
    return laid.give(ROUND_OPEN, world)


@pytest.fixture
@DECIDED.fixture
def decided(round_open, laid):
    return laid.give(DECIDED, round_open)


@pytest.fixture
def ready(decided):
    decided.report = order(decided)
    assert make(decided, decided.report) == "done"
    return decided
