"""What a made report is worth today: on the public page, on the report's page, in the lists and their filters."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from assessments.gates.models import GateRound
from compliance.reports.forms import round_label
from compliance.reports.models import Report
from compliance.reports.queries import verify_code_of
from compliance.reports.states import SENTENCES, TONES, Standing
from portal.core.tenancy import tenant_context
from portal.tenants.models import User
from tests.compliance.reports.doors import address, client_of, fresh

pytestmark = pytest.mark.usefixtures("files", "rendering")
YESTERDAY = dt.timedelta(days=-1)


def _newer(world: Any, state: str) -> None:
    row = GateRound.objects.get(pk=world.round.pk)
    GateRound.objects.create(
        project=world.project,
        gate=row.gate,
        number=row.number + 1,
        revision=row.revision,
        state=state,
        opened_by=world.pam,
        opened_at=timezone.now(),
    )


def _bring(world: Any, case: str) -> None:
    """What happens to a valid sign-off after its report was made."""
    rounds, reports = GateRound.objects.filter(pk=world.round.pk), Report.objects.filter(pk=world.report.pk)
    match case:
        case "returned" | "rejected":
            rounds.update(state=case, valid_until=None)
        case "lapsed":
            rounds.update(stale_since=timezone.now())
        case "expired":
            rounds.update(valid_until=timezone.localdate() + YESTERDAY)
        case "last day":
            rounds.update(valid_until=timezone.localdate())
        case "newer approval":
            _newer(world, "approved_with_conditions")
        case "newer rejection":
            _newer(world, "rejected")
        case "newer return":
            _newer(world, "returned")
        case "draft":
            reports.update(draft=True)


CASES = [
    ("nothing", Standing.VALID),
    ("last day", Standing.VALID),
    ("newer return", Standing.VALID),
    ("returned", Standing.REFUSED),
    ("rejected", Standing.REFUSED),
    ("lapsed", Standing.LAPSED),
    ("expired", Standing.EXPIRED),
    ("newer approval", Standing.SUPERSEDED),
    ("newer rejection", Standing.SUPERSEDED),
    ("draft", Standing.DRAFT),
]


@pytest.mark.parametrize(("case", "standing"), CASES)
def test_every_page_says_what_the_sign_off_is_worth(ready: Any, case: str, standing: str) -> None:
    with tenant_context(ready.tenant.pk):
        _bring(ready, case)
    stranger = Client(headers={"accept-language": "en"})
    text = stranger.get(reverse("verify", kwargs={"code": verify_code_of(fresh(ready, ready.report))})).content.decode()
    with translation.override("en"):
        assert str(SENTENCES[standing]) in text
    assert f"tone t-{TONES[standing]}" in text
    assert ("t-pass" in text) is (standing == Standing.VALID)

    pam = client_of(ready, "pam")
    assert pam.get(address(ready, "report", ready.report)).context["row"].state == standing
    (row,) = pam.get(address(ready, "project_reports")).context["rows"]
    assert (row.state, row.tone) == (standing, TONES[standing])
    url = reverse("compliance:reports", kwargs={"tenant_slug": "xinghe"})
    for state in Standing.values:
        found = pam.get(url, {"state": state}).context["page"].rows
        assert len(found) == (state == standing), state
        assert all(one["tone"] == TONES[standing] for one in found)


def test_a_new_edition_can_be_ordered_wherever_the_report_is_shown(ready: Any) -> None:
    pam = client_of(ready, "pam")
    door = address(ready, "report_again", ready.report)
    for url in (address(ready, "report", ready.report), address(ready, "project_reports")):
        assert door in pam.get(url).content.decode()
    part = pam.get(address(ready, "report", ready.report), headers={"hx-request": "true"})  # what polling ends with
    assert door in part.content.decode()
    assert door not in client_of(ready, "dave").get(address(ready, "report", ready.report)).content.decode()  # an auditor orders nothing
    with tenant_context(ready.tenant.pk):
        GateRound.objects.filter(pk=ready.round.pk).update(state="withdrawn")
    assert door not in pam.get(address(ready, "report", ready.report)).content.decode()


def test_the_choice_of_rounds_names_the_day_of_the_organisation(ready: Any) -> None:
    moment = dt.datetime(2026, 11, 23, 17, 30, tzinfo=dt.UTC)  # half past one on the 24th in Shanghai
    with tenant_context(ready.tenant.pk):
        GateRound.objects.filter(pk=ready.round.pk).update(decided_at=moment)
        row = GateRound.objects.select_related("revision").get(pk=ready.round.pk)
        with timezone.override("Asia/Shanghai"):
            assert "2026-11-24" in round_label(row)
        with timezone.override("America/New_York"):
            assert "2026-11-23" in round_label(row)


def test_a_stranger_reads_the_days_of_the_organisation_whatever_zone_is_in_force(ready: Any) -> None:
    moment = dt.datetime(2026, 11, 23, 17, 30, tzinfo=dt.UTC)  # half past one on the 24th in Shanghai
    with tenant_context(ready.tenant.pk):
        Report.objects.filter(pk=ready.report.pk).update(made_at=moment)
    door = reverse("verify", kwargs={"code": verify_code_of(fresh(ready, ready.report))})
    User.objects.filter(pk=ready.pam.pk).update(time_zone="America/New_York")
    for client in (Client(), client_of(ready, "pam")):
        with timezone.override("America/New_York"):
            text = client.get(door).content.decode()
        assert "2026-11-24" in text
        assert "2026-11-23" not in text
