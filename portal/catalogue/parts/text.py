"""Text in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

LANGUAGES = ("zh", "en")


class Text(dict[str, str]):
    """A text in Chinese and English: ``text["zh"]``, ``text["en"]``. A ``dict`` for JSON's sake, and unchangeable."""

    __slots__ = ()

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)

    @property
    def zh(self) -> str:
        """The Chinese text."""
        return self["zh"]

    @property
    def en(self) -> str:
        """The English text."""
        return self["en"]

    def each(self, change: Callable[[str], str]) -> Text:
        """The same change made in both languages."""
        return Text(change(self.zh), change(self.en))

    def fill(self, **parts: Text | str) -> Text:
        """``{name}`` in each language replaced by the part in that language."""
        zh = {name: part.zh if isinstance(part, Text) else part for name, part in parts.items()}
        en = {name: part.en if isinstance(part, Text) else part for name, part in parts.items()}
        return Text(self.zh.format_map(zh), self.en.format_map(en))

    def __hash__(self) -> int:  # type: ignore[override]  # a dict has none; this one never changes
        return hash((self.zh, self.en))

    def __reduce__(self) -> tuple[type[Text], tuple[str, str]]:
        return (Text, (self.zh, self.en))

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a Text does not change")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse


def same(text: str) -> Text:
    """A text that reads the same in both languages (an id, a number, a symbol)."""
    return Text(text, text)
