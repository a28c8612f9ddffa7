"""Versions of the content: published once and never changed, an assessment moves only by an explicit act, days pass."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.checklists import lifecycle
from assessments.checklists.daily import follow_tenant
from assessments.checklists.lifecycle import plan_upgrade, start_assessment
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.recounting import recount
from assessments.checklists.rescore import rescore
from assessments.checklists.states import AnswerState
from assessments.reviews.models import Waiver
from portal.catalogue import catalogue, installed, publishing
from portal.core.errors import Conflict
from portal.core.tenancy import tenant_context
from portal.projects import registry
from tests.conftest import _owner_connection
from tests.factories.cast import make_project

NEW = "2027.01.15"


@pytest.fixture
def newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A second version beside the first: one question changed, one item moved to the core."""
    old = catalogue().version
    data = tmp_path / "data"
    shutil.copytree(installed.DATA / old, data / old)
    shutil.copytree(installed.DATA / old, data / NEW)
    for file in (data / NEW).rglob("*.yaml"):
        text = file.read_text(encoding="utf-8").replace(f"catalogue_version: {old}", f"catalogue_version: {NEW}")
        if file.name == "checklists.yaml":
            item = catalogue().items["D1.02"]
            assert item.question.en in text
            text = text.replace(item.question.en, "What exactly is the part of the model?")
        file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(installed, "DATA", data)
    monkeypatch.setattr(installed.installed_versions, "__defaults__", (data,))
    installed._load.cache_clear()
    yield data
    installed._load.cache_clear()


@pytest.fixture
def published(newer: Path, django_db_setup: None, django_db_blocker: Any) -> Any:
    """The new version published by the owner, as ``install_catalogue`` does; taken away after the test's transaction is over."""
    name = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock(), _owner_connection(name) as owner:
        owner.execute("insert into portal_catalogueversion values (%s, %s, now())", [NEW, catalogue(NEW).sha256])
    yield NEW
    with django_db_blocker.unblock(), _owner_connection(name) as owner:
        owner.execute("delete from portal_catalogueversion where version = %s", [NEW])


def test_what_ships_is_published_and_verified() -> None:
    assert publishing._differences({catalogue().version: catalogue().sha256}) == []


def test_changed_files_of_a_published_version_stop_the_start(newer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = installed.installed_versions()[0]
    right = {old: catalogue(old).sha256}
    file = newer / old / "roles.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("Business owner", "Owner of the business"), encoding="utf-8")
    installed._load.cache_clear()
    found = publishing._differences(right)
    assert len(found) == 1
    assert "have changed" in found[0]
    assert "missing" in publishing._differences({"2020.01.01": "x"})[0]
    monkeypatch.setattr(publishing, "install_versions", lambda using="migrate": (_ for _ in ()).throw(installed.CatalogueError(found)))
    monkeypatch.setattr("portal.management.commands.install_catalogue.install_versions", publishing.install_versions)
    with pytest.raises(CommandError):
        call_command("install_catalogue")


@pytest.fixture
def behind(published: str, in_tenant: SimpleNamespace) -> SimpleNamespace:
    """An assessment on the old version while the new one is published."""
    assessment = start_assessment(in_tenant.project, by=in_tenant.alice, version=installed.installed_versions()[0])
    return SimpleNamespace(**vars(in_tenant), assessment=assessment)


def test_only_an_explicit_act_moves_an_assessment(behind: SimpleNamespace) -> None:
    plan = plan_upgrade(behind.assessment, NEW)
    assert plan.changed == ("D1.02",)
    assert (plan.added, plan.removed) == ((), ())
    with pytest.raises(Conflict):
        plan_upgrade(behind.assessment, behind.assessment.catalogue_id)
    rescore(behind.assessment)
    assert Assessment.objects.get().catalogue_id == installed.installed_versions()[0]


def test_answers_stay_and_what_changed_is_looked_at_again(behind: SimpleNamespace) -> None:
    rows = Answer.objects.filter(assessment=behind.assessment)
    for key in ("D1.01", "D1.02"):
        rows.filter(item_key=key).update(
            value=[{}], state=AnswerState.APPROVED, approved_person_id=behind.carol.person_id, approved_hash="h", content_hash="h"
        )
    client = Client()
    client.force_login(behind.pam)
    where = {"tenant_slug": behind.tenant.slug, "project_id": behind.project.pk}
    assert reverse("assessments:upgrade", kwargs=where) in client.get(reverse("assessments:tier", kwargs=where)).content.decode()
    page = client.get(reverse("assessments:upgrade", kwargs=where)).content.decode()
    assert "What exactly is the part of the model?" in page
    assert client.post(reverse("assessments:upgrade", kwargs=where), {"version": "2000.01.01"}).status_code == 409
    assert client.post(reverse("assessments:upgrade", kwargs=where), {"version": NEW}).status_code == 303
    with tenant_context(behind.tenant.pk):
        assert Assessment.objects.get().catalogue_id == NEW
        assert dict(rows.filter(item_key__in=["D1.01", "D1.02"]).values_list("item_key", "state")) == {
            "D1.01": "approved",
            "D1.02": "answered",
        }
        assert rows.filter(value=[{}]).count() == 2
        assert recount(behind.assessment.pk) == []


def test_open_waivers_of_items_that_the_new_version_drops_end(behind: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Answer.objects.get(assessment=behind.assessment, item_key="D1.03")
    waiver = Waiver.objects.create(
        answer=row,
        project=behind.project,
        item_key="D1.03",
        reason="r",
        measure="m",
        until=timezone.localdate() + dt.timedelta(days=9),
        requested_by=behind.bob,
        requested_person_id=behind.bob.person_id,
        approver_role="tech_lead",
        sponsor_role="exec_sponsor",
    )
    plan = replace(plan_upgrade(behind.assessment, NEW), removed=("D1.03",))
    monkeypatch.setattr(lifecycle, "plan_upgrade", lambda assessment, to_version: plan)
    lifecycle.upgrade_assessment(behind.assessment, NEW, by=behind.alice)
    waiver.refresh_from_db()
    assert waiver.state == "lapsed"
    assert waiver.end_reason


def test_one_project_that_cannot_be_scored_does_not_hold_up_the_others(in_tenant: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    other = make_project(in_tenant.bob, "XH-0002")
    for project in (in_tenant.project, other):
        registry.project_registered(project, by=in_tenant.alice)
    Assessment.objects.update(scored_at=timezone.now() - dt.timedelta(days=1))
    right = registry.facts_saved

    def broken(project: Any, **more: Any) -> None:
        if project.pk == other.pk:
            raise RuntimeError("broken facts")
        right(project, **more)

    monkeypatch.setattr(registry, "facts_saved", broken)
    assert follow_tenant(in_tenant.tenant.pk) == 1


def test_the_page_says_when_there_is_nothing_newer(in_tenant: SimpleNamespace) -> None:
    registry.project_registered(in_tenant.project, by=in_tenant.alice)
    client = Client()
    client.force_login(in_tenant.pam)
    where = {"tenant_slug": in_tenant.tenant.slug, "project_id": in_tenant.project.pk}
    assert client.get(reverse("assessments:upgrade", kwargs=where))["Location"] == reverse("assessments:tier", kwargs=where)
    client.force_login(in_tenant.alice)
    assert client.get(reverse("assessments:upgrade", kwargs=where)).status_code == 403


def test_a_new_day_brings_scores_up_to_date(in_tenant: SimpleNamespace) -> None:
    registry.project_registered(in_tenant.project, by=in_tenant.alice)
    assert follow_tenant(in_tenant.tenant.pk) == 0
    Assessment.objects.update(scored_at=timezone.now() - dt.timedelta(days=1))
    assert follow_tenant(in_tenant.tenant.pk) == 1
    assert follow_tenant(in_tenant.tenant.pk) == 0
    assert recount(Assessment.objects.get().pk) == []
