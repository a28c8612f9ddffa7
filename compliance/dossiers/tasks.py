"""Assembling dossiers in the worker: from what was frozen, store, finish once."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import structlog
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from assessments.checklists.files import storing
from assessments.gates.content import content_sha256
from compliance.dossiers import actions
from compliance.dossiers.actions.assembling import KIND, store_zip
from compliance.dossiers.models import Dossier, DossierFile
from portal.core.errors import Refused
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.notices.actions import notify

log = structlog.get_logger(__name__)
READY_NOTICE = "compliance.dossier_ready"
READING, PACKING, SAVING = (
    gettext_noop("Reading what was frozen"),
    gettext_noop("Writing the papers and packing the files"),
    gettext_noop("Saving the dossier"),
)
SPOOLED = 16 * 1024 * 1024  # bytes kept in memory; more goes to a temporary file


class Zip(NamedTuple):
    """A stored ZIP: its key, its hash, its size in bytes and what is in it."""

    key: str
    sha256: str
    size: int
    entries: list[dict[str, Any]]


def _result_url(job: Job) -> str:
    kwargs = {"tenant_slug": job.tenant.slug, "regime": job.args["regime"], "number": job.args["number"]}
    if job.project_id is None:
        return reverse("compliance:organisation_dossier_file", kwargs=kwargs)
    return reverse("compliance:filing_dossier_file", kwargs={**kwargs, "project_id": job.project_id})


@tenant_task(KIND, name="compliance.dossiers.assemble", queue="reports", title=gettext_lazy("Dossier"), result_url=_result_url)
def assemble(job: Job, progress: Progress) -> dict[str, Any]:
    """Make the ZIP of a dossier. Finishing it and ending the job are one transaction."""
    with progress.scope():
        dossier = Dossier.objects.select_related("filing", "ordered_by").get(pk=job.args["dossier"])
        if DossierFile.objects.filter(dossier=dossier).exists():
            return {}
        zone = job.tenant.time_zone
    progress(READING, 2)
    made = make_zip(dossier, zone, job.attempts, progress)
    counted = False
    try:
        with progress.scope():
            counted = actions.finish_dossier(dossier, key=made.key, sha256=made.sha256, size=made.size, entries=made.entries)
            _tell(dossier, job)
            result = {"dossier": str(dossier.pk), "sha256": made.sha256}
            progress.finish(result)
    except BaseException:  # cancelled meanwhile, or the database is away: nobody would find the file again
        default_storage.delete(made.key)
        raise
    if not counted:
        default_storage.delete(made.key)
    return result


def make_zip(dossier: Dossier, zone: str, attempt: int, progress: Callable[[str, int], None]) -> Zip:
    """Pack and store the ZIP of what was frozen; asks the database for nothing. Raises Refused with a sentence for people.

    The packer is imported here, not above: web processes load this module to know the kind of job, and must stay small.
    """
    from compliance.dossiers.packing import Damaged, Order, pack

    if content_sha256(dossier.content) != dossier.content_sha256:
        raise Refused(_("What was frozen for this dossier does not match its hash. Nothing was made; tell the operator at once."))
    at = timezone.localtime(dossier.ordered_at, ZoneInfo(zone))
    order = Order(dossier.content, dossier.number, dossier.content_sha256, dossier.ordered_by.name, at, dossier.complete)
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED) as target:
        try:
            packed = pack(order, target, storing.open_stored, lambda percent: progress(PACKING, 5 + percent * 85 // 100))
        except Damaged as error:
            log.exception("dossier_file_damaged", dossier=str(dossier.pk))
            raise Refused(
                _("A stored file is missing or damaged: {name}. Upload it again and assemble anew.").format(name=str(error))
            ) from error
        progress(SAVING, 94)
        target.seek(0)
        sha256 = hashlib.file_digest(target, "sha256").hexdigest()  # type: ignore[arg-type]  # a spooled file reads like any other
        size = target.seek(0, 2)
        key = store_zip(dossier, attempt, target)
    return Zip(key, sha256, size, packed.entries)


def _tell(dossier: Dossier, job: Job) -> None:
    if job.ordered_by_id is None:
        return
    notify(
        {job.ordered_by_id},
        READY_NOTICE,
        once_key=f"dossier:{dossier.pk}",
        project_id=dossier.filing.project_id,
        regime=dossier.content["regime"],
        filing=dossier.content["head"]["filing"],
        number=str(dossier.number),
    )
