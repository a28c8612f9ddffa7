"""The queue through its addresses: strange numbers, decisions that came too late, reasons that are missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.checklists.models import Answer
from assessments.checklists.rescore import rescore
from assessments.reviews import actions
from assessments.reviews.actions import decide_items
from assessments.reviews.waiving import delegate
from portal.tenants.entry import acting_as
from tests.assessments.checklists.doors import client_of
from tests.assessments.reviews.test_reviewing import KEY, waiting

__all__ = ["waiting"]


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "x"])
def test_strange_numbers_are_no_fault_of_ours(waiting, number):
    client = client_of(waiting.bob)
    assert client.get("/t/xinghe/review/", {"dimension": f"D{number[:50]}"}).status_code == 200
    choice = {"choice": f"{waiting.answer.pk}:{number}", "outcome": "approved"}
    assert client.post("/t/xinghe/review/decide/", choice).status_code == 303
    url = f"/t/xinghe/projects/{waiting.project.pk}/review/{KEY}/decide/"
    assert client.post(url, {"version": number, "outcome": "approved"}).status_code == 409
    with acting_as(waiting.tenant, waiting.bob):
        assert Answer.objects.get(pk=waiting.answer.pk).state == "in_review"


def test_who_comes_too_late_reads_which_item_somebody_else_decided(waiting):
    with acting_as(waiting.tenant, waiting.bob):
        Answer.objects.filter(pk=waiting.answer.pk).update(state="answered")
    choice = {"choice": f"{waiting.answer.pk}:1", "outcome": "approved"}
    page = client_of(waiting.bob).post("/t/xinghe/review/decide/", choice, follow=True)
    assert f"{KEY}: Somebody else decided first" in page.text


def test_returning_several_without_a_reason_changes_nothing(waiting):
    choice = {"choice": f"{waiting.answer.pk}:{waiting.answer.version}", "outcome": "returned", "reason": " "}
    page = client_of(waiting.bob).post("/t/xinghe/review/decide/", choice, follow=True)
    assert "Say what is missing" in page.text
    with acting_as(waiting.tenant, waiting.bob):
        assert Answer.objects.get(pk=waiting.answer.pk).state == "in_review"


def test_several_decisions_on_one_project_are_scored_once(waiting, monkeypatch):
    scored = []
    monkeypatch.setattr(actions, "rescore", lambda *given, **more: scored.append(more["changed"]) or rescore(*given, **more))
    with acting_as(waiting.tenant, waiting.bob) as bob:
        fields = {"state": "in_review", "answered_by": waiting.sam, "answered_person_id": waiting.sam.person_id, "content_hash": "a" * 64}
        more = Answer.objects.filter(assessment=waiting.answer.assessment, approve_role=waiting.roles[1], applies=True)
        keys = list(more.exclude(pk=waiting.answer.pk).values_list("item_key", flat=True)[:2])
        rows = list(more.filter(item_key__in=[KEY, *keys]))
        Answer.objects.filter(pk__in=[row.pk for row in rows]).update(**fields)
        project_of = {row.pk: waiting.project for row in rows}
        results = decide_items([(row.pk, row.version) for row in rows], outcome="returned", reason="no", by=bob, project_of=project_of)
        assert [one.refusal for one in results] == [""] * 3
    assert scored == [{KEY, *keys}]


def test_a_delegation_that_begins_later_is_not_shown_as_in_force(waiting):
    day = timezone.localdate() + timedelta(days=3)
    with acting_as(waiting.tenant, waiting.bob) as bob:
        delegate(receiver=waiting.erin, role_key="", project=None, starts_on=day, ends_on=day, reason="leave", by=bob)
    page = client_of(waiting.erin).get("/t/xinghe/delegations/")
    assert "not yet in force" in page.text
    assert ">in force<" not in page.text
