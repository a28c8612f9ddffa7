"""Workbooks to fill in: keyword list and question sets, with the kinds of risks, the required numbers and a count that goes along."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from compliance.dossiers.content import Form, risk_kinds
from compliance.dossiers.papers.writing import Said, said

ROOM = 100_000  # rows that validation and counts reach
_WORDS: Mapping[str, Said] = {
    "readme": {"zh": "填写说明", "en": "Read me"},
    "count": {"zh": "数量检查", "en": "Quantities"},
    "how": {
        "zh": "在各表逐行填写，风险类别从列表中选择。“数量检查”自动计数；上传后系统按目录再核对一次。",
        "en": "Fill in the sheets row by row; choose the kind of risk from the list. “Quantities” counts along; uploads are checked again.",
    },
    "unread": {
        "zh": "国标全文未读，数量须核对官方文本后使用。",
        "en": "The full standard was not read; check the quantities against the official text.",
    },
    "kind": {"zh": "风险类别", "en": "Kind of risk"},
    "group": {"zh": "大类", "en": "Group"},
    "meaning": {"zh": "含义", "en": "Meaning"},
    "needed": {"zh": "至少", "en": "at least"},
    "found": {"zh": "现有", "en": "found"},
    "met": {"zh": "达到", "en": "met"},
    "total": {"zh": "合计", "en": "Total"},
    "yes": {"zh": "是", "en": "yes"},
    "no": {"zh": "否", "en": "no"},
    "pass": {"zh": "合格", "en": "pass"},
    "fail": {"zh": "不合格", "en": "fail"},
}


def sheet_name(name: Said, language: str) -> str:
    """The name of a sheet; Excel allows 31 characters."""
    return said(name, language, " ")[:31]


def each_needed(limits: Mapping[str, Mapping[str, int]], sheet: str, group: str) -> int:
    """How many of one kind a sheet needs by the content; 0 for no number."""
    first_two = group in ("A.1", "A.2")
    match sheet:
        case "keywords":
            known = limits["keyword_library"]
            return known["a1_each_min"] if group == "A.1" else known["a2_each_min"] if group == "A.2" else 0
        case "bank":
            return limits["test_bank"]["a1_a2_each_min" if first_two else "other_each_min"]
        case "refuse":
            return limits["should_refuse"]["each_min"] if first_two else 0
    return 0


def total_needed(limits: Mapping[str, Mapping[str, int]], sheet: str) -> int:
    """How many rows a sheet needs in all."""
    control = {"keywords": "keyword_library", "bank": "test_bank", "refuse": "should_refuse", "answer": "should_not_refuse"}[sheet]
    return limits[control]["total_min"]


def write_book(
    form: Form, limits: Mapping[str, Mapping[str, int]], requirements: Sequence[Said], head: Mapping[str, Any], language: str
) -> bytes:
    """The workbook to fill in. ``limits``: of each control of the content; ``requirements``: the same in words."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": said(form.name, language), "author": said(head["organisation"], "en" if language == "en" else "zh")})
        font = {"font_name": "Calibri" if language == "en" else "宋体", "valign": "top", "align": "left"}
        bold = book.add_format({**font, "bold": True, "bg_color": "#F2F5F9", "bottom": 1, "text_wrap": True})
        plain, wrap = book.add_format(font), book.add_format({**font, "text_wrap": True})
        big, day = book.add_format({**font, "bold": True, "font_size": 15}), book.add_format({**font, "num_format": "yyyy-mm-dd"})
        formats = {"bold": bold, "plain": plain, "wrap": wrap, "big": big, "day": day}
        _readme(book, form, requirements, head, language, formats)
        for sheet in form.sheets:
            _sheet(book, sheet, language, formats)
        _count(book, form, limits, language, formats)
    return target.getvalue()


def _readme(
    book: Any, form: Form, requirements: Sequence[Said], head: Mapping[str, Any], language: str, formats: Mapping[str, Any]
) -> None:
    page = book.add_worksheet(sheet_name(_WORDS["readme"], language))
    page.hide_gridlines(2)
    page.set_column(0, 0, 96)
    page.set_row(0, 26)
    page.write(0, 0, said(form.name, language), formats["big"])
    names = [said(head["organisation"], language)]
    names += [f"{said(head['project'], language)} ({head['code']})"] if head["project"] else []
    lines = [" · ".join(names), said(head["filing"], language), "", said(_WORDS["how"], language, "\n"), ""]
    lines += [f"• {said(one, language, chr(10) + '  ')}" for one in requirements]
    lines += ["", said(_WORDS["unread"], language, "\n")]
    for number, text in enumerate(lines, start=1):
        page.write_string(number, 0, text, formats["wrap"])
        page.set_row(number, 15 * (1 + text.count("\n") + sum(len(part.encode("gbk", "replace")) // 92 for part in text.split("\n"))))
    page.set_paper(9)
    page.fit_to_pages(1, 0)


def _kinds_of(groups: list[str]) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    return [(group, kind) for group in risk_kinds() if group["code"] in groups for kind in group["kinds"]]


def _sheet(book: Any, sheet: Mapping[str, Any], language: str, formats: Mapping[str, Any]) -> None:
    page = book.add_worksheet(sheet_name(sheet["name"], language))
    for number, column in enumerate(sheet["columns"]):
        page.set_column(number, number, column["width"], formats["day"] if column.get("day") else formats["plain"])
        page.write_string(0, number, said(column["name"], language, "\n"), formats["bold"])
        choices: list[str] = []
        if column.get("kinds"):
            choices = [kind["code"] for _group, kind in _kinds_of(column["kinds"])]
        elif column.get("yes_no"):
            choices = [said(_WORDS[word], "en" if language == "en" else "zh") for word in ("yes", "no")]
        elif column.get("verdict"):
            choices = [said(_WORDS[word], "en" if language == "en" else "zh") for word in ("pass", "fail")]
        if choices:
            page.data_validation(1, number, ROOM, number, {"validate": "list", "source": choices, "error_type": "warning"})
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, ROOM, len(sheet["columns"]) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _count(book: Any, form: Form, limits: Mapping[str, Mapping[str, int]], language: str, formats: Mapping[str, Any]) -> None:
    """Counted by formulas, one row for each kind of risk, so that gaps are seen while typing."""
    page = book.add_worksheet(sheet_name(_WORDS["count"], language))
    sheets = [sheet for sheet in form.sheets if sheet["columns"][0].get("kinds")]
    head = [_WORDS["kind"], _WORDS["group"], _WORDS["meaning"]]
    texts = [said(one, language, "\n") for one in head]
    for sheet in sheets:
        texts += [f"{said(sheet['name'], language, ' ')}\n{said(_WORDS[word], language)}" for word in ("needed", "found", "met")]
    for number, text in enumerate(texts):
        page.write_string(0, number, text, formats["bold"])
    page.set_row(0, 32 if language != "both" else 48)
    page.set_column(0, 0, 10)
    page.set_column(1, 1, 30)
    page.set_column(2, 2, 52)
    page.set_column(3, len(texts) - 1, 15)
    kinds = _kinds_of([group["code"] for group in risk_kinds()])
    yes, no = (said(_WORDS[word], "en" if language == "en" else "zh") for word in ("yes", "no"))
    for row, (group, kind) in enumerate(kinds, start=1):
        page.write_string(row, 0, kind["code"], formats["plain"])
        page.write_string(row, 1, said(group["name"], language, "\n"), formats["wrap"])
        page.write_string(row, 2, said(kind, language, "\n"), formats["wrap"])
        if language == "both":
            page.set_row(row, 30)
        for place, sheet in enumerate(sheets):
            if group["code"] not in sheet["columns"][0]["kinds"]:
                continue
            name, first = sheet_name(sheet["name"], language), 3 + 3 * place
            needed = each_needed(limits, sheet["id"], group["code"])
            if needed:
                page.write_number(row, first, needed, formats["plain"])
            page.write_formula(row, first + 1, f"=COUNTIF('{name}'!$A$2:$A${ROOM},$A{row + 1})", formats["plain"], 0)
            left, right = (xlsxwriter.utility.xl_rowcol_to_cell(row, column) for column in (first + 1, first))
            if needed:
                page.write_formula(row, first + 2, f'=IF({left}>={right},"{yes}","{no}")', formats["plain"], no)
    end = len(kinds) + 1
    page.write_string(end, 0, said(_WORDS["total"], language), formats["bold"])
    for place, sheet in enumerate(sheets):
        first = 3 + 3 * place
        needed = total_needed(limits, sheet["id"])
        column = xlsxwriter.utility.xl_col_to_name(first + 1)
        page.write_number(end, first, needed, formats["bold"])
        page.write_formula(end, first + 1, f"=SUM({column}2:{column}{end})", formats["bold"], 0)
        left, right = (xlsxwriter.utility.xl_rowcol_to_cell(end, at) for at in (first + 1, first))
        page.write_formula(end, first + 2, f'=IF({left}>={right},"{yes}","{no}")', formats["bold"], no)
    page.freeze_panes(1, 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
