"""File names as people see them: whatever came with an upload, made harmless without becoming unreadable."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 150
# Control characters, and those that turn the direction of text or hide in it ("exe.fdp" shown as "pdf.exe").
_HIDDEN = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff]"
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])$", re.IGNORECASE)


def safe_name(given: str) -> str:
    """The last part of a path, composed, without hidden characters, short enough; never empty."""
    name = unicodedata.normalize("NFC", str(given)).replace("\\", "/").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", _HIDDEN.sub("", name))
    name = re.sub(r"\s+", " ", name).strip().rstrip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = stem.strip(" .") or "file"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    extension = extension.strip()[:12]
    room = LONGEST - len(extension) - 1
    return f"{stem[:room]}.{extension}" if extension else stem[:LONGEST]


def extension_of(name: str) -> str:
    """The extension in small letters without its point; empty if there is none."""
    return name.rpartition(".")[2].casefold() if "." in name else ""


def visible_line(given: str, most: int = 200) -> str:
    """One line of text without hidden characters: the name a person gave to a proof."""
    return re.sub(r"\s+", " ", _HIDDEN.sub("", unicodedata.normalize("NFC", str(given)))).strip()[:most]
