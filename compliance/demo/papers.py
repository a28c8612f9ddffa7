"""The proofs of the demo: small files with real content, links and notes, each added once and attached to the items that need it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.models import Evidence
from compliance.demo.content import read
from compliance.demo.projects import Case
from compliance.demo.written import pdf_of, xlsx_of
from portal.core.access import Actor


def papers_for(case: Case, keys: Iterable[str], by: Actor) -> list[Evidence]:
    """The proofs of these keys in the project's library; those that are missing are added by the person."""
    found = []
    for key in keys:
        if key not in case.papers:
            case.papers[key] = _add(case, key, by)
        found.append(case.papers[key])
    return found


def _add(case: Case, key: str, by: Actor) -> Evidence:
    entry: dict[str, Any] = read("papers")[key]
    host = f"{case.world.tenant.slug}.example"
    if "link" in entry:
        url = entry["url"].format(host=host, code=case.code.lower())
        return add_evidence(case.project, kind=Evidence.Kind.LINK, url=url, name=case.filler(entry["link"]), by=by)
    lines = [str(case.filler(line)) for line in case.filler(entry["lines"])]
    if "note" in entry:
        return add_evidence(case.project, kind=Evidence.Kind.NOTE, text="\n".join(lines), name=case.filler(entry["note"]), by=by)
    name = str(case.filler(entry["file"]))
    upload = SimpleUploadedFile(name, _bytes(name, lines))
    return add_evidence(case.project, kind=Evidence.Kind.FILE, upload=upload, personal_data=key == "dpia", by=by)


def _bytes(name: str, lines: list[str]) -> bytes:
    if name.endswith(".pdf"):
        return pdf_of(lines)
    if name.endswith(".xlsx"):
        return xlsx_of(list(csv.reader(lines)))
    mark = "\ufeff" if name.endswith(".csv") else ""
    return (mark + "\n".join(lines) + "\n").encode()
