"""A calendar of a year from a file: CSV (day, kind) or iCalendar. Everything that is wrong is said at once, with its line."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.utils.translation import gettext as _
from icalendar import Calendar

from compliance.holidays.drafts import Collector, Draft

MOST_BYTES = 256 * 1024
MOST_ROWS = 1000
_MAKEUP = {"makeup", "make-up", "makeup_working_day", "work", "working", "上班", "班", "补班", "调休上班", "调休上班日"}
_OFF = {"holiday", "off", "day off", "放假", "休", "休息", "节假日", "放假日"}
_HEAD = {"date", "day", "日期"}
_ONE_DAY = dt.timedelta(days=1)


def read_file(calendar: str, year: int, name: str, data: bytes) -> Draft:
    """The year that a file holds; faults stand in the draft."""
    collector = Collector(calendar, year)
    if len(data) > MOST_BYTES:
        collector.fault(0, _("The file is larger than {n} KB.").format(n=MOST_BYTES // 1024))
        return collector.draft()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        collector.fault(line, _("This is no text in UTF-8. Save the file as “CSV UTF-8” and try again."))
        return collector.draft()
    if "\x00" in text:
        collector.fault(0, _("This is no text file."))
        return collector.draft()
    if name.lower().endswith((".ics", ".ical")) or text.lstrip().startswith("BEGIN:VCALENDAR"):
        _read_ics(collector, text)
    else:
        _read_csv(collector, text)
    return collector.draft()


def _read_csv(collector: Collector, text: str) -> None:
    head = text.splitlines()[0] if text.strip() else ""
    mark = next((mark for mark in ("\t", ";", ",") if mark in head), ",")
    rows = csv.reader(io.StringIO(text), delimiter=mark)
    try:
        for row in rows:
            line = rows.line_num
            cells = [cell.strip() for cell in row]
            if not any(cells) or (line == 1 and cells[0].lower() in _HEAD):
                continue
            if line > MOST_ROWS:
                collector.fault(line, _("More than {n} lines.").format(n=MOST_ROWS))
                return
            _csv_row(collector, line, cells)
    except csv.Error as error:
        collector.fault(rows.line_num, str(error))


def _csv_row(collector: Collector, line: int, cells: list[str]) -> None:
    try:
        day = dt.date.fromisoformat(cells[0].replace("/", "-").replace(".", "-"))
    except ValueError:
        collector.fault(line, _("“{text}” is no day. Write it like 2026-10-01.").format(text=cells[0][:40]))
        return
    kind = cells[1].lower() if len(cells) > 1 else ""
    if kind in _MAKEUP:
        collector.add(line, day, makeup=True)
    elif kind in _OFF:
        collector.add(line, day, makeup=False)
    else:
        text = _("“{text}” is neither a day off (holiday, 放假) nor a make-up working day (makeup, 上班).")
        collector.fault(line, text.format(text=(cells[1] if len(cells) > 1 else "")[:40]))


def _read_ics(collector: Collector, text: str) -> None:
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except ValueError as error:
        collector.fault(0, _("This is no iCalendar file: {error}").format(error=str(error)[:200]))
        return
    if len(events) > MOST_ROWS:
        collector.fault(0, _("More than {n} events.").format(n=MOST_ROWS))
        return
    for number, event in enumerate(events):
        _ics_event(collector, lines[number] if number < len(lines) else 0, event)


def _ics_event(collector: Collector, line: int, event: object) -> None:
    get = event.get  # type: ignore[attr-defined]
    start, end, title = getattr(get("DTSTART"), "dt", None), getattr(get("DTEND"), "dt", None), str(get("SUMMARY", ""))
    if get("RRULE") is not None:
        collector.fault(line, _("An event that repeats cannot be read: give each day of the year."))
        return
    if not isinstance(start, dt.date) or isinstance(start, dt.datetime) or isinstance(end, dt.datetime):
        collector.fault(line, _("“{title}” is no event of whole days.").format(title=title[:40]))
        return
    last = end if isinstance(end, dt.date) else start + _ONE_DAY
    if not start < last <= start + dt.timedelta(days=31):
        collector.fault(line, _("“{title}” ends before it begins, or lasts more than 31 days.").format(title=title[:40]))
        return
    makeup = any(word in title.lower() for word in ("班", "make-up", "makeup", "working day"))
    day = start
    while day < last:
        collector.add(line, day, makeup=makeup)
        day += _ONE_DAY
