"""A proof as its chip shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assessments.checklists.models import Evidence
from assessments.checklists.pages.addresses import Urls


@dataclass(frozen=True)
class EvidenceShown:
    """A proof as a chip. ``detach_url`` only for those who may take it off."""

    id: Any
    name: str
    url: str
    kind: str
    size: int | None
    sha256: str
    expires_on: Any
    expired: bool
    personal_data: bool
    text: str = ""
    detach_url: str = ""


def evidence_shown(row: Evidence, urls: Urls, today: Any, detach: str = "") -> EvidenceShown:
    """A proof as its chip shows it."""
    url = row.url if row.kind == Evidence.Kind.LINK else urls.named("assessments:evidence_file", evidence_id=row.pk)
    return EvidenceShown(
        id=row.pk,
        name=row.name,
        url="" if row.kind == Evidence.Kind.NOTE else url,
        kind=row.kind,
        size=row.size if row.kind == Evidence.Kind.FILE else None,
        sha256=row.sha256 if row.kind == Evidence.Kind.FILE else "",
        expires_on=row.expires_on,
        expired=bool(row.expires_on and row.expires_on < today),
        personal_data=row.personal_data,
        text=row.text,
        detach_url=detach,
    )
