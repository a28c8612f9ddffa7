"""What an act in the trail reads like. Each slice registers a sentence for each of its verbs from ``AppConfig.ready``.

A sentence is a lazily translated template with ``{fields}`` from the act's detail: ``{"portal.role.granted": _("made {name} {role}")}``.
It continues the line that starts with the person's name, so it is written without a subject.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext, ngettext, override

Words = Mapping[str, Any]
AT_MOST = 8  # parts of a list that a sentence names
_sentences: dict[str, Any] = {}


def register(sentences: Words) -> None:
    """Make sentences known, by verb."""
    _sentences.update(sentences)


def known() -> dict[str, Any]:
    """All sentences by verb."""
    return dict(_sentences)


def sentence(verb: str, detail: Mapping[str, Any]) -> str:
    """The sentence of one act in the active language; a verb nobody registered is shown as it is."""
    template = _sentences.get(verb)
    if template is None:
        return gettext("did “{verb}”").format(verb=verb)
    return fill(template, detail)


def fill(template: Any, values: Mapping[str, Any]) -> str:
    """A translated template with its fields filled in as people read them; a missing field reads as a dash."""
    return string.Formatter().vformat(str(template), (), _Detail(values)).strip()


class _Detail(dict):  # type: ignore[type-arg]
    """The fields of a sentence: a missing one reads as a dash, so that an old act never breaks a page."""

    def __init__(self, detail: Mapping[str, Any]) -> None:
        super().__init__({name: spoken(value) for name, value in detail.items()})

    def __missing__(self, name: str) -> str:
        return "–"


def in_words(verb: str, detail: Mapping[str, Any]) -> dict[str, str]:
    """The sentence of one act in both languages, for a record that is read in either."""
    return bilingual(lazy(sentence, str)(verb, detail))


def bilingual(text: Any) -> dict[str, str]:
    """A lazily translated text in both languages, for the detail of an act: the reader's language is not known yet."""
    both = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            both[key] = str(text)
    return both


def spoken(value: Any) -> str:
    """A value of a detail as a person reads it: bilingual texts in the active language, dates short, lists with commas."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        if "zh" in value or "en" in value:
            first, second = ("zh", "en") if (get_language() or "zh").startswith("zh") else ("en", "zh")
            return str(value.get(first) or value.get(second) or "–")
        return gettext(", ").join(f"{name}: {spoken(part)}" for name, part in value.items()) or "–"
    if isinstance(value, list | tuple):
        return _listed([spoken(part) for part in value])
    if isinstance(value, str):
        return _moment(value)
    return str(value)


def _listed(parts: list[str]) -> str:
    shown, rest = parts[:AT_MOST], len(parts) - AT_MOST
    if rest > 0:
        shown.append(ngettext("{count} more", "{count} more", rest).format(count=rest))
    return gettext(", ").join(shown) or "–"


def _moment(text: str) -> str:
    if len(text) < 10 or text[4:5] != "-" or not text[:4].isdigit():
        return text
    try:
        found: datetime | date | None = parse_date(text) if len(text) == 10 else parse_datetime(text)
    except ValueError:
        return text
    if isinstance(found, datetime):
        return f"{timezone.localtime(found) if timezone.is_aware(found) else found:%Y-%m-%d %H:%M}"
    return found.isoformat() if found else text
