"""Waivers: two people of two roles, at most 90 days, never for what cannot be waived, and they lapse."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.checklists import hooks
from assessments.checklists.actions.answers import visible_answer
from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from assessments.checklists.tasks import expire_evidence
from assessments.reviews import tasks
from assessments.reviews.models import Waiver
from assessments.reviews.pages import waivers_to_sign
from assessments.reviews.waiving import delegate, end_waiver, lapse_due_waivers, request_waiver, sign_waiver, why_not_waivable
from portal.catalogue import catalogue
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.notices.models import Notice
from portal.projects.models import Project, ProjectMember, ProjectSummary
from portal.roles.models import MembershipRole, Role
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership, Tenant
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


def _in_force(world):
    waiver = _ask(world)
    for person in (world.sam, world.erin):
        with acting_as(world.tenant, person) as actor:
            done = sign_waiver(Waiver.objects.get(pk=waiver.pk), world.project, by=actor)
    return done


def test_a_gap_that_was_closed_is_not_waived_by_the_second_signature(gap):
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.sam) as sam:
        sign_waiver(waiver, gap.project, by=sam)
        Answer.objects.filter(pk=gap.answer.pk).update(verdict="pass", state="answered")
    with acting_as(gap.tenant, gap.erin) as erin:
        with pytest.raises(Conflict) as refusal:
            sign_waiver(Waiver.objects.get(pk=waiver.pk), gap.project, by=erin)
        assert refusal.value.code == "not_waivable"
        assert Answer.objects.get(pk=gap.answer.pk).state == "answered"


@pytest.mark.parametrize("lapses", [True, False])
def test_an_approval_of_before_does_not_outlive_the_waiver(gap, lapses):
    with acting_as(gap.tenant, gap.sam):
        Answer.objects.filter(pk=gap.answer.pk).update(
            value=[],
            verdict="fail",
            state="approved",
            content_hash="a" * 64,
            approved_hash="a" * 64,
            approved_by=gap.sam,
            approved_person_id=gap.sam.person_id,
            approved_role="security",
            approved_at=timezone.now(),
        )
    waiver = _in_force(gap)
    with acting_as(gap.tenant, gap.bob) as bob:
        if lapses:
            lapse_due_waivers(waiver.until + timedelta(days=1))
        else:
            end_waiver(waiver, gap.project, refuse=False, reason="closed", by=bob)
        row = Answer.objects.get(pk=gap.answer.pk)
        assert (row.state, row.approved_by_id, row.approved_person_id, row.approved_role) == ("answered", None, None, "")
        assert (row.approved_at, row.approved_hash) == (None, "")


def test_an_item_with_an_expired_proof_is_expired_when_its_waiver_ends(gap):
    with acting_as(gap.tenant, gap.bob) as bob:
        proof = Evidence.objects.create(
            project=gap.project,
            kind="note",
            name="n",
            text="n",
            sha256="b" * 64,
            added_by=gap.bob,
            added_person_id=bob.person_id,
            expires_on=timezone.localdate() - timedelta(days=1),
        )
        AnswerEvidence.objects.create(answer=gap.answer, evidence=proof)
        Answer.objects.filter(pk=gap.answer.pk).update(value=[], verdict="attention", state="answered", evidence_count=1)
    waiver = _in_force(gap)
    with acting_as(gap.tenant, gap.bob) as bob:
        before = Answer.objects.get(pk=gap.answer.pk).version
        assert expire_evidence(gap.tenant.pk) == 0  # a waiver stands, however often the proofs are looked at
        assert Answer.objects.get(pk=gap.answer.pk).version == before
        end_waiver(waiver, gap.project, refuse=False, reason="closed", by=bob)
        assert Answer.objects.get(pk=gap.answer.pk).state == "expired"


def test_waivers_of_items_that_the_content_dropped_can_be_seen_and_end_with_them(gap, client):
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.erin) as erin:
        for model in (Answer, Waiver):
            model.objects.filter(item_key=gap.answer.item_key).update(item_key="D1.99")
        assert [row.item for row in waivers_to_sign(erin)] == [None]
        with pytest.raises(NotFound):
            visible_answer(gap.project, "D1.99")
        with pytest.raises(NotFound):
            sign_waiver(waiver, gap.project, by=erin)
    client.force_login(gap.erin, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/t/xinghe/projects/{gap.project.pk}/waivers/")
    assert page.status_code == 200
    assert "D1.99" in page.text
    with acting_as(gap.tenant, gap.erin):
        hooks.items_removed(gap.assessment, ["D1.99"])
        assert Waiver.objects.get(pk=waiver.pk).state == "lapsed"


def test_waivers_lapse_by_the_day_of_the_organisation_and_one_fault_stops_no_other(gap, monkeypatch):
    there = ZoneInfo("Pacific/Kiritimati")
    today = timezone.localdate(timezone=there)
    waiver = _ask(gap)
    with acting_as(gap.tenant, gap.bob) as bob:
        other = (
            Answer.objects.filter(assessment=gap.assessment, applies=True, verdict="open").exclude(pk=gap.answer.pk).order_by("position")
        )
        second = next(row for row in other.select_related("assessment") if not why_not_waivable(row))
        broken = request_waiver(second, gap.project, reason="r", measure="m", until=timezone.localdate() + timedelta(days=5), by=bob)
        Waiver.objects.update(until=today - timedelta(days=1))
    Tenant.objects.filter(pk=gap.tenant.pk).update(time_zone="Pacific/Kiritimati")
    right = tasks.lapse_waiver

    def act(pk):
        if pk == broken.pk:
            raise RuntimeError("broken")
        return right(pk)

    monkeypatch.setattr(tasks, "lapse_waiver", act)
    with timezone.override(ZoneInfo("Pacific/Pago_Pago")):
        assert timezone.localdate() < today
        Tenant.objects.filter(pk=gap.tenant.pk).update(status="suspended")
        assert tasks.lapse_waivers() == 0
        Tenant.objects.filter(pk=gap.tenant.pk).update(status="active")
        assert tasks.lapse_waivers() == 1
    with acting_as(gap.tenant, gap.bob):
        assert Waiver.objects.get(pk=waiver.pk).state == "lapsed"
        assert Waiver.objects.get(pk=broken.pk).state == "proposed"


def test_messages_of_waivers_and_delegations_lead_to_their_page(gap):
    waiver = _in_force(gap)
    _let(gap, gap.sam, gap.carol)
    with acting_as(gap.tenant, gap.alice):
        lapse_due_waivers(waiver.until + timedelta(days=1))
        found = set(Notice.objects.filter(kind__startswith="assessments.").values_list("kind", "url"))
    page = f"/t/xinghe/projects/{gap.project.pk}/waivers/"
    for kind in ("waiver_waiting", "waiver_active", "waiver_lapsed"):
        assert (f"assessments.{kind}", page) in found
    assert ("assessments.delegated", "/t/xinghe/delegations/") in found


def test_a_reason_that_is_too_long_is_refused_not_cut(gap):
    waiver = _ask(gap)
    today = timezone.localdate()
    with acting_as(gap.tenant, gap.bob) as bob:
        with pytest.raises(Invalid) as refusal:
            end_waiver(waiver, gap.project, refuse=False, reason="x" * 501, by=bob)
        assert set(refusal.value.detail["fields"]) == {"reason"}
        with pytest.raises(Invalid) as refusal:
            delegate(receiver=gap.sam, role_key="", project=None, starts_on=today, ends_on=today, reason="x" * 301, by=bob)
        assert set(refusal.value.detail["fields"]) == {"reason"}
