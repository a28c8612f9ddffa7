"""A page of plain text as PDF, without any library: the reader's own Chinese face is named, none is embedded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
_TOP, _LEFT, _STEP, _SIZE, _WIDTH = 780, 64, 24, 12, 40


def pdf_of(lines: Sequence[str]) -> bytes:
    """One page of A4 with these lines, long ones broken."""
    broken = [part for line in lines for part in _broken(line)]
    shown = [
        f"BT /F1 {_SIZE} Tf {_LEFT} {_TOP - _STEP * row} Td <{line.encode('utf-16-be').hex()}> Tj ET" for row, line in enumerate(broken)
    ]
    stream = "\n".join(shown).encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /FontDescriptor 7 0 R"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880"
        b" /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    return _assembled(objects)


def _broken(line: str) -> Iterable[str]:
    """Pieces of about 40 full characters; two Latin letters count as one."""
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
