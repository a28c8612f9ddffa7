"""Waivers: two people of two roles, at most 90 days, never for what cannot be waived, and they lapse."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.checklists.models import Answer
from assessments.reviews.models import Waiver
from assessments.reviews.pages import waivers_to_sign
from assessments.reviews.waiving import delegate, end_waiver, lapse_due_waivers, request_waiver, sign_waiver
from portal.catalogue import catalogue
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.models import Project, ProjectMember, ProjectSummary
from portal.roles.models import MembershipRole, Role
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership
from tests.factories.ready import start


def _waivable(assessment):
    listed = catalogue().segregation["S4"].items
    rows = Answer.objects.filter(assessment=assessment, applies=True, blocker=True, verdict="open").select_related("assessment")
    return next(
        row for row in rows if catalogue().items[row.item_key].waivable and row.item_key not in listed and row.approve_role == "security"
    )


@pytest.fixture
def gap(world):
    """A blocker that is open and may be waived; Sam approves it, Erin is the sponsor, Bob asks."""
    with acting_as(world.tenant, world.alice):
        world.assessment = start(world.project)
        world.answer = _waivable(world.assessment)
    return world


def _ask(world, **changes):
    values = {"reason": "供应商延期", "measure": "人工复核", "until": timezone.localdate() + timedelta(days=30), **changes}
    with acting_as(world.tenant, world.bob) as bob:
        return request_waiver(world.answer, world.project, by=bob, **values)


def test_two_signatures_put_it_in_force_and_the_item_no_longer_blocks(gap):
    with acting_as(gap.tenant, gap.alice):
        before = ProjectSummary.objects.get(project=gap.project).waived
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.sam) as sam:
        assert sign_waiver(waiver, gap.project, by=sam).state == "first_approved"
        assert Answer.objects.get(pk=gap.answer.pk).state == "open"
    with acting_as(gap.tenant, gap.erin) as erin:
        waiver = Waiver.objects.get(pk=waiver.pk)
        assert sign_waiver(waiver, gap.project, by=erin).state == "active"
        assert Answer.objects.get(pk=gap.answer.pk).state == "waived"
        assert ProjectSummary.objects.get(project=gap.project).waived == before + 1


def test_one_person_cannot_give_both_signatures(gap):
    with acting_as(gap.tenant, gap.alice):
        ProjectMember.objects.create(project=gap.project, user=gap.sam, role_key="exec_sponsor", starts_on="2026-01-01")
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.sam) as sam:
        sign_waiver(waiver, gap.project, by=sam)
        with pytest.raises(NotAllowed):
            sign_waiver(Waiver.objects.get(pk=waiver.pk), gap.project, by=sam)


def test_the_database_refuses_one_person_twice(gap):
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.sam), pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=waiver.pk).update(approver_person_id=1, sponsor_person_id=1)


def test_the_person_who_asks_does_not_sign(gap):
    with acting_as(gap.tenant, gap.alice):
        ProjectMember.objects.create(project=gap.project, user=gap.bob, role_key="security", starts_on="2026-01-01")
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.bob) as bob, pytest.raises(NotAllowed):
        sign_waiver(waiver, gap.project, by=bob)


@pytest.mark.parametrize("days", [0, -1, 91])
def test_the_end_lies_ahead_and_within_ninety_days(gap, days):
    with pytest.raises(Invalid) as refusal:
        _ask(gap, until=timezone.localdate() + timedelta(days=days))
    assert set(refusal.value.detail["fields"]) == {"until"}


def test_words_are_needed(gap):
    with pytest.raises(Invalid) as refusal:
        _ask(gap, reason=" ", measure="")
    assert set(refusal.value.detail["fields"]) == {"reason", "measure"}


@pytest.mark.parametrize("key", ["D1.11", "D5.09", "D9.13"])
def test_what_cannot_be_waived_is_refused(gap, key):
    with acting_as(gap.tenant, gap.bob) as bob:
        answer = Answer.objects.select_related("assessment").get(assessment=gap.assessment, item_key=key)
        with pytest.raises(Conflict) as refusal:
            request_waiver(answer, gap.project, reason="x", measure="y", until=timezone.localdate() + timedelta(days=5), by=bob)
        assert refusal.value.code == "not_waivable"


def test_only_one_waiver_of_an_item_is_open(gap):
    _ask(gap)
    with pytest.raises(Conflict):
        _ask(gap)


def test_it_lapses_by_itself_and_the_item_counts_again(gap):
    waiver = _ask(gap)
    for person in (gap.sam, gap.erin):
        with acting_as(gap.tenant, person) as actor:
            sign_waiver(Waiver.objects.get(pk=waiver.pk), gap.project, by=actor)
    with acting_as(gap.tenant, gap.alice):
        assert lapse_due_waivers() == 0
        assert lapse_due_waivers(waiver.until + timedelta(days=1)) == 1
        assert lapse_due_waivers(waiver.until + timedelta(days=1)) == 0
        assert Waiver.objects.get(pk=waiver.pk).state == "lapsed"
        assert Answer.objects.get(pk=gap.answer.pk).state == "open"


def test_refusing_needs_a_reason(gap):
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.erin) as erin:
        with pytest.raises(Invalid):
            end_waiver(waiver, gap.project, refuse=True, reason="", by=erin)
        assert end_waiver(waiver, gap.project, refuse=True, reason="风险过高", by=erin).state == "refused"


def test_an_administrator_signs_no_waiver_and_none_is_signed_in_a_closed_project(gap):
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.alice):
        membership = Membership.objects.get(user=gap.sam)
        MembershipRole.objects.create(membership=membership, role=Role.objects.get(kind="tenant", key="administrator"))
    with acting_as(gap.tenant, gap.sam) as sam:
        assert waivers_to_sign(sam) == []
        with pytest.raises(NotAllowed, match="S6"):
            sign_waiver(waiver, gap.project, by=sam)
    with acting_as(gap.tenant, gap.erin) as erin:
        assert [row.waiver for row in waivers_to_sign(erin)] == [waiver]
        Project.objects.filter(pk=gap.project.pk).update(stage="stopped")
        gap.project.refresh_from_db()
        assert waivers_to_sign(erin) == []
        with pytest.raises(NotAllowed, match="closed"):
            sign_waiver(waiver, gap.project, by=erin)
    with acting_as(gap.tenant, gap.bob) as bob:
        assert end_waiver(waiver, gap.project, refuse=False, reason="stopped", by=bob).state == "withdrawn"


def _let(world, giver, receiver):
    today = timezone.localdate()
    with acting_as(world.tenant, giver) as actor:
        delegate(receiver=receiver, role_key="", project=None, starts_on=today, ends_on=today + timedelta(days=7), reason="休假", by=actor)


def test_the_people_of_a_waiver_let_nobody_sign_for_them(gap):
    """S4 and S8: Bob asked and is an approver too; Sam signed and is a sponsor too. Neither hands the other signature on."""
    with acting_as(gap.tenant, gap.alice):
        ProjectMember.objects.create(project=gap.project, user=gap.bob, role_key="security", starts_on="2026-01-01")
        ProjectMember.objects.create(project=gap.project, user=gap.sam, role_key="exec_sponsor", starts_on="2026-01-01")
    waiver = _ask(gap)
    _let(gap, gap.bob, gap.pam)
    with acting_as(gap.tenant, gap.pam) as pam:
        assert waivers_to_sign(pam) == []
        with pytest.raises(NotAllowed):
            sign_waiver(waiver, gap.project, by=pam)
    _let(gap, gap.sam, gap.carol)
    with acting_as(gap.tenant, gap.carol) as carol:
        assert [row.sign_role for row in waivers_to_sign(carol)] == ["security"]
    with acting_as(gap.tenant, gap.sam) as sam:
        sign_waiver(waiver, gap.project, by=sam)
    with acting_as(gap.tenant, gap.carol) as carol:
        assert waivers_to_sign(carol) == []
        with pytest.raises(NotAllowed):
            sign_waiver(Waiver.objects.get(pk=waiver.pk), gap.project, by=carol)


def test_an_account_linked_afterwards_gives_no_second_signature(gap):
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.sam) as sam:
        sign_waiver(waiver, gap.project, by=sam)
    gap.sam.person_id = gap.erin.person_id
    gap.sam.save()
    with acting_as(gap.tenant, gap.erin) as erin:
        assert waivers_to_sign(erin) == []
        with pytest.raises(NotAllowed):
            sign_waiver(Waiver.objects.get(pk=waiver.pk), gap.project, by=erin)
