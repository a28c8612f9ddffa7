"""Filings of the organisation reach the people they wait for: work list, side bar, late mark, difference of facts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.checklists import work
from assessments.checklists.work import work_of
from compliance.filings import actions
from compliance.filings.candidates import owners_for
from compliance.filings.effects import filing_effects
from compliance.filings.models import Filing
from compliance.filings.queries import of_organisation, waiting_for_decision, waiting_for_second
from compliance.filings.work import count_waiting
from portal.core.errors import Invalid
from portal.projects.facts.queries import project_facts
from portal.tenants.entry import acting_as
from tests.compliance.filings.test_pages import client_of, get


@pytest.fixture
def shared(stage):
    """A filing of the organisation that waits for a decision."""
    with acting_as(stage.tenant, stage.carol):
        found = Filing.objects.filter(project=None).exclude(result="not_applicable").order_by("regime").first()
    assert found is not None
    return found


def act(stage, name, what, shared, **given):
    with acting_as(stage.tenant, getattr(stage, name)) as actor:
        version = Filing.objects.get(pk=shared.pk).version
        return what(None, shared.regime, version=version, by=actor, **given)


def waits(stage, name, kind):
    with acting_as(stage.tenant, getattr(stage, name)) as actor:
        return {row.key: row for row in work_of(actor, kinds=(kind,), size=200).rows if row.project_id is None}


def test_it_waits_for_the_officer_and_then_for_the_executive(stage, shared):
    url = reverse("compliance:organisation_filing", kwargs={"tenant_slug": stage.tenant.slug, "regime": shared.regime})
    assert shared.regime in waits(stage, "carol", "filing_decide")
    assert not waits(stage, "pam", "filing_decide")
    assert not waits(stage, "sam", "filing_decide")
    with acting_as(stage.tenant, stage.carol) as carol:
        before = count_waiting(carol)
    act(stage, "carol", actions.decide_filing, shared, confirm=True, reason="ours")
    with acting_as(stage.tenant, stage.carol) as carol:
        assert count_waiting(carol) == before - 1
        assert not waiting_for_second(carol).filter(project=None).exists()
    with acting_as(stage.tenant, stage.erin) as erin:
        assert list(waiting_for_second(erin).values_list("regime", flat=True)) == [shared.regime]
        assert count_waiting(erin) == 1
    assert not waits(stage, "sam", "filing_second")  # of a project only: holds no role of the organisation
    row = waits(stage, "erin", "filing_second")[shared.regime]
    assert (row.code, row.name) == ("", {"zh": "本单位", "en": "The organisation"})
    page = get(stage, "erin", reverse("assessments:my_work", kwargs={"tenant_slug": stage.tenant.slug}))
    assert url in page.content.decode()
    assert "project=None" not in page.content.decode()
    assert client_of(stage, "erin").get(url).status_code == 200
    act(stage, "erin", actions.second_decision, shared)
    assert not waits(stage, "erin", "filing_second")


def test_auditors_are_not_asked(stage, shared):
    with acting_as(stage.tenant, stage.dave) as dave:
        assert not waiting_for_decision(dave).exists()


def test_what_i_carry_for_the_organisation_is_work_with_its_date(stage, shared):
    due = timezone.localdate() - dt.timedelta(days=1)
    act(stage, "carol", actions.decide_filing, shared, confirm=True, reason="ours")
    act(stage, "carol", actions.plan_filing, shared, owner=stage.erin, due_on=due, cost=None, renewal_on=None)
    assert waits(stage, "erin", "filing_due")[shared.regime].due == due
    with acting_as(stage.tenant, stage.erin) as erin:
        assert shared.regime in of_organisation(erin).values_list("regime", flat=True)
    response = get(stage, "pam", f"/t/{stage.tenant.slug}/filings/")
    assert response.context["organisation_count"] == 1
    assert not [chip for chip in response.context["chips"] if chip["label"] == "Late"]


def test_only_those_who_can_open_it_can_be_put_in_charge(stage, shared):
    act(stage, "carol", actions.decide_filing, shared, confirm=True, reason="ours")
    with acting_as(stage.tenant, stage.carol):
        assert not owners_for(None).filter(pk=stage.bob.pk).exists()
        assert owners_for(None).filter(pk=stage.erin.pk).exists()
    with pytest.raises(Invalid):
        act(stage, "carol", actions.plan_filing, shared, owner=stage.bob, due_on=None, cost=None, renewal_on=None)


def test_pages_of_the_work_list_lose_nobody(stage, shared):
    with acting_as(stage.tenant, stage.carol) as carol:
        whole = [row.id for row in work_of(carol, kinds=("filing_decide",), size=500).rows]
        seen, after = [], ""
        for _page in range(len(whole)):
            page = work_of(carol, kinds=("filing_decide",), size=5, after=after)
            seen += [row.id for row in page.rows]
            after = page.after
            if not after:
                break
    assert seen == whole
    assert shared.pk in seen
    assert work.PAGE == 50


def test_the_difference_of_facts_says_that_its_decision_lapses(stage, shared):
    act(stage, "carol", actions.decide_filing, shared, confirm=True, reason="ours")
    with acting_as(stage.tenant, stage.carol):
        decided = Filing.objects.get(pk=shared.pk).decided_facts
        fact = next(iter(decided))
        Filing.objects.filter(pk=shared.pk).update(decided_facts={fact: "something else"})
        facts = project_facts(stage.project)
        lines = filing_effects(stage.project, facts, facts)
    assert [line.key for line in lines if line.kind == "decision_lapses"] == [shared.regime]
