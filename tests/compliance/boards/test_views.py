"""Board, month and timeline show what the list holds, with one set of filters, and only what the person may see."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from compliance.filings.models import Filing
from compliance.filings.states import GROUPS, FilingState
from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from tests.compliance.feeds.conftest import filing, limit
from tests.factories.cast import make_project

VIEWS = ("filings_board", "filings_month", "filings_timeline")
TODAY = dt.date(2026, 12, 1)  # a Tuesday; no day off in China in the weeks after


@pytest.fixture
def house(world, monkeypatch):
    """Filings in three stages, one of them a late blocker. ``house.open(name, view, query)`` opens a view."""
    for place in ("compliance.boards.days", "compliance.boards.tile", "compliance.filings.filters", "compliance.filings.pages.listing"):
        monkeypatch.setattr(f"{place}.organisation_today", lambda: TODAY)
    with tenant_context(world.tenant.pk):
        world.second = make_project(world.pam, "XH-0002", name_en="Price tags")
        world.late = filing(world.project, owner=world.alice, due_on=dt.date(2026, 11, 27))
        world.ahead = filing(world.second, "icp_filing", owner=world.bob, state="submitted", submitted_on=dt.date(2026, 11, 20))
        limit(world.ahead, dt.date(2026, 12, 8), provisional=True)
        world.settled = filing(world.second, "algorithm_filing", state="published", approved_on=dt.date(2026, 10, 9), number="A-1")
        Filing.objects.filter(pk=world.settled.pk).update(valid_until=dt.date(2027, 3, 1))
        filing(world.second, "mlps_grading_filing", result="not_applicable", state="not_assessed")
    with tenant_context(world.other.pk):
        limit(filing(world.foreign, due_on=TODAY), TODAY)

    def open_view(name, view, query=""):
        client = Client(headers={"accept-language": "en"})
        client.force_login(getattr(world, name))
        return client.get(reverse(f"compliance:{view}", kwargs={"tenant_slug": "xinghe"}) + query)

    world.open = open_view
    return world


def columns(answer):
    """Projects and days left by column, of the columns that hold something."""
    return {
        one["key"]: [(card["project__code"], card["days"], card["blocks"]) for card in one["cards"]]
        for one in answer.context["columns"]
        if one["cards"]
    }


def test_every_state_but_those_of_no_procedure_stands_in_one_column():
    told = [state for states in GROUPS.values() for state in states]
    assert len(told) == len(set(told))
    assert set(FilingState) - set(told) == {FilingState.NOT_APPLICABLE, FilingState.CANCELLED}


@pytest.mark.parametrize("query", ["", "?blocker=&q=XH-000"])
def test_the_board_counts_working_days_and_knows_blockers(house, query):
    answer = house.open("pam", "filings_board", query)
    assert columns(answer) == {
        "preparing": [("XH-0001", -2, True)],
        "authority": [("XH-0002", 5, True)],
        "settled": [("XH-0002", 61, False)],
    }
    text = answer.content.decode()
    assert "2 working days late" in text
    assert text.count(">provisional<") == 1
    assert {one["key"]: one["count"] for one in answer.context["columns"]}["settled"] == "1"


def test_a_column_leads_to_the_list_of_the_same_filings(house):
    with tenant_context(house.tenant.pk):
        for number in range(21):
            project = make_project(house.pam, f"XH-1{number:03}")
            filing(project, state="supplement_requested", due_on=TODAY + dt.timedelta(days=number))
    (full,) = [one for one in house.open("pam", "filings_board", "?gate=before_launch").context["columns"] if one["key"] == "supplement"]
    assert (len(full["cards"]), full["count"], full["more"]) == (20, "21", True)
    client = Client()
    client.force_login(house.pam)
    assert len(client.get(full["all_url"]).context["rows"]) == 21


@pytest.mark.parametrize("view", VIEWS)
def test_the_filters_are_those_of_the_list(house, view):
    for query, shown, hidden in (
        (f"?owner={house.alice.pk}", "XH-0001", "XH-0002"),
        ("?q=XH-0002", "XH-0002", "XH-0001"),
        ("?due=late&month=2026-11", "XH-0001", "XH-0002"),
        ("?due=near", "XH-0002", "XH-0001"),
        ("?provisional=true", "XH-0002", "XH-0001"),
        ("?basis=statutory", "XH-0002", "XH-0001"),
        ("?group=authority", "XH-0002", "XH-0001"),
        ("?day=2026-12-08", "XH-0002", "XH-0001"),
        ("?owner=none&group=preparing", "", "XH-0001"),
    ):
        if view == "filings_month" and "2026-11" not in query:
            query += "&month=2026-12" if shown == "XH-0002" else "&month=2026-11"
        text = house.open("pam", view, query).content.decode()
        assert shown in text, query
        assert f'<span class="code">{hidden}' not in text, query
        assert f"{hidden} ·" not in text, query
    assert house.open("pam", view, "?state=nonsense").status_code == 422
    tabs = house.open("pam", view, "?owner=none&month=2026-12&start=2026-01&column=settled").context["views"]
    assert {tab["url"].partition("?")[2] for tab in tabs if "register" not in tab["url"]} == {"owner=none"}


@pytest.mark.parametrize("view", VIEWS)
def test_who_sees_what(house, view):
    assert "XH-0001" in house.open("pam", view, "?month=2026-11" if view == "filings_month" else "").content.decode()
    assert house.open("bob", view).status_code == 403
    assert house.open("mallory", view).status_code == 404
    for query in ("", "?q=RV-0001", "?month=2026-12"):
        assert "Visual inspection" not in house.open("pam", view, query).content.decode()
    with tenant_context(house.tenant.pk):
        Project.objects.filter(pk=house.project.pk).update(confidential=True)
    assert "Customer service bot" not in house.open("pam", view, "?month=2026-11" if view == "filings_month" else "").content.decode()


def cell(answer, day):
    """One day of the month."""
    return next(one for week in answer.context["weeks"] for one in week if one["day"] == day)


def test_a_month_has_its_dates_and_its_days_off(house):
    answer = house.open("pam", "filings_month", "?month=2026-12")
    (entry,) = cell(answer, dt.date(2026, 12, 8))["entries"]
    assert (entry["regime"], entry["days"], entry["provisional"]) == ("icp_filing", 5, True)
    assert [cell(answer, dt.date(2026, 12, day))["off"] for day in (4, 5, 6, 7)] == [False, True, True, False]
    assert answer.context["total"] == 1
    october = house.open("pam", "filings_month", "?month=2026-10")
    assert cell(october, dt.date(2026, 10, 1))["mark"] == "day off"
    assert cell(october, dt.date(2026, 10, 10))["mark"] == "make-up working day"
    assert house.open("pam", "filings_month", "?month=2027-03").context["unpublished"]


def test_a_crowded_day_says_how_many_more(house):
    with tenant_context(house.tenant.pk):
        for number in range(9):
            filing(make_project(house.pam, f"XH-1{number:03}"), due_on=dt.date(2026, 12, 8))
    found = cell(house.open("pam", "filings_month", "?month=2026-12"), dt.date(2026, 12, 8))
    assert (found["total"], len(found["in_cell"]), found["hidden"], found["beyond"]) == (10, 3, "7 more", "3 more")
    client = Client()
    client.force_login(house.pam)
    assert len(client.get(found["url"]).context["rows"]) == 10


@pytest.mark.parametrize("month", ["2026-13", "26-12", "x", "1999-12", "2026-12-01"])
def test_what_is_no_month_is_refused(house, month):
    assert house.open("pam", "filings_month", f"?month={month}").status_code == 422
    assert house.open("pam", "filings_timeline", f"?start={month}").status_code == 422


@pytest.mark.parametrize("month", ["2000-01", "2099-12"])
def test_the_first_and_last_month_lead_no_further(house, month):
    answer = house.open("pam", "filings_month", f"?month={month}")
    assert "" in (answer.context["previous_url"], answer.context["next_url"])


def test_the_timeline_says_in_words_what_it_draws(house):
    answer = house.open("pam", "filings_timeline")
    lines = {row["regime"]: row for row in answer.context["rows"]}
    assert list(lines) == ["genai_service_filing", "icp_filing", "algorithm_filing"], "the next date first"
    assert lines["algorithm_filing"]["words"] == "approved 2026-10-09; valid until 2027-03-01"
    assert lines["icp_filing"]["words"].startswith("submitted 2026-11-20; ")
    assert lines["icp_filing"]["words"].endswith(" (provisional) 2026-12-08")
    assert [mark["kind"] for mark in lines["genai_service_filing"]["marks"]] == ["late"]
    later = house.open("pam", "filings_timeline", "?start=2028-01")
    assert [row["drawn"] for row in later.context["rows"]] == [[], [], []]


def test_the_file_holds_the_same_rows(house):
    client = Client(headers={"accept-language": "en"})
    client.force_login(house.pam)
    board = house.open("pam", "filings_board", "?blocker=true&column=authority")
    url = reverse("compliance:filings_export", kwargs={"tenant_slug": "xinghe", "form": "xlsx"})
    answer = client.get(f"{url}?{board.context['kept']}")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    head, *rows = openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    assert [row[head.index("Project")] for row in rows] == ["XH-0001", "XH-0002"]
    assert [(row[head.index("Provisional")], row[head.index("Blocks the launch")]) for row in rows] == [("", "yes"), ("yes", "yes")]


def test_the_tile_of_the_portfolio(house):
    with tenant_context(house.tenant.pk):
        filing(make_project(house.pam, "XH-0003"), due_on=TODAY + dt.timedelta(days=30))
        filing(make_project(house.pam, "XH-0004"), due_on=TODAY + dt.timedelta(days=31))
    client = Client(headers={"accept-language": "en"})
    client.force_login(house.pam)
    tile = next(one for one in client.get("/t/xinghe/").context["tiles"] if one["label"] == "Clocks at risk")
    assert (tile["figure"], tile["sub"], tile["tone"]) == ("2", "1 late · 1 within 5 working days · 2 within 30 days", "fail")
    assert [(line["label"].split()[0], line["note"], line["late"]) for line in tile["lines"]] == [
        ("XH-0001", "blocker, 2 wd late", True),
        ("XH-0002", "blocker, 5 wd left", True),
        ("XH-0003", "blocker, 22 wd left", True),
    ]
    assert tile["url"].endswith("?due=late")
