"""What a dossier is made from: plain data, taken in one moment at the order. The job that assembles it asks nobody any more.

A fact, an answer or a document that changes while the dossier is being made changes nothing in it; the page says what has changed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from assessments.checklists.models import Answer
from assessments.gates.freezing.people import instant
from compliance.dossiers.content import BOOK
from compliance.dossiers.listing import Line, missing
from compliance.dossiers.making import filled_form, head_of, requirements_of, tenant_in_scope
from compliance.dossiers.quantities import limits_of
from compliance.dossiers.states import DocumentState
from compliance.dossiers.values import fact_now
from compliance.filings.subjects import Subject
from portal.catalogue.words import say_fact_value
from portal.catalogue.words.lexicon import fact_label
from portal.core.formats import in_language as tr
from portal.projects.facts.pages import disclaimer

SCHEMA: Final = "tenfold.dossier/1"


def freeze(subject: Subject, lines: list[Line], language: str) -> dict[str, Any]:
    """The content of a dossier. The caller holds the filing's lock."""
    tenant, row, entry = tenant_in_scope(), subject.row, subject.ruling.filing
    checks = [one for line in lines if line.file is not None for one in line.file.checks]
    forms: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    answers: dict[str, str] = {}
    for line in lines:
        if line.form is None or line.form.id in forms or line.file is not None or line.state == DocumentState.NOT_NEEDED:
            continue
        if line.form.kind == BOOK:
            forms[line.form.id] = None
            continue
        forms[line.form.id], source = filled_form(subject, line.form, tenant, checks)
        facts |= source.used_facts
        answers |= source.used_answers
    facts |= {name: fact_now(subject, name) for name in subject.ruling.facts}
    return {
        "schema": SCHEMA,
        "head": head_of(subject, tenant),
        "regime": subject.regime,
        "authority": dict(entry.authority.name),
        "portal": entry.authority.portal or "",
        "number": row.number if row is not None else "",
        "state": row.state if row is not None else "",
        "result": subject.ruling.result,
        "catalogue": subject.content.version,
        "disclaimer": dict(disclaimer(subject.content)),
        "language": language,
        "documents": [_document(line) for line in lines],
        "missing": [line.key for line in missing(lines)],
        "forms": forms,
        "limits": limits_of(subject.content),
        "requirements": requirements_of(subject),
        "facts": [_fact(subject, name, value) for name, value in sorted(facts.items())],
        "answers": answers,
    }


def _fact(subject: Subject, name: str, value: Any) -> dict[str, Any]:
    fact = subject.content.facts[name]
    said = say_fact_value(fact, value)
    return {"id": name, "label": dict(fact_label(fact)), "value": value, "said": dict(said)}


def _document(line: Line) -> dict[str, Any]:
    row, file = line.row, line.file
    return {
        "key": line.key,
        "label": dict(line.label),
        "required": line.required,
        "state": line.state,
        "lacking": line.lacking,
        "reason": row.reason if row is not None else "",
        "note": row.note if row is not None else "",
        "owner": row.owner.name if row is not None and row.owner is not None else "",
        "expires_on": row.expires_on.isoformat() if row is not None and row.expires_on else None,
        "expired": line.expired,
        "form": line.form.id if line.form is not None else None,
        "file": {
            "number": file.number,
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "content_type": file.content_type,
            "stored": file.file_key,
            "source": file.source,
            "by": file.added_by.name,
            "at": instant(file.added_at),
            "failed_checks": line.failed_checks,
        }
        if file is not None
        else None,
    }


def changed_since(content: dict[str, Any], subject: Subject, lines: Iterable[Line]) -> list[str]:
    """What is different now from what a dossier was made from, in words of the active language. One query at most."""
    known = subject.content.facts
    found = [tr(one["label"]) for one in content["facts"] if one["id"] in known and fact_now(subject, one["id"]) != one["value"]]
    if content["answers"] and subject.project is not None:
        rows = Answer.objects.filter(project=subject.project, item_key__in=content["answers"])
        hashes = dict(rows.values_list("item_key", "content_hash"))
        found += [key for key, kept in content["answers"].items() if hashes.get(key, "") != kept]
    frozen = {one["key"]: (one["state"], (one["file"] or {}).get("sha256"), one["expired"]) for one in content["documents"]}
    for line in lines:
        now_file = line.file.sha256 if line.file is not None else None
        if frozen.get(line.key) != (line.state, now_file, line.expired):
            found.append(tr(line.label))
    return found
