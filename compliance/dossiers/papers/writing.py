"""What all Word papers share: page, fonts for both scripts, tables, marks, page numbers; made with python-docx from nothing but code."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

Said = Mapping[str, str]
CHINESE_BODY, CHINESE_HEAD, LATIN_SERIF, LATIN_PLAIN = "宋体", "黑体", "Times New Roman", "Calibri"
INK, GREY, RED, ACCENT = RGBColor(0x1F, 0x29, 0x33), RGBColor(0x5F, 0x6B, 0x7A), RGBColor(0xB4, 0x23, 0x18), RGBColor(0x1F, 0x4F, 0xB8)
SHADE, LINE = "F2F5F9", "B8C2CE"
WIDTH: Final = 16.6  # centimetres between the margins of A4
TO_FILL: Final = {"zh": "待填写", "en": "to be filled in"}
_DIGITS = "零一二三四五六七八九十"


def said(text: Said | None, language: str, between: str = " / ") -> str:
    """A text in the language of the paper; both where they differ."""
    if not text:
        return ""
    if language != "both":
        return str(text[language])
    return text["zh"] if text["zh"] == text["en"] else f"{text['zh']}{between}{text['en']}"


def numeral(number: int, language: str) -> str:
    """The number of a section: 一、 in Chinese papers, 1. in English ones."""
    if language == "en":
        return f"{number}. "
    tens, ones = divmod(number, 10)
    word = _DIGITS[number] if number <= 10 else f"{'' if tens == 1 else _DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"
    return f"{word}、"


def new_paper(*, title: str, author: str, language: str, made_at: dt.datetime, western: bool = False) -> Paper:
    """An empty A4 paper with the fonts of its language: 宋体 and 黑体 with Times New Roman, or Calibri for European papers."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.2)
    section.header_distance = section.footer_distance = Cm(1.1)
    latin = LATIN_PLAIN if western or language == "en" else LATIN_SERIF
    _font(paper.styles["Normal"], latin, CHINESE_BODY, 10.5, INK)
    paper.styles["Normal"].paragraph_format.space_after = Pt(4)
    paper.styles["Normal"].paragraph_format.line_spacing = 1.25
    _font(paper.styles["Title"], latin, CHINESE_HEAD, 18, INK, bold=True)
    _font(paper.styles["Heading 1"], latin, CHINESE_HEAD, 13, ACCENT, bold=True)
    _font(paper.styles["Heading 2"], latin, CHINESE_HEAD, 11, INK, bold=True)
    for name, before, after in (("Heading 1", 10, 4), ("Heading 2", 7, 1)):
        paper.styles[name].paragraph_format.space_before, paper.styles[name].paragraph_format.space_after = Pt(before), Pt(after)
        paper.styles[name].paragraph_format.keep_with_next = True
    speech = paper.styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    if speech is not None:  # decides which shapes of Chinese characters and marks a program draws
        speech.set(qn("w:val"), "en-GB")
        speech.set(qn("w:eastAsia"), "zh-CN")
    border = paper.styles["Title"].element.find(f".//{qn('w:pBdr')}")
    if border is not None:  # the default template draws a blue line below each title
        border.getparent().remove(border)
    known = paper.core_properties
    known.title, known.author, known.last_modified_by, known.comments, known.keywords = title, author, author, "", ""
    known.created = known.modified = made_at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    known.language = "en-GB" if language == "en" else "zh-CN"
    return paper


def _font(style: Any, latin: str, chinese: str, size: float, colour: RGBColor, *, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.color.rgb = latin, Pt(size), bold, colour
    style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    fonts.set(qn("w:hAnsi"), latin)
    fonts.set(qn("w:cs"), latin)
    fonts.set(qn("w:eastAsia"), chinese)


def head_and_foot(paper: Paper, left: str, right: str, foot: str, language: str) -> None:
    """Running head, and a foot with the number of the page and of all pages."""
    section = paper.sections[0]
    for part, texts in ((section.header, (left, right)), (section.footer, (foot, None))):
        line = part.paragraphs[0]
        line.style = paper.styles["Normal"]
        line.paragraph_format.tab_stops.add_tab_stop(Cm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
        _small(line, texts[0] or "")
        line.add_run("\t")
        if texts[1] is not None:
            _small(line, texts[1])
        else:
            _pages(line, language)


def _small(line: Paragraph, text: str) -> None:
    run = line.add_run(text)
    run.font.size, run.font.color.rgb = Pt(8.5), GREY


def _pages(line: Paragraph, language: str) -> None:
    before, middle, after = {"zh": ("第 ", " 页，共 ", " 页"), "en": ("Page ", " of ", ""), "both": ("第 ", " 页，共 ", " 页")}[language]
    _small(line, before)
    _counter(line, "PAGE")
    _small(line, middle)
    _counter(line, "NUMPAGES")
    _small(line, after)


def _counter(line: Paragraph, name: str) -> None:
    """A field that programs count; each part is a run of its own, so that its result keeps the letters of the line."""
    for kind in ("begin", "", "separate", "result", "end"):
        run = line.add_run("1" if kind == "result" else "")
        run.font.size, run.font.color.rgb = Pt(8.5), GREY
        if kind == "result":
            continue
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = name
        run._r.append(element)


def title(paper: Paper, texts: Iterable[str]) -> None:
    """The title, in the middle; a second text below it in smaller letters."""
    lines = list(texts)
    for number, text in enumerate(lines):
        line = paper.add_paragraph(style="Title")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = Pt(2 if number + 1 < len(lines) else 9)
        run = line.add_run(text)
        if number:
            run.font.size, run.font.bold = Pt(12.5), False


def lines_in(cell_or_paper: Any, text: str, *, size: float | None = None, colour: RGBColor | None = None, bold: bool = False) -> None:
    """Text with its line breaks into a cell (in its first paragraph) or at the end of a paper."""
    target = cell_or_paper.paragraphs[0] if isinstance(cell_or_paper, _Cell) else cell_or_paper.add_paragraph()
    for number, line in enumerate(clean(text).split("\n")):
        if number:
            target.add_run().add_break()
        run = target.add_run(line)
        run.font.bold = bold or None
        if size is not None:
            run.font.size = Pt(size)
        if colour is not None:
            run.font.color.rgb = colour


def chinese_shapes(paragraph: Paragraph) -> None:
    """Marks that both scripts have (■ □) are drawn with the Chinese font, all in one size."""
    for run in paragraph.runs:
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def clean(text: str) -> str:
    """Text that XML can hold: control characters and lone halves become a blank."""
    return "".join(
        one if one in "\n\t" or (ord(one) >= 32 and not 0xD800 <= ord(one) <= 0xDFFF and ord(one) not in (0xFFFE, 0xFFFF)) else " "
        for one in text
    )


def to_fill(paragraph: Paragraph, language: str, hint: Said | None = None) -> None:
    """The visible mark that something is missing, with what to write."""
    parts = ["：" if language != "en" else ": ", said(hint, language)] if hint else []
    text = f"{said(TO_FILL, language)}{''.join(parts)}"
    run = paragraph.add_run(f"〔{text}〕" if language != "en" else f"[{text}]")
    run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def table(paper: Paper, widths: Sequence[float], head: Sequence[str] = ()) -> Any:
    """A table with thin lines across the page; ``widths`` in centimetres; a head that is repeated on each page, small in many columns."""
    made = paper.add_table(rows=1 if head else 0, cols=len(widths))
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    _borders(made)
    grid = made._tbl.tblGrid
    for column, width in zip(grid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(Cm(width).twips))
    if head:
        row = made.rows[0]
        fit(row, widths)
        for cell, text in zip(row.cells, head, strict=True):
            shade(cell, SHADE)
            lines_in(cell, text, size=9.5 if len(widths) < 6 else 8, bold=True)
            tight(cell)
        repeated = OxmlElement("w:tblHeader")
        repeated.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(repeated)
    return made


def fit(row: Any, widths: Sequence[float], *, whole: bool = True) -> None:
    """Widths of a row's cells; ``whole``: the row is not cut at the end of a page."""
    for cell, width in zip(row.cells, widths, strict=True):
        cell.width = Cm(width)
    if whole:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def tight(cell: _Cell) -> None:
    """Little room between the lines of a cell."""
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.1


def shade(cell: _Cell, colour: str) -> None:
    """The ground of a cell."""
    element = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        element.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(element)


def _borders(made: Any) -> None:
    box = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{name}"), value)
        box.append(line)
    made._tbl.tblPr.append(box)


def keep_with_what_follows(paper: Paper) -> None:
    """The last paragraph, or the last row of the last table, stays on the page of what comes next."""
    last = list(paper.iter_inner_content())[-1]
    found = [last] if isinstance(last, Paragraph) else [one for cell in last.rows[-1].cells for one in cell.paragraphs]
    for paragraph in found:
        paragraph.paragraph_format.keep_with_next = True


def saved(paper: Paper) -> bytes:
    """The bytes of the file."""
    target = io.BytesIO()
    paper.save(target)
    return target.getvalue()
