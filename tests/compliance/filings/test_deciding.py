"""Decisions on filings: who, two people of two roles, versions, lapses, and what they count for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.checklists.models import Answer
from assessments.scoring.registry import filing_provider
from compliance.filings import actions
from compliance.filings.evaluation import evaluate_project
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.subjects import view_for
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.projects.models import FactAnswer, ProjectMember
from portal.roles.models import MembershipRole
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI

CONFIRM, SECOND, WITHDRAW = actions.decide_filing, actions.second_decision, actions.withdraw_decision


def test_facts_put_filings_on_record_and_tell_compliance(stage):
    row = stage.row()
    assert (row.result, row.decision, row.state) == ("required", "none", "not_assessed")
    with acting_as(stage.tenant, stage.carol):
        assert Notice.objects.filter(user=stage.carol, kind="compliance.filings_to_decide").count() == 1


def test_a_confirmed_filing_enters_its_procedure_at_once(stage):
    stage.do("carol", CONFIRM, confirm=True)
    row = stage.row()
    assert (row.decision, row.state, row.decided_role, row.decided_by) == ("confirmed", "to_prepare", "compliance", stage.carol)
    assert row.decided_facts["audience" if "audience" in row.decided_facts else "public_facing"]
    with acting_as(stage.tenant, stage.carol):
        assert AuditEvent.objects.filter(verb="compliance.filing.confirmed").count() == 1
        assert FilingEvent.objects.filter(filing=row, verb="confirmed").count() == 1
        assert Notice.objects.filter(user=stage.sam, kind="compliance.filing_to_second").exists()


def test_a_recurring_filing_is_scheduled(stage):
    with acting_as(stage.tenant, stage.carol):
        regime = Filing.objects.filter(project=stage.project, gate="recurring").values_list("regime", flat=True).first()
    assert regime is not None, "the facts of the stage call for no recurring filing"
    stage.do("carol", CONFIRM, regime=regime, confirm=True, reason="it does")
    assert stage.row(regime).state == "scheduled"


def test_rejecting_a_required_filing_needs_a_reason(stage):
    with pytest.raises(Invalid):
        stage.do("carol", CONFIRM, confirm=False)
    stage.do("carol", CONFIRM, confirm=False, reason="Counsel: no mainland users.")
    assert stage.row().decision == "rejected"


def test_it_is_not_applicable_only_when_two_people_say_so(stage):
    stage.do("carol", CONFIRM, confirm=False, reason="Counsel says so.")
    assert stage.row().state == "not_assessed"
    assert GENAI in _open(stage)
    stage.do("sam", SECOND)
    assert (stage.row().state, stage.row().second_role) == ("not_applicable", "security")
    assert GENAI not in _open(stage)


def _open(stage) -> tuple[str, ...]:
    with acting_as(stage.tenant, stage.carol):
        view = view_for(stage.project)
        return filing_provider().counts(stage.project.pk, view.env, view.today, view.filings).open_ids["before_launch"]


def test_a_filing_that_the_rules_exclude_can_be_confirmed_and_counts_at_once(stage):
    with acting_as(stage.tenant, stage.carol):
        name = next(
            name
            for name, one in view_for(stage.project).filings.items()
            if one.result == "not_applicable" and one.filing.gate == "before_launch" and one.timing.state == "in_force"
        )
    assert stage.row(name) is None
    with pytest.raises(Invalid):
        stage.do("carol", CONFIRM, regime=name, confirm=True)
    stage.do("carol", CONFIRM, regime=name, confirm=True, reason="The province asks for it.")
    assert stage.row(name).state == "to_prepare"
    assert name in _open(stage)


@pytest.mark.parametrize("who", ["pam", "bob", "dave", "adam", "erin", "alice"])
def test_only_compliance_decides(stage, who):
    with pytest.raises(NotAllowed):
        stage.do(who, CONFIRM, confirm=True)


def test_the_owner_of_a_project_does_not_decide_on_it(stage):
    """S3, also for a compliance officer."""
    with acting_as(stage.tenant, stage.carol):
        type(stage.project).objects.filter(pk=stage.project.pk).update(owner=stage.carol)
        stage.project.refresh_from_db()
    with pytest.raises(NotAllowed):
        stage.do("carol", CONFIRM, confirm=True)


def test_nobody_seconds_the_own_decision(stage):
    with acting_as(stage.tenant, stage.carol):
        ProjectMember.objects.create(project=stage.project, user=stage.carol, role_key="security", starts_on="2026-01-01")
    stage.do("carol", CONFIRM, confirm=True)
    with pytest.raises(NotAllowed, match="yourself"):
        stage.do("carol", SECOND)


def test_a_second_account_of_the_same_person_does_not_help(stage):
    from django.contrib.auth import get_user_model

    get_user_model().objects.filter(pk=stage.sam.pk).update(person_id=stage.carol.person_id)
    stage.sam.refresh_from_db()
    stage.do("carol", CONFIRM, confirm=True)
    with pytest.raises(NotAllowed):
        stage.do("sam", SECOND)


def test_a_second_person_of_the_same_role_does_not_complete_the_pair(stage):
    with acting_as(stage.tenant, stage.carol):
        ProjectMember.objects.create(project=stage.project, user=stage.bob, role_key="compliance", starts_on="2026-01-01")
        ProjectMember.objects.filter(project=stage.project, user=stage.bob).exclude(role_key="compliance").delete()
    stage.do("carol", CONFIRM, confirm=True)
    with pytest.raises(NotAllowed, match="two different roles"):
        stage.do("bob", SECOND)


def test_the_executive_may_be_the_second_person(stage):
    stage.do("carol", CONFIRM, confirm=True)
    stage.do("erin", SECOND)
    assert stage.row().second_role in ("exec_sponsor", "executive")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"second_person_id": "same", "second_role": "security"}, "filing_two_persons"),
        ({"second_person_id": "other", "second_role": "compliance"}, "filing_two_roles"),
        ({"second_person_id": "other", "second_role": "finance", "decided_role": "pmo"}, "filing_two_roles"),
        ({"second_person_id": "other", "second_role": "security", "decided_person_id": None}, "filing_second_after_first"),
    ],
)
def test_the_database_holds_rule_s2(stage, changes, constraint):
    stage.do("carol", CONFIRM, confirm=True)
    people = {"same": stage.carol.person_id, "other": stage.sam.person_id}
    values = {name: people.get(value, value) if name == "second_person_id" else value for name, value in changes.items()}
    with acting_as(stage.tenant, stage.carol), pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Filing.objects.filter(project=stage.project, regime=GENAI).update(**values)


def test_an_objection_takes_the_decision_back(stage):
    stage.do("carol", CONFIRM, confirm=True)
    with pytest.raises(Invalid):
        stage.do("sam", SECOND, agree=False)
    stage.do("sam", SECOND, agree=False, reason="We have no public users.")
    assert (stage.row().decision, stage.row().state) == ("none", "not_assessed")
    with acting_as(stage.tenant, stage.carol):
        assert Notice.objects.filter(user=stage.carol, kind="compliance.filing_decided").exists()


def test_a_decision_is_taken_back_with_a_reason_and_decided_anew(stage):
    stage.decided(confirm=False, reason="no")
    with pytest.raises(Conflict):
        stage.do("carol", CONFIRM, confirm=True)
    with pytest.raises(Invalid):
        stage.do("carol", WITHDRAW, reason=" ")
    stage.do("carol", WITHDRAW, reason="new facts")
    assert (stage.row().decision, stage.row().state, stage.row().second_by_id) == ("none", "not_assessed", None)
    stage.do("carol", CONFIRM, confirm=True)
    assert stage.row().state == "to_prepare"


def test_a_stale_version_carries_what_stands_now(stage):
    seen = stage.row().version
    stage.do("carol", CONFIRM, confirm=True)
    with pytest.raises(Conflict) as refusal:
        stage.do("carol", WITHDRAW, reason="x", version=seen)
    assert refusal.value.code == "stale_version"
    assert refusal.value.detail["current"]["decision"] == "confirmed"
    assert refusal.value.detail["current"]["decided_by"] == "Carol"
    assert stage.row().decision == "confirmed"


def _save_fact(stage, key, value):
    with acting_as(stage.tenant, stage.alice):
        FactAnswer.objects.filter(project=stage.project, fact_key=key).update(value=value)
        return evaluate_project(stage.project, by=stage.alice)


def test_a_decision_lapses_when_a_fact_it_rests_on_changes(stage):
    stage.decided(confirm=False, reason="no")
    assert _save_fact(stage, "model_origin", "self_trained").lapsed == [GENAI]
    row = stage.row()
    assert (row.decision, row.decided_by_id, row.second_person_id, row.state) == ("none", None, None, "not_assessed")
    with acting_as(stage.tenant, stage.alice):
        event = FilingEvent.objects.get(filing=row, verb="decision_lapsed")
        assert (event.old_state, event.new_state) == ("not_applicable", "not_assessed")
        assert event.detail["facts"]["model_origin"] == ["fine_tuned", "self_trained"]
        assert Notice.objects.filter(user=stage.carol, kind="compliance.filing_decision_lapsed").exists()


def test_whoever_no_longer_sees_the_project_hears_nothing_of_a_lapse(stage):
    stage.decided(confirm=False, reason="no")
    with acting_as(stage.tenant, stage.alice):
        stage.project.confidential = True
        stage.project.save(update_fields=["confidential"])
        yesterday = timezone.localdate() - timedelta(days=1)
        ProjectMember.objects.filter(project=stage.project, user=stage.carol).update(starts_on=yesterday, ends_on=yesterday)
        MembershipRole.objects.filter(membership__user=stage.carol).delete()
    assert _save_fact(stage, "model_origin", "self_trained").lapsed == [GENAI]
    with acting_as(stage.tenant, stage.alice):
        assert not Notice.objects.filter(user=stage.carol, kind="compliance.filing_decision_lapsed").exists()


def test_a_decision_stands_when_another_fact_changes(stage):
    stage.decided()
    assert _save_fact(stage, "route", "rag").lapsed == []
    assert stage.row().decision == "confirmed"


def test_work_done_survives_a_lapse(stage):
    stage.decided()
    stage.do("carol", actions.step_filing, to="preparing")
    _save_fact(stage, "model_origin", "self_trained")
    assert (stage.row().decision, stage.row().state) == ("none", "preparing")
    stage.do("carol", CONFIRM, confirm=True)
    assert stage.row().state == "preparing"


def test_decisions_feed_the_summary_and_the_items(stage):
    with acting_as(stage.tenant, stage.carol):
        stage.project.summary.refresh_from_db()
        before = stage.project.summary.filings_unconfirmed
    stage.decided()
    with acting_as(stage.tenant, stage.carol):
        stage.project.summary.refresh_from_db()
        assert stage.project.summary.filings_unconfirmed == before - 1


def test_open_filings_feed_the_item_that_asks_for_them(stage):
    """D1.10 fails while a filing before launch is open, passes when all are done, and vanishes when none applies."""

    def item() -> tuple[bool, str]:
        with acting_as(stage.tenant, stage.carol):
            row = Answer.objects.get(assessment__project=stage.project, item_key="D1.10")
            return row.applies, row.verdict

    assert item() == (True, "fail")
    for regime in set(_open(stage)) - {GENAI}:
        stage.decided(regime, confirm=False, reason="Counsel says so.")
    assert item() == (True, "fail")
    stage.decided()
    with acting_as(stage.tenant, stage.carol):
        Filing.objects.filter(project=stage.project, regime=GENAI).update(state="under_review")
    stage.do("carol", actions.step_filing, to="approved", on=timezone.localdate(), number="Guangdong-Xinghe-202611010001")
    assert _open(stage) == ()
    assert item() == (True, "pass")
    stage.do("carol", actions.step_filing, to="revoked", on=timezone.localdate(), note="withdrawn by the authority")
    assert item() == (True, "fail")


def test_other_organisations_see_nothing(stage):
    with acting_as(stage.other, stage.mallory):
        assert not Filing.objects.filter(regime=GENAI).exists()
