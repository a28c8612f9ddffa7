"""The finished PDF: sections, text, fonts, tags, attachment, hash, marks, hard cases. Checked by independent tools."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import subprocess
import sys
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from PIL import Image

from assessments.gates.content import canonical_json, signoff_record
from compliance.reports.brand import Brand, LogoUnusable
from compliance.reports.html import page_css
from compliance.reports.pdf import Fetcher, Refused, press
from compliance.reports.render import STAGES, content_hash
from compliance.reports.view.common import Record
from compliance.reports.view.cover import Identity
from compliance.reports.voice import Voice
from portal.core.palette import contrast
from tests.compliance.reports import variants
from tests.compliance.reports.conftest import ADDRESS, RENDERED_AT, flat, made, pages_of
from tests.compliance.reports.sample import light_content, sample_content, sample_decision

pytestmark = pytest.mark.pdf
LANGUAGES = ("zh", "en", "both")
KINDS = ("sample", "light", "blocked", "hostile")


def codes(language):
    return ("zh", "en") if language == "both" else (language,)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_all_fourteen_sections_are_there_in_order(report, catalogue, kind, language):
    text = [flat(page) for page in pages_of(report(kind, language).pdf)]
    place = (1, 0)
    for section in catalogue.report.sections[1:]:
        heading = flat(f"{section.order} {section.title[codes(language)[0]]}")
        page = next(
            (number for number in range(place[0], len(text)) if heading in text[number][place[1] if number == place[0] else 0 :]), None
        )
        assert page is not None, heading
        place = (page, text[page].index(heading, place[1] if page == place[0] else 0))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_page_two_is_the_executives_page_and_nothing_else(report, catalogue, kind, language):
    text = [flat(page) for page in pages_of(report(kind, language).pdf)]
    first = codes(language)[0]
    title = {section.order: flat(f"{section.order} {section.title[first]}") for section in catalogue.report.sections}
    assert title[2] in text[1]
    assert title[3] in text[2]
    assert flat(ADDRESS) in text[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cover_says_decision_number_validity_class_and_hash(report, language):
    result = report("sample", language)
    cover = flat(pages_of(result.pdf)[0])
    assert result.content_hash in cover
    for word in ("TF-2026-000184", "2027-05-23", "2026-11-2317:20", "91.4"):
        assert word in cover
    for code, words in {
        "zh": ("小范围上线", "内部资料", "上线批准签批报告", "星河零售集团"),
        "en": ("Launchforalimitedgroup", "internal", "XingheRetailGroup"),
    }.items():
        if code in codes(language):
            for word in words:
                assert word in cover


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_can_be_taken_out_in_its_languages(report, catalogue, language):
    text = flat("".join(pages_of(report("sample", language).pdf)))
    assert "7×24小时回答消费者售后问题" in text  # as the person wrote it, in every report
    for code in codes(language):
        for item in ("D1.01", "D5.10", "D10.08"):
            assert flat(catalogue.items[item].question[code]) in text
        assert flat(catalogue.report.disclaimer[code]) in text
    other = {"zh": "en", "en": "zh"}.get(language)
    if other:
        assert flat(catalogue.items["D5.10"].question[other]) not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_has_number_classification_and_hash(report, language):
    result = report("sample", language)
    pages = [flat(page) for page in pages_of(result.pdf)]
    assert len(pages) == result.pages
    for number, page in enumerate(pages, 1):
        assert (f"第{number}/{len(pages)}页" if "zh" in codes(language) else f"Page{number}of{len(pages)}") in page
        assert result.content_hash[:32] in page
        if number > 1:
            assert "XH-0007" in page


@pytest.mark.parametrize("kind", ["sample", "hostile"])
def test_all_fonts_are_embedded_and_bundled(report, kind):
    with pymupdf.open(stream=report(kind, "both").pdf) as document:
        fonts = {font[:4] for page in document for font in page.get_fonts()}
        assert all(document.extract_font(xref)[3] for xref, *_ in fonts)
    names = {name.partition("+")[2] for _, _, _, name in fonts}
    assert names <= {
        "Noto-Sans-SC",
        "Noto-Sans-SC-Bold",
        "Noto-Sans",
        "Noto-Sans-Bold",
        "Noto-Sans-Arabic",
        "Noto-Sans-Hebrew",
        "Noto-Emoji",
    }


@pytest.mark.parametrize("kind", ["sample", "hostile"])
def test_no_glyph_is_missing(report, kind):
    """Glyph 0 is the empty box: it must be drawn nowhere."""
    with pymupdf.open(stream=report(kind, "both").pdf) as document:
        assert not any("\ufffd" in page.get_text() for page in document)
        for page in document:
            for span in page.get_texttrace():
                assert all(glyph != 0 for _, glyph, *_ in span["chars"]), span["chars"][:5]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_attachment_is_the_record_and_its_hash_is_the_printed_one(report, catalogue, language):
    result = report("sample", language)
    content = sample_content(catalogue)
    record = signoff_record(content, sample_decision(content))
    with pikepdf.open(io.BytesIO(result.pdf)) as document:
        assert list(document.attachments) == ["XH-0007-G4-1-record.json"]
        data = document.attachments["XH-0007-G4-1-record.json"].get_file().read_bytes()
        assert len(document.Root.AF) == 1
        assert document.Root.AF[0].AFRelationship == "/Data"
    assert data == canonical_json(record)
    assert hashlib.sha256(data).hexdigest() == result.content_hash
    assert json.loads(data)["decision"]["outcome"] == "launch_limited"


def test_two_exports_of_one_decision_have_one_hash(report, catalogue):
    content = light_content(catalogue)
    decision = sample_decision(content)
    first = made(content, decision)
    later = made(content, decision, language="en", rendered_at=RENDERED_AT + dt.timedelta(days=9), state="lapsed", edition=2)
    assert first.content_hash == later.content_hash == content_hash(content, decision)
    assert first.pdf != later.pdf
    decision["remark"] += "。"
    assert content_hash(content, decision) != first.content_hash


@pytest.mark.parametrize("language", LANGUAGES)
def test_metadata_language_and_outline(report, language):
    with pikepdf.open(io.BytesIO(report("sample", language).pdf)) as document:
        root = document.Root
        assert str(root.Lang) == ("en" if language == "en" else "zh-Hans")
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert "XH-0007 G4" in str(document.docinfo["/Title"])
        assert ("星河零售集团" if language != "en" else "Xinghe") in str(document.docinfo["/Author"])
        packet = root.Metadata.read_bytes().decode()
        for mark in ("<pdfuaid:part>1</pdfuaid:part>", "pdfaid:part", "pdfaExtension:schemas"):
            assert mark in packet
        assert "pdfaid:part>3<" in packet.replace('pdfaid:part="3"', "pdfaid:part>3<")
        with document.open_outline() as outline:
            sections = outline.root[0].children
        assert len(sections) == 13


def test_pdf_a_structure(report):
    """What can be said about PDF/A-3a without a validator: no encryption, no script, output intent, tags, one file spec."""
    with pikepdf.open(io.BytesIO(report("sample", "zh").pdf)) as document:
        assert not document.is_encrypted
        assert document.Root.MarkInfo.Marked
        assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert "/OpenAction" not in document.Root
        assert "/JavaScript" not in document.Root.get("/Names", {})
        for page in document.pages:
            for annotation in page.get("/Annots", []):
                assert annotation.F == 4
                assert annotation.A.S == "/URI" if "/A" in annotation else True


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["sample", "light"])
def test_accessibility_checkers_find_no_error(report, tmp_path, kind, language):
    path = tmp_path / "report.pdf"
    path.write_bytes(report(kind, language).pdf)
    tools = Path(sys.executable).parent
    found = subprocess.run(
        [tools / "outloud", path, "--json", tmp_path / "outloud.json", "--fail-on", "error"], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout
    other = subprocess.run([tools / "pdfua", "check", path], capture_output=True, text=True)
    assert other.returncode == 0, other.stdout
    assert "errors=0" in other.stdout


def test_running_heads_are_no_content_for_a_reader(report):
    with pikepdf.open(io.BytesIO(report("sample", "zh").pdf)) as document:
        for page in document.pages:
            assert page.Contents.read_bytes().count(b"/Type /Pagination") >= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_marked_on_every_page(report, language):
    for number, page in enumerate(pages_of(report("light", language).pdf)):
        assert ("草稿" if language != "en" else "DRAFT") in page, number + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lapsed_sign_off_says_so_on_every_page(report, language):
    pages = pages_of(report("blocked", language).pdf)
    for number, page in enumerate(pages):
        assert ("签批已失效" if language != "en" else "Sign-off has lapsed") in page or number == 0
    assert ("更换模型" if language != "en" else "the model changed") in pages[0]


def test_a_valid_report_carries_no_mark(report):
    text = "".join(pages_of(report("sample", "zh").pdf))
    assert "草稿" not in text
    assert "签批已失效" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_section_without_data_says_so(report, language):
    text = flat("".join(pages_of(report("light", language).pdf)))
    voice = Voice(language)
    for key in (
        "facts_none",
        "stakeholders_none",
        "dimension_empty",
        "evidence_none",
        "money_none",
        "calculators_none",
        "measurements_none",
        "data_quality_none",
        "risks_none",
        "filings_apply_none",
        "waivers_none",
        "changes_first",
        "events_none",
        "attachments_none",
        "limits_none",
        "criteria_none",
    ):
        assert flat(voice.plain_word(key)) in text, key


def test_evidence_with_personal_data_is_listed_only(report, catalogue):
    content = sample_content(catalogue)
    entry = next(one for one in content["evidence"] if one["personal_data"])
    entry |= {"kind": "note", "text": "张三 13800000000", "sha256": None, "size": None}
    text = flat("".join(pages_of(made(content, sample_decision(content)).pdf)))
    assert flat(entry["name"]) in text
    assert "13800000000" not in text
    assert "只列目录" in text


def test_an_auditor_finds_rule_answer_hash_and_two_people(report, catalogue):
    content = sample_content(catalogue)
    text = flat("".join(pages_of(report("sample", "zh").pdf)))
    item = next(one for one in content["items"] if one["key"] == "D5.01")
    for part in (
        item["explain"]["zh"],
        item["value"][0]["instrument"],
        item["answered_by"]["name"],
        item["approval"]["by"]["name"],
        item["approval"]["answer_sha256"][:8],
        *(one["sha256"] for one in content["evidence"] if one["id"] in item["evidence"]),
    ):
        assert flat(part) in text


def test_every_applying_item_and_evidence_is_listed(report, catalogue):
    content = sample_content(catalogue)
    text = flat("".join(pages_of(report("sample", "zh").pdf)))
    for item in content["items"]:
        assert item["key"] in text
    for entry in content["evidence"]:
        assert entry["sha256"] is None or entry["sha256"] in text


def test_no_row_is_lost_where_a_table_crosses_pages(report):
    pages = [flat(page) for page in pages_of(report("long", "zh").pdf)]
    text = "".join(pages)
    assert all(text.count(f"行标记{number:04d}号") == 1 for number in range(160))
    holding = [page for page in pages if "行标记" in page]
    assert len(holding) >= 3
    assert all("指标现值" in page for page in holding)  # the head is repeated


def test_a_long_answer_is_whole(report):
    text = flat("".join(pages_of(report("hostile", "zh").pdf)))
    assert len(variants.LONG_ANSWER) > 5000
    assert [number for number in range(len(variants.SENTENCES)) if f"第{number:03d}句" not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_is_shown_as_text(report, language):
    text = flat("".join(pages_of(report("hostile", language).pdf)))
    for part in ('<script>alert("x")</script>', "{{7|add:7}}", "U+202E", "[U+0000]", "👍", "😀", "Dvořák"):
        assert part in text
    assert "[U+D55C]" in text
    with pikepdf.open(io.BytesIO(report("hostile", language).pdf)) as document:
        links = [str(one.A.URI) for page in document.pages for one in page.get("/Annots", []) if "/A" in one]
    assert set(links) <= {ADDRESS, "https://wiki.xinghe.example/ai/kefu"}


def test_css_in_a_project_code_stays_a_text(catalogue):
    content = variants.hostile_content(catalogue)
    record = Record(content, sample_decision(content), catalogue, Voice("zh"))
    identity = Identity("N", 1, "", RENDERED_AT.isoformat(), "0" * 64, "valid", None, [])
    css = page_css(record, identity, Brand())
    assert "</style" not in css
    assert css.count("@page{") == 1
    assert "url(file:" not in css.replace(r"\22 ", "").partition("@top-right")[2]


def test_nothing_but_inline_data_and_our_fonts_can_be_loaded():
    fetcher = press().fetcher
    for address in ("file:///etc/passwd", "http://127.0.0.1:8000/", "https://example.org/x.png", "ftp://example.org/x"):
        with pytest.raises(Refused):
            fetcher.fetch(address)
    assert fetcher.fetch("data:text/plain,abc").read() == b"abc"
    assert isinstance(fetcher, Fetcher)


@pytest.mark.parametrize("colour", ["#ffe680", "#e4572e", "#ffffff", "#131c2e", ""])
def test_the_band_is_dark_enough_for_white_text(catalogue, colour):
    content = light_content(catalogue)
    record = Record(content, sample_decision(content), catalogue, Voice("zh"))
    css = page_css(record, Identity("N", 1, "", RENDERED_AT.isoformat(), "0" * 64, "valid", None, []), Brand(colour))
    ground = css.partition(".band{background:")[2][:7]
    assert contrast(ground, "#ffffff") >= 4.5


def test_a_wrong_colour_is_refused():
    with pytest.raises(ValueError, match="#rrggbb"):
        Brand("red; }")


def picture(form="PNG", size=(400, 160)):
    out = io.BytesIO()
    Image.new("RGBA" if form == "PNG" else "RGB", size, "#1f4fb8").save(out, form)
    return out.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_logo_is_redrawn_and_named(catalogue, form):
    content = light_content(catalogue)
    result = made(content, sample_decision(content), brand=Brand("#1f4fb8", picture(form)))
    assert not result.without_logo
    with pymupdf.open(stream=result.pdf) as document:
        assert document[0].get_images()


@pytest.mark.parametrize("data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG broken", b"%PDF-1.7"])
def test_a_broken_logo_is_left_out(catalogue, data):
    with pytest.raises(LogoUnusable):
        _ = Brand("", data).logo_uri
    content = light_content(catalogue)
    result = made(content, sample_decision(content), brand=Brand("", data))
    assert result.without_logo
    assert result.pages > 3


def test_progress_goes_up_to_a_hundred(catalogue):
    seen = []
    content = light_content(catalogue)
    made(content, sample_decision(content), progress=lambda stage, percent: seen.append((stage, percent)))
    assert seen == list(STAGES.items())
    assert [percent for _, percent in seen] == sorted(percent for _, percent in seen)


def test_what_does_not_belong_together_is_refused(catalogue):
    content = light_content(catalogue)
    decision = sample_decision(content)
    content["project"]["code"] = "other"
    with pytest.raises(ValueError, match="another revision"):
        made(content, decision)
    content["catalogue"]["version"] = "2000.01.01"
    with pytest.raises(ValueError, match="rests on catalogue"):
        made(content, sample_decision(content))
    content = light_content(catalogue)
    with pytest.raises(ValueError, match="time zone"):
        made(content, sample_decision(content), rendered_at=dt.datetime(2026, 1, 1))
