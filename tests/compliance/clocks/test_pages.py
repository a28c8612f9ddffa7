"""The part on the page of a filing and the API: report, meet, waive, find void, correct."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.compliance.clocks.conftest import ALGO
from tests.compliance.filings.test_pages import client_of

DAY = dt.timedelta(days=1)
OPINION = "public_opinion_security_assessment"


def url(stage: Any, regime: str, rest: str = "") -> str:
    return f"/t/{stage.tenant.slug}/projects/{stage.project.pk}/filings/{regime}/{rest}"


def test_report_meet_and_correct_on_the_page(clocked: Any) -> None:
    clocked.decided(OPINION)
    carol = client_of(clocked, "carol")
    page = carol.get(url(clocked, OPINION))
    assert page.status_code == 200
    assert b"Report an event" in page.content or "报告".encode() in page.content
    wrong = carol.post(
        url(clocked, OPINION, "clocks/report/"), {"report-event": "user_surge", "report-on": "2999-01-01", "report-note": "x"}
    )
    assert wrong.status_code == 422
    future = clocked.today + 3 * DAY
    wrong = carol.post(url(clocked, OPINION, "clocks/report/"), {"report-event": "user_surge", "report-on": future, "report-note": "grew"})
    assert wrong.status_code == 422
    assert "grew" in wrong.content.decode()
    given = {"report-event": "user_surge", "report-on": clocked.today - 2 * DAY, "report-note": "doubled"}
    for _again in range(2):
        assert carol.post(url(clocked, OPINION, "clocks/report/"), given).status_code == 303
    (clock,) = clocked.clocks(OPINION, event="user_surge")
    assert (clock.n, clock.unit) == (30, "working_day")
    page = carol.get(url(clocked, OPINION)).content.decode()
    assert str(clock.due_on) in page
    acts = f"clocks/{clock.pk}/"
    waived = carol.post(url(clocked, OPINION, f"{acts}waive/"), {"version": clock.version, f"{clock.pk}-waive-reason": "no"})
    assert waived.status_code == 409
    moved = {"version": clock.version, f"{clock.pk}-correct-on": clocked.today - 5 * DAY, f"{clock.pk}-correct-reason": "seen earlier"}
    assert carol.post(url(clocked, OPINION, f"{acts}correct/"), moved).status_code == 303
    stale = carol.post(url(clocked, OPINION, f"{acts}meet/"), {"version": clock.version, f"{clock.pk}-meet-on": clocked.today})
    assert stale.status_code == 409
    (clock,) = clocked.clocks(OPINION, pk=clock.pk)
    assert clock.event_on == clocked.today - 5 * DAY
    met = carol.post(url(clocked, OPINION, f"{acts}meet/"), {"version": clock.version, f"{clock.pk}-meet-on": clocked.today})
    assert met.status_code == 303
    assert clocked.clocks(OPINION, pk=clock.pk)[0].state == "met"


def test_api(clocked: Any) -> None:
    clocked.decided(ALGO)
    carol, base = client_of(clocked, "carol"), f"/t/{clocked.tenant.slug}/api/v1/"
    path = f"{base}projects/{clocked.project.pk}/filings/{ALGO}/clocks/"
    sent = {"event": "service_terminated", "on": clocked.today.isoformat(), "note": "closed"}
    got = carol.post(f"{path}report/", sent, content_type="application/json")
    assert got.status_code == 200, got.content
    (line,) = got.json()["clocks"]
    assert (line["action"], line["basis"], line["state"]) == ("cancel", "statutory", "running")
    assert line["how_counted"]
    assert [one["id"] for one in carol.get(f"{base}clocks/").json()["clocks"]] == [line["id"]]
    assert carol.get(f"{base}clocks/?risk=1").json()["count"] == 0
    for body in ({"act": "meet"}, {"act": "meet", "version": line["version"]}, {"act": "nothing", "version": line["version"]}):
        assert carol.post(f"{path}{line['id']}/", body, content_type="application/json").status_code == 422
    sent = {"act": "meet", "version": line["version"], "on": clocked.today.isoformat()}
    assert carol.post(f"{path}{line['id']}/", sent, content_type="application/json").json()["clocks"][0]["state"] == "met"
    assert carol.post(f"{path}{line['id']}/", sent, content_type="application/json").status_code == 409
