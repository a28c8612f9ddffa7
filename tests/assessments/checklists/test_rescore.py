"""Scores: kept counters equal a recount, one answer re-judges only what reads it, tier changes of the content's vectors."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.db import connection, transaction

from assessments.checklists.dependencies import dependencies
from assessments.checklists.effects import checklist_effects
from assessments.checklists.lifecycle import start_assessment
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.recounting import recount
from assessments.checklists.registry import GateFacts
from assessments.checklists.rescore import lock_assessment, rescore
from assessments.checklists.states import AnswerState
from portal.catalogue import catalogue
from portal.catalogue.parts import Item
from portal.core.tenancy import tenant_context
from portal.projects import registry
from portal.projects.facts.actions import save_facts
from portal.projects.models import FactAnswer, Project, ProjectSummary
from tests.factories import cast

VECTORS = Path(__file__).resolve().parents[2] / "data" / "vectors" / "tiers.yaml"
CHANGES = yaml.safe_load(VECTORS.read_text(encoding="utf-8"))["changes"]


def store_facts(project: Project, facts: dict[str, Any], by: Any) -> None:
    """Facts of a vector, organisation-wide ones where they belong."""
    from django.utils import timezone

    content = catalogue()
    FactAnswer.objects.all().delete()
    rows = []
    for key, value in facts.items():
        fact = content.facts[key]
        if fact.group == "system":
            continue
        owner = None if fact.scope == "organisation" else project
        rows.append(FactAnswer(project=owner, fact_key=key, value=value, answered_by=by, answered_at=timezone.now()))
    FactAnswer.objects.bulk_create(rows)


def some_value(item: Item, dice: random.Random) -> Any:
    """A value that the item could hold; not always a good one."""
    match item.answer_type:
        case "yes_no_na":
            return dice.choice(["yes", "no", "na"])
        case "single_choice":
            return dice.choice(list(item.choices))
        case "multi_choice":
            return [one for one in item.choices if dice.random() < 0.5]
        case "number" | "money":
            value: Any = str(dice.choice([0, 1, 30, 1000, "12.5"]))
        case "percent":
            value = str(dice.choice([0, 8, 50, 95, "99.5"]))
        case "date":
            value = "2027-02-01"
        case "text":
            value = "Some words."
        case "table":
            return [{name: some_cell(column, dice) for name, column in item.fields.items()} for _row in range(dice.randint(1, 4))]
        case _:
            value = None
    if item.answer_type == "file":
        return {"approved": dice.random() < 0.5, **{name: some_cell(column, dice) for name, column in item.fields.items()}}
    return {"value": value, **{name: some_cell(column, dice) for name, column in item.fields.items()}} if item.fields else value


def some_cell(column: Any, dice: random.Random) -> str:
    match column.type:
        case "number" | "money":
            return str(dice.choice([1, 5, 200]))
        case "percent":
            return str(dice.choice([5, 60, 90]))
        case "date":
            return "2027-01-15"
        case "choice":
            return dice.choice(list(column.choices))
    return dice.choice(["A", "R", "Wang", "scenario 1"])


def answer(assessment: Assessment, key: str, value: Any) -> None:
    """Store an answer as the checklist would, without its page."""
    state = AnswerState.OPEN if value is None else AnswerState.ANSWERED
    Answer.objects.filter(assessment=assessment, item_key=key).update(value=value, state=state)


@pytest.fixture
def assessment(in_tenant: SimpleNamespace) -> Assessment:
    """An assessment on a few facts."""
    facts = {"markets": ["CN"], "audience": ["public"], "route": "rag", "hosting": "cloud_api", "generates": ["text", "image"]}
    save_facts(in_tenant.project, facts, by=in_tenant.alice, quietly=True)
    registry.project_registered(in_tenant.project, by=in_tenant.alice)
    return Assessment.objects.get(project=in_tenant.project)


def test_start_makes_129_rows_and_gives_them_to_the_roles(in_tenant: SimpleNamespace, assessment: Assessment) -> None:
    rows = Answer.objects.filter(assessment=assessment)
    assert rows.count() == 129
    assert set(rows.filter(answer_role="business_owner", applies=True).exclude(assignee=None).values_list("assignee", flat=True)) == {
        in_tenant.alice.pk
    }
    assert start_assessment(in_tenant.project, by=in_tenant.bob).pk == assessment.pk
    assert rows.count() == 129
    assert recount(assessment.pk) == []


def test_random_answers_leave_the_same_as_a_recount(assessment: Assessment) -> None:
    """Item by item through the fast path, always equal to working everything out anew."""
    dice = random.Random(7)
    content = catalogue()
    items = [item for item in content.items.values() if not item.computed]
    for number in range(150):
        item = dice.choice(items)
        answer(assessment, item.id, None if dice.random() < 0.1 else some_value(item, dice))
        rescore(assessment, changed={item.id})
        if number % 30 == 0:
            assert recount(assessment.pk) == []
    assert recount(assessment.pk) == []
    done = rescore(assessment)
    assert not done.verdicts
    assert not done.changed


def test_one_answer_judges_only_what_reads_it() -> None:
    graph = dependencies(catalogue())
    touched = graph.touched({"D8.04"})
    assert {"D8.04", "D8.07"} <= touched.items
    assert len(touched.items) < 12
    assert touched.calculators == {"C-D8-FT"}
    assert graph.touched({"D1.02"}).items == {"D1.02"}


def test_a_computed_item_goes_back_when_its_figures_move(in_tenant: SimpleNamespace, assessment: Assessment) -> None:
    answer(assessment, "D8.04", "yes")
    rescore(assessment, changed={"D8.04"})
    row = Answer.objects.get(assessment=assessment, item_key="D8.08")
    Answer.objects.filter(pk=row.pk).update(
        state=AnswerState.APPROVED,
        approved_person_id=in_tenant.carol.person_id,
        approved_by=in_tenant.carol,
        approved_hash=row.content_hash,
    )
    for key in ("D8.05", "D8.06"):
        answer(assessment, key, "yes")
    rescore(assessment, changed={"D8.05", "D8.06"})
    after = Answer.objects.get(pk=row.pk)
    assert after.content_hash != row.content_hash
    assert (after.state, after.approved_person_id, after.approved_hash) == (AnswerState.ANSWERED, None, "")
    assert recount(assessment.pk) == []


def test_one_answer_is_quick(assessment: Assessment, django_assert_max_num_queries: Any) -> None:
    """Few statements; the time is ten times what a quiet machine needs, so that only a change of order of magnitude fails."""
    rescore(assessment, changed={"D1.02"})
    with django_assert_max_num_queries(9):
        rescore(assessment, changed={"D1.02"})
    began = time.process_time()
    for number in range(20):
        answer(assessment, "D8.04", "yes" if number % 2 else "no")
        rescore(assessment, changed={"D8.04"})
    assert (time.process_time() - began) / 20 < 0.4


def test_starting_is_quick(in_tenant: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    """A fixed number of statements, however many items there are."""
    catalogue()
    with django_assert_max_num_queries(25):
        start_assessment(in_tenant.project, by=in_tenant.alice)


@pytest.mark.parametrize("vector", CHANGES, ids=[vector["id"] for vector in CHANGES])
def test_differences_agree_with_the_vectors(in_tenant: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, vector: dict[str, Any]) -> None:
    """Facts before and after, answers, a raise and decided gates, as the content's own vectors state them."""
    project, alice = in_tenant.project, in_tenant.alice
    before, after, wanted = vector["before"], vector["after"], vector["expected"]
    monkeypatch.setattr("assessments.checklists.effects.gate_facts", lambda project: GateFacts(decided=tuple(vector.get("decided") or ())))
    store_facts(project, before["facts"], alice)
    registry.project_registered(project, by=alice)
    assessment = Assessment.objects.get(project=project)
    for key, value in (before.get("answers") or {}).items():
        answer(assessment, key, value)
    Assessment.objects.filter(pk=assessment.pk).update(tier_raised=before.get("raised") or "")
    rescore(assessment)
    assert assessment.tier == wanted["from"]
    if (before.get("raised") or "") == (after.get("raised") or ""):
        lines = checklist_effects(project, before["facts"], after["facts"])
    else:
        from assessments.checklists.effects import tier_effects

        lines = tier_effects(assessment, after.get("raised") or "")
    risen = any(line.kind == "tier_rises" for line in lines)
    opened = [line.key for line in lines if line.kind == "item_opens"] if risen else []
    assert len(opened) == wanted["opened"]
    assert [line.key for line in lines if line.kind == "gate_stale"] == wanted["stale"]
    store_facts(project, after["facts"], alice)
    Assessment.objects.filter(pk=assessment.pk).update(tier_raised=after.get("raised") or "")
    done = rescore(assessment)
    assert done.tier == (wanted["from"], wanted["to"])
    assert len(done.opened) == wanted["opened"]
    assert recount(assessment.pk) == []


def test_an_answer_given_freely_goes_to_review_when_the_tier_rises(in_tenant: SimpleNamespace) -> None:
    project = in_tenant.project
    registry.project_registered(project, by=in_tenant.alice)
    assessment = Assessment.objects.get(project=project)
    deep = Answer.objects.filter(assessment=assessment, applies=False).exclude(
        item_key__in=[item.id for item in catalogue().items.values() if item.computed]
    )[:2]
    given, silent = deep
    answer(assessment, given.item_key, some_value(catalogue().items[given.item_key], random.Random(1)))
    rescore(assessment, changed={given.item_key})
    assert Answer.objects.get(pk=given.pk).verdict == "open"
    save_facts(project, {"markets": ["CN"], "audience": ["public"]}, by=in_tenant.alice)
    assert Assessment.objects.get(pk=assessment.pk).tier == "full"
    assert Answer.objects.get(pk=given.pk).state == AnswerState.IN_REVIEW
    assert Answer.objects.get(pk=silent.pk).state == AnswerState.OPEN


@pytest.mark.parametrize(("before", "after"), [("answered", "answered"), ("approved", "answered"), ("returned", "returned")])
def test_figures_go_to_review_only_by_a_person_who_hands_them_over(
    in_tenant: SimpleNamespace, assessment: Assessment, before: str, after: str
) -> None:
    """Otherwise nobody answers for them, and one person alone settles the item (S1)."""
    for key in ("D8.04", "D8.05", "D8.06"):
        answer(assessment, key, "yes")
    rescore(assessment)
    deep = [item.id for item in catalogue().items.values() if item.computed and item.depth != "core"]
    row = Answer.objects.filter(assessment=assessment, item_key__in=deep, state="answered", applies=True).first()
    approval = {"approved_person_id": in_tenant.carol.person_id, "approved_hash": row.content_hash} if before == "approved" else {}
    Answer.objects.filter(pk=row.pk).update(applies=False, state=before, **approval)
    Assessment.objects.filter(pk=assessment.pk).update(tier="light")
    done = rescore(assessment)
    assert row.item_key in done.opened
    stored = Answer.objects.get(pk=row.pk)
    assert (stored.state, stored.approved_person_id) == (after, None)
    assert recount(assessment.pk) == []


def test_check_scores_finds_what_is_wrong(in_tenant: SimpleNamespace, assessment: Assessment, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_scores", tenant=in_tenant.tenant.slug)
    assert "1 assessments looked at, 0 differences" in capsys.readouterr().out
    ProjectSummary.objects.filter(project=assessment.project_id).update(readiness=77)
    Answer.objects.filter(assessment=assessment, item_key="D1.02").update(verdict="pass")
    from django.core.management.base import CommandError

    with pytest.raises(CommandError):
        call_command("check_scores", tenant=in_tenant.tenant.slug)
    out = capsys.readouterr().out
    assert "readiness: stored 77" in out
    assert "D1.02: stored" in out
    call_command("check_scores", tenant=in_tenant.tenant.slug, repair=True)
    capsys.readouterr()
    call_command("check_scores", tenant=in_tenant.tenant.slug)
    assert "0 differences" in capsys.readouterr().out


def test_two_people_save_facts_and_a_third_answers(live_db: None) -> None:
    """Everybody takes turns: no deadlock, nothing lost, and the counters are right at the end."""
    with transaction.atomic():
        world = cast.build_world()
    with tenant_context(world.tenant.pk, world.alice.pk):
        registry.project_registered(world.project, by=world.alice)
        assessment = Assessment.objects.get(project=world.project)
    faults: list[BaseException] = []

    def facts(user: Any, name: str, values: list[Any]) -> None:
        try:
            for value in values:
                with tenant_context(world.tenant.pk, user.pk):
                    project = Project.objects.get(pk=world.project.pk)
                    save_facts(project, {name: value}, by=user)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    def answers() -> None:
        try:
            for number in range(15):
                with tenant_context(world.tenant.pk, world.bob.pk):
                    held = lock_assessment(assessment_id=assessment.pk)
                    answer(held, "D8.04", "yes" if number % 2 else "no")
                    rescore(held, changed={"D8.04"}, locked=True)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=facts, args=(world.alice, "audience", [["public"], ["internal_staff"]] * 4)),
        threading.Thread(target=facts, args=(world.bob, "launch_date", ["2027-03-01", "2027-04-01"] * 4)),
        threading.Thread(target=answers),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert faults == []
    with tenant_context(world.tenant.pk):
        assert recount(assessment.pk) == []
        values = dict(FactAnswer.objects.values_list("fact_key", "value"))
    assert values == {"audience": ["internal_staff"], "launch_date": "2027-04-01"}


def test_a_note_on_a_computed_item_does_not_undo_its_submission(in_tenant: SimpleNamespace, assessment: Assessment) -> None:
    """Whoever writes a note leaves another hash; the next scoring binds it to the figures again, and handing over stands."""
    for key in ("D8.04", "D8.05", "D8.06"):
        answer(assessment, key, "yes")
    rescore(assessment)
    content = catalogue()
    row = next(row for row in Answer.objects.filter(assessment=assessment, state="answered") if content.items[row.item_key].computed)
    Answer.objects.filter(pk=row.pk).update(note="Looked at it.", content_hash="0" * 64)
    rescore(assessment, changed={row.item_key})
    assert Answer.objects.get(pk=row.pk).content_hash == row.content_hash
    Answer.objects.filter(pk=row.pk).update(state=AnswerState.IN_REVIEW)
    rescore(assessment, changed={row.item_key})
    assert Answer.objects.get(pk=row.pk).state == AnswerState.IN_REVIEW
