"""Proofs: what attaching, taking off, changing, removing and expiring do to the items that rest on them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assessments.checklists import tasks
from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.evidence import (
    add_evidence,
    attach_evidence,
    change_evidence,
    detach_evidence,
    remove_evidence,
)
from assessments.checklists.models import Answer, Evidence
from assessments.checklists.tasks import expire_evidence, expire_evidence_everywhere
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import require_scope, tenant_context
from portal.notices.models import Notice
from portal.tenants.models import Tenant
from tests.assessments.checklists.test_answering import approve
from tests.assessments.checklists.test_files import PDF

LONG = "An answer that is long enough to count as one, and then a little longer still. " * 2


def upload(name="report.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def proven(checklist):
    """D1.01 answered by Alice with one proof, approved by Bob."""
    with checklist.actor(checklist.alice) as alice:
        save_answer(visible_answer(checklist.project, "D1.01"), value=LONG, version=1, by=alice)
        checklist.proof = add_evidence(
            checklist.project, kind="file", upload=upload(), by=alice, attach_to=[visible_answer(checklist.project, "D1.01")]
        )
        approve(checklist.answer("D1.01"), checklist.bob)
    return checklist


def test_a_proof_makes_the_verdict(checklist):
    with checklist.actor(checklist.alice) as alice:
        saved = save_answer(visible_answer(checklist.project, "D1.01"), value=LONG, version=1, by=alice)
        assert saved.verdict == "attention"
        add_evidence(checklist.project, kind="note", text="minutes", by=alice, attach_to=[visible_answer(checklist.project, "D1.01")])
        row = checklist.answer("D1.01")
        assert (row.verdict, row.evidence_count, row.version) == ("pass", 1, 3)


def test_a_file_item_is_answered_by_its_file(checklist):
    with checklist.actor(checklist.alice) as alice:
        answer = visible_answer(checklist.project, "D2.01")
        same = save_answer(answer, value={"approved": False}, version=1, by=alice)
        assert (same.state, same.version) == ("open", 1)
        add_evidence(checklist.project, kind="file", upload=upload(), by=alice, attach_to=[answer])
        row = checklist.answer("D2.01")
        assert (row.state, row.verdict) == ("answered", "attention")
        save_answer(row, value={"approved": "on"}, version=row.version, by=alice)
        assert checklist.answer("D2.01").verdict == "pass"


def test_one_proof_serves_many_items(proven):
    with proven.actor(proven.alice) as alice:
        changed = attach_evidence([visible_answer(proven.project, key) for key in ("D1.02", "D1.12", "D1.01")], proven.proof, by=alice)
        assert [one.item_key for one in changed] == ["D1.02", "D1.12"]
        assert proven.answer("D1.01").state == "approved"
        assert {proven.answer(key).evidence_count for key in ("D1.02", "D1.12")} == {1}


@pytest.mark.parametrize("act", ["attach", "detach", "expiry", "remove"])
def test_every_change_of_proofs_lifts_the_approval(proven, act):
    with proven.actor(proven.alice) as alice:
        before = proven.answer("D1.01")
        proof = Evidence.objects.select_related("project").get(pk=proven.proof.pk)
        if act == "attach":
            add_evidence(proven.project, kind="note", text="more", by=alice, attach_to=[visible_answer(proven.project, "D1.01")])
        elif act == "detach":
            detach_evidence(before, proof, by=alice)
        elif act == "expiry":
            change_evidence(proof, name=proof.name, expires_on=timezone.localdate() + timedelta(days=90), personal_data=False, by=alice)
        else:
            assert [one.item_key for one in remove_evidence(proof, by=alice)] == ["D1.01"]
        row = proven.answer("D1.01")
        assert row.state == "answered"
        assert row.content_hash != before.content_hash
        assert (row.approved_by_id, row.approved_hash, row.version) == (None, "", before.version + 1)


def test_a_corrected_name_lifts_nothing(proven):
    with proven.actor(proven.alice) as alice:
        proof = Evidence.objects.select_related("project").get(pk=proven.proof.pk)
        change_evidence(proof, name="Report, final.pdf", expires_on=None, personal_data=True, by=alice)
        assert proven.answer("D1.01").state == "approved"


def test_a_removed_proof_keeps_its_bytes_for_signed_revisions(proven):
    with proven.actor(proven.alice) as alice:
        proof = Evidence.objects.select_related("project").get(pk=proven.proof.pk)
        remove_evidence(proof, by=alice)
        kept = Evidence.objects.get(pk=proof.pk)
        assert kept.removed_at is not None
        assert default_storage.open(kept.file_key).read() == PDF
        with pytest.raises(Conflict):
            attach_evidence([visible_answer(proven.project, "D1.02")], kept, by=alice)
        with pytest.raises(Conflict):
            remove_evidence(proof, by=alice)
        again = add_evidence(proven.project, kind="file", upload=upload(), by=alice)
        assert again.pk != proof.pk


def test_somebody_else_s_proof_is_removed_by_the_owner_only(proven):
    with proven.actor(proven.bob) as bob:
        proof = Evidence.objects.select_related("project").get(pk=proven.proof.pk)
        with pytest.raises(NotAllowed):
            remove_evidence(proof, by=bob)
        own = add_evidence(proven.project, kind="note", text="Bob's", by=bob)
    with proven.actor(proven.alice) as alice:
        remove_evidence(Evidence.objects.select_related("project").get(pk=own.pk), by=alice)


def test_proofs_that_are_over_cannot_be_added_or_attached(checklist):
    yesterday = timezone.localdate() - timedelta(days=1)
    with checklist.actor(checklist.alice) as alice:
        with pytest.raises(Invalid) as caught:
            add_evidence(checklist.project, kind="note", text="x", expires_on=yesterday, by=alice)
        assert "expires_on" in caught.value.detail["fields"]
        proof = add_evidence(checklist.project, kind="note", text="x", by=alice)
        Evidence.objects.filter(pk=proof.pk).update(expires_on=yesterday)
        with pytest.raises(Conflict) as refused:
            attach_evidence(
                [visible_answer(checklist.project, "D1.01")], Evidence.objects.select_related("project").get(pk=proof.pk), by=alice
            )
        assert refused.value.code == "evidence_expired"


def test_a_failed_upload_leaves_no_bytes(checklist, monkeypatch, tmp_path):
    monkeypatch.setattr("assessments.checklists.actions.evidence.record_act", lambda *a, **k: 1 / 0)
    with checklist.actor(checklist.alice) as alice, pytest.raises(ZeroDivisionError):
        add_evidence(checklist.project, kind="file", upload=upload(), by=alice)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def run_out(world, days=-1, on=None):
    with tenant_context(world.tenant.pk):
        Evidence.objects.filter(pk=world.proof.pk).update(expires_on=on or timezone.localdate() + timedelta(days=days))


def test_an_expired_proof_reopens_its_items_once_and_tells_people(proven):
    run_out(proven)
    with tenant_context(proven.tenant.pk):
        assert expire_evidence(proven.tenant.pk) == 1
        row = proven.answer("D1.01")
        assert (row.state, row.verdict, row.approved_by_id) == ("expired", "attention", None)
        assert row.answered_by_id == proven.alice.pk
        assert expire_evidence(proven.tenant.pk) == 0
        notice = Notice.objects.get(kind="assessments.evidence_expired")
        assert (notice.user_id, notice.params["items"]) == (proven.alice.pk, ["D1.01"])


def test_an_expired_item_is_cured_by_a_newer_proof_not_by_typing(proven):
    run_out(proven)
    with tenant_context(proven.tenant.pk):
        expire_evidence(proven.tenant.pk)
    with proven.actor(proven.alice) as alice:
        row = proven.answer("D1.01")
        assert save_answer(row, value=LONG + "!", version=row.version, by=alice).state == "expired"
        proof = Evidence.objects.select_related("project").get(pk=proven.proof.pk)
        change_evidence(proof, name=proof.name, expires_on=timezone.localdate() + timedelta(days=365), personal_data=False, by=alice)
        assert proven.answer("D1.01").state == "answered"


@pytest.mark.parametrize("state", ["waived", "not_applicable", "open"])
def test_what_is_settled_otherwise_does_not_expire(proven, state):
    run_out(proven)
    with tenant_context(proven.tenant.pk):
        Answer.objects.filter(pk=proven.answer("D1.01").pk).update(state=state)
        assert expire_evidence(proven.tenant.pk) == 0
        assert proven.answer("D1.01").state == state


def test_a_proof_about_to_expire_is_announced_once(proven):
    run_out(proven, days=10)
    with tenant_context(proven.tenant.pk):
        assert expire_evidence(proven.tenant.pk) == 0
        assert expire_evidence(proven.tenant.pk) == 0
        assert Notice.objects.filter(kind="assessments.evidence_expiring").count() == 1


def test_the_daily_task_visits_every_organisation(proven):
    run_out(proven)
    assert expire_evidence_everywhere() == 1
    assert expire_evidence_everywhere() == 0


def test_a_fault_with_one_proof_or_organisation_does_not_stop_the_others(proven, monkeypatch):
    """Two proofs have run out and one of them cannot be worked on; so it is with the whole other organisation."""
    with proven.actor(proven.alice) as alice:
        second = add_evidence(proven.project, kind="note", text="x", by=alice, attach_to=[visible_answer(proven.project, "D1.02")])
        Evidence.objects.filter(pk__in=[proven.proof.pk, second.pk]).update(expires_on=timezone.localdate() - timedelta(days=1))
        Answer.objects.filter(pk=proven.answer("D1.02").pk).update(state="answered")
    right = tasks.expire_proof

    def broken(pk, day):
        if pk == proven.proof.pk:
            raise RuntimeError("broken file")
        return right(pk, day)

    listed = tasks.run_out

    def other_broken(day):
        if require_scope().tenant_id == proven.other.pk:
            raise RuntimeError("broken organisation")
        return listed(day)

    Tenant.objects.filter(pk=proven.other.pk).update(status="active")
    monkeypatch.setattr(tasks, "expire_proof", broken)
    monkeypatch.setattr(tasks, "run_out", other_broken)
    assert expire_evidence_everywhere() == 1
    with tenant_context(proven.tenant.pk):
        assert (proven.answer("D1.01").state, proven.answer("D1.02").state) == ("approved", "expired")


def test_days_are_those_of_the_organisation_and_suspended_ones_rest(proven):
    """On Kiritimati it is tomorrow already, wherever the person or the machine is; who is suspended is left alone."""
    Tenant.objects.filter(pk=proven.tenant.pk).update(time_zone="Pacific/Kiritimati")
    there, here = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
    today = timezone.localdate(timezone=there)
    assert timezone.localdate(timezone=here) < today
    with timezone.override(here), proven.actor(proven.alice) as alice:
        proof = Evidence.objects.select_related("project").get(pk=proven.proof.pk)
        with pytest.raises(Invalid):
            change_evidence(proof, name="n", expires_on=today - timedelta(days=1), personal_data=False, by=alice)
    run_out(proven, on=today - timedelta(days=1))
    Tenant.objects.filter(pk=proven.tenant.pk).update(status="suspended")
    with timezone.override(here):
        assert expire_evidence_everywhere() == 0
        Tenant.objects.filter(pk=proven.tenant.pk).update(status="active")
        assert expire_evidence_everywhere() == 1
