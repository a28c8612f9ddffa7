"""Approving and returning: role, person, owner, version, hash; and what the database holds by itself."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from assessments.checklists.models import Answer
from assessments.reviews.actions import approve_item, decide_items, return_item
from assessments.reviews.models import ReviewDecision
from assessments.reviews.queries import review_queue_of
from assessments.reviews.waiving import delegate
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from tests.factories.ready import start

# D5.04 is answered by security and approved by tech_lead in the catalogue; looked up, not assumed.
KEY = "D5.04"


@pytest.fixture
def waiting(world):
    """An item that Sam (security) answered and that waits for Bob (tech lead)."""
    with acting_as(world.tenant, world.alice):
        assessment = start(world.project)
        row = Answer.objects.get(assessment=assessment, item_key=KEY)
        world.roles = (row.answer_role, row.approve_role)
        ProjectMember.objects.filter(project=world.project, role_key__in=world.roles).delete()
        for user, role in ((world.sam, row.answer_role), (world.bob, row.approve_role)):
            ProjectMember.objects.create(project=world.project, user=user, role_key=role, starts_on="2026-01-01")
        Answer.objects.filter(pk=row.pk).update(
            value="yes",
            state="in_review",
            content_hash="a" * 64,
            answered_by=world.sam,
            answered_person_id=world.sam.person_id,
            answered_at=row.updated_at,
            applies=True,
        )
        world.answer = Answer.objects.select_related("assessment").get(pk=row.pk)
    return world


def test_the_right_role_approves_and_the_approval_is_bound_to_the_content(waiting):
    with acting_as(waiting.tenant, waiting.bob) as bob:
        approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=bob)
        row = Answer.objects.get(pk=waiting.answer.pk)
        assert (row.state, row.approved_hash, row.approved_person_id) == ("approved", "a" * 64, waiting.bob.person_id)
        decision = ReviewDecision.objects.get(answer=row)
        assert (decision.outcome, decision.role_key, decision.content_hash) == ("approved", waiting.roles[1], "a" * 64)


def test_nobody_approves_the_own_answer_even_with_the_role(waiting):
    with acting_as(waiting.tenant, waiting.sam) as sam:
        ProjectMember.objects.create(project=waiting.project, user=waiting.sam, role_key=waiting.roles[1], starts_on="2026-01-01")
        with pytest.raises(NotAllowed):
            approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=sam)
        assert not review_queue_of(sam).exists()


def test_a_second_account_of_the_same_person_does_not_help(waiting):
    """S1 looks at the person: Bob's account is linked to Sam."""
    waiting.bob.person_id = waiting.sam.person_id
    waiting.bob.save()
    with acting_as(waiting.tenant, waiting.bob) as bob, pytest.raises(NotAllowed):
        approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=bob)


def test_the_database_refuses_an_approver_who_answered(waiting):
    with acting_as(waiting.tenant, waiting.bob), pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=waiting.answer.pk).update(
            state="approved", approved_by=waiting.sam, approved_person_id=waiting.sam.person_id, approved_hash="a" * 64
        )


def test_the_database_refuses_an_approval_of_other_content(waiting):
    with acting_as(waiting.tenant, waiting.bob), pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.filter(pk=waiting.answer.pk).update(
            state="approved", approved_by=waiting.bob, approved_person_id=waiting.bob.person_id, approved_hash="b" * 64
        )


def test_the_owner_does_not_approve_the_own_project(waiting):
    with acting_as(waiting.tenant, waiting.alice) as alice:
        ProjectMember.objects.create(project=waiting.project, user=waiting.alice, role_key=waiting.roles[1], starts_on="2026-01-01")
        with pytest.raises(NotAllowed):
            approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=alice)


@pytest.mark.parametrize("person", ["adam", "pam", "dave", "erin"])
def test_other_roles_do_not_approve(waiting, person):
    with acting_as(waiting.tenant, getattr(waiting, person)) as actor:
        assert not review_queue_of(actor).filter(pk=waiting.answer.pk).exists()
        with pytest.raises(NotAllowed):
            approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=actor)


def test_an_auditor_with_a_project_role_still_changes_nothing(waiting):
    with acting_as(waiting.tenant, waiting.dave) as dave:
        ProjectMember.objects.create(project=waiting.project, user=waiting.dave, role_key=waiting.roles[1], starts_on="2026-01-01")
        with pytest.raises(NotAllowed):
            approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=dave)


def test_a_changed_answer_is_not_approved_unread(waiting):
    with acting_as(waiting.tenant, waiting.bob) as bob:
        read = waiting.answer.version
        Answer.objects.filter(pk=waiting.answer.pk).update(version=read + 1, content_hash="c" * 64)
        with pytest.raises(Conflict):
            approve_item(waiting.answer, waiting.project, version=read, by=bob)
        assert Answer.objects.get(pk=waiting.answer.pk).state == "in_review"


def test_approving_twice_is_one_approval(waiting):
    with acting_as(waiting.tenant, waiting.bob) as bob:
        first = Answer.objects.select_related("assessment").get(pk=waiting.answer.pk)
        second = Answer.objects.select_related("assessment").get(pk=waiting.answer.pk)
        approve_item(first, waiting.project, version=first.version, by=bob)
        with pytest.raises(Conflict), transaction.atomic():
            approve_item(second, waiting.project, version=second.version, by=bob)
        assert ReviewDecision.objects.filter(answer=first).count() == 1


def test_a_return_needs_a_reason_and_tells_the_person_who_answered(waiting):
    with acting_as(waiting.tenant, waiting.bob) as bob:
        with pytest.raises(Invalid):
            return_item(waiting.answer, waiting.project, version=waiting.answer.version, reason="  ", by=bob)
        return_item(waiting.answer, waiting.project, version=waiting.answer.version, reason="缺少密钥轮换记录", by=bob)
        assert Answer.objects.get(pk=waiting.answer.pk).state == "returned"
        assert [row.user_id for row in Notice.objects.filter(kind="assessments.item_returned")] == [waiting.sam.pk]


def test_bulk_decisions_stand_each_on_its_own(waiting):
    with acting_as(waiting.tenant, waiting.bob) as bob:
        other = Answer.objects.filter(assessment=waiting.answer.assessment, applies=True, state="open").first()
        projects = {waiting.answer.pk: waiting.project, other.pk: waiting.project}
        results = decide_items(
            [(other.pk, 1), (waiting.answer.pk, waiting.answer.version)], outcome="approved", by=bob, project_of=projects
        )
        assert [bool(result.refusal) for result in results] == [True, False]
        assert Answer.objects.get(pk=waiting.answer.pk).state == "approved"


def test_a_delegate_approves_in_the_role_and_the_record_says_so(waiting):
    from datetime import timedelta

    from django.utils import timezone

    today = timezone.localdate()
    with acting_as(waiting.tenant, waiting.bob) as bob:
        given = delegate(
            receiver=waiting.erin, role_key="", project=None, starts_on=today, ends_on=today + timedelta(days=7), reason="休假", by=bob
        )
    with acting_as(waiting.tenant, waiting.erin) as erin:
        assert list(review_queue_of(erin)) == [waiting.answer]
        approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=erin)
        assert ReviewDecision.objects.get(answer=waiting.answer).delegation_id == given.pk


def test_a_delegation_makes_no_way_around_the_two_persons(waiting):
    """S8: Bob delegates to Sam, who answered."""
    from datetime import timedelta

    from django.utils import timezone

    today = timezone.localdate()
    with acting_as(waiting.tenant, waiting.bob) as bob:
        delegate(receiver=waiting.sam, role_key="", project=None, starts_on=today, ends_on=today + timedelta(days=7), reason="休假", by=bob)
    with acting_as(waiting.tenant, waiting.sam) as sam, pytest.raises(NotAllowed):
        approve_item(waiting.answer, waiting.project, version=waiting.answer.version, by=sam)
