"""Documents of filings in the demo, and the dossiers assembled from them: by the same acts as in the product."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from compliance.demo.clock import at
from compliance.demo.content import read
from compliance.demo.projects import Case
from compliance.demo.written import keyword_book, pdf_of
from compliance.dossiers import actions
from compliance.dossiers.listing import lines_of
from compliance.dossiers.models import Dossier
from compliance.dossiers.tasks import make_zip
from compliance.filings.subjects import subject_of
from portal.core.access import Actor
from portal.jobs.models import Job
from portal.jobs.states import JobState


def collect(case: Case) -> None:
    """What the story tells of this project's documents; nothing for most."""
    told: dict[str, Any] = read("dossiers").get(case.code, {})
    for regime, story in told.items():
        with at(case.moment(-1, hour=18)), case.world.acting(case.person("compliance")) as by:
            for key, entry in story["documents"].items():
                _add(case, regime, key, entry, by)
            complete = not any(line.lacking for line in lines_of(subject_of(case.project, regime)))
            dossier, _new = actions.order_dossier(case.project, regime, language=story["dossier"], draft=not complete, by=by)
            _assemble(case, dossier)


def _add(case: Case, regime: str, key: str, entry: dict[str, Any], by: Actor) -> None:
    given: dict[str, Any] = {"version": 0, "by": by}
    if entry.get("form"):
        actions.take_form(case.project, regime, key, language=read("dossiers")[case.code][regime]["dossier"], **given)
    else:
        until = case.world.today + dt.timedelta(days=entry["days"]) if "days" in entry else None
        upload = SimpleUploadedFile(entry.get("file", "list.xlsx"), _bytes(case, entry))
        line = next(one for one in lines_of(subject_of(case.project, regime)) if one.key == key)
        given["version"] = line.version
        actions.add_file(case.project, regime, key, upload=upload, expires_on=until, **given)
    if entry.get("state"):
        line = next(one for one in lines_of(subject_of(case.project, regime)) if one.key == key)
        actions.set_state(case.project, regime, key, version=line.version, by=by, to=entry["state"])


def _bytes(case: Case, entry: dict[str, Any]) -> bytes:
    if "keywords" in entry:
        return keyword_book(entry["keywords"], case.world.today - dt.timedelta(days=2))
    return pdf_of(entry["lines"])


def _assemble(case: Case, dossier: Dossier) -> None:
    """As the worker does it, here and now: whoever opens the demo finds the file."""
    made = make_zip(dossier, case.world.tenant.time_zone, 1, lambda stage, percent: None)
    actions.finish_dossier(dossier, key=made.key, sha256=made.sha256, size=made.size, entries=made.entries)
    result = {"dossier": str(dossier.pk), "sha256": made.sha256}
    Job.objects.filter(pk=dossier.job_id).update(state=JobState.DONE, progress=100, finished_at=timezone.now(), result=result)
