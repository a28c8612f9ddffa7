"""S2 at gates: two roles need two people, whatever was delegated and whichever accounts were linked later (S8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from assessments.gates.conditions import report_condition, settle_condition, write_condition
from assessments.gates.models import Condition, Signature
from assessments.gates.rounds import sign_round
from assessments.reviews.waiving import delegate
from portal.core.errors import Conflict, NotAllowed
from portal.tenants.entry import acting_as
from portal.tenants.models import User
from tests.factories.ready import open_g2, start


@pytest.fixture
def at_g2(world):
    """A round of G2 of Alice's project is open; Sam holds both security and compliance on it."""
    open_g2(world, compliance=world.sam)
    world.page = f"/t/{world.tenant.slug}/projects/{world.project.pk}/gates/G2/"
    return world


def _delegate(world, giver, receiver, role):
    today = timezone.localdate()
    with acting_as(world.tenant, giver) as by:
        delegate(receiver=receiver, role_key=role, project=None, starts_on=today, ends_on=today, reason="leave", by=by)


def _sign(world, person, role):
    with acting_as(world.tenant, person) as actor:
        sign_round(world.round, world.project, role=role, outcome="approve", revision_sha256=world.round.revision.sha256, by=actor)


def _link(person, other):
    """Platform staff find that two accounts belong to one human being."""
    User.objects.filter(pk=other.pk).update(person_id=person.person_id)
    other.refresh_from_db()


def _page(world, person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client.get(world.page).content.decode()


def test_who_signs_lets_nobody_sign_another_role(at_g2):
    _delegate(at_g2, at_g2.sam, at_g2.pam, "compliance")
    _sign(at_g2, at_g2.sam, "security")
    with pytest.raises(NotAllowed, match="S2"):
        _sign(at_g2, at_g2.pam, "compliance")
    assert "is behind another signature of this round" in _page(at_g2, at_g2.pam)
    _sign(at_g2, at_g2.carol, "compliance")


def test_who_let_somebody_sign_signs_no_other_role(at_g2):
    _delegate(at_g2, at_g2.sam, at_g2.pam, "compliance")
    _sign(at_g2, at_g2.pam, "compliance")
    with pytest.raises(NotAllowed, match="S2"):
        _sign(at_g2, at_g2.sam, "security")
    assert "Somebody has signed this round on your delegation" in _page(at_g2, at_g2.sam)
    assert "Somebody has signed this round on your delegation" not in _page(at_g2, at_g2.bob)


def test_two_delegates_of_one_person_sign_one_role_between_them(at_g2):
    _delegate(at_g2, at_g2.sam, at_g2.pam, "compliance")
    _delegate(at_g2, at_g2.sam, at_g2.bob, "security")
    _sign(at_g2, at_g2.pam, "compliance")
    with pytest.raises(NotAllowed, match="S2"):
        _sign(at_g2, at_g2.bob, "security")
    _sign(at_g2, at_g2.bob, "data_owner")


def test_delegates_of_two_people_sign_two_roles(at_g2):
    _delegate(at_g2, at_g2.carol, at_g2.pam, "compliance")
    _delegate(at_g2, at_g2.sam, at_g2.bob, "security")
    _sign(at_g2, at_g2.pam, "compliance")
    _sign(at_g2, at_g2.bob, "security")
    with acting_as(at_g2.tenant, at_g2.pam):
        assert Signature.objects.filter(round=at_g2.round, delegation_id__isnull=False).count() == 2


def test_an_account_linked_after_it_signed_counts_as_the_same_person(at_g2):
    _sign(at_g2, at_g2.carol, "compliance")
    _link(at_g2.sam, at_g2.carol)
    with pytest.raises(Conflict, match="S2"):
        _sign(at_g2, at_g2.sam, "security")


def test_an_account_linked_after_it_reported_does_not_accept(world):
    """Bob's report is Sam's report once both accounts are Sam's."""
    with acting_as(world.tenant, world.alice):
        start(world.project)
    with acting_as(world.tenant, world.pam) as pam:
        due = timezone.localdate() + timedelta(days=9)
        row = write_condition(world.project, gate="G3", text="补齐日志", owner=world.bob, due_on=due, by=pam)
    with acting_as(world.tenant, world.bob) as bob:
        report_condition(row, world.project, report="已补齐", by=bob)
    _link(world.sam, world.bob)
    with acting_as(world.tenant, world.sam) as sam, translation.override("en"):
        row = Condition.objects.get(pk=row.pk)
        with pytest.raises(NotAllowed, match="Somebody else"):
            settle_condition(row, world.project, accept=True, by=sam)
