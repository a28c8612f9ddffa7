"""My work: what appears for whom, in which order, over pages, and what does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from assessments.checklists import work
from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.assigning import assign_items
from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.models import Answer, Evidence
from assessments.checklists.work_sources import workload_of
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.models import Project, ProjectMember
from portal.tenants.entry import acting_as


def listed(world, user, **filters):
    with world.actor(user) as actor:
        return [(row.kind, row.key) for row in work.work_of(actor, size=500, **filters).rows]


def unassign(world) -> None:
    with tenant_context(world.tenant.pk):
        Answer.objects.filter(project=world.project).update(assignee=None)


def test_items_of_the_own_role_and_assigned_ones_appear_and_no_others(checklist):
    unassign(checklist)
    keys = {key for _kind, key in listed(checklist, checklist.sam)}
    with tenant_context(checklist.tenant.pk):
        expected = Answer.objects.filter(project=checklist.project, applies=True, answer_role="security").exclude(item_key__in=[])
        computed = {row.item_key for row in expected if checklist_item(row.item_key).computed}
        assert keys == {row.item_key for row in expected} - computed
    with checklist.actor(checklist.alice) as alice:
        assign_items(checklist.project, ["D1.03"], assignee=checklist.sam, due_on=None, by=alice)
    assert ("answer", "D1.03") in listed(checklist, checklist.sam)
    assert ("answer", "D1.03") not in listed(checklist, checklist.alice)


def checklist_item(key):
    from portal.catalogue import catalogue

    return catalogue().items[key]


def test_blockers_come_first_then_the_due_date(checklist):
    with checklist.actor(checklist.alice) as alice:
        rows = work.work_of(alice, size=500).rows
    order = [(not row.blocker, row.due or work.NO_DATE, row.code, row.key) for row in rows]
    assert order == sorted(order)
    assert rows[0].blocker


@pytest.mark.parametrize("size", [1, 7])
def test_pages_show_every_row_once_even_when_the_list_moves(checklist, size):
    with checklist.actor(checklist.alice) as alice:
        every = [row.id for row in work.work_of(alice, size=500).rows]
        seen, after = [], ""
        while True:
            page = work.work_of(alice, after=after, size=size)
            seen += [row.id for row in page.rows]
            after = page.after
            if not after:
                break
        assert seen == every


def test_filters_by_kind_project_and_blockers(checklist):
    with checklist.actor(checklist.alice) as alice:
        save_answer(visible_answer(checklist.project, "D1.03"), value="search", version=1, by=alice)
    assert listed(checklist, checklist.alice, kinds=["submit"]) == [("submit", "D1.03")]
    with checklist.actor(checklist.alice) as alice:
        assert all(row.blocker for row in work.work_of(alice, blockers=True).rows)
        assert work.work_of(alice, project_id=checklist.foreign.pk).rows == []
        page = work.work_of(alice, kinds=["submit"])
        assert page.counts["submit"] == 1
        assert page.counts["answer"] > 5
        counted = work.count_work(alice)
        assert counted["submit"] == 1


def test_returned_expired_expiring_and_mentions_have_their_own_kind(checklist):
    with checklist.actor(checklist.alice) as alice:
        Answer.objects.filter(project=checklist.project, item_key="D1.03").update(state="returned", assignee=checklist.alice)
        Answer.objects.filter(project=checklist.project, item_key="D1.04").update(state="expired", assignee=checklist.alice)
        add_evidence(
            checklist.project, kind="note", name="Certificate", text="x", by=alice, attach_to=[visible_answer(checklist.project, "D1.12")]
        )
        Evidence.objects.update(expires_on=timezone.localdate() + timedelta(days=9))
        Notice.objects.create(
            user=checklist.alice,
            kind="assessments.mentioned",
            once_key="m",
            project_id=checklist.project.pk,
            params={"item": "D1.01", "by": "Bob", "text": "see"},
        )
    found = listed(checklist, checklist.alice)
    assert {("returned", "D1.03"), ("expired", "D1.04"), ("expiring", ""), ("mention", "D1.01")} <= set(found)


def test_nothing_waits_in_projects_that_were_set_aside_or_for_people_who_never_answer(checklist):
    assert listed(checklist, checklist.dave, kinds=["answer"]) == []
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(assignee=checklist.adam)
    assert listed(checklist, checklist.adam, kinds=["answer"]) == []
    unassign(checklist)
    for stage in ("on_hold", "stopped", "retired"):
        with tenant_context(checklist.tenant.pk):
            Project.objects.filter(pk=checklist.project.pk).update(stage=stage)
        assert listed(checklist, checklist.alice, kinds=["answer"]) == []


def test_a_role_that_ended_brings_no_work(checklist):
    unassign(checklist)
    with tenant_context(checklist.tenant.pk):
        ProjectMember.objects.filter(project=checklist.project, user=checklist.sam).update(ends_on=date(2026, 2, 1))
    assert listed(checklist, checklist.sam, kinds=["answer"]) == []


def test_the_other_organisation_is_another_list(checklist):
    with tenant_context(checklist.other.pk):
        assert Answer.objects.filter(project=checklist.foreign).exists()
    keys = listed(checklist, checklist.alice)
    with checklist.actor(checklist.alice) as alice:
        assert {row.code for row in work.work_of(alice, size=500).rows} == {"XH-0001"}
    assert keys


def test_the_workload_counts_open_items_per_person_in_running_projects_one_may_see(checklist):
    """The chart of the portfolio: who has how much to do, and how much of it is late."""
    world = checklist
    with acting_as(world.tenant, world.pam) as pam:
        Answer.objects.filter(project=world.project).update(assignee=None)
        Answer.objects.filter(project=world.project, item_key__in=["D1.01", "D1.03", "D1.05"]).update(assignee=world.bob, due_on=None)
        Answer.objects.filter(project=world.project, item_key="D1.01").update(due_on=timezone.localdate() - timedelta(days=1))
        Answer.objects.filter(project=world.project, item_key="D1.02").update(assignee=world.sam)
        assert workload_of(pam) == [
            {"user_id": world.bob.pk, "name": "Bob", "open": 3, "overdue": 1},
            {"user_id": world.sam.pk, "name": "Sam", "open": 1, "overdue": 0},
        ]
        Project.objects.filter(pk=world.project.pk).update(stage="on_hold")
        assert workload_of(pam) == []
        Project.objects.filter(pk=world.project.pk).update(stage="assessment", confidential=True)
        assert workload_of(pam) == []
