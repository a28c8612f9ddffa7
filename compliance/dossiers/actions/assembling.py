"""Ordering, keeping and handing out dossiers."""

from __future__ import annotations

from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from assessments.gates.content import content_sha256
from compliance.dossiers.actions.common import hold, record
from compliance.dossiers.content import LANGUAGES
from compliance.dossiers.frozen import freeze
from compliance.dossiers.listing import missing
from compliance.dossiers.models import Dossier, DossierFile
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotFound, TooLarge
from portal.core.formats import in_language as tr
from portal.jobs.actions import order_job
from portal.jobs.states import JobState
from portal.projects.models import Project

KIND = "compliance.dossier"
OPEN_JOBS = (JobState.QUEUED, JobState.RUNNING)
MOST_BYTES = 2 * 1024 * 1024 * 1024
NAMED = 5


@transaction.atomic
def order_dossier(project: Project | None, regime: str, *, language: str, by: Actor, draft: bool = False) -> tuple[Dossier, bool]:
    """Freeze what stands now and order the ZIP of it. Returns (dossier, newly ordered).

    While required documents are missing only a draft is made, and only when ``draft`` asks for one; the cover says so. The same
    content ordered again is the same dossier (a double click). Raises Conflict with what is missing, Invalid for no language.
    """
    if language not in LANGUAGES:
        raise Invalid(_("Choose the language of the dossier."), fields={"language": [_("Choose one of the three.")]})
    held = hold(project, regime, by)
    lacking = missing(held.lines)
    if lacking and not draft:
        names = _(", ").join(tr(line.label) for line in lacking[:NAMED])
        raise Conflict(
            _("{n} required documents are missing: {names}. Complete them, or assemble a draft.").format(n=len(lacking), names=names),
            code="incomplete",
            missing=[line.key for line in lacking],
        )
    if sum(line.file.size for line in held.lines if line.file is not None) > MOST_BYTES:
        raise TooLarge(_("The files of this filing are larger than 2 GB together. Hand the large ones in apart."))
    content = freeze(held.subject, held.lines, language)
    fingerprint = content_sha256(content)
    last = Dossier.objects.filter(filing=held.filing, content_sha256=fingerprint).select_related("job").order_by("-number").first()
    if last is not None and (DossierFile.objects.filter(dossier=last).exists() or (last.job and last.job.state in OPEN_JOBS)):
        return last, False
    number = (Dossier.objects.filter(filing=held.filing).aggregate(top=Max("number"))["top"] or 0) + 1
    name = uuid7()
    args = {"dossier": str(name), "regime": regime, "number": number}
    job, _made = order_job(KIND, args, by=by.user, idempotency_key=f"dossier:{name}", project_id=held.filing.project_id)
    dossier = Dossier.objects.create(
        id=name,
        filing=held.filing,
        number=number,
        language=language,
        complete=not lacking,
        lacking=len(lacking),
        content=content,
        content_sha256=fingerprint,
        job=job,
        ordered_by=by.user,
    )
    record(held, "dossier_ordered", by, "compliance.dossier.ordered", edition=str(number), complete=not lacking, missing=len(lacking))
    return dossier, True


def file_key(dossier: Dossier, attempt: int) -> str:
    """Where an attempt stores the ZIP; each has its own, so that a worker that lost its lease overwrites nothing."""
    return f"dossiers/{dossier.tenant_id}/{dossier.filing_id}/{dossier.pk}-{attempt}.zip"


def store_zip(dossier: Dossier, attempt: int, content: IO[bytes]) -> str:
    """Put the ZIP into the storage outside the web root; returns its key."""
    key = file_key(dossier, attempt)
    if default_storage.exists(key):
        default_storage.delete(key)
    content.seek(0)
    return default_storage.save(key, File(content, name="dossier"))


def finish_dossier(dossier: Dossier, *, key: str, sha256: str, size: int, entries: list[dict[str, Any]]) -> bool:
    """Enter the finished ZIP; False when there is one already (the job came twice): the second one must not count."""
    _row, made = DossierFile.objects.get_or_create(
        dossier=dossier, defaults={"filing_id": dossier.filing_id, "file_key": key, "sha256": sha256, "size": size, "entries": entries}
    )
    if made:
        filing = dossier.content["head"]["filing"]
        detail = {"edition": str(dossier.number), "filing": filing, "files": len(entries), "sha256": sha256}
        record_act("compliance.dossier.made", dossier, project_id=dossier.filing.project_id, **detail)
    return made


def download_name(dossier: Dossier) -> str:
    """The name of the ZIP for people."""
    head = dossier.content["head"]["code"] or "organisation"
    mark = "" if dossier.complete else "-draft"
    return f"{head}-{dossier.content['regime']}-dossier-{dossier.number}{mark}.zip"


def open_dossier(dossier: Dossier) -> tuple[IO[bytes], DossierFile]:
    """The ZIP for handing out; the download goes into the trail. Raises NotFound while there is none."""
    found = DossierFile.objects.filter(dossier=dossier).first()
    if found is None:
        raise NotFound(_("This dossier has not been made yet."))
    try:
        content = default_storage.open(found.file_key, "rb")
    except FileNotFoundError:
        raise NotFound(_("The stored file is missing. Tell the operator; its hash stays in the record.")) from None
    detail = {"edition": str(dossier.number), "filing": dossier.content["head"]["filing"], "sha256": found.sha256}
    record_act("compliance.dossier.downloaded", dossier, project_id=dossier.filing.project_id, **detail)
    return content, found
