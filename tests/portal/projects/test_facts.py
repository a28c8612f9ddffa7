"""Facts: inheritance, stale writes, the difference first, history, unknown that hides nothing."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from assessments.checklists.models import Answer, Assessment
from assessments.checklists.planning import gate_dates
from portal.audit.models import AuditEvent
from portal.catalogue import catalogue
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.jobs.running import run_job
from portal.projects import registry
from portal.projects.actions import advance_stage
from portal.projects.actions.editing import edit_project
from portal.projects.facts import dictionary
from portal.projects.facts.actions import StaleFacts, plan_facts, save_facts, save_organisation_facts
from portal.projects.facts.following import KIND, follow, plan_following
from portal.projects.facts.queries import facts_of_projects, facts_with_provenance, project_facts, with_stage
from portal.projects.facts.relevance import open_questions, settled_questions
from portal.projects.facts.tasks import follow_organisation_facts
from portal.projects.models import FactAnswer, Project, ProjectSummary
from portal.tenants.entry import acting_as
from tests.factories import cast
from tests.factories.cast import make_project


def registered(world: SimpleNamespace, **facts: object) -> Project:
    """The project of the cast with facts, registered as the intake would."""
    save_facts(world.project, facts, by=world.alice, quietly=True)
    registry.project_registered(world.project, by=world.alice)
    return world.project


def test_organisation_facts_are_inherited_and_keep_their_source(in_tenant: SimpleNamespace) -> None:
    save_organisation_facts({"entity_type": "private", "establishments": ["CN"]}, by=in_tenant.pam, sources={"entity_type": "register"})
    save_facts(in_tenant.project, {"markets": ["CN"]}, by=in_tenant.alice, quietly=True)
    facts = project_facts(in_tenant.project)
    assert facts["entity_type"] == "private"
    assert facts["markets"] == ["CN"]
    assert facts["lifecycle_stage"] == "intake"
    states = {state.fact.id: state for state in facts_with_provenance(in_tenant.project)}
    assert states["entity_type"].inherited
    assert (states["entity_type"].by, states["entity_type"].source) == ("Pam", "register")
    assert not states["markets"].inherited
    assert states["serves_mainland_china"].derived
    assert states["serves_mainland_china"].value == "yes"
    assert states["lifecycle_stage"].kept
    assert facts_of_projects([in_tenant.project])[in_tenant.project.pk] == facts


def test_a_project_cannot_answer_for_the_organisation(in_tenant: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refusal:
        save_facts(
            in_tenant.project, {"entity_type": "private", "serves_mainland_china": "yes", "lifecycle_stage": "live"}, by=in_tenant.alice
        )
    assert set(refusal.value.detail["fields"]) == {"entity_type", "serves_mainland_china", "lifecycle_stage"}
    assert FactAnswer.objects.count() == 0


def test_a_bad_value_names_its_fact_and_loses_nothing(in_tenant: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refusal:
        save_facts(in_tenant.project, {"mlps_level": "nine", "markets": ["CN"]}, by=in_tenant.alice)
    assert list(refusal.value.detail["fields"]) == ["mlps_level"]
    assert FactAnswer.objects.count() == 0


def test_a_stale_write_shows_both_values_and_writes_nothing(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant, markets=["CN"], audience=["internal_staff"])
    save_facts(project, {"audience": ["public"]}, by=in_tenant.bob, versions={"audience": 1})
    with pytest.raises(StaleFacts) as refusal:
        save_facts(project, {"audience": ["partner"], "mlps_level": "2"}, by=in_tenant.alice, versions={"audience": 1})
    clash = refusal.value.detail["conflicts"][0]
    assert (clash.fact.id, clash.yours, clash.theirs, clash.version, clash.who) == ("audience", ["partner"], ["public"], 2, "Bob")
    assert project_facts(project)["audience"] == ["public"]
    assert "mlps_level" not in project_facts(project)
    # With the version of the other answer in hand the same value is accepted.
    assert set(save_facts(project, {"audience": ["partner"], "mlps_level": "2"}, by=in_tenant.alice, versions={"audience": 2})) == {
        "audience",
        "mlps_level",
    }


def test_the_same_value_is_no_conflict(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant, audience=["internal_staff"])
    save_facts(project, {"audience": ["public"]}, by=in_tenant.bob, versions={"audience": 1})
    assert save_facts(project, {"audience": ["public"]}, by=in_tenant.alice, versions={"audience": 1}) == {}


def test_a_source_alone_is_kept_and_nothing_follows(in_tenant: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source typed beside an unchanged answer is written by itself; somebody else's is not overwritten unseen."""
    project = registered(in_tenant, audience=["internal_staff"])
    called: list[object] = []
    monkeypatch.setattr(registry, "facts_saved", lambda *_args, **_more: called.append(_args))
    sources = {"audience": "contract", "mlps_level": "network plan"}
    values = {"audience": ["internal_staff"], "mlps_level": "unknown"}
    assert save_facts(project, values, by=in_tenant.bob, versions={"audience": 1}, sources=sources) == {}
    rows = {row.fact_key: (row.value, row.source, row.version, row.answered_by) for row in FactAnswer.objects.all()}
    assert rows == {
        "audience": (["internal_staff"], "contract", 2, in_tenant.bob),
        "mlps_level": ("unknown", "network plan", 1, in_tenant.bob),
    }
    assert called == []
    assert AuditEvent.objects.get(verb="portal.facts.sourced").changes["count"] == 2
    with pytest.raises(StaleFacts) as refusal:
        save_facts(project, {"audience": ["internal_staff"]}, by=in_tenant.alice, versions={"audience": 1}, sources={"audience": "memo"})
    clash = refusal.value.detail["conflicts"][0]
    assert (clash.your_source, clash.their_source) == ("memo", "contract")
    assert save_facts(project, values, by=in_tenant.alice, versions={"audience": 2, "mlps_level": 1}, sources=sources) == {}
    assert FactAnswer.objects.get(fact_key="audience").version == 2


def test_unknown_hides_nothing(in_tenant: SimpleNamespace) -> None:
    """With no fact at all every item that waits for one is shown, the tier is standard, and no filing is said not to apply."""
    project = registered(in_tenant)
    assessment = Assessment.objects.get(project=project)
    assert assessment.tier == "standard"
    assert Answer.objects.filter(assessment=assessment, applies=True).count() == 103
    waiting = set(Answer.objects.filter(assessment=assessment, waiting=True).values_list("item_key", flat=True))
    assert {"D3.10", "D5.06", "D8.07", "D10.05"} <= waiting
    lines = registry.effects(None, None, with_stage({}, None))
    assert not [line for line in lines if line.kind == "filing_leaves"]
    assert sum(line.kind == "filing_undetermined" for line in lines) > 40


def test_the_difference_is_shown_and_not_written(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant, markets=["CN"], audience=["internal_staff"], generates=["text"])
    plan = plan_facts(project, {"audience": ["public"]})
    kinds = {line.kind for line in plan.effects}
    assert plan.changed == {"audience": (["internal_staff"], ["public"])}
    assert {"tier_rises", "item_opens"} <= kinds
    assert project_facts(project)["audience"] == ["internal_staff"]
    assert Assessment.objects.get(project=project).tier == "standard"
    opened = {line.key for line in plan.effects if line.kind == "item_opens"}
    before = set(Answer.objects.filter(project=project, applies=True).values_list("item_key", flat=True))
    save_facts(project, {"audience": ["public"]}, by=in_tenant.alice)
    after = set(Answer.objects.filter(project=project, applies=True).values_list("item_key", flat=True))
    assert after - before == opened
    assert Assessment.objects.get(project=project).tier == "full"
    project.summary.refresh_from_db()
    assert (project.summary.tier, project.summary.public_facing) == ("full", "yes")


def test_a_fact_that_changes_nothing_leads_to_nothing(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant, markets=["CN"])
    assert plan_facts(project, {"markets": ["CN"]}).changed == {}
    assert save_facts(project, {"markets": ["CN"]}, by=in_tenant.alice) == {}


def test_answers_leave_a_trail_with_old_and_new(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant, audience=["internal_staff"])
    save_facts(project, {"audience": ["public"]}, by=in_tenant.bob)
    act = AuditEvent.objects.filter(verb="portal.facts.saved").order_by("-at").first()
    assert act.changes["changed"] == {"audience": [["internal_staff"], ["public"]]}
    assert act.project_id == project.pk
    row = AuditEvent.objects.filter(table_name="portal_factanswer", verb="update").order_by("-at").first()
    assert row.changes["value"] == [["internal_staff"], ["public"]]


def test_the_planned_launch_stands_in_the_project_too(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant)
    save_facts(project, {"launch_date": "2027-05-31"}, by=in_tenant.alice)
    stored = Project.objects.select_related("summary").get(pk=project.pk)
    assert stored.target_launch.isoformat() == "2027-05-31"
    assert stored.summary.next_gate_due is not None
    assert Answer.objects.filter(project=project, due_gate="G4").first().due_on == stored.target_launch


def test_organisation_facts_sum_the_difference_and_projects_follow(in_tenant: SimpleNamespace) -> None:
    first = registered(in_tenant, markets=["CN"], hosting_regions=["CN"], mlps_level=3, audience=["internal_staff"])
    second = make_project(in_tenant.bob, "XH-0002")
    registry.project_registered(second, by=in_tenant.bob)
    changed = {"cii_operator": ("unknown", "yes")}
    with acting_as(in_tenant.tenant, in_tenant.pam) as pam:
        plan = plan_following(changed, pam)
    assert (plan.total, plan.looked_at) == (2, 2)
    assert plan.counts["tier_rises"] == 1
    assert [entry.project.pk for entry in plan.projects if any(line.kind == "tier_rises" for line in entry.effects)] == [first.pk]
    save_organisation_facts({"cii_operator": "yes"}, by=in_tenant.pam)
    for project in (first, second):
        assert follow(project.pk, changed, by=in_tenant.pam)
    assert Assessment.objects.get(project=first).tier == "full"
    assert Assessment.objects.get(project=second).tier == "standard"


def test_questions_on_markets_not_served_make_no_difference() -> None:
    content = catalogue()
    assert "ai_act_class" in open_questions(content, {})
    settled = settled_questions(content, {"markets": ["CN"], "establishments": ["CN"], "hosting_regions": ["CN"]})
    assert {"ai_act_class", "kr_high_impact", "vn_risk", "ca_aia_level"} <= settled
    assert not {"audience", "personal_data", "mlps_level"} & settled
    assert "ai_act_class" not in settled_questions(content, {"markets": ["DE"]})


def test_every_asked_fact_stands_in_one_group_and_says_what_reads_it() -> None:
    content = catalogue()
    grouped = [fact.id for group in dictionary.asked_groups(content) for fact in group.facts]
    assert sorted(grouped) == sorted(fact.id for fact in dictionary.asked(content))
    assert len(grouped) == 97
    for fact in dictionary.asked(content):
        assert len(dictionary.uses(content, fact)) == len(fact.used_by), fact.id


def test_editing_the_launch_of_the_project_changes_the_fact(in_tenant: SimpleNamespace) -> None:
    project = registered(in_tenant)
    stored = Project.objects.get(pk=project.pk)
    edit_project(stored, version=stored.version, by=in_tenant.alice, target_launch=date(2027, 9, 30))
    assert project_facts(project)["launch_date"] == "2027-09-30"
    assert set(Answer.objects.filter(project=project, due_gate="G4").values_list("due_on", flat=True)) == {date(2027, 9, 30)}
    Answer.objects.filter(project=project, item_key="D10.06").update(due_on=date(2027, 1, 1))  # set by hand
    save_facts(project, {"launch_date": "2027-10-31"}, by=in_tenant.alice)
    assert set(Answer.objects.filter(project=project, due_gate="G4").values_list("due_on", flat=True)) == {
        date(2027, 1, 1),
        date(2027, 10, 31),
    }
    save_facts(project, {"launch_date": "unknown"}, by=in_tenant.alice)
    assert Project.objects.get(pk=project.pk).target_launch is None


def test_items_follow_a_correction_of_the_day_of_registration(in_tenant: SimpleNamespace) -> None:
    """Alone, then together with the launch, then the launch alone: what nobody set by hand stays on the plan."""
    project = registered(in_tenant, launch_date="2027-09-30")
    Answer.objects.filter(project=project, item_key="D1.01").update(due_on=date(2027, 1, 1))  # set by hand

    def edit(**days: date) -> None:
        stored = Project.objects.get(pk=project.pk)
        edit_project(stored, version=stored.version, by=in_tenant.pam, **days)
        stored = Project.objects.get(pk=project.pk)
        plan = gate_dates(stored)
        due = Answer.objects.filter(project=project).exclude(item_key="D1.01").values_list("due_gate", "due_on").distinct()
        assert sorted(due) == sorted((gate, plan[gate]) for gate in {gate for gate, _day in due})
        assert ProjectSummary.objects.get(project=project).next_gate_due == plan["G0"]
        assert Answer.objects.get(project=project, item_key="D1.01").due_on == date(2027, 1, 1)

    edit(started_on=date(2026, 1, 5))
    edit(started_on=date(2026, 3, 2), target_launch=date(2027, 10, 31))
    edit(target_launch=date(2027, 12, 31))


def test_a_launch_moved_by_facts_makes_an_open_form_of_the_project_stale(in_tenant: SimpleNamespace) -> None:
    """The form of the project has the planned launch in it: saving it afterwards must not put the old day back."""
    project = registered(in_tenant, launch_date="2027-03-01")
    opened = Project.objects.get(pk=project.pk)
    save_facts(Project.objects.get(pk=project.pk), {"launch_date": "2027-06-01"}, by=in_tenant.alice)
    with pytest.raises(Conflict) as refusal:
        edit_project(opened, version=opened.version - 1, by=in_tenant.bob, unit="Stores", target_launch=date(2027, 3, 1))
    assert refusal.value.detail["differences"]["target_launch"] == (date(2027, 3, 1), date(2027, 6, 1))
    assert Project.objects.get(pk=project.pk).target_launch == date(2027, 6, 1)


def test_the_lock_brings_what_others_changed(in_tenant: SimpleNamespace) -> None:
    """An object read before somebody launched the project writes no planned launch any more."""
    project = registered(in_tenant, launch_date="2027-03-01")
    Project.objects.filter(pk=project.pk).update(launched_on=date(2026, 10, 1), stage="live")
    assert project.launched_on is None
    save_facts(project, {"launch_date": "2026-10-05"}, by=in_tenant.alice)
    stored = Project.objects.get(pk=project.pk)
    assert (stored.launched_on, stored.target_launch) == (date(2026, 10, 5), date(2027, 3, 1))


def test_after_the_launch_fact_and_project_say_the_same_day(in_tenant: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_stage_refusals", [])  # what filings ask for before a launch is tested with them
    project = registered(in_tenant, launch_date="2027-03-01")
    Project.objects.filter(pk=project.pk).update(stage="pre_launch")
    project = Project.objects.get(pk=project.pk)
    version = project.version
    advance_stage(project, "live", by=in_tenant.pam, reason="G4")
    today = timezone.localdate()
    stored = Project.objects.get(pk=project.pk)
    assert (stored.launched_on, stored.version) == (today, version + 1)
    assert project_facts(project)["launch_date"] == today.isoformat()
    save_facts(project, {"launch_date": "2026-10-05"}, by=in_tenant.alice)
    assert Project.objects.get(pk=project.pk).launched_on == date(2026, 10, 5)
    for act in (plan_facts, lambda where, values: save_facts(where, values, by=in_tenant.alice)):
        for value in ("unknown", (today + timedelta(days=2)).isoformat()):
            with pytest.raises(Invalid) as refusal:
                act(project, {"launch_date": value})
            assert "launch_date" in refusal.value.detail["fields"]


def test_the_job_brings_every_running_project_up_to_date(live_db: None) -> None:
    with transaction.atomic():
        world = cast.build_world()
    with tenant_context(world.tenant.pk, world.pam.pk):
        registered(world, markets=["CN"], hosting_regions=["CN"], mlps_level=3, audience=["internal_staff"])
        save_organisation_facts({"cii_operator": "yes"}, by=world.pam)
        job = Job.objects.get(kind=KIND)
        assert Assessment.objects.get().tier == "standard"
    assert run_job(follow_organisation_facts.work, world.tenant.pk, job.pk) == "done"
    with tenant_context(world.tenant.pk):
        assert Assessment.objects.get().tier == "full"
        assert Job.objects.get(pk=job.pk).result == {"projects": 1}
