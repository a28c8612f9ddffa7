"""Tables for spreadsheet programs. A cell that starts like a formula is written as text, so that opening a file runs nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

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
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes Chinese for another encoding


@dataclass(frozen=True)
class Column:
    """Head of a column and its width in characters."""

    label: Any
    width: int = 18


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


def write_csv(target: IO[str], columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write a CSV file into an open text file; returns the number of rows."""
    target.write(_BYTE_ORDER_MARK)
    writer = csv.writer(target)
    writer.writerow([safe_text(str(column.label)) for column in columns])
    count = 0
    for row in rows:
        writer.writerow([_csv_cell(_plain(cell)) for cell in row])
        count += 1
    return count


def _csv_cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).isoformat(sep=" ", timespec="seconds")
    return safe_text(value) if isinstance(value, str) else value


def write_xlsx(target: IO[bytes], title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """Write an Excel workbook of one sheet into an open binary file, row by row; returns the number of rows.

    Bold frozen head, filters, real dates and numbers.
    """
    return write_book(target, [(title, columns, rows)])[0]


def write_book(target: IO[bytes], sheets: Iterable[tuple[str, Sequence[Column], Iterable[Sequence[Any]]]]) -> list[int]:
    """Write an Excel workbook of several sheets (title, columns, rows), one after the other; returns the number of rows of each."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = (book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}), book.add_format({"num_format": "yyyy-mm-dd"}))
        return [_write_sheet(book, title, columns, rows, bold, formats) for title, columns, rows in sheets]


def _write_sheet(
    book: Any, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], bold: Any, formats: tuple[Any, Any]
) -> int:
    sheet = book.add_worksheet("".join(sign for sign in title if sign not in "[]:*?/\\")[:31] or "1")
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, str(column.label), bold)
    sheet.freeze_panes(1, 0)
    count = 0
    for count, row in enumerate(rows, start=1):
        for number, cell in enumerate(row):
            _xlsx_cell(sheet, count, number, _plain(cell), formats)
    if count:
        sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def _xlsx_cell(sheet: Any, row: int, column: int, value: Any, formats: tuple[Any, Any]) -> None:
    moment, day = formats
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, (timezone.localtime(value) if timezone.is_aware(value) else value).replace(tzinfo=None), moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str):
        sheet.write_string(row, column, value.translate(_CONTROLS)[:_LONGEST])
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    else:
        sheet.write_number(row, column, value)


def sheet_bytes(form: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> tuple[bytes, int]:
    """A whole file in memory, CSV or XLSX; returns (content, number of rows)."""
    if form == XLSX:
        book = io.BytesIO()
        count = write_xlsx(book, title, columns, rows)
        return book.getvalue(), count
    text = io.StringIO(newline="")
    count = write_csv(text, columns, rows)
    return text.getvalue().encode(), count


def download(content: bytes, name: str, form: str) -> HttpResponse:
    """An answer that is saved as a file."""
    response = HttpResponse(content, content_type=TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{get_valid_filename(name)}.{form}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
