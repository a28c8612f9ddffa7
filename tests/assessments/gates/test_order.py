"""Gates are decided in order: while an earlier sign-off is stale, no later gate is approved."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation

from assessments.checklists.models import Answer
from assessments.gates.rounds import open_round, sign_round, why_only_negative
from assessments.gates.staleness import mark_affected
from portal.core.errors import Conflict
from portal.tenants.entry import acting_as
from tests.factories.ready import decide_g0


@pytest.fixture
def decided(world):
    """G0 of Alice's project is decided."""
    return decide_g0(world)


def _change(world, key):
    """What the sign-off of G0 rests on changes."""
    row = Answer.objects.get(assessment=world.assessment, item_key=key)
    Answer.objects.filter(pk=row.pk).update(version=row.version + 1)
    mark_affected(world.project, changed_items={key})


def _open_g1(world):
    """A round of G1 that Bob, its technical lead, can sign."""
    with acting_as(world.tenant, world.pam) as pam:
        return open_round(world.project, "G1", by=pam)


def _sign_g1(world, row, outcome, remark=""):
    with acting_as(world.tenant, world.bob) as bob:
        return sign_round(row, world.project, role="tech_lead", outcome=outcome, remark=remark, revision_sha256=row.revision.sha256, by=bob)


def test_an_open_round_waits_while_an_earlier_sign_off_is_stale(decided):
    """What the later gate rests on is decided first; until then it is returned or rejected, not approved."""
    row = _open_g1(decided)
    with acting_as(decided.tenant, decided.pam):
        _change(decided, "D1.01")
    with pytest.raises(Conflict) as refusal:
        _sign_g1(decided, row, "submit")
    assert (refusal.value.code, refusal.value.detail["current"]) == ("earlier_stale", ["G0"])
    client = Client()
    client.force_login(decided.bob, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    page = client.get(f"/t/{decided.tenant.slug}/projects/{decided.project.pk}/gates/G1/").content.decode()
    assert "The sign-off of G0 is stale. Renew it" in page
    assert "this round cannot be approved" in page
    with translation.override("en"):
        assert why_only_negative(["G0", "G1"]).startswith("The sign-offs of G0, G1 are stale")
    closed = {value: "disabled" in tag for tag, value in re.findall(r"(<input[^>]*type=\"radio\"[^>]*value=\"(\w+)\"[^>]*>)", page)}
    assert closed == {"submit": True, "return": False}
    with acting_as(decided.tenant, decided.pam) as pam:
        delta = open_round(decided.project, "G0", by=pam, delta=True)
        sign_round(delta, decided.project, role="pmo", outcome="admit", revision_sha256=delta.revision.sha256, by=pam)
    assert _sign_g1(decided, row, "submit").state == "open"


def test_an_open_round_is_returned_while_an_earlier_sign_off_is_stale(decided):
    row = _open_g1(decided)
    with acting_as(decided.tenant, decided.pam):
        _change(decided, "D1.01")
    assert _sign_g1(decided, row, "return", "基础已变").state == "returned"
