"""What follows a step of a filing: the record names the dossier that was there to hand in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.dossiers.models import Dossier, DossierFile
from compliance.filings.actions.common import put_on_record
from compliance.filings.states import FilingState
from compliance.filings.subjects import Subject

HANDED_IN = frozenset({FilingState.SUBMITTED, FilingState.RESUBMITTED, FilingState.CHANGE_SUBMITTED})


def after_step(subject: Subject, *, old_state: str, to: str, given: Mapping[str, Any], by: Any) -> None:
    """After a submission: an event with the newest complete dossier, if there is one."""
    if to not in HANDED_IN or subject.row is None:
        return
    newest = Dossier.objects.filter(filing=subject.row, complete=True, files__isnull=False).order_by("-number").first()
    if newest is None:
        return
    file = DossierFile.objects.get(dossier=newest)
    detail = {"edition": str(newest.number), "sha256": file.sha256, "content_sha256": newest.content_sha256}
    put_on_record(subject.row, subject, "dossier_named", by, old_state=subject.row.state, act="compliance.dossier.named", **detail)
