"""The dates of an address as an iCalendar (RFC 5545): built by the package ``icalendar``, which escapes and folds.

The same dates give the same bytes: every stamp comes from the records, none from the moment of reading, so that a reader who has them
already is told so. Days are days of the filing's jurisdiction and are given without a time; a limit in hours is a moment in UTC.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import get_language, gettext, pgettext
from icalendar import Alarm, Calendar, Event, vDuration

from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.clocks.words import action_word, how_counted, name_of
from compliance.feeds.models import CalendarFeed
from compliance.filings.models import Filing
from compliance.filings.pages import words
from compliance.filings.pages.addresses import url_of
from compliance.filings.states import SETTLED
from portal.catalogue import Catalogue, catalogue, installed_versions
from portal.core.formats import in_language as tr
from portal.core.mail import absolute
from portal.tenants.models import Tenant

UID_HOST = "tenfold"
EVERY = dt.timedelta(hours=4)  # how often a reader is asked to look again
MORNING = 9  # hour of the day at which an all-day date rings
_DAY = dt.timedelta(days=1)
_ENDED = frozenset({ClockState.WAIVED, ClockState.VOID})


def calendar_of(feed: CalendarFeed, tenant: Tenant, limits: list[FilingClock], dates: list[Filing]) -> bytes:
    """The file, in the active language."""
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    name = gettext("Tenfold: {which} ({organisation})").format(which=_which(feed), organisation=tr(tenant.name))
    calendar = Calendar()
    calendar.add("prodid", f"-//Tenfold//Filings and registrations//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", tenant.time_zone)
    calendar.add("refresh-interval", vDuration(EVERY), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(EVERY))
    for limit in limits:
        calendar.add_component(_limit(limit, tenant.slug, feed.alarm_days))
    for row in dates:
        calendar.add_component(_date(row, tenant.slug, feed.alarm_days))
    return calendar.to_ical()


def _which(feed: CalendarFeed) -> str:
    if feed.project is not None:
        return feed.project.code
    return str(CalendarFeed.Scope(feed.scope).label)


def _limit(limit: FilingClock, slug: str, alarm_days: int | None) -> Event:
    """One time limit."""
    filing = limit.filing
    content = _content(limit.catalogue_version)
    ended = limit.state in _ENDED
    doubtful = limit.provisional or limit.state == ClockState.PAUSED
    said = [tr(name_of(content, limit)), gettext("Basis: {basis}").format(basis=words.label(content, "bases", limit.basis))]
    if ended and limit.reason:
        said.append(gettext("No longer to be kept: {reason}").format(reason=limit.reason))
    if limit.state == ClockState.PAUSED:
        said.append(gettext("Stands still until the authority goes on; the date moves."))
    if limit.provisional:
        said.append(gettext("Provisional: the days off of a year it reaches are not published yet."))
    said += [tr(line) for line in how_counted(content, limit)]
    event = _event(
        f"{limit.pk}@{UID_HOST}",
        filing,
        slug,
        what=tr(action_word(content, limit.action)),
        said=said,
        status="CANCELLED" if ended else "TENTATIVE" if doubtful else "CONFIRMED",
        provisional=limit.provisional,
        labels=[words.label(content, "bases", limit.basis)],
    )
    event.add("sequence", limit.version)
    _stamp(event, limit.started_at, max(limit.started_at, filing.updated_at))
    if limit.due_at is not None:
        event.add("dtstart", limit.due_at.astimezone(dt.UTC))
    else:
        _whole_day(event, limit.due_on)
    if not ended:
        _ring(event, alarm_days, timed=limit.due_at is not None)
    return event


def _date(row: Filing, slug: str, alarm_days: int | None) -> Event:
    """A date to keep that is no time limit: planned by people, the renewal reminder, or the end of validity."""
    if row.state in SETTLED:
        what = gettext("renewal reminder") if row.renewal_on == row.due_sort else pgettext("filing", "valid until")
    else:
        what = pgettext("filing", "due")
    event = _event(f"{row.pk}-date@{UID_HOST}", row, slug, what=what, said=[], status="CONFIRMED", provisional=False, labels=[])
    event.add("sequence", row.version)
    _stamp(event, row.created_at, row.updated_at)
    _whole_day(event, row.due_sort)
    _ring(event, alarm_days, timed=False)
    return event


def _event(uid: str, filing: Filing, slug: str, *, what: str, said: list[str], status: str, provisional: bool, labels: list[str]) -> Event:
    content, project = _content(filing.catalogue_version), filing.project
    entry = content.filings.get(filing.regime)
    name = tr(entry.name) if entry is not None else filing.regime
    where = project.code if project is not None else gettext("The organisation")
    summary = gettext("{filing}: {what} ({where})").format(filing=name, what=what, where=where)
    if provisional:
        summary = gettext("{text} – provisional").format(text=summary)
    url = absolute(url_of(slug, filing.project_id, filing.regime))
    lines = [*_about(filing, content), *said, url]
    event = Event()
    event.add("uid", uid)
    event.add("summary", summary)
    event.add("description", "\n".join(lines))
    event.add("url", url)
    event.add("status", status)
    event.add("transp", "TRANSPARENT")
    event.add("class", "CONFIDENTIAL" if project is not None and project.confidential else "PRIVATE")
    places = [words.label(content, "jurisdictions", code) for code in filing.jurisdictions]
    blocking = [gettext("Blocks the launch")] if filing.blocks else []
    event.add("categories", [*places, *labels, *blocking] or [gettext("Filings")])
    return event


def _about(filing: Filing, content: Catalogue) -> list[str]:
    project = filing.project
    lines = []
    if project is not None:
        name = tr({"zh": project.name_zh or project.name_en, "en": project.name_en or project.name_zh})
        lines.append(gettext("Project: {code} {name}").format(code=project.code, name=name))
    lines.append(gettext("State: {state}").format(state=words.label(content, "filing_states", filing.state)))
    if filing.number:
        lines.append(gettext("Number: {number}").format(number=filing.number))
    if filing.owner is not None:
        lines.append(gettext("Carried through by: {name}").format(name=filing.owner.name))
    return lines


def _content(version: str) -> Catalogue:
    return catalogue(version if version in installed_versions() else None)


def _stamp(event: Event, made: dt.datetime, changed: dt.datetime) -> None:
    """Moments to the second, in UTC."""
    event.add("created", made.astimezone(dt.UTC).replace(microsecond=0))
    for name in ("dtstamp", "last-modified"):
        event.add(name, changed.astimezone(dt.UTC).replace(microsecond=0))


def _whole_day(event: Event, day: Any) -> None:
    """The end of a whole day is the next one, not counted."""
    event.add("dtstart", day)
    event.add("dtend", day + _DAY)


def _ring(event: Event, days: int | None, *, timed: bool) -> None:
    """An alarm so many days before; a whole day rings in the morning."""
    if days is None:
        return
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(event["summary"]))
    before = dt.timedelta(hours=-1 if not days else 0, days=-days) if timed else dt.timedelta(days=-days, hours=MORNING)
    alarm.add("trigger", before)
    event.add_component(alarm)
