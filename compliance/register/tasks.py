"""Making registers in the worker."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from compliance.register import actions
from compliance.register.frozen import freeze
from compliance.register.models import FilingRegister
from portal.core.errors import Refused
from portal.jobs.models import Job
from portal.jobs.tasks import Progress, tenant_task
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as

READING, SHEET, PAGES, SAVING = (
    gettext_noop("Reading the filings"),
    gettext_noop("Writing the workbook"),
    gettext_noop("Setting the pages"),
    gettext_noop("Saving the files"),
)


def _result_url(job: Job) -> str:
    return reverse("compliance:register", kwargs={"tenant_slug": job.tenant.slug})


@tenant_task(
    actions.KIND,
    name="compliance.reports.register",
    queue="reports",
    title=gettext_lazy("Register of filings"),
    result_url=_result_url,
    result_label=gettext_lazy("Open the register"),
)
def make_register(job: Job, progress: Progress) -> dict[str, Any]:
    """Freeze what the orderer sees now, then write both files from it. The press is imported here: web processes stay small."""
    from assessments.gates.content import content_sha256
    from compliance.register.paper import render_register
    from compliance.register.sheet import sheet_of
    from compliance.reports.voice import Language

    with progress.scope():
        register = FilingRegister.objects.get(pk=job.args["register"])
        tenant, orderer = job.tenant, job.ordered_by
    if register.state == FilingRegister.State.READY:
        return {}
    if orderer is None:
        raise Refused(str(_("Nobody is named as the person who ordered this register.")))
    progress(READING, 2)
    with acting_as(tenant, orderer, f"job-{job.pk}") as actor:
        content = freeze(actor, tenant, register.filters, organisation_today())
        brand = _brand(tenant)
    fingerprint = content_sha256(cast(Any, content))
    language = cast("Language", register.language)
    progress(SHEET, 15)
    sheet = sheet_of(content, language)
    pdf, pages = b"", 0
    if len(content["rows"]) <= actions.MOST_ON_PAPER:
        progress(PAGES, 30)
        at = timezone.localtime(timezone=ZoneInfo(tenant.time_zone))
        paper = render_register(content, number=register.number, content_hash=fingerprint, language=language, brand=brand, rendered_at=at)
        pdf, pages = paper.pdf, paper.pages
    progress(SAVING, 96)
    keys = [
        actions.store(register, job.attempts, form, file) if file else "" for form, file in ((actions.PDF, pdf), (actions.SHEET, sheet))
    ]
    made = actions.Made(fingerprint, len(content["rows"]), pdf, pages, sheet)
    try:
        with progress.scope():
            actions.finish_register(register, made, pdf_key=keys[0], sheet_key=keys[1])
            result = {"register": str(register.pk), "content_sha256": fingerprint}
            progress.finish(result)
    except BaseException:  # cancelled meanwhile, or the database is away: nobody would find the files again
        for key in filter(None, keys):
            default_storage.delete(key)
        raise
    return result


def _brand(tenant: Any) -> Any:
    from compliance.reports.brand import Brand
    from compliance.reports.render import usable
    from compliance.reports.tasks import logo_of

    return usable(Brand(tenant.brand_colour, logo_of(tenant)))[0]
