"""A sign-off knows when it is stale: exactly the touched rounds, with reasons; a delta round covers the difference."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.numbers import enter_values
from assessments.checklists.models import Answer, CalculatorRun
from assessments.checklists.rescore import rescore_project
from assessments.gates.conditions import confirm_flag, withdraw_confirmation
from assessments.gates.freezing.revision import freeze_revision
from assessments.gates.models import Confirmation, GateRound, Revision
from assessments.gates.rounds import open_round, sign_round
from assessments.gates.staleness import mark_affected
from assessments.gates.standing import Standing
from compliance.filings.actions.common import follow
from compliance.filings.following import follow_one
from compliance.filings.subjects import subject_of
from portal.catalogue import catalogue
from portal.core.errors import Conflict, NotAllowed
from portal.projects.facts.actions import save_facts
from portal.projects.models import Project, ProjectSummary
from portal.roles.models import MembershipRole, Role
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership
from tests.factories.ready import decide_g0, force_verdicts, start


@pytest.fixture
def decided(world):
    """G0 of Alice's project is decided."""
    return decide_g0(world)


def _change(world, key):
    row = Answer.objects.get(assessment=world.assessment, item_key=key)
    Answer.objects.filter(pk=row.pk).update(version=row.version + 1)


def test_a_change_of_a_frozen_item_makes_the_round_stale_and_says_which(decided):
    with acting_as(decided.tenant, decided.alice):
        _change(decided, "D1.01")
        marked = mark_affected(decided.project, changed_items={"D1.01"})
        assert [row.pk for row in marked] == [decided.round.pk]
        row = GateRound.objects.get(pk=decided.round.pk)
        assert row.stale_reasons == [{"kind": "items_changed", "items": ["D1.01"]}]
        assert row.state == "approved"
        assert ProjectSummary.objects.get(project=decided.project).stale_gates == 1


def test_a_change_of_an_item_due_later_touches_nothing(decided):
    with acting_as(decided.tenant, decided.alice):
        later = Answer.objects.filter(assessment=decided.assessment, applies=True, due_gate="G4").first()
        _change(decided, later.item_key)
        assert mark_affected(decided.project, changed_items={later.item_key}) == []


def test_a_recomputation_without_change_touches_nothing(decided):
    with acting_as(decided.tenant, decided.alice):
        assert mark_affected(decided.project, changed_items={"D1.01", "D1.05"}, facts_changed=True) == []


def test_a_later_gate_waits_for_the_stale_one_and_a_delta_round_renews_it(decided):
    with acting_as(decided.tenant, decided.pam) as pam:
        _change(decided, "D1.01")
        mark_affected(decided.project, changed_items={"D1.01"})
        with pytest.raises(Conflict):
            open_round(decided.project, "G1", by=pam)
        delta = open_round(decided.project, "G0", by=pam, delta=True)
        assert delta.delta_of_id == decided.round.pk
        for _again in range(2):
            # The round that is open is the gate ahead, also after the scores were counted anew.
            assert ProjectSummary.objects.get(project=decided.project).next_gate == "G0"
            rescore_project(decided.project)
        content = Revision.objects.get(pk=delta.revision_id).content
        assert content["gate"]["kind"] == "delta"
        assert [entry["ref"] for entry in content["changes"]["entries"] if entry["kind"] == "item"] == ["D1.01"]
        sign_round(delta, decided.project, role="pmo", outcome="admit", revision_sha256=delta.revision.sha256, by=pam)
        decided.project.refresh_from_db()
        assert decided.project.stage == "assessment"
        assert ProjectSummary.objects.get(project=decided.project).stale_gates == 0


def test_renewing_what_is_not_stale_is_refused(decided):
    with acting_as(decided.tenant, decided.pam) as pam, pytest.raises(Conflict):
        open_round(decided.project, "G0", by=pam, delta=True)


def test_a_change_between_the_freeze_and_the_last_signature_makes_the_decision_stale_at_once(decided):
    """The signatures cover the frozen revision only, so the decision never covered what changed while the round was open."""
    with acting_as(decided.tenant, decided.pam) as pam:
        _change(decided, "D1.01")
        mark_affected(decided.project, changed_items={"D1.01"})
        delta = open_round(decided.project, "G0", by=pam, delta=True)
        _change(decided, "D1.05")
        mark_affected(decided.project, changed_items={"D1.05"})
        sign_round(delta, decided.project, role="pmo", outcome="admit", revision_sha256=delta.revision.sha256, by=pam)
        row = GateRound.objects.get(pk=delta.pk)
        assert (row.state, row.stale_reasons) == ("approved", [{"kind": "items_changed", "items": ["D1.05"]}])
        assert ProjectSummary.objects.get(project=decided.project).stale_gates == 1


@pytest.fixture
def decided_on_a_confirmation(world):
    """G2 of Alice's project is decided; its filings criterion holds by Carol's confirmation only."""
    with acting_as(world.tenant, world.alice):
        force_verdicts(start(world.project))
    with acting_as(world.tenant, world.carol) as carol:
        world.confirmation = confirm_flag(world.project, flag="before_activity_condition", text="上线前补齐", by=carol)
    with acting_as(world.tenant, world.pam) as pam:
        Project.objects.filter(pk=world.project.pk).update(stage="approval")
        world.project.refresh_from_db()
        row = open_round(world.project, "G2", by=pam)
        GateRound.objects.filter(pk=row.pk).update(state="approved", outcome="approve", decided_at=timezone.now())
        world.round = GateRound.objects.filter(pk=row.pk)
    return world


def test_taking_a_confirmation_back_makes_the_sign_off_that_rests_on_it_stale(decided_on_a_confirmation):
    world = decided_on_a_confirmation
    with acting_as(world.tenant, world.carol) as carol:
        withdraw_confirmation(world.confirmation, world.project, by=carol)
        (reason,) = world.round.get().stale_reasons
        assert reason["kind"] == "criterion"
        assert reason["filings"]


def test_a_filing_that_is_open_again_makes_the_sign_off_stale(decided_on_a_confirmation):
    """What follows from an act on a filing: items are scored anew, and decided gates are looked at."""
    world = decided_on_a_confirmation
    with acting_as(world.tenant, world.carol):
        Confirmation.objects.update(withdrawn_at=timezone.now())
        assert follow_one(world.project.pk)
        assert world.round.get().stale_since is not None
        GateRound.objects.update(stale_since=None, stale_reasons=[])
        follow(subject_of(world.project, next(iter(catalogue().filings))), None)
        assert world.round.get().stale_since is not None


def test_facts_that_move_figures_and_the_tier_are_told_as_both(decided_on_a_confirmation):
    """The scores come first and find the figures; what the risen tier opened is a reason of its own (C3)."""
    world = decided_on_a_confirmation
    with acting_as(world.tenant, world.alice):
        save_facts(world.project, {"markets": ["CN", "DE"], "audience": ["public"]}, by=world.alice)
        reasons = {reason["kind"]: reason for reason in world.round.get().stale_reasons}
        assert "D1.09" in reasons["items_changed"]["items"]
        assert reasons["tier_rise"]["items"]


def test_an_auditor_takes_no_confirmation_back_that_she_gave_before_she_audited(decided_on_a_confirmation):
    world = decided_on_a_confirmation
    with acting_as(world.tenant, world.alice):
        membership = Membership.objects.get(user=world.carol)
        MembershipRole.objects.create(membership=membership, role=Role.objects.get(kind="tenant", key="auditor"))
    with acting_as(world.tenant, world.carol) as carol, pytest.raises(NotAllowed, match="S6"):
        withdraw_confirmation(world.confirmation, world.project, by=carol)


def test_a_verdict_that_a_changed_figure_turned_makes_the_criteria_count_again(decided_on_a_confirmation):
    """Nobody touched the item itself: its version is the frozen one, its verdict is not."""
    world = decided_on_a_confirmation
    with acting_as(world.tenant, world.alice):
        blockers = {item.id for item in catalogue().items.values() if item.blocker and item.due_gate in ("G0", "G1", "G2")}
        row = Answer.objects.filter(assessment__project=world.project, item_key__in=blockers, applies=True).first()
        assert mark_affected(world.project, changed_items={row.item_key}) == []
        Answer.objects.filter(pk=row.pk).update(verdict="fail")
        mark_affected(world.project, changed_items={row.item_key})
        reasons = world.round.get().stale_reasons
        assert {reason["kind"] for reason in reasons} == {"criterion"}


def test_figures_that_move_make_the_sign_off_stale_although_the_verdict_stays(world):
    """D9.03 is computed: nobody answers it, what is typed in its calculator is its content (S5)."""
    project = world.project

    def measure(correct):
        run = CalculatorRun.objects.get(assessment=assessment, calculator="C-D9-ACC")
        enter_values(project, "C-D9-ACC", values={"correct": correct, "n": "200"}, version=run.version, by=alice)

    with acting_as(world.tenant, world.alice) as alice:
        assessment = start(project)
        aim = [{"scenario": "Returns", "scenario_type": "customer_service", "accuracy_target": "85"}]
        save_answer(visible_answer(project, "D9.01"), value=aim, version=1, by=alice)
        measure("178")
        force_verdicts(assessment)
    with acting_as(world.tenant, world.carol) as carol:
        confirm_flag(project, flag="before_activity_condition", text="上线前补齐", by=carol)
    with acting_as(world.tenant, world.pam) as pam:
        standing = Standing(project)
        revision = freeze_revision(standing, gate="G4", round_number=1, delta=False, by=pam, at=timezone.now())
        fields = {"opened_by": world.pam, "opened_at": timezone.now(), "due_on": timezone.localdate()}
        row = GateRound.objects.create(project=project, gate="G4", number=1, revision=revision, **fields)
        GateRound.objects.filter(pk=row.pk).update(state="approved", outcome="approve", decided_at=timezone.now())
    with acting_as(world.tenant, world.alice) as alice:
        measure("178")
        assert GateRound.objects.get(pk=row.pk).stale_since is None
        measure("190")
        assert Answer.objects.get(assessment=assessment, item_key="D9.03").verdict == "pass"
        reasons = {reason["kind"]: reason for reason in GateRound.objects.get(pk=row.pk).stale_reasons}
        assert reasons["items_changed"]["items"] == ["D9.03"]
