"""Cover and table of contents of a dossier as a Word file: what is in it, in the authority's order, and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from compliance.dossiers.papers import writing
from compliance.dossiers.papers.writing import GREY, RED, WIDTH, said

NOTHING = "–"
WORDS: Mapping[str, Mapping[str, str]] = {
    "title": {"zh": "报送材料封面与目录", "en": "Dossier: cover and contents"},
    "draft": {"zh": "草稿：材料不齐，缺 {n} 项，不得报送", "en": "DRAFT: incomplete, {n} documents missing; not for submission"},
    "complete": {"zh": "材料齐全", "en": "Complete"},
    "about": {"zh": "基本信息", "en": "Particulars"},
    "contents": {"zh": "材料目录", "en": "Contents"},
    "missing": {"zh": "缺少的材料", "en": "Missing"},
    "checking": {"zh": "核验方法", "en": "How to verify"},
    "organisation": {"zh": "申报单位", "en": "Organisation"},
    "project": {"zh": "项目", "en": "Project"},
    "filing": {"zh": "事项", "en": "Filing"},
    "authority": {"zh": "受理部门", "en": "Authority"},
    "portal": {"zh": "填报系统", "en": "Portal"},
    "number": {"zh": "编号", "en": "Number issued"},
    "edition": {"zh": "材料版次", "en": "Edition"},
    "by": {"zh": "编制人", "en": "Assembled by"},
    "at": {"zh": "编制时间", "en": "Assembled on"},
    "catalogue": {"zh": "目录版本", "en": "Catalogue version"},
    "hash": {"zh": "内容指纹（SHA-256）", "en": "Fingerprint of the content (SHA-256)"},
    "no": {"zh": "序号", "en": "No."},
    "document": {"zh": "材料名称", "en": "Document"},
    "file": {"zh": "文件", "en": "File"},
    "state": {"zh": "状态", "en": "State"},
    "same": {"zh": "同第 {n} 项", "en": "as no. {n}"},
    "version": {"zh": "第 {n} 版", "en": "version {n}"},
    "generated": {"zh": "由记录生成的表单，待补充", "en": "form made from the record, to be completed"},
    "template": {"zh": "待填写的模板", "en": "template to fill in"},
    "until": {"zh": "有效期至 {day}", "en": "valid until {day}"},
    "expired": {"zh": "已过期", "en": "expired"},
    "optional": {"zh": "（按要求提供）", "en": "(if asked)"},
    "unmet": {"zh": "数量要求 {n} 项未达到", "en": "{n} quantities not met"},
    "elsewhere": {"zh": "另行保存：{note}", "en": "kept apart: {note}"},
    "verify": {
        "zh": "每个文件的 SHA-256 见 manifest.json 和 SHA256SUMS；在解压目录运行 sha256sum -c SHA256SUMS 可逐一核对。",
        "en": "The SHA-256 of each file stands in manifest.json and SHA256SUMS; to check them: sha256sum -c SHA256SUMS in the folder.",
    },
}
STATES: Mapping[str, Mapping[str, str]] = {
    "missing": {"zh": "缺少", "en": "missing"},
    "draft": {"zh": "草稿", "en": "draft"},
    "ready": {"zh": "已备齐", "en": "ready"},
    "approved": {"zh": "已核准", "en": "approved"},
    "not_needed": {"zh": "不需要", "en": "not needed"},
}


@dataclass(frozen=True)
class Entry:
    """A line of the contents. ``file``: its name in the dossier, "" for none; ``same_as``: the line that has the file; ``made``:
    ``form`` or ``template`` for what was made from the record.
    """

    position: int
    document: Mapping[str, Any]
    file: str = ""
    same_as: int = 0
    made: str = ""


def write_cover(
    content: Mapping[str, Any], entries: Iterable[Entry], *, edition: int, fingerprint: str, by: str, made_at: dt.datetime, complete: bool
) -> bytes:
    """The Word file. ``content`` is what was frozen; ``made_at`` the moment of the order."""
    language = content["language"]
    lines = list(entries)
    head = content["head"]
    one = "en" if language == "en" else "zh"
    name = said(head["filing"], one)
    paper = writing.new_paper(
        title=f"{name} · {said(WORDS['title'], one)}", author=said(head["organisation"], one), language=language, made_at=made_at
    )
    writing.head_and_foot(
        paper, said(head["organisation"], one), name, f"{head['code']}  {said(WORDS['edition'], one)} {edition}", language
    )
    names = [head["filing"]["zh"], head["filing"]["en"]] if language == "both" else [name]
    writing.title(paper, [*names, said(WORDS["title"], language)])
    _banner(paper, content, complete, language)
    _heading(paper, 1, "about", language)
    _about(paper, content, language, edition=edition, fingerprint=fingerprint, by=by, made_at=made_at)
    _heading(paper, 2, "contents", language)
    _contents(paper, lines, language)
    _heading(paper, 3, "checking", language)
    writing.lines_in(paper, said(WORDS["verify"], language, "\n"), size=9.5)
    writing.lines_in(paper, said(content["disclaimer"], language, "\n"), size=9, colour=GREY)
    return writing.saved(paper)


def _heading(paper: Any, number: int, word: str, language: str) -> None:
    paper.add_paragraph(f"{writing.numeral(number, language)}{said(WORDS[word], language)}", style="Heading 1")


def _banner(paper: Any, content: Mapping[str, Any], complete: bool, language: str) -> None:
    word = WORDS["complete"] if complete else {key: text.format(n=len(content["missing"])) for key, text in WORDS["draft"].items()}
    made = writing.table(paper, (WIDTH,))
    row = made.add_row()
    writing.fit(row, (WIDTH,))
    cell = row.cells[0]
    writing.shade(cell, "E9F5EC" if complete else "FDECEA")
    writing.lines_in(cell, said(word, language, "\n"), size=12, bold=True, colour=writing.INK if complete else RED)
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = Pt(5)


def _about(paper: Any, content: Mapping[str, Any], language: str, *, edition: int, fingerprint: str, by: str, made_at: dt.datetime) -> None:
    head = content["head"]
    pairs: list[tuple[str, str]] = [
        ("organisation", said(head["organisation"], language, "\n")),
        ("project", f"{said(head['project'], language)} ({head['code']})" if head["project"] else ""),
        ("filing", said(head["filing"], language, "\n")),
        ("authority", said(content["authority"], language, "\n")),
        ("portal", content["portal"]),
        ("number", content["number"]),
        ("edition", str(edition)),
        ("by", by),
        ("at", made_at.strftime("%Y-%m-%d %H:%M %Z")),
        ("catalogue", content["catalogue"]),
        ("hash", fingerprint),
    ]
    widths = (4.6, WIDTH - 4.6)
    made = writing.table(paper, widths)
    for word, text in pairs:
        if not text:
            continue
        row = made.add_row()
        writing.fit(row, widths)
        writing.shade(row.cells[0], writing.SHADE)
        writing.lines_in(row.cells[0], said(WORDS[word], language, "\n"), size=10)
        writing.lines_in(row.cells[1], text, size=9 if word == "hash" else 10)
        for cell in row.cells:
            writing.tight(cell)


def _contents(paper: Any, lines: list[Entry], language: str) -> None:
    widths = (1.4, 6.2, 5.6, 3.4)
    made = writing.table(paper, widths, [said(WORDS[word], language, "\n") for word in ("no", "document", "file", "state")])
    for one in lines:
        document = one.document
        row = made.add_row()
        writing.fit(row, widths)
        label = said(document["label"], language, "\n")
        if not document["required"]:
            label = f"{label} {said(WORDS['optional'], language)}"
        lacking = document["lacking"]
        texts = (str(one.position), label, _file(one, language), _state(document, language))
        for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            writing.lines_in(cell, text or NOTHING, size=9, colour=RED if number == 3 and lacking else None)
            writing.tight(cell)


def _filled(word: str, language: str, between: str = " / ", **values: Any) -> str:
    return said({key: text.format(**values) for key, text in WORDS[word].items()}, language, between)


def _file(one: Entry, language: str) -> str:
    parts = [one.file] if one.file else []
    if one.same_as:
        parts = [_filled("same", language, n=one.same_as)]
    file = one.document["file"]
    if file is not None:
        parts.append(_filled("version", language, n=file["number"]))
    elif one.made == "form":
        parts.append(_filled("generated", language))
    elif one.made == "template":
        parts.append(_filled("template", language))
    elif one.document["note"] and one.document["state"] in ("ready", "approved"):
        parts.append(_filled("elsewhere", language, "\n", note=one.document["note"]))
    return "\n".join(parts)


def _state(document: Mapping[str, Any], language: str) -> str:
    parts = [said(STATES[document["state"]], language)]
    if document["state"] == "not_needed":
        parts.append(document["reason"])
    if document["expires_on"]:
        parts.append(_filled("until", language, day=document["expires_on"]))
    if document["expired"]:
        parts.append(said(WORDS["expired"], language))
    if document["file"] is not None and document["file"]["failed_checks"]:
        parts.append(_filled("unmet", language, n=document["file"]["failed_checks"]))
    return "\n".join(parts)
