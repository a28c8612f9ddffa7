"""What stands in a form: every field looked up in the record, as plain data in both languages.

``fill(form, source) -> dict``: sections with labels, values and tables. A value is None where the record says nothing: the paper
then says "to be filled in". The result is what gets frozen; writing the paper asks nobody any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import translation

from assessments.checklists.models import Answer
from assessments.checklists.people import holders_by_role
from assessments.checklists.values.saying import say_answer, say_cell
from assessments.checklists.values.shapes import parts_of
from compliance.dossiers.content import Field, Form, Section
from compliance.filings.evaluation import plain_value
from compliance.filings.models import Filing
from compliance.filings.subjects import Subject
from portal.catalogue.parts import Text
from portal.catalogue.values import UNKNOWN_MARKER
from portal.catalogue.words import field_label, say_fact_value
from portal.catalogue.words.lexicon import fact_labels
from portal.stakeholders.models import Stakeholder
from portal.tenants.models import Tenant

_DJANGO = {"zh": "zh-hans", "en": "en"}
_HEADS = {
    "stakeholders": (Text("姓名", "Name"), Text("单位", "Organisation"), Text("在项目中的角色", "Part in the project")),
    "quantities": (Text("要求", "Requirement"), Text("实际", "Found"), Text("是否达到", "Met")),
}
_BARE = Text("检查项回答“{}”，请写明做法", "the checklist says “{}”; write how")
_MET = {True: Text("达到", "met"), False: Text("未达到", "not met")}


@dataclass
class Source:
    """The record behind the forms of one filing; each part is read once, when a field asks for it."""

    subject: Subject
    tenant: Tenant
    wanted: frozenset[str]
    checks: Iterable[Mapping[str, Any]] = ()
    used_facts: dict[str, Any] = field(default_factory=dict)
    used_answers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """Answers of the items that the forms name."""
        keys = {_item_key(name) for name in self.wanted if name.startswith("item.")}
        if self.subject.project is None or not keys:
            return {}
        rows = Answer.objects.filter(project=self.subject.project, item_key__in=keys, applies=True)
        return {row.item_key: row for row in rows}

    @cached_property
    def holders(self) -> dict[str, Text]:
        """Who holds each role of the project, with the address people are reached at."""
        project = self.subject.project
        if project is None:
            return {}
        found = {role: people[0].user for role, people in holders_by_role(project).items() if people}
        found.setdefault("business_owner", project.owner)
        return {role: _same(f"{user.name} ({user.email})") for role, user in found.items()}

    @cached_property
    def numbers(self) -> dict[str, str]:
        """Numbers that authorities gave to other filings of the project or the organisation."""
        wanted = {name.split(".", 1)[1] for name in self.wanted if name.startswith("number.")}
        rows = Filing.objects.filter(regime__in=wanted).exclude(number="")
        own = self.subject.project
        found = {row.regime: row.number for row in rows.filter(project=None)}
        return found | ({row.regime: row.number for row in rows.filter(project=own)} if own is not None else {})

    @cached_property
    def stakeholders(self) -> list[list[Text]]:
        """People with a part in the project."""
        if self.subject.project is None:
            return []
        rows = Stakeholder.objects.filter(project=self.subject.project).select_related("user", "contact").order_by("created_at", "id")
        found = []
        for row in rows:
            name = row.user.name if row.user is not None else row.contact.name if row.contact is not None else ""
            place = (
                Text(self.tenant.name_zh, self.tenant.name_en) if row.user is not None else _same(getattr(row.contact, "organisation", ""))
            )
            found.append([_same(name), place, _same(row.part)])
        return found


def _item_key(source: str) -> str:
    return ".".join(source.split(".")[1:3])


def _same(text: str) -> Text:
    return Text(text, text)


def fill(form: Form, source: Source) -> dict[str, Any]:
    """The form as plain data: ``sections`` with their fields and rows, how many ``fields`` there are and how many are ``filled``."""
    sections = [_section(one, source) for one in form.sections]
    fields = [one for section in sections for one in section["fields"]]
    return {
        "form": form.id,
        "name": dict(form.name),
        "intro": dict(form.intro) if form.intro else None,
        "style": form.style,
        "signature": form.signature,
        "sections": sections,
        "fields": len(fields),
        "filled": sum(1 for one in fields if one["value"] is not None),
    }


def _section(section: Section, source: Source) -> dict[str, Any]:
    return {
        "title": dict(section.title),
        "help": dict(section.help) if section.help else None,
        "layout": section.layout,
        "fields": [_field(one, source, written=section.layout == "text") for one in section.fields],
        "table": _table(section.rows, source) if section.rows else None,
    }


def _field(one: Field, source: Source, *, written: bool) -> dict[str, Any]:
    """``written``: the form wants sentences; a bare yes or no is then no more than a hint of what to write."""
    value = _value(one.source, source) if one.source else None
    options = _options(one.source, source) if one.choice else None
    hint = one.help
    if written and value is not None and _is_bare(one.source, source):
        hint, value = Text(_BARE.zh.format(value.zh), _BARE.en.format(value.en)), None
    return {
        "label": dict(one.label),
        "help": dict(hint) if hint else None,
        "from": one.source,
        "value": dict(value) if value is not None else None,
        "options": options,
    }


def _value(name: str, source: Source) -> Text | None:
    kind, _dot, rest = name.partition(".")
    match kind:
        case "organisation":
            return Text(source.tenant.name_zh or source.tenant.name_en, source.tenant.name_en or source.tenant.name_zh)
        case "project":
            return _of_project(rest, source)
        case "fact":
            return _of_fact(rest, source)
        case "item":
            return _of_item(name, source)
        case "role":
            return source.holders.get(rest)
        case "number":
            found = source.numbers.get(rest)
            return _same(found) if found else None
        case "filing":
            return _of_filing(rest, source)
    raise ValueError(f"a field cannot come from {name!r}")


def _of_project(name: str, source: Source) -> Text | None:
    project = source.subject.project
    if project is None:
        return None
    found: dict[str, Any] = {
        "name": Text(**project.name),
        "code": project.code,
        "purpose": project.purpose,
        "unit": project.unit,
        "launch": project.launched_on or project.target_launch,
    }
    value = found[name]
    if isinstance(value, dt.date):
        value = value.isoformat()
    return value if isinstance(value, Text) else _same(value) if value else None


def _of_filing(name: str, source: Source) -> Text | None:
    if name == "authority":
        return source.subject.ruling.filing.authority.name
    row = source.subject.row
    return _same(row.number) if row is not None and row.number else None


def fact_now(subject: Subject, name: str) -> Any:
    """The value of a fact as the rules see it now, as plain data; "unknown" without an answer. No query."""
    value = plain_value(subject.env.values.get(name)) if subject.env is not None else None
    return UNKNOWN_MARKER if value is None else value


def _of_fact(name: str, source: Source) -> Text | None:
    value = fact_now(source.subject, name)
    source.used_facts[name] = value
    if value in (UNKNOWN_MARKER, ""):
        return None
    said = say_fact_value(source.subject.content.facts[name], value)
    return said if said.zh.strip() else None


def _options(name: str, source: Source) -> list[dict[str, Any]] | None:
    """All choices of a fact with those that hold; None for what is no choice."""
    kind, _dot, rest = name.partition(".")
    if kind != "fact":
        return None
    value = fact_now(source.subject, rest)
    chosen = {str(one) for one in value} if isinstance(value, list | tuple) else {str(value)}
    labels = {key: label for key, label in fact_labels(source.subject.content.facts[rest]).items() if key != "na"}
    return [{"label": dict(label), "on": key in chosen} for key, label in labels.items()] or None


def _of_item(name: str, source: Source) -> Text | None:
    key, column = _item_key(name), ".".join(name.split(".")[3:])
    item, row = source.subject.content.items.get(key), source.answers.get(key)
    if item is None or row is None or row.value is None:
        return None
    source.used_answers[key] = row.content_hash
    said = {}
    for short, code in _DJANGO.items():
        with translation.override(code):
            if column:
                shape = item.fields[column]
                lines = [
                    say_cell(shape, one[column], currency=_currency(source)) for one in parts_of(item, row.value).table if one.get(column)
                ]
            else:
                lines = say_answer(item, row.value, currency=_currency(source))
        said[short] = "\n".join([*lines, *([row.note] if row.note else [])])
    return Text(said["zh"], said["en"]) if said["zh"].strip() else None


def _is_bare(name: str, source: Source) -> bool:
    """Whether an answer is a yes or no that nobody added a word to."""
    if not name.startswith("item."):
        return False
    item, row = source.subject.content.items.get(_item_key(name)), source.answers.get(_item_key(name))
    return item is not None and row is not None and item.answer_type == "yes_no_na" and not row.note.strip()


def _currency(source: Source) -> str:
    return source.subject.project.currency if source.subject.project is not None else "CNY"


def _table(name: str, source: Source) -> dict[str, Any]:
    """Head and rows, and widths in percent (none: all alike); no rows: to be filled in."""
    if name == "stakeholders":
        people = [[dict(cell) for cell in row] for row in source.stakeholders]
        return {"head": [dict(one) for one in _HEADS[name]], "rows": people, "widths": [24, 36, 40]}
    if name == "quantities":
        return _quantities(source)
    key = _item_key(name)
    item, row = source.subject.content.items[key], source.answers.get(key)
    head = [dict(field_label(column)) for column in item.fields.values()]
    rows: list[list[dict[str, str]]] = []
    if row is not None and row.value is not None:
        source.used_answers[key] = row.content_hash
        for one in parts_of(item, row.value).table:
            cells = []
            for column, shape in item.fields.items():
                said = {}
                for short, code in _DJANGO.items():
                    with translation.override(code):
                        said[short] = say_cell(shape, one.get(column), currency=_currency(source))
                cells.append(said)
            rows.append(cells)
    return {"head": head, "rows": rows, "widths": []}


def _quantities(source: Source) -> dict[str, Any]:
    """What the content asks of lists and samples, with what the uploaded workbooks showed."""
    template = source.subject.content.templates.get("genai_dossier_quantities")
    checks = list(source.checks)
    rows = []
    for control in template.controls if template is not None else ():
        found = [one for one in checks if one["control"] == control.id]
        figure = Text(
            "；".join(f"{one['what']['zh']}：{one['figure']}" for one in found),
            "; ".join(f"{one['what']['en']}: {one['figure']}" for one in found),
        )
        met = _MET[all(one["passed"] for one in found)] if found else Text("", "")
        rows.append([dict(control.text), dict(figure), dict(met)])
    return {"head": [dict(one) for one in _HEADS["quantities"]], "rows": rows, "widths": [50, 36, 14]}
