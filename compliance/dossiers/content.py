"""Which document of which filing has which form: data files of this slice, read once and checked.

``data/documents.yaml`` says which form answers which documents of an entry; ``data/forms/*.yaml`` describes each form: sections,
fields and where each field comes from; ``data/workbooks.yaml`` the lists in Excel. Texts are in both languages.

A field's ``from``: ``organisation.name`` · ``project.<name|code|purpose|unit|launch>`` · ``fact.<id>`` · ``item.<id>`` (the answer)
· ``item.<id>.<column>`` (one column) · ``role.<role>`` (who holds it) · ``number.<regime>`` · ``filing.<number|authority>``; without
``from`` a person writes it. A section with ``rows: item.<id>`` shows the answer as a table, ``rows: stakeholders`` the people outside
and inside, ``rows: quantities`` what the content asks of the lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from portal.catalogue.parts import Text

DATA: Final = Path(__file__).parent / "data"
WORD, BOOK = "docx", "xlsx"
LANGUAGES: Final = ("zh", "en", "both")


@dataclass(frozen=True)
class Field:
    """One field: its label, where its content comes from ("" for a person), and what to write."""

    label: Text
    source: str
    help: Text | None
    choice: bool


@dataclass(frozen=True)
class Section:
    """A section: fields as a table or as paragraphs (``text``), or ``rows`` of a source."""

    title: Text
    help: Text | None
    layout: str
    fields: tuple[Field, ...]
    rows: str


@dataclass(frozen=True)
class Form:
    """A form or a workbook. ``sections`` are of a form, ``sheets`` and ``controls`` (what the content asks of
    it) of a workbook; ``documents``: which of the entry it answers.
    """

    id: str
    kind: str
    name: Text
    intro: Text | None
    style: str
    sections: tuple[Section, ...]
    sheets: tuple[Mapping[str, Any], ...]
    controls: tuple[str, ...]
    signature: bool
    documents: tuple[str, ...] = ()

    @property
    def sources(self) -> frozenset[str]:
        """Everything its fields come from."""
        found = {one.source for section in self.sections for one in section.fields if one.source}
        return frozenset(found | {section.rows for section in self.sections if section.rows})


def _text(given: Any) -> Text | None:
    return Text(given["zh"], given["en"]) if given else None


def _needed(given: Any) -> Text:
    found = _text(given)
    if found is None:
        raise ValueError("a text in both languages is needed")
    return found


def _section(given: Mapping[str, Any]) -> Section:
    fields = tuple(
        Field(_needed(one["label"]), one.get("from", ""), _text(one.get("help")), bool(one.get("choice")))
        for one in given.get("fields", ())
    )
    return Section(_needed(given["title"]), _text(given.get("help")), given.get("layout", "table"), fields, given.get("rows", ""))


def _form(given: Mapping[str, Any], kind: str) -> Form:
    return Form(
        id=given["form"],
        kind=kind,
        name=_needed(given["name"]),
        intro=_text(given.get("intro")),
        style=given.get("style", "chinese"),
        sections=tuple(_section(one) for one in given.get("sections", ())),
        sheets=tuple(given.get("sheets", ())),
        controls=tuple(given.get("controls", ())),
        signature=bool(given.get("signature")),
    )


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


@cache
def forms() -> Mapping[str, Form]:
    """All forms and workbooks by id."""
    found = [_form(_read(f"forms/{path.name}"), WORD) for path in sorted((DATA / "forms").glob("*.yaml"))]
    found += [_form(one, BOOK) for one in _read("workbooks.yaml")["workbooks"]]
    return {form.id: form for form in found}


@cache
def risk_kinds() -> tuple[Mapping[str, Any], ...]:
    """The groups of risks with their kinds, by which keywords and questions are sorted."""
    return tuple(_read("workbooks.yaml")["risk_groups"])


@cache
def _assignments() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    given = _read("documents.yaml")["filings"]
    return {regime: tuple((one["form"], tuple(one["documents"])) for one in entries) for regime, entries in given.items()}


@cache
def forms_of(regime: str) -> Mapping[str, Form]:
    """The forms of an entry by document id."""
    found = {}
    for name, documents in _assignments().get(regime, ()):
        known = forms()[name]
        found.update(dict.fromkeys(documents, replace(known, documents=documents)))
    return found


def assigned() -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """All assignments, for the test that every document and form exists."""
    return _assignments()
