"""Who may do what with an item (rules S1, S6, S7 and the roles of the catalogue)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission

from assessments.checklists import rules
from assessments.checklists.actions.answers import save_answer
from assessments.checklists.actions.assigning import assign_items
from assessments.checklists.actions.comments import add_comment
from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.actions.submitting import recall_item, submit_items
from assessments.checklists.models import Answer
from portal.catalogue import catalogue
from portal.core.errors import Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.projects.models import Project, ProjectMember, ProjectUserGrant
from portal.tenants.clock import organisation_today

ITEMS = catalogue().items


def first_of(role: str) -> str:
    return next(item.id for item in ITEMS.values() if item.answered_by == role and not item.computed)


def give(world, user, role: str) -> None:
    with tenant_context(world.tenant.pk):
        ProjectMember.objects.create(project=world.project, user=user, role_key=role, starts_on=date(2026, 1, 1))


def share(project, user, codename: str) -> None:
    fields = {"user": user, "content_object": project, "permission": Permission.objects.get(codename=codename)}
    if hasattr(ProjectUserGrant, "content_type"):
        fields |= {"content_type": fields["permission"].content_type, "object_pk": str(project.pk)}
    ProjectUserGrant.objects.create(**fields)


def take_assignments(world) -> None:
    with tenant_context(world.tenant.pk):
        Answer.objects.filter(project=world.project).update(assignee=None)


def may(world, user, key: str) -> tuple[bool, str]:
    with world.actor(user) as actor:
        row = world.answer(key)
        refusal = rules.why_not_answer(actor, row.project, rules.catalogue_of(row).items[key], row)
        return not refusal, refusal


# Who holds which role in the cast: Alice business owner, Bob technical lead and data owner, Sam security, Erin sponsor.
TABLE = [
    ("alice", "business_owner", True),
    ("alice", "tech_lead", True),
    ("alice", "compliance", True),
    ("bob", "tech_lead", True),
    ("bob", "data_owner", True),
    ("bob", "business_owner", False),
    ("bob", "security", False),
    ("sam", "security", True),
    ("sam", "tech_lead", False),
    ("erin", "exec_sponsor", True),
    ("erin", "business_owner", False),
    ("erin", "tech_lead", False),
    ("carol", "compliance", False),
    ("carol", "business_owner", False),
    ("pam", "business_owner", False),
    ("pam", "tech_lead", False),
    ("dave", "business_owner", False),
    ("adam", "business_owner", False),
]


@pytest.mark.parametrize(("who", "role", "allowed"), TABLE)
def test_who_answers_items_of_which_role(checklist, who, role, allowed):
    take_assignments(checklist)
    found, reason = may(checklist, getattr(checklist, who), first_of(role))
    assert found is allowed
    assert bool(reason) is not allowed


def test_a_refusal_changes_nothing(checklist):
    take_assignments(checklist)
    with checklist.actor(checklist.sam) as sam:
        with pytest.raises(NotAllowed) as caught:
            save_answer(checklist.answer("D1.03"), value="search", version=1, by=sam)
        assert "Business owner" in str(caught.value.message)
        assert checklist.answer("D1.03").version == 1


@pytest.mark.parametrize("who", ["adam", "dave"])
def test_administrators_and_auditors_never_answer_whatever_else_they_hold(checklist, who):
    user = getattr(checklist, who)
    give(checklist, user, "tech_lead")
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(assignee=user)
    for item in ITEMS.values():
        assert may(checklist, user, item.id)[0] is False


def test_the_pmo_answers_nothing_but_the_items_that_name_it(checklist):
    """The content names the PMO for a handful of items; in everything else it only runs the flow (S7)."""
    own = {item.id for item in ITEMS.values() if item.answered_by == "pmo"}
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(assignee=checklist.pam)
    allowed = {item.id for item in ITEMS.values() if may(checklist, checklist.pam, item.id)[0]}
    assert allowed == own
    assert "S7" in may(checklist, checklist.pam, "D1.01")[1]


def test_the_sponsor_answers_nothing_but_the_items_that_name_the_sponsor(checklist):
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project).update(assignee=checklist.erin)
    allowed = {item.id for item in ITEMS.values() if may(checklist, checklist.erin, item.id)[0]}
    assert allowed == {"D7.07", "D7.09"}
    assert "D7.07, D7.09" in may(checklist, checklist.erin, "D1.01")[1]


def test_an_assignee_with_the_permission_may_answer_items_of_other_roles(checklist):
    take_assignments(checklist)
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project, item_key="D1.03").update(assignee=checklist.sam)
    assert may(checklist, checklist.sam, "D1.03")[0] is True
    assert may(checklist, checklist.sam, "D1.04")[0] is False


def test_a_grant_to_contribute_opens_every_item_and_a_grant_to_view_none(checklist):
    take_assignments(checklist)
    with tenant_context(checklist.tenant.pk):
        share(checklist.project, checklist.carol, "view_project")
    assert may(checklist, checklist.carol, "D1.03")[0] is False
    with tenant_context(checklist.tenant.pk):
        share(checklist.project, checklist.carol, "contribute_project")
    assert may(checklist, checklist.carol, "D1.03")[0] is True


@pytest.mark.parametrize("stage", ["stopped", "retired"])
def test_a_closed_project_is_read_only(checklist, stage):
    with tenant_context(checklist.tenant.pk):
        Project.objects.filter(pk=checklist.project.pk).update(stage=stage)
    assert may(checklist, checklist.alice, "D1.03")[0] is False


def test_nobody_of_another_organisation_reaches_the_item(checklist):
    with checklist.actor(checklist.alice) as alice:
        assert not Answer.objects.filter(project_id=checklist.foreign.pk).exists()
        with pytest.raises(Invalid):
            assign_items(checklist.project, ["D1.01"], assignee=checklist.mallory, due_on=None, by=alice)
        with pytest.raises(Invalid):
            add_comment(checklist.answer("D1.01"), body="@mallory@tenfold.example look", by=alice)
        with pytest.raises(Invalid):
            add_comment(checklist.answer("D1.01"), body="look", by=alice, mentioned=[checklist.mallory.pk])


def test_only_who_may_assign_assigns_and_only_to_people_who_may_answer(checklist):
    with checklist.actor(checklist.bob) as bob, pytest.raises(NotAllowed):
        assign_items(checklist.project, ["D1.01"], assignee=checklist.bob, due_on=None, by=bob)
    with checklist.actor(checklist.alice) as alice:
        for user in (checklist.dave, checklist.adam, checklist.carol):
            with pytest.raises(Invalid) as caught:
                assign_items(checklist.project, ["D1.01"], assignee=user, due_on=None, by=alice)
            assert "assignee" in caught.value.detail["fields"]
        with pytest.raises(Invalid) as caught:
            assign_items(checklist.project, ["D1.01"], assignee=checklist.erin, due_on=None, by=alice)
        assert "D7.07" in caught.value.detail["fields"]["assignee"][0]
        later = organisation_today() + timedelta(days=30)
        changed = assign_items(checklist.project, ["D1.01", "D1.05"], assignee=checklist.bob, due_on=later, by=alice)
        assert [answer.item_key for answer in changed] == ["D1.01", "D1.05"]
        assert checklist.answer("D1.05").assignee_id == checklist.bob.pk
        with pytest.raises(Invalid):
            assign_items(checklist.project, ["D1.01"], assignee=checklist.bob, due_on=date(2020, 1, 1), by=alice)
        with pytest.raises(Invalid):
            assign_items(checklist.project, ["D99.01"], assignee=checklist.bob, due_on=None, by=alice)


def test_auditors_neither_comment_nor_prove_nor_submit(checklist):
    with checklist.actor(checklist.dave) as dave:
        with pytest.raises(NotAllowed):
            add_comment(checklist.answer("D1.01"), body="hm", by=dave)
        with pytest.raises(NotAllowed):
            add_evidence(checklist.project, kind="note", text="hm", by=dave)
        outcome = submit_items(checklist.project, ["D1.01"], by=dave)
        assert outcome[0].refusal
        assert checklist.answer("D1.01").state == "open"


def test_handing_over_and_taking_back(checklist):
    with checklist.actor(checklist.alice) as alice:
        save_answer(checklist.answer("D1.03"), value="search", version=1, by=alice)
        outcomes = submit_items(checklist.project, ["D1.03", "D1.01"], by=alice)
        assert [(one.item_key, bool(one.refusal)) for one in outcomes] == [("D1.01", True), ("D1.03", False)]
        assert checklist.answer("D1.03").state == "in_review"
        assert submit_items(checklist.project, ["D1.03"], by=alice)[0].refusal
        assert recall_item(checklist.answer("D1.03"), by=alice).state == "answered"


def test_computed_figures_are_answered_for_by_who_hands_them_over(checklist):
    """Otherwise the one person could submit and approve the figures (S1)."""
    key = next(item.id for item in ITEMS.values() if item.computed and item.answered_by == "tech_lead")
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project, item_key=key).update(applies=True, state="answered", verdict="pass")
    with checklist.actor(checklist.bob) as bob:
        assert submit_items(checklist.project, [key], by=bob)[0].refusal == ""
        assert checklist.answer(key).answered_person_id == checklist.bob.person_id
    with tenant_context(checklist.tenant.pk):
        Answer.objects.filter(project=checklist.project, item_key=key).update(state="returned")
    with checklist.actor(checklist.alice) as alice:
        assert submit_items(checklist.project, [key], by=alice)[0].refusal == ""
        assert (checklist.answer(key).answered_person_id, checklist.answer(key).answered_by) == (alice.person_id, checklist.alice)
