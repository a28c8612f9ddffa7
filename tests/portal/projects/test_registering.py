"""Registering and changing projects: what is accepted, codes that never collide, stale forms."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections

from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.projects import actions
from portal.projects.models import Project, ProjectSummary
from portal.tenants.clock import organisation_today
from tests.factories import cast

NAMES = {"zh": "门店补货预测", "en": "Store replenishment forecast"}


def test_create_project(in_tenant: SimpleNamespace) -> None:
    """Everything is stored, the next code is taken, search finds it, the trail says it."""
    project = actions.create_project(
        names=NAMES, owner=in_tenant.bob, sponsor=in_tenant.erin, by=in_tenant.pam, unit=" 供应链 ", purpose="Less waste.",
        confidential=True,
        started_on=date(2026, 1, 5), target_launch=date(2026, 12, 1), budget="1200000.005", spent=0, tags=["ESG", " esg ", "绿色", ""],
    )  # fmt: skip
    stored = Project.objects.get(pk=project.pk)
    assert (stored.code, stored.name_zh, stored.unit, stored.stage, stored.currency) == ("XH-0002", NAMES["zh"], "供应链", "intake", "CNY")
    assert (stored.budget, stored.spent, stored.compliance_budget) == (Decimal("1200000.00"), 0, None)
    assert stored.tags == ["ESG", "绿色"]
    assert {"补货", "fo", "xh", "绿色", "bo"} <= set(stored.grams)
    assert ProjectSummary.objects.get(project=stored).code == "XH-0002"
    act = AuditEvent.objects.get(verb="portal.project.registered")
    assert (act.project_id, act.changes["code"]) == (stored.pk, "XH-0002")


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"names": {}}, {"name_zh"}),
        ({"names": {"zh": "长" * 161}}, {"name_zh"}),
        ({"code": "XH-0001"}, {"code"}),
        ({"code": "no spaces"}, {"code"}),
        ({"budget": -1}, {"budget"}),
        ({"budget": "much"}, {"budget"}),
        ({"spent": "NaN"}, {"spent"}),
        ({"currency": "YUAN"}, {"currency"}),
        ({"tags": [str(n) for n in range(13)]}, {"tags"}),
        ({"tags": ["x" * 41]}, {"tags"}),
        ({"target_launch": "tomorrow"}, {"target_launch"}),
        ({"names": {}, "budget": -1, "unit": "u" * 121}, {"name_zh", "budget", "unit"}),
    ],
)
def test_all_faults_are_said_at_once(in_tenant: SimpleNamespace, fields: dict[str, Any], faults: set[str]) -> None:
    """Nothing is stored, and each field says what is wrong with it."""
    with pytest.raises(Invalid) as refusal:
        actions.create_project(**{"names": NAMES, "owner": in_tenant.bob, "by": in_tenant.pam, **fields})
    assert set(refusal.value.detail["fields"]) == faults
    assert Project.objects.count() == 1


def test_owner_and_sponsor_must_be_members(in_tenant: SimpleNamespace) -> None:
    """Mallory belongs to another organisation."""
    with pytest.raises(Invalid) as refusal:
        actions.create_project(names=NAMES, owner=in_tenant.mallory, sponsor=in_tenant.mallory, by=in_tenant.pam)
    assert set(refusal.value.detail["fields"]) == {"owner", "sponsor"}


def test_the_next_code_goes_on_after_the_highest(in_tenant: SimpleNamespace) -> None:
    """Codes with other shapes do not count; five digits follow four."""
    for code in ("XH-9998", "XH-10000", "XH-A", "OTHER-77777", "XH-12-3"):
        cast.make_project(in_tenant.alice, code)
    assert actions.create_project(names=NAMES, owner=in_tenant.bob, by=in_tenant.pam).code == "XH-10001"


def test_a_long_number_in_a_code_does_not_jam_the_next_ones(in_tenant: SimpleNamespace) -> None:
    """XH-999999999 is somebody's own code; counting goes on at the ordinary ones, past what is taken."""
    cast.make_project(in_tenant.alice, "XH-999999999")
    cast.make_project(in_tenant.alice, "XH-123456789012345678")
    assert actions.create_project(names=NAMES, owner=in_tenant.bob, by=in_tenant.pam).code == "XH-0002"
    cast.make_project(in_tenant.alice, "XH-999999")
    cast.make_project(in_tenant.alice, "XH-1000000")
    assert actions.create_project(names=NAMES, owner=in_tenant.bob, by=in_tenant.pam).code == "XH-1000001"


def test_a_code_taken_between_check_and_write_is_said_beside_the_field(in_tenant: SimpleNamespace, monkeypatch: Any) -> None:
    cast.make_project(in_tenant.alice, "XH-0007")
    monkeypatch.setattr("portal.projects.actions.editing._checked", lambda _stored, fields, _by: fields)
    with pytest.raises(Invalid) as refusal:
        actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, code="XH-0007")
    assert set(refusal.value.detail["fields"]) == {"code"}
    assert Project.objects.get(pk=in_tenant.project.pk).code == "XH-0001"


def test_two_people_registering_at_once_get_two_codes(live_db: None) -> None:
    """Eight threads that start together take eight different codes in a row."""
    world = cast.build_world()
    start = Barrier(8)

    def register(number: int) -> str:
        try:
            start.wait()
            with tenant_context(world.tenant.pk, world.pam.pk):
                return actions.create_project(names={"en": f"Project {number}"}, owner=world.bob, by=world.pam).code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(register, range(8))) == [f"XH-{number:04d}" for number in range(2, 10)]


def test_edit_project(in_tenant: SimpleNamespace) -> None:
    """Only what changed is written and told; the version moves on; search follows."""
    project = in_tenant.project
    changed = actions.edit_project(project, version=1, by=in_tenant.pam, name_en="Service bot", unit="IT", owner=in_tenant.bob, purpose="")
    assert changed == ["name_en", "unit", "owner"]
    assert (project.version, project.owner, project.name_zh) == (2, in_tenant.bob, "智能客服机器人")
    assert "bo" in Project.objects.get(pk=project.pk).grams
    act = AuditEvent.objects.get(verb="portal.project.edited")
    assert act.changes["fields"] == {"name_en": ["Customer service bot", "Service bot"], "unit": ["", "IT"], "owner": ["Alice", "Bob"]}
    assert actions.edit_project(project, version=2, by=in_tenant.pam, unit=" IT ") == []
    assert project.version == 2


def test_a_stale_edit_says_both_values(in_tenant: SimpleNamespace) -> None:
    """The second of two writers loses nothing and sees what is stored."""
    actions.edit_project(Project.objects.get(pk=in_tenant.project.pk), version=1, by=in_tenant.alice, unit="Sales")
    with pytest.raises(Conflict) as conflict:
        actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, unit="IT", name_en="Service bot")
    assert conflict.value.detail["version"] == 2
    assert conflict.value.detail["differences"] == {"unit": ("IT", "Sales"), "name_en": ("Service bot", "Customer service bot")}
    assert Project.objects.get(pk=in_tenant.project.pk).unit == "Sales"


def test_edit_refuses_faults_and_unknown_fields(in_tenant: SimpleNamespace) -> None:
    """Names cannot both vanish, an owner stays needed, the stage is not edited."""
    with pytest.raises(Invalid) as refusal:
        actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, name_zh="", name_en=" ", owner=None, started_on=None, spent=-1)
    assert set(refusal.value.detail["fields"]) == {"name_zh", "owner", "started_on", "spent"}
    with pytest.raises(TypeError):
        actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, stage="live")


def test_days_of_impossible_years_are_said_beside_their_field(in_tenant: SimpleNamespace) -> None:
    """A year typed with one digit too few is no date of a project."""
    with pytest.raises(Invalid) as refusal:
        actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, target_launch=date(226, 11, 23), review_due=date(2101, 1, 1))
    assert set(refusal.value.detail["fields"]) == {"target_launch", "review_due"}
    with pytest.raises(Invalid) as refusal:
        actions.create_project(names=NAMES, owner=in_tenant.bob, by=in_tenant.pam, target_launch=date(226, 11, 23))
    assert set(refusal.value.detail["fields"]) == {"target_launch"}


@pytest.mark.parametrize(("stage", "before"), [("live", ""), ("periodic_review", ""), ("on_hold", "live"), ("retired", "live")])
def test_the_day_of_a_launch_is_neither_taken_back_nor_put_off(in_tenant: SimpleNamespace, stage: str, before: str) -> None:
    """It can be put right; everything else can be changed as ever."""
    fields = {"stage": stage, "stage_before": before, "launched_on": date(2026, 10, 1)}
    Project.objects.filter(pk=in_tenant.project.pk).update(**fields)
    for day in (None, organisation_today() + timedelta(days=1)):
        with pytest.raises(Invalid) as refusal:
            actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, launched_on=day)
        assert set(refusal.value.detail["fields"]) == {"launched_on"}
    assert actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, launched_on=date(2026, 10, 1), unit="IT") == ["unit"]
    today = organisation_today()
    assert actions.edit_project(in_tenant.project, version=2, by=in_tenant.pam, launched_on=today) == ["launched_on"]
    assert Project.objects.get(pk=in_tenant.project.pk).launched_on == today


def test_a_day_of_launch_put_in_before_the_launch_can_be_taken_out(in_tenant: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, launched_on=organisation_today() + timedelta(days=1))
    assert set(refusal.value.detail["fields"]) == {"launched_on"}
    actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, launched_on=organisation_today())
    assert actions.edit_project(in_tenant.project, version=2, by=in_tenant.pam, launched_on=None) == ["launched_on"]


def test_an_owner_hands_over_by_somebody_else(in_tenant: SimpleNamespace) -> None:
    """With none of the own accounts either; whoever owns a project changes the rest of it, and the PMO names the next owner (S3)."""
    second = cast.make_user("alice.second", "Alice", person=in_tenant.alice.person)
    for by in (in_tenant.alice, second):
        with pytest.raises(Invalid, match="marked fields") as refusal:
            actions.edit_project(in_tenant.project, version=1, by=by, owner=in_tenant.bob)
        assert "rule S3" in refusal.value.detail["fields"]["owner"][0]
    assert actions.edit_project(in_tenant.project, version=1, by=in_tenant.alice, owner=in_tenant.alice, unit="IT") == ["unit"]
    assert actions.edit_project(in_tenant.project, version=2, by=in_tenant.pam, owner=in_tenant.bob) == ["owner"]
    with pytest.raises(Invalid):
        actions.edit_project(in_tenant.project, version=3, by=in_tenant.bob, owner=in_tenant.alice)


def test_the_owner_finds_the_field_of_the_owner_shut(world: Any, signed_in: Any) -> None:
    """The page says why; what is left out or sent all the same changes nobody, and the rest is saved."""
    alice, address = signed_in(world.alice), f"/t/xinghe/projects/{world.project.pk}/edit/"
    page = alice.get(address).content.decode()
    assert "You own this project. Somebody else who may change it" in page
    assert re.search(r'<select name="owner"[^>]* disabled', page)
    assert "disabled" not in signed_in(world.pam).get(address).content.decode()
    data = {"name_zh": "智能客服机器人", "code": "XH-0001", "sponsor": world.erin.pk, "started_on": "2026-01-05", "currency": "CNY"}
    assert alice.post(address, {**data, "unit": "IT", "version": "1"}).status_code == 303
    assert alice.post(address, {**data, "unit": "HR", "version": "2", "owner": world.bob.pk}).status_code == 303
    refused = alice.patch(f"/t/xinghe/api/v1/projects/{world.project.pk}/", {"version": 3, "owner": world.bob.pk}, "application/json")
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["owner"])
    with tenant_context(world.tenant.pk):
        stored = Project.objects.get(pk=world.project.pk)
        assert (stored.owner, stored.unit) == (world.alice, "HR")
        actions.edit_project(stored, version=3, by=world.pam, owner=world.bob)
    # Opened while she was the owner, sent when she is not: the new owner stays.
    assert alice.post(address, {**data, "unit": "Sales", "version": "4"}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert Project.objects.get(pk=world.project.pk).owner == world.bob


def test_an_owner_who_left_stays_until_replaced(in_tenant: SimpleNamespace) -> None:
    """Saving the form does not fail because of somebody who is gone."""
    from portal.tenants.models import Membership

    Membership.objects.filter(user=in_tenant.alice).update(active=False)
    assert actions.edit_project(in_tenant.project, version=1, by=in_tenant.pam, owner=in_tenant.alice, unit="IT") == ["unit"]


def test_the_edit_page(world: Any, signed_in: Any) -> None:
    """Form, faults, conflict with both values, success; readers are refused."""
    client = signed_in(world.pam)
    address = f"/t/xinghe/projects/{world.project.pk}/edit/"
    data = {
        "name_zh": "智能客服机器人", "name_en": "Bot", "code": "XH-0001", "unit": "", "scenario": "", "purpose": "",
        "owner": world.alice.pk,
        "sponsor": world.erin.pk, "started_on": "2026-01-05", "currency": "CNY", "tags": "a，b, c", "version": "1",
    }  # fmt: skip
    assert client.get(address).status_code == 200
    assert client.post(address, {**data, "budget": "-3"}).status_code == 422
    assert client.post(address, data).status_code == 303
    with tenant_context(world.tenant.pk):
        stored = Project.objects.get(pk=world.project.pk)
    assert (stored.name_en, stored.tags, stored.version) == ("Bot", ["a", "b", "c"], 2)
    stale = client.post(address, {**data, "name_en": "Robot"})
    assert stale.status_code == 409
    page = stale.content.decode()
    assert "Bot" in page
    assert "Robot" in page
    assert 'name="version" value="2"' in page
    assert client.post(address, {**data, "name_en": "Robot", "version": "2"}).status_code == 303
    assert signed_in(world.dave).get(address).status_code == 403


def test_steering_pages(world: Any, signed_in: Any) -> None:
    """Hold needs a reason and the right; the page says what happened."""
    client, address = signed_in(world.pam), f"/t/xinghe/projects/{world.project.pk}/steer/hold/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": " "}).status_code == 422
    assert signed_in(world.alice).post(address, {"reason": "x"}).status_code == 403
    assert client.post(address, {"reason": "Budget freeze"}).status_code == 303
    page = client.get(f"/t/xinghe/projects/{world.project.pk}/").content.decode()
    assert "On hold: Budget freeze" in page
    assert client.post(address, {"reason": "again"}).status_code == 409
    assert client.get(f"/t/xinghe/projects/{world.project.pk}/steer/explode/").status_code == 404
