"""What the report's fonts can draw, and text made safe to draw.

People write anything: letters of other scripts, emoji, control characters, direction overrides. All of it must appear
as text and none of it may disturb the page. What no bundled font can draw is shown by its code, so nothing is lost.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from django.conf import settings
from fontTools.ttLib import TTFont

FAMILY: Final = "Noto Sans SC"


class Face(NamedTuple):
    """A font file of the report: CSS family, weight, file name in the font folder."""

    family: str
    weight: int
    file: str


# The first two carry the report; the others only what people may write and Noto Sans SC has not.
MAIN_FACES: Final = (Face(FAMILY, 400, "NotoSansSC-Regular.ttf"), Face(FAMILY, 700, "NotoSansSC-Bold.ttf"))
COMPANION_FACES: Final = (
    Face("Noto Sans", 400, "NotoSans-Regular.ttf"),
    Face("Noto Sans", 700, "NotoSans-Bold.ttf"),
    Face("Noto Sans Arabic", 400, "NotoSansArabic-Regular.ttf"),
    Face("Noto Sans Hebrew", 400, "NotoSansHebrew-Regular.ttf"),
    Face("Noto Emoji", 400, "NotoEmoji-Regular.ttf"),
)
FONT_STACK: Final = ", ".join(f'"{name}"' for name in dict.fromkeys(face.family for face in MAIN_FACES + COMPANION_FACES))

# Nothing visible, or changes the direction of what follows: shown by code. Joiners and variation selectors stay.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb]")
_JOINERS: Final = frozenset("\u200b\u200c\u200d\u2060\n\t\ufe0e\ufe0f")
# The plain case, decided without looking at each character: Latin-1, punctuation in use, CJK ideographs, full width.
_ORDINARY = re.compile(
    r"[\n\t\x20-\x7e\xa0-\xac\xae-\xff\u2013-\u2014\u2018-\u201d\u2026\u3000-\u3002\u3008-\u3011\u4e00-\u9fa5\uff01-\uff5e]*\Z"
)


class FontsMissing(Exception):
    """The fonts of the report are not where they should be; the message says what to run."""


def font_folder() -> Path:
    """PDF_FONT_DIR of the settings, which bin/up fills; raises FontsMissing if the main fonts are not there."""
    folder = Path(getattr(settings, "PDF_FONT_DIR", "") or Path(settings.BASE_DIR) / "build" / "fonts")
    absent = [face.file for face in MAIN_FACES if not (folder / face.file).is_file()]
    if absent:
        raise FontsMissing(f"{', '.join(absent)} not found in {folder}. Run: python manage.py build_assets")
    return folder


def faces() -> list[tuple[Face, Path]]:
    """The font files that exist, main ones first."""
    folder = font_folder()
    return [(face, folder / face.file) for face in MAIN_FACES + COMPANION_FACES if (folder / face.file).is_file()]


@cache
def drawable() -> frozenset[int]:
    """Code points that some bundled font can draw."""
    points: set[int] = set()
    for _, path in faces():
        with TTFont(path, lazy=True) as font:
            points.update(font.getBestCmap())
    return frozenset(points)


def printable(text: str) -> str:
    """Text in which every character can be drawn: tabs and line ends normal, everything undrawable as [U+XXXX]."""
    if _ORDINARY.match(text):
        return text.replace("\t", " ")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = _INVISIBLE.sub(lambda match: _code(match.group()), text)
    points = drawable()
    strange = {character for character in set(text) if ord(character) not in points and character not in _JOINERS}
    if strange:
        text = "".join(_code(character) if character in strange else character for character in text)
    return text


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"
