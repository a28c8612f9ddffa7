"""S3 at gates after a hand-over: who owned the project when the round was opened stays out of it (S8: by delegation too)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from assessments.checklists.models import Assessment
from assessments.gates.models import Signature
from assessments.gates.rounds import open_round, sign_round, withdraw_round
from assessments.reviews.models import Delegation
from assessments.reviews.waiving import delegate
from portal.core.errors import NotAllowed
from portal.projects.actions import edit_project
from portal.projects.models import Project
from portal.tenants.entry import acting_as
from tests.factories.ready import force_verdicts, open_g2


@pytest.fixture
def handed_over(world):
    """G2 was opened while Alice owned the project; then Pam made Bob its owner. Alice and Sam are its business owners."""
    open_g2(world, business_owner=world.sam)
    with acting_as(world.tenant, world.pam):
        edit_project(world.project, version=world.project.version, by=world.pam, owner=world.bob)
    return world


def _sign(world, person, round_=None):
    round_ = round_ or world.round
    with acting_as(world.tenant, person) as actor:
        project = Project.objects.get(pk=world.project.pk)
        sign_round(round_, project, role="business_owner", outcome="approve", revision_sha256=round_.revision.sha256, by=actor)


def _page(world, person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client.get(f"/t/{world.tenant.slug}/projects/{world.project.pk}/gates/G2/").content.decode()


def test_the_owner_whom_the_revision_names_does_not_sign_the_round(handed_over):
    with pytest.raises(NotAllowed, match="S3"):
        _sign(handed_over, handed_over.alice)
    assert "This round was opened while you owned the project" in _page(handed_over, handed_over.alice)
    assert "This round was opened while you owned the project" not in _page(handed_over, handed_over.sam)
    _sign(handed_over, handed_over.sam)


def test_nobody_signs_on_a_delegation_of_the_owner_whom_the_revision_names(handed_over):
    today = timezone.localdate()
    with acting_as(handed_over.tenant, handed_over.alice) as alice:
        delegate(
            receiver=handed_over.pam, role_key="business_owner", project=None, starts_on=today, ends_on=today, reason="leave", by=alice
        )
    with pytest.raises(NotAllowed, match="S3"):
        _sign(handed_over, handed_over.pam)
    assert "owned the project when this round was opened" in _page(handed_over, handed_over.pam)
    with acting_as(handed_over.tenant, handed_over.sam) as sam:
        delegate(receiver=handed_over.pam, role_key="business_owner", project=None, starts_on=today, ends_on=today, reason="leave", by=sam)
    _sign(handed_over, handed_over.pam)
    with acting_as(handed_over.tenant, handed_over.pam):
        used = Signature.objects.get(round=handed_over.round).delegation_id
        assert Delegation.objects.get(pk=used).giver == handed_over.sam


def test_a_round_opened_after_the_hand_over_is_signed_by_the_former_owner(handed_over):
    with acting_as(handed_over.tenant, handed_over.pam) as pam:
        project = Project.objects.get(pk=handed_over.project.pk)
        withdraw_round(handed_over.round, project, reason="The project has another owner.", by=pam)
        force_verdicts(Assessment.objects.get(project=project))  # withdrawing scored everything anew
        again = open_round(project, "G2", by=pam)
    with pytest.raises(NotAllowed):
        _sign(handed_over, handed_over.bob, again)
    _sign(handed_over, handed_over.alice, again)
