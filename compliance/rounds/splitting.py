"""A letter's text split into its questions: by the numbers at the beginnings of its lines. A proposal that people edit."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CN = "一二三四五六七八九十百〇零"
# Each kind of numbering once; the kind of the first numbered line divides the letter, all others stay inside the questions.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("circled", re.compile("[①-⑳㉑-㉟㊱-㊿]\\s*")),
    ("bracketed_cn", re.compile(f"[（(]\\s*[{_CN}]+\\s*[）)]\\s*")),
    ("bracketed", re.compile("[（(]\\s*\\d{1,3}\\s*[）)]\\s*")),
    ("cn", re.compile(f"(?:第\\s*)?[{_CN}]+(?:\\s*[、.．:：]|\\s*[项条题][、.．:：]?)\\s*")),
    ("question", re.compile("(?:问题|意见|question|item|q)\\s*\\d{1,3}\\s*[.．、:：)）]?\\s*", re.IGNORECASE)),
    ("number", re.compile("\\d{1,3}\\s*(?:[、．:：)）]|\\.(?!\\d))\\s*")),
)


@dataclass(frozen=True, slots=True)
class Split:
    """What stood before the first number, and the questions without their numbers."""

    preamble: str
    questions: tuple[str, ...]


def _kind_of(line: str) -> tuple[str, int]:
    for kind, pattern in _KINDS:
        if (found := pattern.match(line)) is not None:
            return kind, found.end()
    return "", 0


def split_questions(text: str) -> Split:
    """Divide a pasted block. Without any numbers every paragraph (separated by an empty line) is a question."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    chosen = next((kind for kind, _end in map(_kind_of, lines) if kind), "")
    if not chosen:
        paragraphs = (" ".join(part.split("\n")).strip() for part in re.split(r"\n\s*\n", "\n".join(lines)))
        return Split("", tuple(part for part in paragraphs if part))
    preamble: list[str] = []
    questions: list[list[str]] = []
    for line in lines:
        kind, end = _kind_of(line)
        if kind == chosen:
            questions.append([line[end:]])
        else:
            (questions[-1] if questions else preamble).append(line)
    joined = ("\n".join(part).strip() for part in questions)
    return Split("\n".join(preamble).strip(), tuple(question for question in joined if question))
