"""Reading one entry of a catalogue file: typed access that collects faults instead of stopping at the first."""

from __future__ import annotations

import datetime as dt
import re
from typing import cast

from portal.catalogue.parts.text import Text
from portal.catalogue.parts.vocabulary import Choice
from portal.core.expressions import Expression, ExpressionError, parse
from portal.core.expressions.values import exact

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_PLACEHOLDER_TEXT = Text("", "")
_PLACEHOLDER_RULE = "False"


class CatalogueError(ValueError):
    """A catalogue that must not be used. ``faults`` holds one line for each fault: file, id, what is wrong."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class Entry:
    """A mapping of a catalogue file. The code that knows it reads every key; ``done`` reports what nobody read."""

    def __init__(self, data: object, where: str, faults: list[str]) -> None:
        self.where = where
        self.faults = faults
        self._read: set[str] = set()
        if not isinstance(data, dict):
            self.fault(f"a mapping is expected, not {type(data).__name__}")
            data = {}
        self.data = cast(dict[str, object], data)

    def fault(self, text: str) -> None:
        """Note a fault of this entry."""
        place = self.where if ": " in self.where else f"{self.where}: -"
        self.faults.append(f"{place}: {text}")

    def done(self) -> None:
        """Report keys that nobody read: most often a misspelt optional one."""
        for key in self.data:
            if key not in self._read:
                self.fault(f"unknown key {key}")

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        self._read.add(key)
        return self.data.get(key) is not None

    def raw(self, key: str) -> object:
        """The value as it stands, None if absent."""
        self._read.add(key)
        return self.data.get(key)

    def words(self, key: str) -> str:
        """A text that must be there."""
        value = self.raw(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fault(f"{key} is missing" if value is None else f"{key} must be text")
        return ""

    def maybe_words(self, key: str) -> str | None:
        """A text or nothing."""
        return self.words(key) if self.has(key) else None

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self.raw(key)
        if isinstance(value, bool):
            return value
        if value is None and default is not None:
            return default
        self.fault(f"{key} must be true or false")
        return False

    def whole(self, key: str) -> int:
        """A whole number that must be there."""
        value = self.raw(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(f"{key} must be a whole number")
        return 1

    def maybe_whole(self, key: str) -> int | None:
        """A whole number or nothing."""
        return self.whole(key) if self.has(key) else None

    def number(self, key: str) -> object:
        """A number that must be there, exact."""
        value = self.raw(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return exact(value)
        self.fault(f"{key} must be a number")
        return 0

    def value(self, key: str) -> object:
        """Any plain value, numbers exact, None if absent."""
        return exact(self.raw(key))

    def date(self, key: str) -> dt.date:
        """A date that must be there."""
        value = self.raw(key)
        found = _as_date(value)
        if found is None:
            self.fault(f"{key} must be a date YYYY-MM-DD, not {value!r}")
            return dt.date.min
        return found

    def maybe_date(self, key: str) -> dt.date | None:
        """A date or nothing."""
        return self.date(key) if self.has(key) else None

    def dates(self, key: str) -> frozenset[dt.date]:
        """A list of dates."""
        found = set()
        for value in self._list(key):
            day = _as_date(value)
            if day is None:
                self.fault(f"{key} holds {value!r}, which is not a date YYYY-MM-DD")
            else:
                found.add(day)
        return frozenset(found)

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of texts; absent counts as none."""
        values = self._list(key)
        for value in values:
            if not isinstance(value, str):
                self.fault(f"{key} holds {value!r}, which is not text")
        return tuple(value for value in values if isinstance(value, str))

    def whole_numbers(self, key: str) -> dict[str, int]:
        """A mapping to whole numbers; absent counts as empty."""
        found = self._mapping(key)
        for name, value in found.items():
            if not isinstance(value, int) or isinstance(value, bool):
                self.fault(f"{key}: {name} must be a whole number")
        return {name: value for name, value in found.items() if isinstance(value, int)}

    def words_by_name(self, key: str) -> dict[str, str]:
        """A mapping to texts; absent counts as empty."""
        found = self._mapping(key)
        for name, value in found.items():
            if not isinstance(value, str):
                self.fault(f"{key}: {name} must be text")
        return {name: value for name, value in found.items() if isinstance(value, str)}

    def entries(self, key: str, *, needed: bool = False) -> list[Entry]:
        """A list of entries; each is named by its id, value or name if it has one."""
        if needed and not self.has(key):
            self.fault(f"{key} is missing")
        return [
            Entry(data, f"{self.where}: {_name_of(data, f'{key} {position}')}", self.faults)
            for position, data in enumerate(self._list(key), start=1)
        ]

    def entry(self, key: str) -> Entry:
        """An entry that must be there."""
        if not self.has(key):
            self.fault(f"{key} is missing")
            return Entry({}, f"{self.where}: {key}", [])
        return Entry(self.raw(key), f"{self.where}: {key}", self.faults)

    def maybe_entry(self, key: str) -> Entry | None:
        """An entry or nothing."""
        return self.entry(key) if self.has(key) else None

    def text(self, key: str) -> Text:
        """A text in both languages under a key."""
        entry = self.entry(key)
        text = entry.own_text()
        entry.done()
        return text

    def maybe_text(self, key: str) -> Text | None:
        """A text in both languages, or nothing."""
        return self.text(key) if self.has(key) else None

    def own_text(self) -> Text:
        """The ``zh`` and ``en`` of this very entry."""
        zh, en = self.raw("zh"), self.raw("en")
        for language, value in (("zh", zh), ("en", en)):
            if not isinstance(value, str) or not value.strip():
                self.fault(f"no {language} text")
        if not isinstance(zh, str) or not isinstance(en, str):
            return _PLACEHOLDER_TEXT
        if zh.strip() and zh != en and not _CHINESE.search(zh):
            self.fault(f"the zh text holds no Chinese: {zh}")
        return Text(zh, en)

    def rule(self, key: str) -> Expression:
        """A rule that must be there and parse."""
        text = self.words(key)
        try:
            return parse(text or _PLACEHOLDER_RULE)
        except ExpressionError as error:
            self.fault(f"{key}: {error}")
            return parse(_PLACEHOLDER_RULE)

    def maybe_rule(self, key: str) -> Expression | None:
        """A rule or nothing."""
        return self.rule(key) if self.has(key) else None

    def choices(self, key: str) -> dict[str, Choice]:
        """A closed list ``[{value, zh, en}]`` by value."""
        found: dict[str, Choice] = {}
        for entry in self.entries(key):
            choice = entry.choice()
            entry.done()
            if choice.value in found:
                entry.fault("value used twice")
            found[choice.value] = choice
        return found

    def choice(self, key: str = "value") -> Choice:
        """This entry as a value with its label."""
        return Choice(self.words(key), self.own_text())

    def _mapping(self, key: str) -> dict[str, object]:
        value = self.raw(key)
        if value is None:
            return {}
        if isinstance(value, dict):
            return cast(dict[str, object], value)
        self.fault(f"{key} must be a mapping")
        return {}

    def _list(self, key: str) -> list[object]:
        value = self.raw(key)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.fault(f"{key} must be a list")
        return []


def _as_date(value: object) -> dt.date | None:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _name_of(data: object, otherwise: str) -> str:
    if isinstance(data, dict):
        for key in ("id", "value", "name", "year"):
            if isinstance(data.get(key), (str, int)):
                return str(data[key])
    return otherwise
