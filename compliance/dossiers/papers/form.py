"""A form as a Word file: what is on record filled in, what is missing marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from docx.document import Document as Paper
from docx.shared import Pt

from compliance.dossiers.papers import writing
from compliance.dossiers.papers.writing import GREY, RED, WIDTH, said

_WORDS = {
    "made": {"zh": "由记录生成，供核对后使用", "en": "Made from the record, to be checked before use"},
    "date": {"zh": "生成日期", "en": "Made on"},
    "gaps": {"zh": "黄色标记为待填写内容，共 {n} 处。", "en": "What is marked yellow is to be filled in: {n} places."},
    "sign": {"zh": "单位（盖章）", "en": "Organisation (seal)"},
    "signer": {"zh": "负责人（签字）", "en": "Responsible person (signature)"},
    "day": {"zh": "日期", "en": "Date"},
    "of": {"zh": "事项", "en": "Filing"},
    "project": {"zh": "项目", "en": "Project"},
}


def write_form(filled: Mapping[str, Any], head: Mapping[str, Any], language: str, made_at: dt.datetime) -> bytes:
    """The Word file of a form filled by :func:`compliance.dossiers.values.fill`.

    ``head``: ``organisation``, ``filing`` and ``project`` (texts; no project for a filing of the organisation) and ``code``.
    """
    name = said(filled["name"], language)
    author = said(head["organisation"], "en" if language == "en" else "zh")
    paper = writing.new_paper(title=name, author=author, language=language, made_at=made_at, western=filled["style"] == "western")
    day = made_at.date().isoformat()
    writing.head_and_foot(
        paper,
        author,
        said(filled["name"], "en" if language == "en" else "zh"),
        f"{head['code']}  {said(_WORDS['made'], 'en' if language == 'en' else 'zh')}",
        language,
    )
    names = [filled["name"]["zh"], filled["name"]["en"]] if language == "both" else [name]
    writing.title(paper, names)
    _meta(paper, head, language, day)
    gaps = _gaps(filled)
    if filled["intro"]:
        writing.lines_in(paper, said(filled["intro"], language, "\n"), size=9.5, colour=GREY)
    if gaps:
        text = said({key: value.format(n=gaps) for key, value in _WORDS["gaps"].items()}, language, " ")
        writing.lines_in(paper, text, size=9.5, colour=RED)
    for number, section in enumerate(filled["sections"], start=1):
        _section(paper, number, section, language)
    if filled["signature"]:
        _signature(paper, language)
    return writing.saved(paper)


def _meta(paper: Paper, head: Mapping[str, Any], language: str, day: str) -> None:
    parts = [f"{said(_WORDS['of'], language)}: {said(head['filing'], language)}"]
    if head["project"]:
        parts.append(f"{said(_WORDS['project'], language)}: {said(head['project'], language)} ({head['code']})")
    parts.append(f"{said(_WORDS['date'], language)}: {day}")
    text = "\n".join(parts)
    writing.lines_in(paper, text.replace(": ", "：") if language == "zh" else text, size=9.5)


def _gaps(filled: Mapping[str, Any]) -> int:
    fields = sum(1 for section in filled["sections"] for one in section["fields"] if one["value"] is None)
    return fields + sum(1 for section in filled["sections"] if section["table"] is not None and not section["table"]["rows"])


def _section(paper: Paper, number: int, section: Mapping[str, Any], language: str) -> None:
    heading = paper.add_paragraph(style="Heading 1")
    heading.add_run(f"{writing.numeral(number, language)}{said(section['title'], language)}")
    if section["help"]:
        line = paper.add_paragraph()
        run = line.add_run(said(section["help"], language, " "))
        run.font.size, run.font.color.rgb = Pt(9.5), GREY
        line.paragraph_format.keep_with_next = True
    if section["fields"] and section["layout"] == "text":
        for one in section["fields"]:
            _paragraphs(paper, one, language)
    elif section["fields"]:
        _pairs(paper, section["fields"], language)
    if section["table"] is not None:
        _rows(paper, section["table"], language)


def _pairs(paper: Paper, fields: list[Mapping[str, Any]], language: str) -> None:
    widths = (5.0, WIDTH - 5.0)
    made = writing.table(paper, widths)
    for one in fields:
        row = made.add_row()
        writing.fit(row, widths)
        label, cell = row.cells
        writing.shade(label, writing.SHADE)
        writing.lines_in(label, said(one["label"], language, "\n"), size=10)
        if one["options"]:
            writing.lines_in(cell, _choices(one["options"], language), size=10)
            writing.chinese_shapes(cell.paragraphs[0])
            if one["value"] is None:
                cell.paragraphs[0].add_run("   ")
        elif one["value"] is not None:
            writing.lines_in(cell, said(one["value"], language, "\n"), size=10)
        if one["value"] is None:
            writing.to_fill(cell.paragraphs[0], language, one["help"])
        writing.tight(label)
        writing.tight(cell)


def _choices(options: list[Mapping[str, Any]], language: str) -> str:
    return "   ".join(f"{'■' if one['on'] else '□'}\u00a0{said(one['label'], language)}" for one in options)


def _paragraphs(paper: Paper, one: Mapping[str, Any], language: str) -> None:
    paper.add_paragraph(said(one["label"], language), style="Heading 2")
    if one["value"] is not None:
        writing.lines_in(paper, said(one["value"], language, "\n"))
    else:
        writing.to_fill(paper.add_paragraph(), language, one["help"])


def _rows(paper: Paper, found: Mapping[str, Any], language: str) -> None:
    count = len(found["head"])
    widths = [WIDTH * share / 100 for share in found["widths"]] or [WIDTH / count] * count
    size = 9.5 if count <= 4 else 8.5
    made = writing.table(paper, widths, [said(one, language, "\n") for one in found["head"]])
    for cells in found["rows"] or [None]:
        row = made.add_row()
        writing.fit(row, widths)
        for number, cell in enumerate(row.cells):
            text = said(cells[number], language, "\n") if cells is not None else ""
            if text:
                writing.lines_in(cell, text, size=size)
            elif cells is None or number == 1:
                writing.to_fill(cell.paragraphs[0], language)
            writing.tight(cell)


def _signature(paper: Paper, language: str) -> None:
    writing.keep_with_what_follows(paper)
    line = paper.add_paragraph()
    line.paragraph_format.space_before = Pt(6)
    line.paragraph_format.keep_with_next = True
    widths = (WIDTH * 0.4, WIDTH * 0.36, WIDTH * 0.24)
    made = writing.table(paper, widths)
    row = made.add_row()
    writing.fit(row, widths)
    row.height = Pt(58)
    for cell, word in zip(row.cells, ("sign", "signer", "day"), strict=True):
        writing.lines_in(cell, said(_WORDS[word], language, "\n"), size=9.5, colour=GREY)
        writing.tight(cell)
