"""A step recorded wrongly is corrected by a new event; who may take which step; the same step twice and at once."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from compliance.filings import actions
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.numbers import number_forms, tidy_number
from compliance.filings.steps import taken_steps
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI, PUBLIC
from tests.compliance.filings.test_pages import client_of
from tests.factories import cast
from tests.factories.ready import start
from tests.factories.threads import at_once

STEP, CORRECT = actions.step_filing, actions.correct_step
NUMBER = "Guangdong-Xinghe-202611010001"


def day(ago: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=ago)


@pytest.fixture
def approved(stage: SimpleNamespace) -> SimpleNamespace:
    """Submitted ten days ago, approved five days ago; ``step(state)`` is the event of that step."""
    stage.decided()
    for to in ("preparing", "internal_review", "ready"):
        stage.do("carol", STEP, to=to)
    stage.do("carol", STEP, to="submitted", on=day(10), receipt="EMS 1")
    stage.do("carol", STEP, to="accepted", on=day(8))
    stage.do("carol", STEP, to="under_review")
    stage.do("carol", STEP, to="approved", on=day(5), number=NUMBER, valid_until=day(-400))

    def step(state: str) -> Any:
        with acting_as(stage.tenant, stage.carol):
            return FilingEvent.objects.get(verb="stepped", new_state=state).pk

    stage.step = step
    return stage


def test_the_record_follows_and_the_old_event_stays(approved: SimpleNamespace) -> None:
    other = NUMBER[:-1] + "2"
    approved.do("carol", CORRECT, step=approved.step("approved"), on=day(4), number=other, valid_until=day(-300), reason="misread")
    row = approved.row()
    assert (row.approved_on, row.number, row.valid_until, row.state) == (day(4), other, day(-300), "approved")
    with acting_as(approved.tenant, approved.carol):
        old = FilingEvent.objects.get(pk=approved.step("approved"))
        new = FilingEvent.objects.get(verb="corrected")
        assert old.detail["number"] == NUMBER
        assert new.detail["changed"]["number"] == [NUMBER, other]
        assert new.detail["reason"] == "misread"
        assert taken_steps(row)[-1].given["number"] == other
    approved.do("carol", CORRECT, step=approved.step("submitted"), receipt="EMS 2", reason="typed wrongly")
    html = client_of(approved, "carol").get(f"/t/{approved.tenant.slug}/projects/{approved.project.pk}/filings/{GENAI}/").content.decode()
    assert "EMS 1 → EMS 2" in html


@pytest.mark.parametrize(
    ("state", "given", "field"),
    [
        ("approved", {"on": -1}, "on"),
        ("approved", {"on": 9}, "on"),  # before it was accepted
        ("accepted", {"on": 4}, "on"),  # after it was approved
        ("approved", {"valid_until": 6}, "valid_until"),
        ("approved", {"number": "粤-1"}, "number"),
        ("accepted", {"number": NUMBER}, "number"),
        ("approved", {"number": NUMBER}, "on"),  # nothing is different
    ],
)
def test_what_cannot_be_is_refused(approved: SimpleNamespace, state: str, given: dict[str, Any], field: str) -> None:
    values = {name: day(value) if isinstance(value, int) else value for name, value in given.items()}
    with pytest.raises(Invalid) as refusal:
        approved.do("carol", CORRECT, step=approved.step(state), reason="why", **values)
    assert set(refusal.value.detail["fields"]) == {field}
    with pytest.raises(Invalid) as refusal:
        approved.do("carol", CORRECT, step=approved.step("approved"), on=day(4), reason=" ")
    assert set(refusal.value.detail["fields"]) == {"reason"}


def test_steps_are_in_the_order_of_their_days(stage: SimpleNamespace) -> None:
    stage.decided()
    with acting_as(stage.tenant, stage.carol):
        Filing.objects.filter(project=stage.project, regime=GENAI).update(state="ready")
    stage.do("carol", STEP, to="submitted", on=day(10), receipt="R")
    stage.do("carol", STEP, to="accepted", on=day(6))
    stage.do("carol", STEP, to="under_review")
    with pytest.raises(Invalid) as refusal:
        stage.do("carol", STEP, to="approved", on=day(7), number=NUMBER)
    assert set(refusal.value.detail["fields"]) == {"on"}


def test_the_reviewer_is_another_person_and_compliance_records_the_approval(stage: SimpleNamespace) -> None:
    stage.decided()
    with acting_as(stage.tenant, stage.adam):
        ProjectMember.objects.create(project=stage.project, user=stage.bob, role_key="business_owner", starts_on=dt.date(2026, 1, 1))
    for to in ("preparing", "internal_review"):
        stage.do("alice", STEP, to=to)
    with pytest.raises(NotAllowed):
        stage.do("alice", STEP, to="ready")
    stage.do("bob", STEP, to="ready")
    stage.do("bob", STEP, to="submitted", on=day(3), receipt="R")
    stage.do("bob", STEP, to="accepted", on=day(2))
    stage.do("bob", STEP, to="under_review")
    for name in ("alice", "bob"):
        with pytest.raises(NotAllowed):
            stage.do(name, STEP, to="approved", on=day(1), number=NUMBER)
    stage.do("carol", STEP, to="approved", on=day(1), number=NUMBER)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("沪ＩＣＰ备2019 047712号－3", "沪ICP备2019047712号-3"),
        ("Guangdong–Xinghe—202611010001", "Guangdong-Xinghe-202611010001"),
        ("网信算备　310115418206601230011号", "网信算备310115418206601230011号"),
    ],
)
def test_a_number_is_one_however_it_is_written(typed: str, tidy: str) -> None:
    assert tidy_number(typed) == tidy
    assert tidy in number_forms(typed)


def test_a_number_written_otherwise_is_taken_too(approved: SimpleNamespace) -> None:
    with acting_as(approved.tenant, approved.carol) as carol:
        second = cast.make_project(approved.alice, "XH-0002", members={"security": approved.sam})
        start(second, PUBLIC)
        actions.decide_filing(second, GENAI, confirm=True, version=1, by=carol)
        Filing.objects.filter(project=second, regime=GENAI).update(
            state="under_review", second_person_id=approved.sam.person_id, second_role="security"
        )
        version = Filing.objects.get(project=second, regime=GENAI).version
        with pytest.raises(Invalid) as refusal:
            STEP(second, GENAI, to="approved", on=day(0), number=" Guangdong – Ｘinghe-202611010001 ", version=version, by=carol)
    assert refusal.value.code == "number_taken"


def test_the_same_step_twice_and_two_people_at_once(live_db: None) -> None:
    world = cast.build_world()
    with acting_as(world.tenant, world.alice):
        start(world.project, PUBLIC)
        ProjectMember.objects.create(project=world.project, user=world.bob, role_key="business_owner", starts_on=dt.date(2026, 1, 1))
    with acting_as(world.tenant, world.carol) as carol:
        actions.decide_filing(world.project, GENAI, confirm=True, version=1, by=carol)
        version = Filing.objects.get(project=world.project, regime=GENAI).version

    def take(name: str) -> Any:
        def work() -> Any:
            with acting_as(world.tenant, getattr(world, name)) as actor:
                project = type(world.project).objects.get(pk=world.project.pk)
                return STEP(project, GENAI, to="preparing", version=version, by=actor).filing.state

        return work

    results = at_once(take("carol"), take("bob"), take("carol"))
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "Conflict", "str"]
    refusal = next(one for one in results if isinstance(one, Conflict))
    assert refusal.detail["current"]["state"] == "preparing", "the second one sees what stands"
    with acting_as(world.tenant, world.carol):
        assert FilingEvent.objects.filter(verb="stepped").count() == 1
