"""Reviewing while somebody else works on the same project: everybody locks the assessment first, so nobody blocks the other for ever."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.models import Answer
from assessments.checklists.rescore import rescore
from assessments.reviews import actions, waiving
from assessments.reviews.models import Waiver
from portal.core.errors import Refused
from portal.core.tenancy import tenant_context
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from tests.factories import cast
from tests.factories.ready import start
from tests.factories.threads import at_once

KEY = "D1.03"


@pytest.fixture
def committed(live_db, monkeypatch):
    """Alice's project, with an item of hers in review that Sam may approve; scoring takes its time."""
    world = cast.build_world()
    with acting_as(world.tenant, world.alice) as alice:
        world.assessment = start(world.project)
        save_answer(visible_answer(world.project, KEY), value="search", version=1, by=alice)
        row = Answer.objects.get(project=world.project, item_key=KEY)
        ProjectMember.objects.get_or_create(
            project=world.project, user=world.sam, role_key=row.approve_role, defaults={"starts_on": "2026-01-01"}
        )
        Answer.objects.filter(pk=row.pk).update(state="in_review", verdict="attention", applies=True)

    def slowly(*args, **kwargs):
        time.sleep(0.5)
        return rescore(*args, **kwargs)

    monkeypatch.setattr(actions, "rescore", slowly)
    monkeypatch.setattr(waiving, "rescore", slowly)
    return world


def _row(world):
    return Answer.objects.select_related("assessment").get(project=world.project, item_key=KEY)


def _as(world, user, act):
    def work():
        with acting_as(world.tenant, user) as actor:
            return act(actor)

    return work


def _save(world):
    def work(actor):
        time.sleep(0.2)
        row = _row(world)
        return save_answer(visible_answer(world.project, KEY), value="agent", version=row.version, by=actor)

    return _as(world, world.alice, work)


def _approve(world):
    return _as(world, world.sam, lambda actor: actions.approve_item(_row(world), world.project, version=2, by=actor))


def _return(world):
    return _as(world, world.sam, lambda actor: actions.return_item(_row(world), world.project, version=2, reason="no", by=actor))


def _decide(world):
    def work(actor):
        row = _row(world)
        return actions.decide_items([(row.pk, row.version)], outcome="approved", by=actor, project_of={row.pk: world.project})

    return _as(world, world.sam, work)


def _waive(world):
    with acting_as(world.tenant, world.bob) as bob:
        until = timezone.localdate() + timedelta(days=9)
        waiver = waiving.request_waiver(_row(world), world.project, reason="r", measure="m", until=until, by=bob)
        Waiver.objects.filter(pk=waiver.pk).update(
            state="first_approved", sponsor_by=world.erin, sponsor_person_id=world.erin.person_id, sponsor_at=timezone.now()
        )
    return _as(world, world.sam, lambda actor: waiving.sign_waiver(Waiver.objects.get(pk=waiver.pk), world.project, by=actor))


@pytest.mark.parametrize("act", [_approve, _return, _decide, _waive])
def test_deciding_and_saving_at_once_take_turns(committed, act):
    results = at_once(act(committed), _save(committed))
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)], results
    with tenant_context(committed.tenant.pk):
        row = _row(committed)
        assert row.state in ("answered", "approved", "returned", "waived")
        assert (row.approved_by_id is not None) == (row.state == "approved")
