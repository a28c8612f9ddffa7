"""Tables for spreadsheet programs. A cell that starts like a formula is written as text, so that opening a file runs nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import get_valid_filename

CSV = "csv"
XLSX = "xlsx"
TYPES = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_LONGEST = 32_000  # a cell of Excel holds 32,767 characters
_CONTROLS = {code: " " for code in range(32) if chr(code) not in "\n\t"}


def safe_text(value: str) -> str:
    """Text that no spreadsheet program takes for a formula: an apostrophe in front where it would."""
    text = value.translate(_CONTROLS)[:_LONGEST]
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal | date):
        return value
    return str(value)


def csv_bytes(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file with a byte-order mark, without which Excel takes Chinese for another encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_text(str(cell)) for cell in head])
    for row in rows:
        writer.writerow([_csv_cell(_plain(cell)) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(sep=" ", timespec="seconds")
    return safe_text(value) if isinstance(value, str) else value


def xlsx_bytes(title: str, head: Sequence[Any], rows: Iterable[Sequence[Any]], *, widths: Sequence[int] = ()) -> bytes:
    """An Excel workbook with one sheet: bold frozen head, filters, real dates and numbers."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "1")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        number = 0
        for column, cell in enumerate(head):
            sheet.write_string(0, column, str(cell), bold)
            sheet.set_column(column, column, widths[column] if column < len(widths) else 18)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _xlsx_cell(sheet, number, column, _plain(cell), moment)
        sheet.freeze_panes(1, 0)
        if number:
            sheet.autofilter(0, 0, number, len(head) - 1)
    return out.getvalue()


def _xlsx_cell(sheet: Any, row: int, column: int, value: Any, moment: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None), moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, str):
        sheet.write_string(row, column, value.translate(_CONTROLS)[:_LONGEST])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value)


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """An answer that is saved as a file."""
    response = HttpResponse(content, content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{get_valid_filename(name)}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
