"""The organisation's own years: saved with their notice, counted from then on, taken back; the page with its refusals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from compliance.clocks import tasks
from compliance.clocks.models import FilingClock
from compliance.clocks.recounting import MOVED_NOTICE, RECOUNT
from compliance.holidays.actions import restore_year, save_year
from compliance.holidays.library import library_year
from compliance.holidays.models import HolidayYear
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.jobs.models import Job
from portal.notices.models import Notice
from portal.tenants.entry import acting_as
from tests.compliance.clocks.conftest import ALGO, clocked, english, stage  # noqa: F401 - fixtures
from tests.compliance.filings.test_pages import client_of

# What a notice for 2027 may say.
OFF = sorted({*catalogue().calendar.years[2027].holidays, *(dt.date(2027, 10, day) for day in (4, 5, 6, 7))})
MAKEUP = [dt.date(2027, 10, 9)]
NOTICE = {"source_title": "国办发明电〔2026〕1 号", "source_url": "https://www.gov.cn/notice"}


def save(world: Any, who: str = "carol", year: int = 2027, **given: Any) -> HolidayYear:
    given = {"holidays": OFF, "makeup": MAKEUP, "official": True, "version": 0, **NOTICE, **given}
    with acting_as(world.tenant, getattr(world, who)) as actor:
        return save_year("CN", year, by=actor, **given)


class Steps:
    """The progress of a job that is run by hand."""

    def __init__(self, world: Any) -> None:
        self.world = world

    def __call__(self, _stage: str, _percent: int) -> None:
        """Nothing to show."""

    def scope(self) -> Any:
        return acting_as(self.world.tenant, self.world.carol)


def run_job(world: Any) -> dict[str, Any]:
    with acting_as(world.tenant, world.carol):
        job = Job.objects.filter(kind=RECOUNT).latest("created_at")
    return tasks.recount_clocks.work(job, Steps(world))


def test_a_year_that_arrives_makes_provisional_limits_certain_and_tells_of_days_that_move(clocked: Any) -> None:  # noqa: F811
    clocked.decided(ALGO)
    (clock,) = clocked.report("service_terminated", on=clocked.today)
    with acting_as(clocked.tenant, clocked.carol):
        # As if the service had ended before the Spring Festival of the year without a notice.
        FilingClock.objects.filter(pk=clock.pk).update(event_on=dt.date(2027, 9, 20), due_on=dt.date(2027, 10, 19), provisional=True)
    save(clocked)
    assert run_job(clocked) == {"filings": 1, "moved": 1}
    (moved,) = clocked.clocks(ALGO)
    assert (moved.provisional, moved.due_on) == (False, dt.date(2027, 10, 22))
    assert run_job(clocked) == {"filings": 1, "moved": 0}
    (again,) = clocked.clocks(ALGO)
    assert again.version == moved.version
    assert clocked.row(ALGO).clock_on == moved.due_on
    with acting_as(clocked.tenant, clocked.carol) as carol:
        assert Notice.objects.filter(kind=MOVED_NOTICE).count() >= 1
        told = Notice.objects.filter(kind=MOVED_NOTICE).count()
        restore_year("CN", 2027, version=1, by=carol)
    run_job(clocked)
    (back,) = clocked.clocks(ALGO)
    assert back.provisional
    assert back.due_on < moved.due_on
    with acting_as(clocked.tenant, clocked.carol):
        assert Notice.objects.filter(kind=MOVED_NOTICE).count() == 2 * told


BAD = [
    ({"source_title": ""}, "source_title"),
    ({"source_url": ""}, "source_url"),
    ({"source_url": "javascript:alert(1)"}, "source_url"),
    ({"holidays": [dt.date(2026, 10, 1)]}, "holidays"),
    ({"makeup": [dt.date(2027, 10, 8)]}, "holidays"),
    ({"holidays": [day for day in OFF if day.month != 6]}, "holidays"),
    ({"year": 1999}, "year"),
]


@pytest.mark.parametrize(("given", "field"), BAD)
def test_a_year_that_cannot_be_is_refused(world: Any, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        save(world, **given)
    assert field in refusal.value.detail["fields"]


def test_rights_versions_and_other_organisations(world: Any) -> None:
    with pytest.raises(NotAllowed):
        save(world, "bob")
    save(world)
    for version in (0, 7):
        with pytest.raises(Conflict):
            save(world, version=version)
    with acting_as(world.tenant, world.carol):
        assert calendar_rules(catalogue()).years[2027].official
    with acting_as(world.other, world.mallory):
        assert not calendar_rules(catalogue()).years[2027].official


def test_the_page_previews_refuses_fills_in_and_saves(clocked: Any) -> None:  # noqa: F811
    carol, base = client_of(clocked, "carol"), f"/t/{clocked.tenant.slug}/administration/calendar/"
    assert carol.get(base).status_code == 200
    url = f"{base}CN/2027/"
    assert carol.get(url).status_code == 200
    assert carol.get(f"{base}MOON/2027/").status_code == 404
    fields = {"holidays": "\n".join(map(str, OFF)), "makeup": "2027-10-09", "official": "on", "version": 0, **NOTICE}
    clocked.decided(ALGO)
    clocked.report("service_terminated", on=clocked.today)
    with acting_as(clocked.tenant, clocked.carol):
        FilingClock.objects.update(event_on=dt.date(2027, 9, 20), due_on=dt.date(2027, 10, 19))
    shown = carol.post(f"{url}preview/", fields)
    assert shown.status_code == 200
    assert "2027-10-22" in shown.content.decode()
    with acting_as(clocked.tenant, clocked.carol):
        assert not HolidayYear.objects.exists()
    wrong = carol.post(f"{url}save/", {**fields, "holidays": "2027-10-01\nsoon"})
    assert wrong.status_code == 422
    assert "soon" in wrong.content.decode()
    bad = SimpleUploadedFile("x.csv", b"2027-10-01,holiday\n2027-10-01,holiday\n")
    assert carol.post(f"{url}file/", {"file": bad}).status_code == 422
    filled = carol.post(f"{base}CN/2026/library/")
    assert min(library_year("CN", 2026)[0]).isoformat() in filled.content.decode()
    assert carol.post(f"{url}save/", fields).status_code == 303
    assert carol.post(f"{url}save/", fields).status_code == 409
    assert carol.post(f"{url}restore/", {"version": 1}).status_code == 303
    history = carol.get(url).context["history"]
    assert [line.verb for line in history if line.verb] == ["compliance.holiday_year.restored", "compliance.holiday_year.saved"]
    bob = client_of(clocked, "bob")
    assert bob.post(f"{url}save/", fields).status_code == 403
