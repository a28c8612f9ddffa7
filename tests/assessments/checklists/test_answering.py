"""Answering: states, hash, approval, two people on one item, taking back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from assessments.checklists.actions.answers import save_answer, undo_answer
from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.models import Answer
from assessments.checklists.states import AnswerState
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import tenant_context

TEXT = "D1.01"
CHOICE = "D1.11"
LONG = "客服每天回答两千个重复问题，等待超过十分钟。模型先给出答案，人工确认后发出；没有模型时由二十人轮班，每月加班四百小时。" * 2


def approve(answer: Answer, user) -> None:
    Answer.objects.filter(pk=answer.pk).update(
        state="approved",
        approved_by=user,
        approved_person_id=user.person_id,
        approved_role="tech_lead",
        approved_at=timezone.now(),
        approved_hash=answer.content_hash,
    )


def test_a_saved_answer_is_answered_scored_and_hashed(checklist):
    with checklist.actor(checklist.alice) as alice:
        saved = save_answer(checklist.answer(TEXT), value=f"  {LONG} ", note="see the workshop", version=1, by=alice)
        assert (saved.state, saved.verdict, saved.version) == ("answered", "attention", 2)
        row = checklist.answer(TEXT)
        assert row.value == LONG.strip()
        assert (row.answered_by_id, row.answered_person_id) == (checklist.alice.pk, checklist.alice.person_id)
        assert len(row.content_hash) == 64
        assert saved.rescored.verdicts == {TEXT: ("open", "attention")}


def test_clearing_an_answer_opens_the_item_again(checklist):
    with checklist.actor(checklist.alice) as alice:
        save_answer(checklist.answer(TEXT), value=LONG, version=1, by=alice)
        cleared = save_answer(checklist.answer(TEXT), value="", version=2, by=alice)
        assert (cleared.state, cleared.verdict, cleared.value, cleared.content_hash) == ("open", "open", None, "")


def test_a_wrong_answer_names_its_fields_and_changes_nothing(checklist):
    with checklist.actor(checklist.alice) as alice:
        with pytest.raises(Invalid) as caught:
            save_answer(checklist.answer(CHOICE), value="maybe", version=1, by=alice)
        assert list(caught.value.detail["fields"]) == ["answer"]
        assert checklist.answer(CHOICE).version == 1


def test_not_applicable_needs_a_reason(checklist):
    with checklist.actor(checklist.alice) as alice:
        with pytest.raises(Invalid) as caught:
            save_answer(checklist.answer(CHOICE), value="na", version=1, by=alice)
        assert list(caught.value.detail["fields"]) == ["note"]
        assert save_answer(checklist.answer(CHOICE), value="na", note="no such use", version=1, by=alice).state == "answered"


def test_a_stale_save_carries_what_the_other_one_saved(checklist):
    with checklist.actor(checklist.bob) as bob:
        pass
    with checklist.actor(checklist.alice) as alice:
        first = checklist.answer(TEXT)
        save_answer(first, value="What Alice wrote. " * 6, note="a", version=1, by=alice)
        with pytest.raises(Conflict) as caught:
            save_answer(first, value="Something else. " * 6, version=1, by=alice)
        current = caught.value.detail["current"]
        assert current["value"].startswith("What Alice wrote")
        assert (current["by"], current["version"], current["note"]) == ("Alice", 2, "a")
        assert checklist.answer(TEXT).value.startswith("What Alice wrote")
    del bob


def test_a_proof_attached_while_somebody_types_is_no_conflict(checklist):
    with checklist.actor(checklist.alice) as alice:
        before = save_answer(checklist.answer(TEXT), value=LONG, note="n", version=1, by=alice).version
        add_evidence(checklist.project, kind="note", text="Seen.", by=alice, attach_to=[checklist.answer(TEXT)])
        assert checklist.answer(TEXT).version == before + 1
        saved = save_answer(checklist.answer(TEXT), value=LONG, note="typed meanwhile", version=before, by=alice)
        assert (saved.version, saved.note, saved.evidence_count) == (before + 2, "typed meanwhile", 1)
        with pytest.raises(Conflict):
            save_answer(checklist.answer(TEXT), value=LONG, note="typed on what was there before", version=before + 1, by=alice)


def test_the_same_save_twice_is_one_save(checklist):
    """Offline typing is sent again when the answer to the first attempt was lost."""
    with checklist.actor(checklist.alice) as alice:
        answer = checklist.answer(TEXT)
        save_answer(answer, value=LONG, note="n", version=1, by=alice)
        again = save_answer(answer, value=LONG, note="n", version=1, by=alice)
        assert again.version == 2
        assert save_answer(answer, value=LONG, note="n", version=2, by=alice).version == 2


@pytest.mark.parametrize("state", ["approved", "in_review"])
def test_a_change_lifts_the_approval(checklist, state):
    with checklist.actor(checklist.alice) as alice:
        answer = save_answer(checklist.answer(TEXT), value=LONG, version=1, by=alice)
        if state == "approved":
            approve(answer, checklist.bob)
        else:
            Answer.objects.filter(pk=answer.pk).update(state=state)
        changed = save_answer(checklist.answer(TEXT), value=LONG + "!", version=2, by=alice)
        row = checklist.answer(TEXT)
        assert changed.state == row.state == "answered"
        assert (row.approved_by_id, row.approved_person_id, row.approved_role, row.approved_at, row.approved_hash) == (
            None,
            None,
            "",
            None,
            "",
        )


def test_the_database_refuses_an_approval_of_other_content(checklist):
    with checklist.actor(checklist.alice) as alice:
        answer = save_answer(checklist.answer(TEXT), value=LONG, version=1, by=alice)
        approve(answer, checklist.bob)
        with pytest.raises(IntegrityError, match="answer_approval_bound"), transaction.atomic():
            Answer.objects.filter(pk=answer.pk).update(value="other", content_hash="0" * 64)


def test_the_database_refuses_that_one_person_answers_and_approves(checklist):
    with checklist.actor(checklist.alice) as alice:
        answer = save_answer(checklist.answer(TEXT), value=LONG, version=1, by=alice)
        with pytest.raises(IntegrityError, match="answer_two_persons"), transaction.atomic():
            approve(answer, checklist.alice)


def test_the_approver_may_answer_afterwards_which_ends_the_approval(checklist):
    with checklist.actor(checklist.alice) as alice:
        answer = save_answer(checklist.answer("D1.03"), value="customer_service", version=1, by=alice)
        approve(answer, checklist.bob)
    with checklist.actor(checklist.bob) as bob, pytest.raises(NotAllowed):
        save_answer(checklist.answer("D1.03"), value="search", version=2, by=bob)
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(item_key="D1.03", project=checklist.project).update(assignee=checklist.bob)
    with checklist.actor(checklist.bob) as bob:
        changed = save_answer(checklist.answer("D1.03"), value="search", version=2, by=bob)
        assert (changed.state, changed.answered_person_id, changed.approved_person_id) == ("answered", checklist.bob.person_id, None)


def test_a_waiver_stands_while_the_item_is_answered(checklist):
    with checklist.actor(checklist.alice) as alice:
        Answer.objects.filter(pk=checklist.answer("D1.03").pk).update(state=AnswerState.WAIVED)
        assert save_answer(checklist.answer("D1.03"), value="search", version=1, by=alice).state == "waived"


def test_undo_brings_the_former_value_back_as_a_new_version(checklist):
    with checklist.actor(checklist.alice) as alice:
        save_answer(checklist.answer(TEXT), value="First. " * 20, note="one", version=1, by=alice)
        save_answer(checklist.answer(TEXT), value="Second. " * 20, note="two", version=2, by=alice)
        back = undo_answer(checklist.answer(TEXT), version=3, by=alice)
        assert (back.value, back.note, back.version) == (("First. " * 20).strip(), "one", 4)
        again = undo_answer(checklist.answer(TEXT), version=4, by=alice)
        assert again.value.startswith("Second.")
        with pytest.raises(Conflict):
            undo_answer(checklist.answer(TEXT), version=4, by=alice)


def test_there_is_nothing_to_undo_on_a_fresh_item(checklist):
    with checklist.actor(checklist.alice) as alice, pytest.raises(Conflict) as caught:
        undo_answer(checklist.answer(TEXT), version=1, by=alice)
    assert caught.value.code == "nothing_to_undo"


def test_every_save_leaves_a_trail(checklist):
    with checklist.actor(checklist.alice) as alice:
        answer = save_answer(checklist.answer(TEXT), value=LONG, version=1, by=alice)
        with connection.cursor() as cursor:
            cursor.execute("select kind, verb, user_id from portal_auditevent where row_id = %s order by at", [str(answer.pk)])
            rows = cursor.fetchall()
    assert ("act", "assessments.item.answered", checklist.alice.pk) in rows
    assert ("row", "update", checklist.alice.pk) in rows


def test_saving_takes_few_statements(checklist, django_assert_max_num_queries):
    with checklist.actor(checklist.alice) as alice:
        answer = checklist.answer("D1.03")
        with django_assert_max_num_queries(16):
            save_answer(answer, value="customer_service", version=1, by=alice)
