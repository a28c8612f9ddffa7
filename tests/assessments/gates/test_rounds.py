"""A gate from opening to decision: frozen content, one round, one signature per role and person, stages."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from assessments.gates.conditions import NewCondition, confirm_flag
from assessments.gates.content import content_sha256, problems
from assessments.gates.models import GateRound, Revision, Signature
from assessments.gates.rounds import open_round, sign_round, withdraw_round
from assessments.reviews.waiving import delegate
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.models import Project
from portal.roles.models import MembershipRole, Role
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership
from tests.factories.ready import force_verdicts, start


@pytest.fixture
def ready(world):
    """Alice's project at intake with every applying item passed."""
    with acting_as(world.tenant, world.alice):
        world.assessment = start(world.project)
        force_verdicts(world.assessment)
    return world


def _open(world, gate="G0"):
    with acting_as(world.tenant, world.pam) as pam:
        return open_round(world.project, gate, by=pam)


def test_opening_freezes_a_record_that_fits_its_schema_and_hash(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam):
        revision = Revision.objects.get(pk=row.revision_id)
        assert problems(revision.content) == []
        assert content_sha256(revision.content) == revision.sha256
        assert revision.content["gate"]["id"] == "G0"
        assert {entry["verdict"] for entry in revision.content["items"] if entry["applies"]} == {"pass"}


def test_what_a_newer_version_dropped_is_kept_but_stays_out_of_the_record(ready):
    with acting_as(ready.tenant, ready.alice) as alice:
        one = Answer.objects.filter(assessment=ready.assessment, applies=True).first()
        fields = {"project": ready.project, "dimension": 8, "position": 200, "due_gate": "G0", "applies": False, "evidence_count": 2}
        gone = Answer.objects.create(assessment=ready.assessment, item_key="D8.99", value=[{"harm": "x"}], blocker=True, **fields)
        for text, rows in (("on both", [gone, one]), ("on the dropped one alone", [gone])):
            proof = Evidence.objects.create(
                project=ready.project, kind="note", name=text, text=text, added_by=ready.alice, added_person_id=alice.person_id
            )
            AnswerEvidence.objects.bulk_create(AnswerEvidence(answer=row, evidence=proof) for row in rows)
    opened = _open(ready)
    with acting_as(ready.tenant, ready.pam):
        content = Revision.objects.get(pk=opened.revision_id).content
        assert problems(content) == []
        assert "D8.99" not in {entry["key"] for entry in content["items"]}
        assert [(entry["name"], entry["items"]) for entry in content["evidence"]] == [("on both", [one.item_key])]
        assert Answer.objects.get(pk=gone.pk).value == [{"harm": "x"}]


def test_the_database_refuses_to_change_a_frozen_revision(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam):
        for statement in (
            "update assessments_revision set sha256 = 'x'",
            "delete from assessments_revision",
            "delete from assessments_signature",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        assert Revision.objects.get(pk=row.revision_id).sha256 != "x"


def test_only_one_round_is_open(ready):
    _open(ready)
    with pytest.raises(Conflict):
        _open(ready)
    with acting_as(ready.tenant, ready.pam):
        assert GateRound.objects.filter(state="open").count() == 1


def test_a_missing_answer_keeps_the_gate_closed(ready):
    with acting_as(ready.tenant, ready.pam) as pam:
        force_verdicts(ready.assessment, {"D1.01": "open"})
        with pytest.raises(Conflict) as refusal:
            open_round(ready.project, "G0", by=pam)
        assert refusal.value.code == "criteria_not_met"
        assert refusal.value.detail["current"] == ["G0.1"]


def test_signing_decides_and_moves_the_project(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam) as pam:
        decided = sign_round(row, ready.project, role="pmo", outcome="admit", revision_sha256=row.revision.sha256, by=pam)
        assert (decided.state, decided.outcome) == ("approved", "admit")
        assert Project.objects.get(pk=ready.project.pk).stage == "assessment"
        signature = Signature.objects.get(round=row)
        assert (signature.role_key, signature.revision_sha256) == ("pmo", row.revision.sha256)


def test_another_revision_on_the_screen_is_not_signed(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam) as pam, pytest.raises(Conflict):
        sign_round(row, ready.project, role="pmo", outcome="admit", revision_sha256="0" * 64, by=pam)


@pytest.mark.parametrize(("person", "role"), [("alice", "pmo"), ("dave", "pmo"), ("erin", "pmo"), ("carol", "compliance"), ("adam", "pmo")])
def test_others_cannot_sign(ready, person, role):
    row = _open(ready)
    with acting_as(ready.tenant, getattr(ready, person)) as actor, pytest.raises(NotAllowed):
        sign_round(row, ready.project, role=role, outcome="admit", revision_sha256=row.revision.sha256, by=actor)


def test_the_owner_never_signs_the_own_project(ready):
    """S3: Alice owns the project and holds the business role that G1 asks for."""
    with acting_as(ready.tenant, ready.pam) as pam:
        Project.objects.filter(pk=ready.project.pk).update(stage="assessment")
        ready.project.refresh_from_db()
        row = open_round(ready.project, "G1", by=pam)
    with acting_as(ready.tenant, ready.alice) as alice, pytest.raises(NotAllowed):
        sign_round(row, ready.project, role="business_owner", outcome="submit", revision_sha256=row.revision.sha256, by=alice)


def test_a_return_needs_words_and_leaves_the_stage(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam) as pam:
        with pytest.raises(Invalid):
            sign_round(row, ready.project, role="pmo", outcome="return", revision_sha256=row.revision.sha256, by=pam)
        decided = sign_round(
            row, ready.project, role="pmo", outcome="return", remark="受众不清", revision_sha256=row.revision.sha256, by=pam
        )
        assert decided.state == "returned"
        assert Project.objects.get(pk=ready.project.pk).stage == "intake"


def test_a_decided_round_is_not_signed_again(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam) as pam:
        sign_round(row, ready.project, role="pmo", outcome="admit", revision_sha256=row.revision.sha256, by=pam)
        with pytest.raises(Conflict):
            sign_round(row, ready.project, role="pmo", outcome="admit", revision_sha256=row.revision.sha256, by=pam)


def test_withdrawing_needs_a_reason_and_frees_the_gate(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam) as pam:
        with pytest.raises(Invalid):
            withdraw_round(row, ready.project, reason=" ", by=pam)
        withdraw_round(row, ready.project, reason="材料有误", by=pam)
        force_verdicts(ready.assessment)
    again = _open(ready)
    assert again.number == row.number + 1


def test_the_database_refuses_two_signatures_of_one_person(ready):
    row = _open(ready)
    with acting_as(ready.tenant, ready.pam):
        common = {
            "round": row,
            "word": "approve",
            "signed_by": ready.pam,
            "signed_person_id": ready.pam.person_id,
            "signed_at": row.opened_at,
        }
        Signature.objects.create(role_key="pmo", revision_sha256=row.revision.sha256, **common)
        with pytest.raises(IntegrityError), transaction.atomic():
            Signature.objects.create(role_key="business_owner", revision_sha256=row.revision.sha256, **common)


def test_conditions_need_owner_and_date(ready):
    with acting_as(ready.tenant, ready.carol) as carol:
        confirm_flag(ready.project, flag="before_activity_condition", text="网络安全审查待补事实，上线前补齐", by=carol)
    with acting_as(ready.tenant, ready.pam) as pam:
        Project.objects.filter(pk=ready.project.pk).update(stage="approval")
        ready.project.refresh_from_db()
        row = open_round(ready.project, "G2", by=pam)
    with acting_as(ready.tenant, ready.sam) as sam:
        with pytest.raises(Invalid):
            sign_round(row, ready.project, role="security", outcome="approve_with_conditions", revision_sha256=row.revision.sha256, by=sam)
        with pytest.raises(Invalid) as refusal:
            sign_round(
                row,
                ready.project,
                role="security",
                outcome="approve_with_conditions",
                conditions=[NewCondition("补齐日志", None, None)],
                revision_sha256=row.revision.sha256,
                by=sam,
            )
        assert set(refusal.value.detail["fields"]) == {"conditions.0.owner", "conditions.0.due_on"}


def test_an_administrator_does_not_sign_whatever_else_she_holds(ready):
    """S6: who grants roles decides no gate."""
    row = _open(ready)
    with acting_as(ready.tenant, ready.alice):
        membership = Membership.objects.get(user=ready.pam)
        MembershipRole.objects.create(membership=membership, role=Role.objects.get(kind="tenant", key="administrator"))
    with acting_as(ready.tenant, ready.pam) as pam, pytest.raises(NotAllowed, match="S6"):
        sign_round(row, ready.project, role="pmo", outcome="admit", revision_sha256=row.revision.sha256, by=pam)


def test_the_owner_lets_nobody_sign_the_own_project(ready):
    """S3 and S8: Alice holds the business role of G1 and delegates it to Bob."""
    today = timezone.localdate()
    with acting_as(ready.tenant, ready.alice) as alice:
        delegate(receiver=ready.bob, role_key="", project=None, starts_on=today, ends_on=today, reason="leave", by=alice)
    with acting_as(ready.tenant, ready.pam) as pam:
        Project.objects.filter(pk=ready.project.pk).update(stage="assessment")
        ready.project.refresh_from_db()
        row = open_round(ready.project, "G1", by=pam)
    with acting_as(ready.tenant, ready.bob) as bob, pytest.raises(NotAllowed):
        sign_round(row, ready.project, role="business_owner", outcome="submit", revision_sha256=row.revision.sha256, by=bob)
