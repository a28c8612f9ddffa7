"""Facts, validity and the end of a project propose changes, renewals and cancellations; stages wait for what has to be done before."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from assessments.checklists.work import sources
from compliance.clocks.actions import report_event
from compliance.clocks.models import FilingClock
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.subjects import subject_of
from compliance.upkeep import actions
from compliance.upkeep.models import FilingProposal
from compliance.upkeep.renewing import keep_tenant
from compliance.upkeep.tasks import start_renewals
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.actions import advance_stage, retire_project, stop_project
from portal.projects.facts.actions import save_facts
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import english, stage  # noqa: F401 - fixtures
from tests.compliance.filings.test_api import base, post
from tests.compliance.filings.test_pages import client_of

ALGO, GENAI = "algorithm_filing", "genai_service_filing"
NUMBER = "网信算备310115418206601230011号"


@pytest.fixture
def holding(stage: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """The algorithm filing published with its number; ``proposals()`` reads, ``put(regime, …)`` writes columns."""
    stage.decided(ALGO)

    def put(regime: str = ALGO, **columns: Any) -> None:
        with acting_as(stage.tenant, stage.carol):
            Filing.objects.filter(project=stage.project, regime=regime).update(**columns)

    def proposals(**given: Any) -> list[FilingProposal]:
        with acting_as(stage.tenant, stage.carol):
            return list(FilingProposal.objects.select_related("filing__project").filter(**given).order_by("proposed_at"))

    with acting_as(stage.tenant, stage.carol):
        stage.today = organisation_today()
    put(state="published", number=NUMBER, approved_on=stage.today - dt.timedelta(days=30))
    stage.put, stage.proposals = put, proposals
    return stage


def change(stage_: SimpleNamespace, **facts: Any) -> None:
    with acting_as(stage_.tenant, stage_.alice) as alice:
        stage_.project.refresh_from_db()
        save_facts(stage_.project, facts, by=alice.user)


def test_a_change_of_filed_facts_is_proposed_and_taking_it_up_takes_the_step(holding: SimpleNamespace) -> None:
    change(holding, generates=["text", "image"])
    (one,) = holding.proposals(filing__regime=ALGO)
    assert (one.kind, one.cause, one.state) == ("change", "facts", "open")
    assert one.detail["facts"]["generates"] == [["text"], ["image", "text"]]
    with acting_as(holding.tenant, holding.carol) as carol:
        clock = FilingClock.objects.get(filing=one.filing, event="filed_information_changed")
        assert one.due_on == clock.due_on
        assert Notice.objects.filter(kind="compliance.filing_proposed", user=holding.carol).count() == 1
        (source,) = [source for source in sources() if source.key == "filing_proposal"]
        assert source.rows is not None
        assert source.rows(carol).count() == 1
        given = {"version": one.version, "by": carol, "filing_version": Filing.objects.get(pk=one.filing_id).version}
        with pytest.raises(Conflict) as stale:
            actions.accept_proposal(one, note="x", **{**given, "version": 9})
        assert stale.value.detail["current"]["state"] == "open"
        done = actions.accept_proposal(one, note="the model is ours now", **given)
    row = holding.row(ALGO)
    assert (done.state, row.state, row.due_on) == ("accepted", "change_due", one.due_on)
    change(holding, generates=["text"])
    assert len(holding.proposals(filing__regime=ALGO)) == 1, "a change that is owed is not proposed again"


def test_facts_that_are_back_take_the_proposal_back(holding: SimpleNamespace) -> None:
    change(holding, generates=["text", "image"])
    change(holding, generates=["text"])
    (one,) = holding.proposals(filing__regime=ALGO)
    assert (one.state, one.settled_by) == ("dismissed", None)


def test_dismissing_needs_compliance_and_a_reason(holding: SimpleNamespace) -> None:
    change(holding, generates=["text", "image"])
    (one,) = holding.proposals(filing__regime=ALGO)
    url = f"{base(holding)}filings/{ALGO}/proposals/{one.pk}/"
    assert post(client_of(holding, "alice"), url, {"act": "dismiss", "reason": "x", "version": one.version}).status_code == 403
    carol = client_of(holding, "carol")
    assert post(carol, url, {"act": "dismiss", "reason": " ", "version": one.version}).status_code == 422
    assert (
        post(carol, url, {"act": "dismiss", "reason": "same algorithm", "version": one.version}).json()["proposals"][0]["state"]
        == "dismissed"
    )
    assert post(carol, url, {"act": "dismiss", "reason": "again", "version": one.version}).status_code == 409
    html = carol.get(f"/t/{holding.tenant.slug}/projects/{holding.project.pk}/filings/{ALGO}/").content.decode()
    assert "same algorithm" in html


def test_a_certificate_about_to_end_starts_its_renewal_once(holding: SimpleNamespace) -> None:
    until = holding.today + dt.timedelta(days=91)
    holding.put(valid_until=until)
    assert keep_tenant(holding.tenant.pk) == 0
    until = holding.today + dt.timedelta(days=90)
    holding.put(valid_until=until)
    assert (keep_tenant(holding.tenant.pk), keep_tenant(holding.tenant.pk)) == (1, 0)
    row = holding.row(ALGO)
    assert (row.state, row.due_on) == ("renewal_due", until)
    (one,) = holding.proposals()
    assert (one.kind, one.state, one.about, one.settled_by) == ("renew", "accepted", until.isoformat(), None)
    with tenant_context(holding.tenant.pk):
        assert FilingEvent.objects.get(filing=row, verb="stepped").done_by is None
        assert Notice.objects.filter(kind="compliance.filing_proposed").count() >= 1
    assert (start_renewals(), start_renewals()) == (0, 0)


def test_a_live_project_does_not_end_before_the_limit_of_the_cancellation_runs(holding: SimpleNamespace) -> None:
    with acting_as(holding.tenant, holding.pam) as pam:
        type(holding.project).objects.filter(pk=holding.project.pk).update(stage="live", launched_on=holding.today - dt.timedelta(days=9))
        for act in (retire_project, stop_project):
            holding.project.refresh_from_db()
            with pytest.raises(Conflict) as refusal:
                act(holding.project, by=pam.user, reason="replaced")
            assert refusal.value.code == "stage_refused"
        holding.project.refresh_from_db()
    client = client_of(holding, "pam")
    page = client.post(f"/t/{holding.tenant.slug}/projects/{holding.project.pk}/steer/retire/", {"reason": "replaced by another"})
    assert page.status_code == 422
    assert "replaced by another" in page.content.decode()
    steer = post(client, f"{base(holding)}stage/", {"act": "retire", "reason": "replaced"})
    assert steer.status_code == 409
    with acting_as(holding.tenant, holding.carol) as carol:
        report_event(subject_of(holding.project, ALGO), "service_terminated", on=holding.today, by=carol, note="switched off")
    with acting_as(holding.tenant, holding.pam) as pam:
        retire_project(holding.project, by=pam.user, reason="replaced")
    (one,) = holding.proposals(kind="cancel", filing__regime=ALGO)
    assert (one.cause, one.state, one.due_on is not None) == ("project_ended", "open", True)
    with acting_as(holding.tenant, holding.carol) as carol:
        (source,) = [source for source in sources() if source.key == "filing_proposal"]
        assert source.rows is not None
        assert source.rows(carol).count() == 1, "also of a project that has ended"
        filing_version = Filing.objects.get(pk=one.filing_id).version
        actions.accept_proposal(one, note="service ended", version=one.version, filing_version=filing_version, by=carol)
    assert holding.row(ALGO).state == "cancel_due"


def test_a_project_does_not_go_live_while_a_filing_before_launch_is_open(holding: SimpleNamespace) -> None:
    with acting_as(holding.tenant, holding.pam) as pam:
        type(holding.project).objects.filter(pk=holding.project.pk).update(stage="pre_launch")
        holding.project.refresh_from_db()
        with pytest.raises(Conflict) as refusal:
            advance_stage(holding.project, "live", by=pam.user)
        assert refusal.value.code == "stage_refused"
        Filing.objects.filter(gate__in=("before_launch", "before_activity")).update(
            state="published",
            decision="confirmed",
            decided_person_id=1,
            second_person_id=2,
            decided_role="compliance",
            second_role="security",
        )
        holding.project.refresh_from_db()
        advance_stage(holding.project, "live", by=pam.user)
        assert holding.project.stage == "live"


def test_the_display_is_checked_with_proof_and_looked_at_again(holding: SimpleNamespace) -> None:
    act = actions.check_display
    given = {"regime": ALGO, "place": "footer", "ok": True, "checked_on": holding.today}
    for wrong, field in (
        ({}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "ftp://x.example/a"}, "url"),
        ({"url": "https://x.example", "checked_on": holding.today + dt.timedelta(days=1)}, "checked_on"),
        ({"url": "https://x.example", "checked_on": holding.today - dt.timedelta(days=60)}, "checked_on"),
        ({"ok": False}, "note"),
        ({"url": "https://x.example", "place": "moon"}, "place"),
    ):
        with pytest.raises(Invalid) as refusal:
            holding.do("carol", act, **{**given, **wrong})
        assert field in refusal.value.detail["fields"], wrong
    with acting_as(holding.tenant, holding.carol) as carol:
        (source,) = [source for source in sources() if source.key == "filing_display"]
        assert source.rows is not None
        assert source.rows(carol).count() == 1, "nobody has looked yet"
    missing = holding.do("carol", act, **{**given, "ok": False, "note": "no number"})
    assert missing.next_check_on == holding.today + dt.timedelta(days=14)
    shown = holding.do("carol", act, **given, url="https://x.example/about")
    assert shown.next_check_on > holding.today + dt.timedelta(days=170)
    with acting_as(holding.tenant, holding.carol) as carol:
        running = FilingClock.objects.get(key="display:footer", state="running")
        assert running.due_on == shown.next_check_on
        assert source.rows(carol).count() == 0
    url = f"{base(holding)}filings/{ALGO}/display-checks/"
    found = client_of(holding, "alice").get(url).json()
    assert ([one["ok"] for one in found["checks"]], bool(found["duty"])) == ([True, False], True)
    html = client_of(holding, "carol").get(f"/t/{holding.tenant.slug}/projects/{holding.project.pk}/filings/{ALGO}/").content.decode()
    assert "https://x.example/about" in html


def test_without_a_number_there_is_nothing_to_show(holding: SimpleNamespace) -> None:
    holding.decided(GENAI)
    with pytest.raises(Conflict):
        holding.do("carol", actions.check_display, regime=GENAI, place="app", ok=True, url="https://x.example", checked_on=holding.today)
    with pytest.raises(NotAllowed):
        holding.do("dave", actions.check_display, regime=ALGO, place="app", ok=True, url="https://x.example", checked_on=holding.today)
