"""Noting that an entry was checked against the law, and keeping the organisation's own regimes. Both only ever add rows."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from compliance.legal.models import LegalReview, OwnRegime
from compliance.legal.overlay import in_use, mark_of
from compliance.legal.own import Checked, check, key_of
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.catalogue.installed import shipped
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.tenancy import require_scope
from portal.jobs.actions import order_job
from portal.tenants.clock import organisation_today
from portal.tenants.models import Tenant

CARE = "compliance.care_for_rules"
REEVALUATE = "compliance.filings.reevaluate"  # the kind of job that brings all records up to changed rules (compliance.filings.tasks)
LATEST = dt.timedelta(days=5 * 366)


def _allow(by: Actor) -> None:
    if not by.may(CARE):
        raise NotAllowed(_("The rules are looked after by compliance and the administrator."))


@transaction.atomic
def review_entry(
    entry: str, *, outcome: str, note: str, next_review_on: dt.date | None, by: Actor, on: dt.date | None = None
) -> LegalReview:
    """Note that somebody checked the entry. Raises NotFound, Invalid, NotAllowed."""
    _allow(by)
    content, today = catalogue(), organisation_today()
    known = content.filings.get(entry) or content.blockers.get(entry)
    if known is None:
        raise NotFound(_("There is no such filing."))
    day, note = on or today, note.strip()
    faults: dict[str, list[str]] = {}
    if outcome not in LegalReview.Outcome.values:
        faults["outcome"] = [_("Choose from the list")]
    if not note:
        faults["note"] = [_("Say what was checked, and where.")]
    if len(note) > 1000:
        faults["note"] = [_("At most 1,000 characters.")]
    if day > today:
        faults["on"] = [_("The review cannot lie in the future.")]
    if next_review_on is None or not day < next_review_on <= today + LATEST:
        faults["next_review_on"] = [_("The next review must lie after this one, at most five years from now.")]
    if faults or next_review_on is None:
        raise Invalid(_("The review was not saved."), fields=faults)
    version = content.version_for(known) if entry in content.filings else content.version  # type: ignore[arg-type]
    row = LegalReview.objects.create(
        entry=entry,
        catalogue_version=version,
        outcome=outcome,
        note=note,
        reviewed_on=day,
        next_review_on=next_review_on,
        reviewed_by=by.user,
    )
    record_act("compliance.legal.reviewed", row, entry=dict(known.name), outcome=outcome, next=next_review_on.isoformat())
    return row


def check_regime(name: str, text: str) -> Checked:
    """What saving this text as the file ``name`` would meet: faults by line, or the entries. Writes nothing. Needs a tenant."""
    key = key_of(name)
    return check(key, text, shipped(), {one: row.content for one, row in in_use(_rows()).items() if one != key})


def _rows() -> list[OwnRegime]:
    return list(OwnRegime.objects.order_by("key", "number"))


@transaction.atomic
def save_regime(name: str, text: str, *, seen: int, note: str, by: Actor) -> OwnRegime:
    """Keep the text as the next version of the file; all projects are evaluated anew by a job.

    ``seen``: the version the person started from, 0 for a new file. Raises Invalid (faults by line), Conflict, NotAllowed.
    """
    _allow(by)
    tenant = _locked()
    rows, checked = _rows(), check_regime(name, text)
    if checked.faults:
        lines = [f"{one.line}: {one.text}" for one in checked.faults]
        raise Invalid(_("The file was not saved: it has faults."), fields={"text": lines})
    last = max((row.number for row in rows if row.key == checked.key), default=0)
    if seen != last:
        raise Conflict(_("Somebody saved version {n} meanwhile. Compare with it and save again.").format(n=last), current={"version": last})
    digest = hashlib.sha256(text.encode()).hexdigest()
    current = in_use(rows).get(checked.key)
    if current is not None and current.sha256 == digest:
        raise Conflict(_("This is the version in use; nothing was saved."), current={"version": last})
    row = _keep(tenant, rows, checked.key, last + 1, text, digest, sorted(checked.filings), note, by, retired=False)
    record_act("compliance.legal.regime_saved", row, key=row.key, number=row.number, entries=row.entries)
    return row


@transaction.atomic
def retire_regime(key: str, *, seen: int, note: str, by: Actor) -> OwnRegime:
    """Take a file out of use: its filings apply to nothing from now on; records and versions stay.

    Raises NotFound, Conflict, NotAllowed.
    """
    _allow(by)
    tenant, rows = _locked(), _rows()
    current = in_use(rows).get(key)
    if current is None:
        raise NotFound(_("There is no such file in use."))
    if current.number != seen:
        raise Conflict(
            _("Somebody saved version {n} meanwhile. Look at it first.").format(n=current.number), current={"version": current.number}
        )
    row = _keep(tenant, rows, key, current.number + 1, "", "", [], note, by, retired=True)
    record_act("compliance.legal.regime_retired", row, key=key, number=row.number)
    return row


def _locked() -> Tenant:
    return Tenant.objects.select_for_update(no_key=True).only("pk").get(pk=require_scope().tenant_id)


def _keep(
    tenant: Tenant,
    rows: list[OwnRegime],
    key: str,
    number: int,
    text: str,
    digest: str,
    entries: list[str],
    note: str,
    by: Actor,
    *,
    retired: bool,
) -> OwnRegime:
    row = OwnRegime.objects.create(
        key=key, number=number, content=text, sha256=digest, entries=entries, retired=retired, note=note.strip()[:500], entered_by=by.user
    )
    Tenant.objects.filter(pk=tenant.pk).update(own_content=mark_of([*rows, row]))
    order_job(REEVALUATE, {"day": organisation_today().isoformat()}, by=None, idempotency_key=f"{REEVALUATE}:own:{uuid7()}")
    return row
