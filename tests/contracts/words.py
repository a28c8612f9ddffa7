"""What a person reads of a page or a mail: its text, and the attributes that browsers and readers say aloud."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

SAID = {"title", "placeholder", "alt", "label", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext"}
# Texts that scripts and styles show.
SAID |= {"hx-confirm", "hx-prompt", "data-confirm", "data-confirm-title", "data-confirm-ok", "data-label", "data-name"}
BUTTONS = {"submit", "button", "reset"}
SILENT = {"script", "style", "template"}
CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
LATIN = re.compile(r"[A-Za-z][A-Za-z'’]*")
# What is inside stays as it is in every language: what people typed and what machines compare.
KEPT = {"code", "kbd", "samp", "pre", "textarea"}


class Reader(HTMLParser):
    """Collects what is said, with the place it stands at."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[tuple[str, str]] = []
        self._open: list[tuple[str, bool]] = []
        self._chart = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        foreign = "lang" in given and tag != "html"
        if tag not in VOID:
            self._open.append((tag, foreign))
        self._chart = tag == "script" and given.get("type") == "application/json"
        if foreign or self._foreign():
            return
        for name, value in given.items():
            if name in SAID:
                self.said.append((f"{tag}[{name}]", value))
        if tag == "input" and given.get("type") in BUTTONS:
            self.said.append(("input[value]", given.get("value", "")))
        if tag == "meta" and given.get("name") == "description":
            self.said.append(("meta", given.get("content", "")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag in [name for name, _foreign in self._open]:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not data.strip() or self._foreign():
            return
        inside = [name for name, _foreign in self._open]
        if self._chart and inside[-1:] == ["script"]:
            self.said.extend((f"{inside[-2:]}", text) for text in _strings(json.loads(data)))
        elif not SILENT & set(inside) and not KEPT & set(inside):
            self.said.append((inside[-1] if inside else "text", " ".join(data.split())))

    def _foreign(self) -> bool:
        """Marked as another language on purpose."""
        return any(foreign for _tag, foreign in self._open)


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path", "rect", "circle"}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def said(page: str) -> list[tuple[str, str]]:
    """Place and text of everything on the page that somebody reads."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.said


# Text that is translated, and what never reaches anybody.
_BLOCKS = re.compile(r"{%\s*(blocktranslate|blocktrans|comment|verbatim)\b.*?{%\s*end\1\s*%}", re.DOTALL)
_TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


def said_in_template(source: str, *, html: bool) -> list[tuple[str, str]]:
    """What a template says by itself, whatever branch is drawn."""
    bare = _TAGS.sub(" ", _BLOCKS.sub(" ", source))
    return said(bare) if html else [("text", line) for line in bare.splitlines() if line.strip()]


CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)


def asked_for(base: Path) -> dict[tuple[str | None, str], str]:
    """Every sentence that code and templates ask a translation of: (context, sentence) and one place where it stands."""
    found: dict[tuple[str | None, str], str] = {}
    for app in ("portal", "assessments", "compliance"):
        for path in sorted((base / app).rglob("*.py")):
            if "migrations" not in path.parts:
                for key in _in_code(path.read_text(encoding="utf-8")):
                    found.setdefault(key, str(path.relative_to(base)))
    for path in sorted((base / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            for key in _in_template(path.read_text(encoding="utf-8")):
                found.setdefault(key, str(path.relative_to(base)))
    return found


def _in_code(source: str) -> Iterator[tuple[str | None, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS | WITH_CONTEXT:
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if texts:
                yield (texts[0], texts[1]) if node.func.id in WITH_CONTEXT else (None, texts[0])


def _in_template(source: str) -> Iterator[tuple[str | None, str]]:
    for name, arguments in _CALL.findall(templatize(source)):
        texts = [ast.literal_eval(one) for one in re.findall(_STRING, arguments)]
        yield (texts[0], texts[1]) if name in WITH_CONTEXT else (None, texts[0])


def placeholders(text: str) -> set[str]:
    """The fields of a sentence."""
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*(?:[:!][^}]*)?\}|%[sd]", text))
