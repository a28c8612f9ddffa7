"""Ordering, keeping and handing out registers."""

from __future__ import annotations

import hashlib
from typing import IO, NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.register.frozen import chosen
from compliance.register.models import FilingRegister
from compliance.reports.rules import OPEN_JOBS
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Invalid, NotFound, TooLarge
from portal.core.listing import capped_counts
from portal.jobs.actions import order_job
from portal.tenants.clock import organisation_today

KIND = "compliance.register"
MOST_ROWS = 100_000
MOST_ON_PAPER = 2_000  # about 250 pages; more is for a spreadsheet
PDF, SHEET = "pdf", "xlsx"
_TRIES = 5


class Made(NamedTuple):
    """Both files of a register; ``pdf`` empty when it would be too long."""

    content_sha256: str
    rows: int
    pdf: bytes
    pages: int
    sheet: bytes


@transaction.atomic
def order_register(*, language: str, query: str, by: Actor) -> tuple[FilingRegister, bool]:
    """Order the register of the filings behind ``query`` (of the list; "" for all). Returns (register, newly ordered).

    The same order while it is being made is that one. Raises Invalid for filters that cannot be read, TooLarge for more filings than
    a workbook is made of.
    """
    if language not in FilingRegister.Language.values:
        raise Invalid(_("Choose the language of the register."), fields={"language": [_("Choose one of the three.")]})
    if len(query) > 1000:
        raise Invalid(_("The filter cannot be read."))
    if capped_counts(chosen(by, query), cap=MOST_ROWS)[0] > MOST_ROWS:
        raise TooLarge(_("These are more than {n} filings. Filter the list and make the register in parts.").format(n=f"{MOST_ROWS:,}"))
    waiting = FilingRegister.objects.filter(
        ordered_by=by.user, language=language, filters=query, state=FilingRegister.State.ORDERED, job__state__in=OPEN_JOBS
    ).first()
    if waiting is not None:
        return waiting, False
    register = _new(language, query, by)
    job, _made = order_job(KIND, {"register": str(register.pk)}, by=by.user, idempotency_key=f"register:{register.pk}")
    FilingRegister.objects.filter(pk=register.pk).update(job=job)
    register.job = job
    record_act("compliance.register.ordered", register, number=register.number, language=language, query=query)
    return register, True


def _new(language: str, query: str, by: Actor) -> FilingRegister:
    for attempt in range(_TRIES):
        number = (FilingRegister.objects.aggregate(top=Max("number"))["top"] or 0) + 1
        try:
            with transaction.atomic():
                return FilingRegister.objects.create(number=number, language=language, filters=query, ordered_by=by.user)
        except IntegrityError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def file_key(register: FilingRegister, attempt: int, form: str) -> str:
    """Where an attempt stores a file; each has its own, so that a worker that lost its lease overwrites nothing."""
    return f"registers/{register.tenant_id}/{register.pk}-{attempt}.{form}"


def store(register: FilingRegister, attempt: int, form: str, content: bytes) -> str:
    """Put a file into the storage outside the web root; returns its key."""
    key = file_key(register, attempt, form)
    if default_storage.exists(key):
        default_storage.delete(key)
    return default_storage.save(key, ContentFile(content))


def finish_register(register: FilingRegister, made: Made, *, pdf_key: str, sheet_key: str) -> None:
    """Enter the finished files; a second call changes nothing (the job came twice)."""
    done = FilingRegister.objects.filter(pk=register.pk, state=FilingRegister.State.ORDERED).update(
        state=FilingRegister.State.READY,
        rows=made.rows,
        pages=made.pages,
        content_sha256=made.content_sha256,
        pdf_key=pdf_key,
        pdf_sha256=hashlib.sha256(made.pdf).hexdigest() if made.pdf else "",
        pdf_size=len(made.pdf),
        sheet_key=sheet_key,
        sheet_sha256=hashlib.sha256(made.sheet).hexdigest(),
        sheet_size=len(made.sheet),
        made_at=timezone.now(),
    )
    if done:
        record_act(
            "compliance.register.made",
            register,
            number=register.number,
            rows=made.rows,
            pages=made.pages,
            content_sha256=made.content_sha256,
        )


@transaction.atomic
def open_register(register: FilingRegister, form: str, *, by: Actor) -> tuple[IO[bytes], str]:
    """A file for handing out, with its name; the download goes into the trail. Raises NotFound if there is none."""
    key = register.pdf_key if form == PDF else register.sheet_key if form == SHEET else ""
    if register.ordered_by_id != by.user_id or not key or not default_storage.exists(key):
        raise NotFound(_("This register has no such file. Order it again."))
    fingerprint = register.pdf_sha256 if form == PDF else register.sheet_sha256
    record_act("compliance.register.downloaded", register, number=register.number, form=form, sha256=fingerprint)
    day = register.made_at.date() if register.made_at else organisation_today()
    return default_storage.open(key, "rb"), f"filing-register-{register.number}-{day.isoformat()}.{form}"
