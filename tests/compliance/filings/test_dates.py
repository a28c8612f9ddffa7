"""One date to keep for a filing: shown, sorted, late, worked on and counted by the same rule."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from assessments.checklists.work import work_of
from compliance.filings import actions
from compliance.filings.clocks import next_date
from compliance.filings.frozen import FrozenFilings
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.records import read_records
from compliance.filings.states import OVER, OWED, SETTLED, TRANSITIONS, FilingState
from compliance.filings.subjects import view_for
from portal.catalogue import catalogue
from portal.projects.facts.actions import save_facts
from portal.projects.models import ProjectSummary
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI
from tests.compliance.filings.test_pages import base, client_of, get

STEP = actions.step_filing


def day(ahead: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=ahead)


def put(stage: Any, regime: str = GENAI, **columns: Any) -> None:
    """The record as it may have come about."""
    with acting_as(stage.tenant, stage.carol):
        assert Filing.objects.filter(project=stage.project, regime=regime).update(**columns)


def listed(stage: Any, query: str) -> list[tuple[str, dt.date | None]]:
    rows = get(stage, "carol", f"/t/{stage.tenant.slug}/filings/{query}").context["rows"]
    return [(row["regime"], row["due"]) for row in rows]


def test_the_two_halves_are_the_states_that_count_as_done():
    assert catalogue().done_states == SETTLED | OWED
    assert not SETTLED & OWED
    assert not OVER & (SETTLED | OWED)
    assert {to for old in SETTLED for to in TRANSITIONS[old]} >= OWED


DUE, RENEWAL, UNTIL = 10, 200, 300
RULE = [
    ("preparing", (DUE, RENEWAL, UNTIL), DUE),
    ("preparing", (None, RENEWAL, UNTIL), None),
    ("expired", (DUE, None, UNTIL), DUE),
    ("approved", (DUE, RENEWAL, UNTIL), RENEWAL),
    ("renewed", (DUE, None, UNTIL), UNTIL),
    ("done", (DUE, None, None), None),
    ("change_due", (DUE, RENEWAL, UNTIL), DUE),
    ("renewal_due", (None, RENEWAL, UNTIL), RENEWAL),
    ("cancel_due", (None, None, UNTIL), UNTIL),
    ("change_submitted", (DUE, RENEWAL, UNTIL), RENEWAL),
    ("cancelled", (DUE, RENEWAL, UNTIL), None),
    ("not_applicable", (DUE, RENEWAL, UNTIL), None),
]


@pytest.mark.parametrize(("state", "given", "expected"), RULE)
def test_the_date_to_keep_is_the_same_everywhere(stage, state, given, expected):
    stage.decided()
    due, renewal, until = (day(ahead) if ahead is not None else None for ahead in given)
    put(stage, state=state, due_on=due, renewal_on=renewal, valid_until=until, owner=stage.carol)
    wanted = day(expected) if expected is not None else None
    assert stage.row().next_on == wanted
    assert dict(listed(stage, "?result=required"))[GENAI] == wanted
    assert (GENAI in dict(listed(stage, "?due=set"))) is (wanted is not None)
    assert (GENAI in dict(listed(stage, "?due=unset"))) is (wanted is None)
    lines = [line for group in get(stage, "carol", base(stage)).context["groups"] for line in group["lines"]]
    assert [line.due for line in lines if line.subject.regime == GENAI] == [wanted]
    assert get(stage, "carol", f"{base(stage)}{GENAI}/").context["line"].due == wanted
    with acting_as(stage.tenant, stage.carol) as carol:
        assert next_date(stage.project) == wanted
        rows = work_of(carol, kinds=("filing_due",)).rows
        assert [(row.key, row.due) for row in rows] == ([(GENAI, wanted)] if wanted is not None and wanted <= day(30) else [])
        (frozen,) = [one for one in FrozenFilings().entries(stage.project, view_for(stage.project).env, day(0)) if one["regime"] == GENAI]
        assert frozen["due"] == (wanted.isoformat() if wanted is not None and state not in SETTLED else None)


def test_the_list_sorts_by_the_dates_it_shows(stage):
    with acting_as(stage.tenant, stage.carol):
        regimes = list(Filing.objects.filter(project=stage.project).exclude(result="not_applicable").values_list("regime", flat=True))[:4]
    first, second, third, fourth = regimes
    put(stage, first, state="approved", due_on=day(1), renewal_on=day(90), decision="confirmed")
    put(stage, second, state="preparing", due_on=day(40), decision="confirmed")
    put(stage, third, state="change_due", due_on=day(-2), valid_until=day(400), decision="confirmed")
    put(stage, fourth, state="published", due_on=day(2), decision="confirmed")
    shown = listed(stage, "?sort=due")
    assert [pair for pair in shown if pair[1]] == [(third, day(-2)), (second, day(40)), (first, day(90))]
    dates = [due or dt.date.max for _regime, due in shown]
    assert dates == sorted(dates)
    assert [due or dt.date.max for _regime, due in listed(stage, "?sort=-due")] == dates[::-1]
    assert listed(stage, "?due=late") == [(third, day(-2))]
    text = get(stage, "carol", f"/t/{stage.tenant.slug}/filings/export/csv/?sort=due").content.decode()
    assert day(90).isoformat() in text
    assert day(1).isoformat() not in text


def test_a_change_that_is_owed_is_late_when_its_day_has_passed(stage):
    stage.decided()
    put(stage, state="change_due", due_on=day(-1), valid_until=day(300), owner=stage.carol)
    assert dict(listed(stage, "?due=late")) == {GENAI: day(-1)}
    (line,) = [
        line for group in get(stage, "carol", base(stage)).context["groups"] for line in group["lines"] if line.subject.regime == GENAI
    ]
    assert line.late
    stage.do("carol", STEP, to="change_submitted", on=day(0), receipt="R")
    assert (stage.row().due_on, stage.row().next_on) == (None, day(300))
    with acting_as(stage.tenant, stage.carol):
        assert ProjectSummary.objects.get(project=stage.project).next_clock_due == day(300)


def test_a_renewal_takes_its_reminder_away(stage):
    stage.decided()
    put(stage, state="renewal_due", approved_on=day(-300), renewal_on=day(5), valid_until=day(30))
    stage.do("carol", STEP, to="renewed", on=day(0), valid_until=day(700))
    assert (stage.row().renewal_on, stage.row().next_on) == (None, day(700))


def test_what_is_settled_lacks_no_due_date(stage):
    """An approval takes the due date away: the item that asks for one must not fail for it."""
    stage.decided()
    put(stage, state="under_review", due_on=day(5))
    stage.do("carol", STEP, to="approved", on=day(0), number="Guangdong-Xinghe-202611010001")
    with acting_as(stage.tenant, stage.carol):
        assert "due" in read_records(stage.project.pk)[GENAI].filled
    put(stage, state=FilingState.CHANGE_DUE)
    with acting_as(stage.tenant, stage.carol):
        assert "due" not in read_records(stage.project.pk)[GENAI].filled


def test_a_filing_that_no_longer_applies_has_no_date(stage):
    put(stage, due_on=day(-3), owner=stage.carol)
    with acting_as(stage.tenant, stage.alice) as alice:
        save_facts(stage.project, {"registered_users": 5}, by=alice.user)
        assert ProjectSummary.objects.get(project=stage.project).next_clock_due == day(-3)
        save_facts(stage.project, {"audience": ["internal_staff"]}, by=alice.user)
    row = stage.row()
    assert (row.result, row.decision, row.due_on, row.next_on) == ("not_applicable", "none", day(-3), None)
    with acting_as(stage.tenant, stage.carol) as carol:
        assert FilingEvent.objects.filter(filing=row, verb="result_moved").exists()
        assert ProjectSummary.objects.get(project=stage.project).next_clock_due is None
        assert not [one for one in work_of(carol, kinds=("filing_due",)).rows if one.key == GENAI]
    assert GENAI not in dict(listed(stage, "?due=late"))
    response = client_of(stage, "carol").get(f"/t/{stage.tenant.slug}/filings/")
    assert not [chip for chip in response.context["chips"] if chip["label"] in ("Late", "Mine")]
