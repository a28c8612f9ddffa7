"""Small papers made without a template: a page of plain text as PDF, a sheet as workbook. The same content gives the same bytes.

The PDF names faces that every reader brings along (Helvetica, for Chinese the Song face) and embeds none.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import textwrap
from collections.abc import Iterable, Sequence

import xlsxwriter

_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_TOP, _LEFT, _STEP, _SIZE, _WIDTH = 772, 64, 22, 12, 38


def pdf_of(lines: Sequence[str]) -> bytes:
    """One page of A4 with these lines, the first one large as its title, long ones broken."""
    latin = all(_latin(line) for line in lines)
    shown, height = [], _TOP
    for number, line in enumerate(lines):
        size = _SIZE + 4 if number == 0 else _SIZE
        for part in _broken(line, latin=latin):
            coded = f"<{part.encode('cp1252' if latin else 'utf-16-be').hex()}>"
            shown.append(f"BT /F1 {size} Tf {_LEFT} {height} Td {coded} Tj ET")
            height -= _STEP
        height -= 12 if number == 0 else 0
    stream = "\n".join(shown).encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        *(_HELVETICA if latin else _SONG),
    ]
    return _assembled(objects)


def keyword_book(each: int, day: dt.date) -> bytes:
    """A keyword list as an authority takes it, with so many invented words of each kind of risk."""
    from compliance.dossiers.content import forms, risk_kinds

    sheet = forms()["keyword_list"].sheets[0]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2026, 1, 5)})
        page = book.add_worksheet(sheet["name"]["zh"])
        page.write_row(0, 0, [column["name"]["zh"] for column in sheet["columns"]])
        kinds = [kind for group in risk_kinds() for kind in group["kinds"]]
        for number, (kind, n) in enumerate(((kind, n) for kind in kinds for n in range(1, each + 1)), start=1):
            page.write_row(number, 0, [kind["code"], f"示例词 {kind['code']}-{n}", day.isoformat()])
    return out.getvalue()


def xlsx_of(rows: Sequence[Sequence[str]]) -> bytes:
    """A workbook of one sheet: the first row as head, figures as figures, columns as wide as their content."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": dt.datetime(2026, 1, 5)})  # the day of writing would change the bytes
    sheet = book.add_worksheet()
    head = book.add_format({"bold": True, "bg_color": "#e7ecf5", "bottom": 1})
    share = book.add_format({"num_format": "0.0%"})
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if number == 0:
                sheet.write_string(number, column, text, head)
            elif re.fullmatch(r"-?\d+(\.\d+)?%", text):
                sheet.write_number(number, column, round(float(text[:-1]) / 100, 5), share)
            elif re.fullmatch(r"-?\d+(\.\d+)?", text) and (text == "0" or not text.startswith("0") or "." in text):
                sheet.write_number(number, column, float(text))
            else:
                sheet.write_string(number, column, text)
    for column in range(max(len(row) for row in rows)):
        widest = max(sum(1 if _latin(sign) else 2 for sign in row[column]) for row in rows if column < len(row))
        sheet.set_column(column, column, min(max(widest + 2, 8), 48))
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


_HELVETICA = (b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",)
_SONG = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 7 0 R"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880"
    b" /Descent -120 /CapHeight 880 /StemV 93 >>",
)


def _latin(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _broken(line: str, *, latin: bool) -> Iterable[str]:
    """Pieces of about 38 full characters, in Latin text broken between words; two Latin letters count as one."""
    if latin:
        yield from textwrap.wrap(line, 2 * _WIDTH) or [""]
        return
    piece, width = "", 0.0
    for sign in line:
        width += 0.5 if ord(sign) < 0x2000 else 1.0
        piece += sign
        if width >= _WIDTH:
            yield piece
            piece, width = "", 0.0
    if piece:
        yield piece


def _assembled(objects: list[bytes]) -> bytes:
    out, offsets = bytearray(_HEAD), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
