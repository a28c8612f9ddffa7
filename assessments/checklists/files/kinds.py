"""Which kinds of files are taken as proof, and whether the content is what the name says.

The browser's word on the type counts for nothing. The extension must be on the list, and the first bytes (for containers:
the table of contents, never the unpacked content) must fit it. Pages and drawings that can carry scripts, programs and
documents with macros are refused whatever they are called.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Final

import puremagic
from django.utils.translation import gettext as _

HEAD_BYTES: Final = 8192
MOST_ENTRIES: Final = 20_000  # of a container's table of contents


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the type it is served with, and the check of its content."""

    content_type: str
    fits: Callable[[bytes, IO[bytes]], bool]


def _starts(*marks: bytes) -> Callable[[bytes, IO[bytes]], bool]:
    return lambda head, file: head.startswith(marks)


def _pdf(head: bytes, file: IO[bytes]) -> bool:
    return b"%PDF-" in head[:1024]


def _webp(head: bytes, file: IO[bytes]) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _movie(head: bytes, file: IO[bytes]) -> bool:
    return head[4:8] == b"ftyp"


def _entries(file: IO[bytes]) -> set[str] | None:
    """Names in a zip container, from its table of contents alone; None if it is none or holds too many."""
    try:
        with zipfile.ZipFile(file) as container:
            names = container.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
        return None
    return set(names) if len(names) <= MOST_ENTRIES else None


def _zip(head: bytes, file: IO[bytes]) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and _entries(file) is not None


def _container(*needed: str, folder: str = "") -> Callable[[bytes, IO[bytes]], bool]:
    def fits(head: bytes, file: IO[bytes]) -> bool:
        names = _entries(file) if head.startswith(b"PK\x03\x04") else None
        if names is None or any(name.casefold().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
            return False
        return all(name in names for name in needed) and (not folder or any(name.startswith(folder) for name in names))

    return fits


_MARKUP: Final = (
    b"<!doctype",
    b"<html",
    b"<svg",
    b"<script",
    b"<?xml",
    b"<head",
    b"<body",
    b"<iframe",
    b"<math",
    b"<?php",
    b"mime-version",
)
_TEXT_CONTROL: Final = frozenset(range(32)) - {9, 10, 12, 13, 27}


def _text(head: bytes, file: IO[bytes]) -> bool:
    """Readable text in UTF-8, UTF-16 with its mark, or GB 18030, that is no page, drawing or script."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
        sample = head[: len(head) // 2 * 2]
    else:
        encodings, sample = ["utf-8-sig", "gb18030"], head
        if any(byte in _TEXT_CONTROL for byte in sample):
            return False
    for encoding in encodings:
        try:
            words = codecs.getincrementaldecoder(encoding)().decode(sample)
            break
        except UnicodeDecodeError:
            continue
    else:
        return False
    start = words.lstrip("\ufeff \t\r\n\f").casefold().encode()[:200]
    return not start.startswith(_MARKUP) and not start.startswith(b"#!")


_OLE = _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_PLAIN = "text/plain; charset=utf-8"

KINDS: Final[dict[str, Kind]] = {
    "pdf": Kind("application/pdf", _pdf),
    "ofd": Kind("application/ofd", _container("OFD.xml")),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _container("[Content_Types].xml", folder="word/")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _container("[Content_Types].xml", folder="xl/")),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", _container("[Content_Types].xml", folder="ppt/")),
    "odt": Kind(f"{_OPEN}.text", _container("mimetype", "content.xml")),
    "ods": Kind(f"{_OPEN}.spreadsheet", _container("mimetype", "content.xml")),
    "odp": Kind(f"{_OPEN}.presentation", _container("mimetype", "content.xml")),
    "doc": Kind("application/msword", _OLE),
    "xls": Kind("application/vnd.ms-excel", _OLE),
    "ppt": Kind("application/vnd.ms-powerpoint", _OLE),
    "wps": Kind("application/vnd.ms-works", _OLE),
    "et": Kind("application/vnd.ms-excel", _OLE),
    "msg": Kind("application/vnd.ms-outlook", _OLE),
    "png": Kind("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": Kind("image/jpeg", _starts(b"\xff\xd8\xff")),
    "jpeg": Kind("image/jpeg", _starts(b"\xff\xd8\xff")),
    "gif": Kind("image/gif", _starts(b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", _webp),
    "tif": Kind("image/tiff", _starts(b"II*\x00", b"MM\x00*")),
    "tiff": Kind("image/tiff", _starts(b"II*\x00", b"MM\x00*")),
    "mp4": Kind("video/mp4", _movie),
    "zip": Kind("application/zip", _zip),
    "7z": Kind("application/x-7z-compressed", _starts(b"7z\xbc\xaf\x27\x1c")),
    "gz": Kind("application/gzip", _starts(b"\x1f\x8b\x08")),
    "txt": Kind(_PLAIN, _text),
    "md": Kind(_PLAIN, _text),
    "log": Kind(_PLAIN, _text),
    "csv": Kind("text/csv; charset=utf-8", _text),
    "tsv": Kind("text/tab-separated-values; charset=utf-8", _text),
    "json": Kind("application/json", _text),
    "jsonl": Kind("application/jsonl", _text),
    "yaml": Kind("application/yaml", _text),
    "yml": Kind("application/yaml", _text),
}
# What nobody hands in as proof under another name; puremagic knows several hundred more shapes than the list above.
_NEVER: Final = frozenset(
    [
        "exe",
        "dll",
        "com",
        "sys",
        "scr",
        "msi",
        "elf",
        "so",
        "dylib",
        "macho",
        "class",
        "jar",
        "apk",
        "dex",
        "swf",
        "lnk",
        "hta",
        "chm",
        "sh",
        "bat",
        "cmd",
        "ps1",
        "vbs",
        "js",
        "html",
        "htm",
        "xhtml",
        "svg",
        "xml",
        "php",
        "py",
    ]
)


def accept_attribute() -> str:
    """The value of ``accept`` of a file field."""
    return ",".join(f".{extension}" for extension in KINDS)


def kind_of(extension: str, head: bytes, file: IO[bytes]) -> Kind:
    """The kind of a file by its extension, if the content fits it.

    ``head``: the first bytes; ``file``: the whole, from which only a container's table of contents is read. Raises
    ``ValueError`` with a sentence for people.
    """
    kind = KINDS.get(extension)
    if kind is None:
        allowed = ", ".join(KINDS)
        raise ValueError(_("Files of this kind are not accepted. Accepted are: {kinds}.").format(kinds=allowed))
    fits = kind.fits(head, file)
    file.seek(0)
    if not fits or _looks_dangerous(kind, head):
        raise ValueError(_("The content of this file does not fit its extension “.{extension}”.").format(extension=extension))
    return kind


def _looks_dangerous(kind: Kind, head: bytes) -> bool:
    if kind.fits is _text or kind.fits is _pdf or head[:2] == b"PK":
        # Readable text resembles many scripts, and containers many packages; both were looked at above.
        return head.startswith((b"MZ", b"\x7fELF"))
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return False
    return bool(found) and found[0].extension.strip(".").casefold() in _NEVER
