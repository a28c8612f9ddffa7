"""The file as two independent libraries read it."""

from __future__ import annotations

import datetime as dt

import icalendar
import pytest
import vobject
from django.utils import timezone

from compliance.clocks.models import FilingClock
from compliance.filings.models import Filing
from portal.core.tenancy import tenant_context
from portal.tenants.models import Tenant, User
from tests.compliance.feeds.conftest import DUE, filing, limit

MOMENT = dt.datetime(2026, 12, 7, 16, 30, tzinfo=dt.UTC)


def events(body: bytes) -> dict[str, icalendar.Event]:
    """The events by the identifier that a calendar keeps them under."""
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}


@pytest.fixture
def several(house):
    """One of each kind: a day, a moment, a provisional one, one that stands still, waived, found void long ago, met; a planned date."""
    with tenant_context(house.tenant.pk):
        rows = {"day": house.limit}
        rows["moment"] = limit(
            house.filing, dt.date(2026, 12, 8), n=72, unit="hour", event_at=MOMENT - dt.timedelta(hours=72), due_at=MOMENT
        )
        rows["provisional"] = limit(house.filing, dt.date(2027, 5, 12), provisional=True)
        rows["paused"] = limit(house.filing, dt.date(2026, 12, 20), state="paused", paused_on=DUE)
        today = timezone.localdate()
        rows["waived"] = limit(house.filing, dt.date(2026, 12, 1), state="waived", ended_on=today, reason="Withdrawn by the authority")
        rows["old"] = limit(house.filing, dt.date(2026, 10, 1), state="void", ended_on=today - dt.timedelta(days=31))
        rows["met"] = limit(house.filing, dt.date(2026, 11, 25), state="met", ended_on=today)
        Filing.objects.filter(pk=house.filing.pk).update(clock_on=DUE)
        planned = filing(house.project, "icp_filing", owner=house.alice, due_on=dt.date(2026, 12, 31))
    house.uids = {name: f"{row.pk}@tenfold" for name, row in rows.items()} | {"planned": f"{planned.pk}-date@tenfold"}
    return house


def test_the_expected_instances_in_icalendar(several):
    found = events(several.read(several.subscribe("alice", alarm_days=3)).content)
    uids = several.uids
    assert set(found) == {uids[name] for name in ("day", "moment", "provisional", "paused", "waived", "planned")}
    day = found[uids["day"]]
    assert (day.decoded("dtstart"), day.decoded("dtend")) == (DUE, DUE + dt.timedelta(days=1))
    assert day["dtstart"].params["VALUE"] == "DATE"
    assert found[uids["moment"]].decoded("dtstart") == MOMENT
    assert found[uids["moment"]].to_ical().count(b"DTSTART:20261207T163000Z") == 1
    assert {name: str(found[uids[name]]["status"]) for name in ("day", "provisional", "paused", "waived", "planned")} == {
        "day": "CONFIRMED", "provisional": "TENTATIVE", "paused": "TENTATIVE", "waived": "CANCELLED", "planned": "CONFIRMED",
    }  # fmt: skip
    alarms = {name: [part.decoded("trigger") for part in found[uids[name]].walk("VALARM")] for name in ("day", "moment", "waived")}
    morning = dt.timedelta(days=-3, hours=9)
    assert alarms == {"day": [morning], "moment": [dt.timedelta(days=-3)], "waived": []}
    assert f"/t/xinghe/projects/{several.project.pk}/filings/genai_service_filing/" in str(day["url"])
    assert "Blocks the launch" in str(day["categories"].to_ical().decode())
    assert "Withdrawn by the authority" in str(found[uids["waived"]]["description"])


def test_the_expected_instances_in_vobject(several):
    body = several.read(several.subscribe("alice", alarm_days=3)).content.decode()
    calendar = vobject.readOne(body)
    found = {event.uid.value: event for event in calendar.vevent_list}
    assert len(found) == 6
    assert calendar.prodid.value.startswith("-//Tenfold//")
    assert found[several.uids["day"]].dtstart.value == DUE
    assert found[several.uids["day"]].dtend.value == DUE + dt.timedelta(days=1)
    assert found[several.uids["moment"]].dtstart.value == MOMENT
    assert found[several.uids["day"]].valarm.trigger.value == dt.timedelta(days=-3, hours=9)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_day_stays_the_same_day_wherever_organisation_and_person_sit(several, zone):
    Tenant.objects.filter(pk=several.tenant.pk).update(time_zone=zone)
    User.objects.filter(pk=several.alice.pk).update(time_zone="Pacific/Kiritimati")
    body = several.read(several.subscribe("alice")).content
    found = events(body)
    assert found[several.uids["day"]].decoded("dtstart") == DUE
    assert found[several.uids["moment"]].decoded("dtstart") == MOMENT
    assert f"X-WR-TIMEZONE:{zone}".encode() in body


def test_chinese_text_is_folded_and_escaped(several):
    with tenant_context(several.tenant.pk):
        Filing.objects.filter(pk=several.filing.pk).update(number="京网信备字,2026;〔01〕\\号" * 4)
    User.objects.filter(pk=several.alice.pk).update(language="zh-hans")
    body = several.read(several.subscribe("alice")).content
    lines = body.split(b"\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # a character is never cut in two
    assert "生成式" in str(events(body)[several.uids["day"]]["summary"])
    assert "京网信备字,2026;〔01〕\\号" in str(events(body)[several.uids["day"]]["description"])


def test_the_same_dates_give_the_same_bytes_and_a_change_a_higher_sequence(several):
    code = several.subscribe("alice")
    first = several.read(code)
    assert several.read(code).content == first.content
    unchanged = several.read(code, **{"if-none-match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    with tenant_context(several.tenant.pk):
        FilingClock.objects.filter(pk=several.limit.pk).update(due_on=DUE + dt.timedelta(days=3), version=2)
    again = several.read(code, **{"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert int(events(again.content)[several.uids["day"]]["sequence"]) > int(events(first.content)[several.uids["day"]]["sequence"])


def test_what_a_calendar_needs_to_know_of_the_whole(several):
    answer = several.read(several.subscribe("alice"))
    body = answer.content.replace(b"\r\n ", b"")
    for line in (b"VERSION:2.0", b"METHOD:PUBLISH", b"REFRESH-INTERVAL;VALUE=DURATION:PT4H", b"X-PUBLISHED-TTL:PT4H", b"X-WR-CALNAME:"):
        assert line in body
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "private" in answer["Cache-Control"]
    assert not answer.cookies
