"""The pages of the gates: what cannot be used is refused beside its field, nothing typed is lost, nothing is cut."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from assessments.gates.conditions import confirm_flag
from assessments.gates.models import Condition, Confirmation, GateRound
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
