"""Files of a calendar year: what is read, and every fault with its line."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from compliance.holidays.drafts import read_fields
from compliance.holidays.reading import read_file
from portal.catalogue import catalogue

YEAR = catalogue().calendar.years[2026]
GOOD = (
    "date,kind\n"
    + "".join(f"{day},holiday\n" for day in sorted(YEAR.holidays))
    + "".join(f"{day},上班\n" for day in YEAR.makeup_working_days)
)


def test_a_good_file_is_the_year() -> None:
    for text in (GOOD, "\ufeff" + GOOD.replace(",", ";"), GOOD.replace(",", "\t").replace("2026-", "2026/").replace("\n", "\r\n")):
        draft = read_file("CN", 2026, "year.csv", text.encode())
        assert draft.faults == ()
        assert (draft.holidays, draft.makeup) == (YEAR.holidays, YEAR.makeup_working_days)


BAD = [
    ("2026-10-02,holiday\n2026-10-02,holiday\n", 2, "stands on line 1"),
    ("2026-10-02,holiday\n2026-10-02,makeup\n", 2, "at once"),
    ("2027-10-01,holiday\n", 1, "not in 2026"),
    ("2026-10-13,makeup\n", 1, "no weekend"),
    ("2026-13-01,holiday\n", 1, "is no day"),
    ("2026-10-01\n", 1, "neither a day off"),
    ("2026-10-01,party\n", 1, "neither a day off"),
    (GOOD.replace("2026-10-06,holiday\n", ""), 19, "2026-10-06 is missing"),
    (GOOD.replace("2026-06-19,holiday\n", ""), 0, "2026-06-19 is missing"),
    ("", 0, "no day in it"),
    ("BEGIN:VCALENDAR\nnonsense", 0, "no iCalendar file"),
    ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261001T080000Z\nSUMMARY:国庆\nEND:VEVENT\nEND:VCALENDAR\n", 2, "whole days"),
]


@pytest.mark.parametrize(("text", "line", "said"), BAD)
def test_a_bad_file_is_refused_with_its_lines(text: str, line: int, said: str) -> None:
    with translation.override("en"):
        draft = read_file("CN", 2026, "x.csv", text.encode())
        assert any(fault.line == line and said in fault.text for fault in draft.faults), [str(one) for one in draft.faults]


def test_no_text_and_too_much_of_it() -> None:
    with translation.override("en"):
        assert "UTF-8" in str(read_file("CN", 2026, "x.csv", "2026-10-01,放假".encode("gbk")).faults[0])
        assert "larger" in str(read_file("CN", 2026, "x.csv", b"x" * 300_000).faults[0])
        assert read_file("CN", 2026, "x.csv", b"a,b\x00").faults


def ics(*events: tuple[str, str, str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//"]
    for start, end, title in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{start}",
            f"DTSTART;VALUE=DATE:{start}",
            f"DTEND;VALUE=DATE:{end}",
            f"SUMMARY:{title}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def test_icalendar_spans_and_weekends() -> None:
    spans = [("20260101", "20260104", "元旦（休）"), ("20260104", "20260105", "元旦（班）")]
    draft = read_file("US-NYC", 2026, "x.ics", ics(*spans))
    assert draft.faults == ()
    assert draft.holidays == {dt.date(2026, 1, 1), dt.date(2026, 1, 2)}
    assert draft.makeup == {dt.date(2026, 1, 4)}
    assert draft.left_out == 1
    twice = read_file("US-NYC", 2026, "x.ics", ics(spans[0], spans[0]))
    assert {fault.line for fault in twice.faults} == {10}


def test_the_fields_of_the_page_name_their_lines() -> None:
    with translation.override("en"):
        _draft, faults = read_fields("US-NYC", 2026, {"holidays": "2026-01-01\nlater\n", "makeup": "2026-01-05"})
    assert faults["holidays"][0].startswith("Line 2:")
    assert "no weekend" in faults["makeup"][0]
