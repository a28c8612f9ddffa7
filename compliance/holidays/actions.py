"""The organisation's own years: save one with the notice it rests on, or go back to the content's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.calendars.workdays import CN
from compliance.holidays import registry
from compliance.holidays.drafts import CALENDARS, Collector, difference
from compliance.holidays.models import HolidayYear
from compliance.holidays.queries import calendar_rules, year_of
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.catalogue.parts import CalendarRules, CalendarYear
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import require_scope
from portal.permissions import AUDITOR

EDIT = "compliance.edit_calendar"
FIRST_YEAR, LAST_YEAR = 2000, 2100
_NAMES = UUID("9b6f2f0e-3d0c-4a57-9f0a-6f1f3f0f7b11")


def may_edit(actor: Actor) -> bool:
    """Who keeps calendars; an auditor changes nothing (rule S6)."""
    return actor.may(EDIT) and AUDITOR not in actor.roles


def row_id(calendar: str, year: int) -> UUID:
    """The id of a year: the same when it is entered again after it was taken back, so that its history stays in one place."""
    return uuid5(_NAMES, f"{require_scope().tenant_id}:{calendar}:{year}")


def check_place(calendar: str, year: int) -> None:
    """Raise Invalid for a calendar or a year that cannot be kept."""
    if calendar not in CALENDARS:
        raise Invalid(_("There is no such calendar."), fields={"calendar": [calendar]})
    if not FIRST_YEAR <= year <= LAST_YEAR:
        sentence = _("Choose a year from {first} to {last}.").format(first=FIRST_YEAR, last=LAST_YEAR)
        raise Invalid(sentence, fields={"year": [sentence]})


def content_year(rules: CalendarRules, calendar: str, year: int) -> CalendarYear | None:
    """The year of a calendar in these rules."""
    table = rules.years if calendar == CN else rules.others.get(calendar, {})
    return table.get(year)


def _refuse(actor: Actor) -> None:
    if not may_edit(actor):
        raise NotAllowed(_("Calendars are kept by compliance or an administrator."))


@transaction.atomic
def save_year(
    calendar: str,
    year: int,
    *,
    holidays: Collection[dt.date],
    makeup: Collection[dt.date],
    official: bool,
    source_title: str,
    source_url: str,
    version: int,
    by: Actor,
) -> HolidayYear:
    """Keep a year as entered. ``version``: of the row on the screen, 0 for none. What follows (limits counted anew) is a job.

    Raises Invalid for days that cannot be right or a notice without its name and address, Conflict where somebody else saved meanwhile.
    """
    _refuse(by)
    check_place(calendar, year)
    collector = Collector(calendar, year)
    for days, is_makeup in ((holidays, False), (makeup, True)):
        for day in sorted(days):
            collector.add(0, day, makeup=is_makeup)
    draft = collector.draft()
    faults: dict[str, list[str]] = {}
    if draft.faults:
        faults["holidays"] = [str(fault) for fault in draft.faults]
    title, url = source_title.strip(), source_url.strip()
    if official and not title:
        faults["source_title"] = [_("Name the official notice: number, day and who issued it.")]
    if official and not url:
        faults["source_url"] = [_("Give the address of the notice.")]
    if len(title) > 300:
        faults["source_title"] = [_("At most {n} characters.").format(n=300)]
    if url:
        try:
            URLValidator(schemes=["http", "https"])(url)
        except ValidationError:
            faults["source_url"] = [_("This is no address of a web page.")]
    if faults:
        raise Invalid(_("The year was not saved."), fields=faults)
    before = content_year(calendar_rules(catalogue()), calendar, year)
    found = difference(before, draft.holidays, draft.makeup, official=official)
    columns = {
        "holidays": [day.isoformat() for day in sorted(draft.holidays)],
        "makeup_days": [day.isoformat() for day in sorted(draft.makeup)],
        "official": official,
        "source_title": title,
        "source_url": url,
        "entered_by": by.user,
    }
    row = _write(calendar, year, version, columns)
    record_act(
        "compliance.holiday_year.saved", row, calendar=calendar, year=str(year), official=official, source=title or "–", **found.plain()
    )
    registry.saved(calendar, year, by.user)
    return row


def _write(calendar: str, year: int, version: int, columns: dict[str, object]) -> HolidayYear:
    if version == 0:
        try:
            with transaction.atomic():
                return HolidayYear.objects.create(pk=row_id(calendar, year), calendar=calendar, year=year, **columns)
        except IntegrityError as error:
            raise _stale(calendar, year) from error
    rows = HolidayYear.objects.filter(calendar=calendar, year=year, version=version)
    if not rows.update(**columns, version=F("version") + 1, entered_at=timezone.now()):
        raise _stale(calendar, year)
    return HolidayYear.objects.get(calendar=calendar, year=year)


def _stale(calendar: str, year: int) -> Conflict:
    row = HolidayYear.objects.select_related("entered_by").filter(calendar=calendar, year=year).first()
    current = {"version": row.version, "holidays": row.holidays, "makeup_days": row.makeup_days} if row else {"version": 0}
    return Conflict(
        _("Somebody else changed this year in the meantime. Nothing was overwritten; see what stands now and save again."),
        code="stale_version",
        current=current,
    )


@transaction.atomic
def restore_year(calendar: str, year: int, *, version: int, by: Actor) -> None:
    """Take the organisation's own year back: the content's counts again, or none where it has none."""
    _refuse(by)
    check_place(calendar, year)
    row = HolidayYear.objects.select_for_update().filter(calendar=calendar, year=year).first()
    if row is None or row.version != version:
        raise _stale(calendar, year)
    mine = year_of(row)
    content = content_year(catalogue().calendar, calendar, year)
    left = content.holidays if content else frozenset()
    found = difference(mine, left, content.makeup_working_days if content else frozenset(), official=content.official if content else False)
    record_act("compliance.holiday_year.restored", row, calendar=calendar, year=str(year), **found.plain())
    row.delete()
    registry.saved(calendar, year, by.user)
