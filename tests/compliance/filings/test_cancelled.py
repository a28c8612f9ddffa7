"""A cancelled filing is over, and yet no dead end: it can be found not applicable, or begun anew."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from compliance.filings import actions
from compliance.filings.models import Filing
from compliance.filings.subjects import view_for
from portal.core.errors import Conflict
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI
from tests.compliance.filings.test_deciding import _open, _save_fact


@pytest.fixture
def cancelled(stage):
    """Approved by the authority, cancelled there, and the decision has lapsed since."""
    stage.decided()
    today = timezone.localdate()
    with acting_as(stage.tenant, stage.carol):
        kept = {"number": "Guangdong-Xinghe-202611010001", "submitted_on": today, "approved_on": today, "renewal_on": today}
        Filing.objects.filter(project=stage.project, regime=GENAI).update(state="published", **kept)
    with pytest.raises(Conflict, match="authority"):
        stage.do("carol", actions.withdraw_decision, reason="over")
        stage.do("carol", actions.decide_filing, confirm=False, reason="over")
    stage.do("carol", actions.decide_filing, confirm=True)
    stage.do("sam", actions.second_decision)
    stage.do("carol", actions.step_filing, to="cancel_due", note="The service ends.", due_on=today + dt.timedelta(days=5))
    stage.do("carol", actions.step_filing, to="cancelled", on=today)
    _save_fact(stage, "model_origin", "self_trained")
    assert (stage.row().decision, stage.row().state) == ("none", "cancelled")
    return stage


def test_without_a_decision_it_is_open_as_long_as_the_rules_ask_for_it(cancelled):
    assert GENAI in _open(cancelled)
    with acting_as(cancelled.tenant, cancelled.carol):
        assert view_for(cancelled.project).filings[GENAI].result == "required"


def test_it_can_be_found_not_applicable_by_two_people(cancelled):
    cancelled.do("carol", actions.decide_filing, confirm=False, reason="The service has ended.")
    assert GENAI in _open(cancelled)
    cancelled.do("sam", actions.second_decision)
    assert (cancelled.row().decision, cancelled.row().state) == ("rejected", "not_applicable")
    assert GENAI not in _open(cancelled)


def test_it_begins_anew_when_it_applies_again(cancelled):
    cancelled.decided()
    row = cancelled.row()
    assert (row.decision, row.state, row.number) == ("confirmed", "to_prepare", "")
    assert {row.submitted_on, row.approved_on, row.valid_until, row.due_on, row.renewal_on} == {None}
    cancelled.do("carol", actions.step_filing, to="preparing")
    assert cancelled.row().state == "preparing"


def test_the_page_offers_both(cancelled):
    from tests.compliance.filings.test_pages import base, client_of

    context = client_of(cancelled, "carol").get(f"{base(cancelled)}{GENAI}/").context
    assert context["may_decide"]
    assert context["reject_refusal"] == ""
