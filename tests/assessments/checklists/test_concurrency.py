"""Two people at the same moment, on two real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from assessments.checklists.actions import evidence as evidence_actions
from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.evidence import add_evidence, attach_evidence, change_evidence, expire_proof, remove_evidence
from assessments.checklists.actions.submitting import submit_items
from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from portal.core.errors import Conflict, Refused
from portal.core.tenancy import tenant_context
from portal.projects.models import ProjectSummary
from portal.tenants.entry import acting_as
from tests.assessments.checklists.builders import begin_assessment
from tests.factories import cast
from tests.factories.threads import at_once


@pytest.fixture
def committed(live_db):
    world = cast.build_world()
    with tenant_context(world.tenant.pk, world.alice.pk):
        begin_assessment(world.project)
        Answer.objects.filter(project=world.project).update(assignee=world.bob)
    return world


def saving(world, user, key, value, version=1):
    def work():
        with acting_as(world.tenant, user) as actor:
            return save_answer(visible_answer(world.project, key), value=value, version=version, by=actor)

    return work


def stored(world, key):
    with tenant_context(world.tenant.pk):
        return Answer.objects.get(project=world.project, item_key=key)


@pytest.mark.parametrize("attempt", range(3))
def test_two_writers_on_one_item_one_wins_and_the_other_is_told(committed, attempt):
    results = at_once(saving(committed, committed.alice, "D1.03", "search"), saving(committed, committed.bob, "D1.03", "agent"))
    conflicts = [one for one in results if isinstance(one, Conflict)]
    saved = [one for one in results if isinstance(one, Answer)]
    assert (len(conflicts), len(saved)) == (1, 1), results
    row = stored(committed, "D1.03")
    assert row.version == 2
    assert row.value == saved[0].value == conflicts[0].detail["current"]["value"]
    assert conflicts[0].detail["current"]["by"] == {"search": "Alice", "agent": "Bob"}[row.value]


def test_the_same_save_twice_at_once_is_one_save(committed):
    """A browser that lost the answer sends again while the first request is still running."""
    results = at_once(*[saving(committed, committed.alice, "D1.03", "search")] * 3)
    assert all(isinstance(one, Answer) for one in results), results
    assert stored(committed, "D1.03").version == 2


def test_writers_on_different_items_do_not_disturb_each_other_and_the_counts_are_right(committed):
    works = [
        saving(committed, committed.alice, "D1.03", "search"),
        saving(committed, committed.bob, "D1.04", "some"),
        saving(committed, committed.alice, "D1.05", ["public"]),
        saving(committed, committed.bob, "D1.08", ["cache", "queue"]),
    ]
    results = at_once(*works)
    assert all(isinstance(one, Answer) for one in results), results
    with tenant_context(committed.tenant.pk):
        summary = ProjectSummary.objects.get(project=committed.project)
        rows = Answer.objects.filter(project=committed.project, applies=True)
        assert summary.items_answered == rows.exclude(verdict="open").count()
        assert summary.items_total == rows.count()


def test_answering_while_somebody_approves_never_leaves_an_approval_of_other_content(committed):
    with acting_as(committed.tenant, committed.alice) as alice:
        save_answer(visible_answer(committed.project, "D1.03"), value="search", version=1, by=alice)
        submit_items(committed.project, ["D1.03"], by=alice)

    def approve():
        with tenant_context(committed.tenant.pk, committed.sam.pk):
            row = Answer.objects.get(project=committed.project, item_key="D1.03")
            return Answer.objects.filter(pk=row.pk, state="in_review", content_hash=row.content_hash).update(
                state="approved",
                approved_by=committed.sam,
                approved_person_id=committed.sam.person_id,
                approved_role="tech_lead",
                approved_at=timezone.now(),
                approved_hash=row.content_hash,
            )

    at_once(saving(committed, committed.alice, "D1.03", "agent", version=2), approve)
    row = stored(committed, "D1.03")
    if row.state == "approved":
        assert (row.value, row.approved_hash) == ("search", row.content_hash)
    else:
        assert (row.value, row.state, row.approved_hash) == ("agent", "answered", "")


def test_one_proof_attached_twice_at_once_is_attached_once(committed):
    with acting_as(committed.tenant, committed.alice) as alice:
        proof = add_evidence(committed.project, kind="note", text="proof", by=alice)

    def attach():
        with acting_as(committed.tenant, committed.alice) as alice:
            return attach_evidence(
                [visible_answer(committed.project, "D1.01")], Evidence.objects.select_related("project").get(pk=proof.pk), by=alice
            )

    results = at_once(attach, attach)
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)], results
    with tenant_context(committed.tenant.pk):
        assert AnswerEvidence.objects.count() == 1
    assert stored(committed, "D1.01").evidence_count == 1


def _change(proof, alice):
    change_evidence(proof, name=proof.name, expires_on=timezone.localdate() + timedelta(days=9), personal_data=False, by=alice)


def _remove(proof, alice):
    remove_evidence(proof, by=alice)


def _expire(proof, _alice):
    expire_proof(proof.pk, timezone.localdate() + timedelta(days=90))


@pytest.mark.parametrize("act", [_change, _remove, _expire])
def test_an_answer_saved_while_a_proof_changes_is_not_written_over(committed, monkeypatch, act):
    """The act on the proof waits for the lock while Bob saves; it must work on what Bob saved."""
    with acting_as(committed.tenant, committed.alice) as alice:
        save_answer(visible_answer(committed.project, "D1.03"), value="search", version=1, by=alice)
        proof = add_evidence(
            committed.project,
            kind="note",
            text="proof",
            expires_on=timezone.localdate() + timedelta(days=60),
            by=alice,
            attach_to=[visible_answer(committed.project, "D1.03")],
        )
    lock = evidence_actions.lock_of
    waited = []

    def bob_first(project):
        if not waited:
            waited.append(at_once_keeping(saving(committed, committed.bob, "D1.03", "agent", version=3)))
        lock(project)

    monkeypatch.setattr(evidence_actions, "lock_of", bob_first)
    with acting_as(committed.tenant, committed.alice) as alice:
        act(Evidence.objects.select_related("project").get(pk=proof.pk), alice)
    assert isinstance(waited[0], Answer), waited
    row = stored(committed, "D1.03")
    assert (row.value, row.version) == ("agent", 5)
    with tenant_context(committed.tenant.pk):
        assert row.evidence_count == AnswerEvidence.objects.filter(answer=row, evidence__removed_at=None).count()


def at_once_keeping(work):
    """One function on a thread of its own, while the test's own transaction stays open."""

    def run():
        try:
            return work()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=20)


def test_a_proof_taken_off_in_the_meantime_expires_quietly(committed):
    with acting_as(committed.tenant, committed.alice) as alice:
        day = timezone.localdate() + timedelta(days=2)
        proof = add_evidence(committed.project, kind="note", text="proof", expires_on=timezone.localdate(), by=alice)
    with tenant_context(committed.tenant.pk):
        assert expire_proof(proof.pk, day) == 0
