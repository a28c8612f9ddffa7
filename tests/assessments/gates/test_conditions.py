"""Written conditions: who is told, what ends them, and what a project cannot get around."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.gates.conditions import NewCondition, drop_condition, report_condition, write_condition
from assessments.gates.models import Condition
from assessments.gates.rounds import sign_round, withdraw_round
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.notices.models import Notice
from portal.projects.models import ProjectSummary
from portal.roles.models import MembershipRole, Role
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership
from tests.factories.ready import open_g2


@pytest.fixture
def at_g2(world):
    """Alice's project at approval with a round of G2 open for signature."""
    open_g2(world)
    world.due = timezone.localdate() + timedelta(days=14)
    return world


def _sign(world, person, role, outcome, **more):
    with acting_as(world.tenant, getattr(world, person)) as actor:
        sign_round(world.round, world.project, role=role, outcome=outcome, revision_sha256=world.round.revision.sha256, by=actor, **more)


def _approve_with_conditions(world):
    _sign(
        world,
        "sam",
        "security",
        "approve_with_conditions",
        conditions=[NewCondition("补齐日志", world.bob, world.due), NewCondition("复测越权", world.bob, world.due)],
    )
    with acting_as(world.tenant, world.bob) as bob:
        report_condition(Condition.objects.get(text="补齐日志"), world.project, report="已补齐", by=bob)


def test_a_condition_given_with_a_signature_is_on_record_and_its_owner_is_told(at_g2):
    _approve_with_conditions(at_g2)
    with acting_as(at_g2.tenant, at_g2.bob):
        acts = AuditEvent.objects.filter(verb="assessments.condition.written")
        assert {(act.changes["text"], act.changes["owner"]) for act in acts} == {("补齐日志", at_g2.bob.name), ("复测越权", at_g2.bob.name)}
        assert Notice.objects.filter(user=at_g2.bob, kind="assessments.condition_yours").count() == 2
        assert ProjectSummary.objects.get(project=at_g2.project).open_conditions == 2


def test_a_returned_round_takes_its_conditions_with_it(at_g2):
    """What an approval asked for, reported or not, binds nobody when the approval never came."""
    _approve_with_conditions(at_g2)
    _sign(at_g2, "carol", "compliance", "return", remark="备案材料不全")
    with acting_as(at_g2.tenant, at_g2.pam):
        assert set(Condition.objects.values_list("state", flat=True)) == {"dropped"}
        assert ProjectSummary.objects.get(project=at_g2.project).open_conditions == 0
        acts = AuditEvent.objects.filter(verb="assessments.condition.dropped")
        assert {act.changes["reason"] for act in acts} == {"备案材料不全"}
        assert len(acts) == 2


def test_a_withdrawn_round_takes_its_conditions_with_it(at_g2):
    _approve_with_conditions(at_g2)
    with acting_as(at_g2.tenant, at_g2.pam) as pam:
        withdraw_round(at_g2.round, at_g2.project, reason="材料有误", by=pam)
        assert set(Condition.objects.values_list("state", flat=True)) == {"dropped"}
        assert ProjectSummary.objects.get(project=at_g2.project).open_conditions == 0


def test_a_condition_is_written_for_a_gate_and_an_item_that_exist_and_outside_an_open_round(at_g2):
    with acting_as(at_g2.tenant, at_g2.pam) as pam:
        for gate, item in (("XYZZY", ""), ("G9", ""), ("G3", "D99.99")):
            with pytest.raises(NotFound):
                write_condition(at_g2.project, gate=gate, item_key=item, text="补齐", owner=at_g2.bob, due_on=at_g2.due, by=pam)
        with pytest.raises(Conflict) as refusal:
            write_condition(at_g2.project, gate="G2", text="补齐", owner=at_g2.bob, due_on=at_g2.due, by=pam)
        assert refusal.value.code == "round_open"
        assert write_condition(at_g2.project, gate="G3", text="补齐", owner=at_g2.bob, due_on=at_g2.due, by=pam).gate == "G3"


def test_an_administrator_gives_no_condition_up_that_she_wrote_before(at_g2):
    with acting_as(at_g2.tenant, at_g2.pam) as pam:
        row = write_condition(at_g2.project, gate="G3", text="补齐", owner=at_g2.bob, due_on=at_g2.due, by=pam)
        membership = Membership.objects.get(user=at_g2.pam)
        MembershipRole.objects.create(membership=membership, role=Role.objects.get(kind="tenant", key="administrator"))
    with acting_as(at_g2.tenant, at_g2.pam) as pam, pytest.raises(NotAllowed, match="S6"):
        drop_condition(row, at_g2.project, reason="误写", by=pam)


def test_a_condition_with_a_signature_names_an_item_that_exists(at_g2):
    with pytest.raises(NotFound):
        _sign(at_g2, "sam", "security", "approve_with_conditions", conditions=[NewCondition("x", at_g2.bob, at_g2.due, "D99.99")])
