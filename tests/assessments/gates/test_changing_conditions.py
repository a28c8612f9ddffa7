"""Conditions that can always be settled: whose they may be, and who gives them another date or owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.gates.conditions import NewCondition, change_condition, report_condition, settle_condition, write_condition
from assessments.gates.flags import flags_of
from assessments.gates.freezing.revision import freeze_revision
from assessments.gates.models import Condition, GateRound
from assessments.gates.rounds import sign_round
from assessments.gates.standing import Standing
from compliance.reports.decisions import decision_record
from portal.audit import sentences
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.models import Notice
from portal.projects.models import Project, ProjectMember
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership, User
from tests.factories.cast import make_user
from tests.factories.ready import open_g2

REASON = "负责人已离职"


@pytest.fixture
def at_g2(world):
    """G2 of Alice's project is approved by Sam with a condition that is Bob's; Nora is a member who sees no project."""
    world.today = timezone.localdate()
    world.due = world.today + timedelta(days=14)
    open_g2(world)
    with acting_as(world.tenant, world.alice):
        world.nora = make_user("nora", "Nora")
        Membership.objects.create(user=world.nora, active=True)
    world.base = f"/t/{world.tenant.slug}/projects/{world.project.pk}/"
    return world


def _sign(world, owner):
    with acting_as(world.tenant, world.sam) as sam:
        given = [NewCondition("补齐日志", owner, world.due)]
        fields = {"role": "security", "outcome": "approve_with_conditions", "conditions": given}
        sign_round(world.round, world.project, revision_sha256=world.round.revision.sha256, by=sam, **fields)


@pytest.fixture
def conditioned(at_g2):
    """The round is decided, its condition is late, Bob no longer is a member."""
    _sign(at_g2, at_g2.bob)
    with acting_as(at_g2.tenant, at_g2.pam):
        GateRound.objects.update(state="approved_with_conditions", outcome="approve_with_conditions", decided_at=timezone.now())
        at_g2.condition = Condition.objects.get()
    return at_g2


def _late(world):
    with acting_as(world.tenant, world.pam):
        world.due = world.today - timedelta(days=1)
        Condition.objects.update(due_on=world.due)
        Membership.objects.filter(user=world.bob).update(active=False)


def _change(world, person, owner=None, due_on=None, reason=REASON):
    with acting_as(world.tenant, person) as actor:
        row = Condition.objects.select_related("owner").get(pk=world.condition.pk)
        fields = {"owner": owner or row.owner, "due_on": due_on or row.due_on, "reason": reason}
        return change_condition(row, world.project, by=actor, **fields)


def _client(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("owner", ["nora", "dave", "mallory"])
def test_a_condition_belongs_to_somebody_who_sees_the_project_and_can_act(at_g2, owner):
    """Nora sees no project, Dave audits, Mallory is of another organisation: none could ever report it."""
    person = getattr(at_g2, owner)
    with pytest.raises(Invalid) as refusal:
        _sign(at_g2, person)
    assert set(refusal.value.detail["fields"]) == {"conditions.0.owner"}
    with acting_as(at_g2.tenant, at_g2.pam) as pam:
        with pytest.raises(Invalid) as refusal:
            write_condition(at_g2.project, gate="G3", text="x", owner=person, due_on=at_g2.due, by=pam)
        assert set(refusal.value.detail["fields"]) == {"owner"}
        assert not Notice.objects.filter(user=person).exists()


def test_the_page_offers_only_those_who_see_the_project(at_g2):
    page = _client(at_g2.sam).get(f"{at_g2.base}gates/G2/").content.decode()
    offered = page.split('name="conditions-0-owner"')[1].split("</select>")[0]
    assert f'value="{at_g2.bob.pk}"' in offered
    for person in (at_g2.nora, at_g2.dave):
        assert f'value="{person.pk}"' not in offered


def test_the_owner_of_a_confidential_project_s_condition_is_cleared(at_g2):
    """What would be mailed to the owner is name and content of the project."""
    with acting_as(at_g2.tenant, at_g2.pam):
        Project.objects.filter(pk=at_g2.project.pk).update(confidential=True)
        at_g2.project.refresh_from_db()
    with pytest.raises(Invalid):
        _sign(at_g2, at_g2.nora)
    _sign(at_g2, at_g2.bob)


def test_a_late_condition_of_somebody_who_left_goes_to_another_owner_with_another_date(conditioned):
    world = conditioned
    _late(world)
    new = world.today + timedelta(days=30)
    with acting_as(world.tenant, world.carol):
        assert "g2_conditions_settled" not in flags_of(world.project)
    _change(world, world.carol, world.sam, new)
    with acting_as(world.tenant, world.carol):
        assert "g2_conditions_settled" in flags_of(world.project)
        row = Condition.objects.get()
        assert (row.owner_id, row.due_on, row.as_set()) == (world.sam.pk, new, (world.bob.pk, world.due))
        act = AuditEvent.objects.get(verb="assessments.condition.changed")
        assert f"Bob → Sam: {REASON}" in sentences.in_words(act.verb, act.changes)["en"]
        assert f"{world.due} → {new}" in sentences.in_words(act.verb, act.changes)["zh"]
        assert Notice.objects.filter(user=world.sam, kind="assessments.condition_yours").count() == 1
    with acting_as(world.tenant, world.sam) as sam:
        report_condition(row, world.project, report="已补齐", by=sam)
    with acting_as(world.tenant, world.carol) as carol:
        assert settle_condition(row, world.project, accept=True, by=carol).state == "met"


def test_who_changes_a_condition(conditioned):
    """A role that signs the gate: not the PMO, not the owner of the project, not the owner of the condition."""
    world = conditioned
    later = world.today + timedelta(days=60)
    with acting_as(world.tenant, world.alice):
        ProjectMember.objects.create(project=world.project, user=world.alice, role_key="finance", starts_on=world.today)
    for person in (world.pam, world.alice, world.dave, world.adam, world.bob):
        with pytest.raises(NotAllowed):
            _change(world, person, due_on=later)
    assert _change(world, world.sam, due_on=later).due_on == later


def test_a_change_needs_a_reason_a_date_ahead_and_a_difference(conditioned):
    world = conditioned
    later = world.today + timedelta(days=60)
    for fields in ({"due_on": later, "reason": " "}, {"due_on": world.today - timedelta(days=1)}, {}, {"owner": world.nora}):
        with pytest.raises(Invalid):
            _change(world, world.sam, **fields)


def test_a_condition_does_not_move_under_an_open_round_or_after_its_report(conditioned):
    world = conditioned
    later = world.today + timedelta(days=60)
    with acting_as(world.tenant, world.pam):
        GateRound.objects.update(state="open")
    with pytest.raises(Conflict):
        _change(world, world.carol, due_on=later)
    with acting_as(world.tenant, world.bob) as bob:
        GateRound.objects.update(state="approved")
        report_condition(world.condition, world.project, report="已补齐", by=bob)
    with pytest.raises(Conflict):
        _change(world, world.carol, due_on=later)


def test_the_decision_keeps_what_was_set_and_a_later_record_says_what_changed(conditioned):
    world = conditioned
    new = world.today + timedelta(days=30)
    _change(world, world.carol, world.sam, new)
    with acting_as(world.tenant, world.pam) as pam:
        (decided,) = decision_record(GateRound.objects.select_related("revision").get())["conditions"]
        assert (decided["owner"]["name"], decided["due"]) == ("Bob", world.due.isoformat())
        fields = {"gate": "G3", "round_number": 1, "delta": False, "at": timezone.now()}
        content = freeze_revision(Standing(world.project), by=pam, **fields).content
        (entry,) = content["conditions"]
        assert (entry["owner"]["name"], entry["due"]) == ("Sam", new.isoformat())
        (change,) = [one for one in content["changes"]["entries"] if one["kind"] == "condition"]
        assert change["ref"] == entry["id"]
        assert change["before"]["en"] == f"{world.due} · Bob"
        assert change["after"]["zh"] == f"{new} · Sam · {REASON}"


def test_the_page_changes_a_condition_and_says_so(conditioned):
    world = conditioned
    _late(world)
    client = _client(world.sam)
    where = f"{world.base}conditions/{world.condition.pk}/change/"
    page = client.get(f"{world.base}gates/G2/").content.decode()
    assert where in page
    assert where not in _client(world.pam).get(f"{world.base}gates/G2/").content.decode()
    past = (world.today - timedelta(days=3)).isoformat()
    typed = {"owner": world.carol.pk, "due_on": past, "reason": "She has left."}
    answer = client.post(where, typed)
    assert answer.status_code == 422
    assert "The date must not lie in the past." in answer.content.decode()
    assert "She has left." in answer.content.decode()
    new = (world.today + timedelta(days=20)).isoformat()
    assert client.post(where, typed | {"due_on": new}).status_code in (302, 303)
    said = f"by Sam: until {world.due} → {new}, owner Bob → Carol. She has left."
    for path in ("gates/", "gates/G2/"):
        assert said in client.get(world.base + path).content.decode()
    User.objects.filter(pk=world.sam.pk).update(language="zh-hans")
    assert "负责人 Bob → Carol" in _client(world.sam).get(f"{world.base}gates/G2/").content.decode()
