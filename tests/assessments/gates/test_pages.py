"""The pages of the gates: what cannot be used is refused beside its field, nothing typed is lost, nothing is cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.checklists.models import Assessment
from assessments.gates.conditions import confirm_flag
from assessments.gates.models import Condition, Confirmation, GateRound
from assessments.gates.rounds import open_round, sign_round, withdraw_round
from portal.core.errors import Conflict
from portal.projects.models import Project
from portal.tenants.entry import acting_as
from tests.factories.ready import force_verdicts, start


@pytest.fixture
def ready(world):
    """Alice's project at intake with every applying item passed."""
    with acting_as(world.tenant, world.alice):
        force_verdicts(start(world.project))
    world.base = f"/t/{world.tenant.slug}/projects/{world.project.pk}/"
    return world


def client_of(person):
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client


def test_a_date_in_the_past_is_refused_beside_its_field(ready):
    past = (timezone.localdate() - timedelta(days=1)).isoformat()
    client = client_of(ready.pam)
    answer = client.post(f"{ready.base}gates/G0/open/", {"due_on": past, "asked": "Please admit the pilot."})
    assert answer.status_code == 422
    assert "The date must not lie in the past." in answer.content.decode()
    assert f'value="{past}"' in answer.content.decode()
    typed = {"new-text": "Close the log gap.", "new-owner": ready.bob.pk, "new-due_on": past, "new-item_key": ""}
    answer = client.post(f"{ready.base}gates/G1/conditions/", typed)
    assert answer.status_code == 422
    assert "Close the log gap." in answer.content.decode()
    with acting_as(ready.tenant, ready.pam):
        assert not GateRound.objects.exists()
        assert not Condition.objects.exists()


@pytest.mark.parametrize("gate", ["XYZZY", "G9"])
def test_a_gate_that_does_not_exist_is_not_found(ready, gate):
    client = client_of(ready.carol)
    today = timezone.localdate().isoformat()
    typed = {"new-text": "x", "new-owner": ready.bob.pk, "new-due_on": today}
    assert client_of(ready.pam).post(f"{ready.base}gates/{gate}/conditions/", typed).status_code == 404
    words = {"flag": "before_activity_condition", "text": "x"}
    assert client.post(f"{ready.base}gates/{gate}/confirm/", words).status_code == 404
    with acting_as(ready.tenant, ready.carol) as carol:
        assert not Condition.objects.exists()
        assert not Confirmation.objects.exists()
        row = confirm_flag(ready.project, flag="before_activity_condition", text="x", by=carol)
    answer = client.post(f"{ready.base}confirmations/{row.pk}/withdraw/", {"gate": f"{gate}/../.."})
    assert answer.status_code in (302, 303)
    assert answer["Location"].endswith("/gates/")


def test_long_words_are_refused_and_line_breaks_count_once(ready):
    """A browser sends two characters for a line break that its own limit counts as one."""
    with acting_as(ready.tenant, ready.pam):
        Project.objects.filter(pk=ready.project.pk).update(stage="assessment")
    client = client_of(ready.carol)
    where = f"{ready.base}gates/G2/confirm/"
    assert client.post(where, {"flag": "before_activity_condition", "text": "x" * 1001}).status_code == 422
    lines = "\r\n".join(["x"] * 500) + "y"
    assert client.post(where, {"flag": "before_activity_condition", "text": lines}).status_code in (302, 303)
    with acting_as(ready.tenant, ready.carol):
        assert Confirmation.objects.get().text == lines.replace("\r\n", "\n")


def _decide_g0(world):
    with acting_as(world.tenant, world.pam) as pam:
        row = open_round(world.project, "G0", by=pam)
        row = sign_round(row, world.project, role="pmo", outcome="admit", revision_sha256=row.revision.sha256, by=pam)
        world.project.refresh_from_db()
    return row


def test_only_the_sign_off_that_carries_the_project_expires(ready):
    """A year after the intake of a project that has long moved on, its intake is not to be signed again."""
    row = _decide_g0(ready)
    with acting_as(ready.tenant, ready.pam):
        today = timezone.localdate()
        GateRound.objects.filter(pk=row.pk).update(valid_until=today - timedelta(days=1))
        GateRound.objects.create(
            project=ready.project,
            gate="G1",
            number=1,
            revision=row.revision,
            state="approved",
            outcome="submit",
            opened_by=ready.pam,
            opened_at=timezone.now(),
            decided_by=ready.pam,
            decided_at=timezone.now(),
            valid_until=today + timedelta(days=30),
        )
    client = client_of(ready.pam)
    for page in ("gates/", "gates/G0/"):
        assert "sign-off has expired" not in client.get(ready.base + page).content.decode()
    assert client.get(f"{ready.base}gates/").content.decode().count("valid until") == 1
    assert client.post(f"{ready.base}gates/G0/open/", {"delta": "1"}).status_code == 409


def test_a_sign_off_says_until_when_it_holds_and_reads_expired_after_that(ready):
    row = _decide_g0(ready)
    client = client_of(ready.pam)
    for page in ("gates/", "gates/G0/"):
        assert "valid until" in client.get(ready.base + page).content.decode()
        assert "sign-off has expired" not in client.get(ready.base + page).content.decode()
    yesterday = timezone.localdate() - timedelta(days=1)
    with acting_as(ready.tenant, ready.pam) as pam:
        force_verdicts(Assessment.objects.get(project=ready.project))
        with pytest.raises(Conflict):
            open_round(ready.project, "G0", by=pam, delta=True)
        GateRound.objects.filter(pk=row.pk).update(valid_until=yesterday)
    for page in ("gates/", "gates/G0/"):
        assert "sign-off has expired" in client.get(ready.base + page).content.decode()
    assert "Renew the sign-off" in client.get(f"{ready.base}gates/G0/").content.decode()
    assert client.post(f"{ready.base}gates/G0/open/", {"delta": "1"}).status_code in (302, 303)
    with acting_as(ready.tenant, ready.pam):
        assert GateRound.objects.get(gate="G0", state="open").delta_of_id == row.pk


def test_a_decided_gate_says_who_signed_until_another_round_is_to_come(ready):
    row = _decide_g0(ready)
    client = client_of(ready.bob)
    page = client.get(f"{ready.base}gates/G0/")
    last = page.context["page"].criteria[-1]
    assert (last["id"], last["met"], last["pending"]) == ("G0.4", True, False)
    text = page.content.decode()
    assert f"Every approver signed in round 1, {timezone.localdate(row.decided_at).isoformat()}" in text
    assert "Pam · approve" in text
    assert not any(said in text for said in ("Still to sign", "Ask for the decision", "not at the stage"))
    with acting_as(ready.tenant, ready.pam):
        GateRound.objects.filter(pk=row.pk).update(stale_since=timezone.now(), stale_reasons=[])
    text = client.get(f"{ready.base}gates/G0/").content.decode()
    assert "Still to sign: PMO" in text
    assert "Who signs" in text


def test_the_page_says_how_readiness_and_criteria_come_about(ready):
    text = client_of(ready.pam).get(f"{ready.base}gates/G2/").content.decode()
    assert "Readiness 100.00, at least 85" in text
    assert "How this comes about" in text
    assert "Rule: readiness reaches the limit" in text


def test_signatures_and_roles_are_read_at_once_however_many_roles_sign(ready):
    """G2 is signed by six roles: the page takes as many statements as that of G0 with one."""
    with acting_as(ready.tenant, ready.carol) as carol:
        confirm_flag(ready.project, flag="before_activity_condition", text="x", by=carol)
    counts = {}
    client = client_of(ready.pam)
    for gate, stage in (("G0", "intake"), ("G2", "approval")):
        with acting_as(ready.tenant, ready.pam) as pam:
            Project.objects.filter(pk=ready.project.pk).update(stage=stage)
            ready.project.refresh_from_db()
            row = open_round(ready.project, gate, by=pam)
        client.get(f"{ready.base}gates/{gate}/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"{ready.base}gates/{gate}/")
        counts[gate] = len(found)
        with acting_as(ready.tenant, ready.pam) as pam:
            withdraw_round(row, ready.project, reason="x", by=pam)
            force_verdicts(Assessment.objects.get(project=ready.project))
    assert counts["G2"] == counts["G0"]
