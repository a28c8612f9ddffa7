"""The frozen record says of filings what the gates count."""

from __future__ import annotations

import pytest
from django.utils import timezone

from compliance.filings import actions
from compliance.filings.frozen import FrozenFilings
from compliance.filings.models import Filing
from compliance.filings.records import read_records
from compliance.filings.subjects import view_for
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI


def entries(stage):
    with acting_as(stage.tenant, stage.carol):
        found = FrozenFilings().entries(stage.project, view_for(stage.project).env, timezone.localdate())
        counted = {name: record.decision for name, record in read_records(stage.project.pk).items()}
    return {one["regime"]: one for one in found}, counted


@pytest.mark.parametrize(("confirm", "word"), [(True, "applies"), (False, "not_applicable")])
def test_a_decision_is_frozen_when_it_counts(stage, confirm, word):
    stage.do("carol", actions.decide_filing, confirm=confirm, reason="our reason")
    frozen, counted = entries(stage)
    assert (frozen[GENAI]["decision"], frozen[GENAI]["decision_reason"], counted[GENAI]) == ("", "", "")
    assert frozen[GENAI]["decided_by"]["name"] == "Carol"
    assert frozen[GENAI]["second_by"] is None
    stage.do("sam", actions.second_decision)
    frozen, counted = entries(stage)
    assert (frozen[GENAI]["decision"], frozen[GENAI]["decision_reason"], counted[GENAI]) == (word, "our reason", word)


def test_a_duty_that_is_only_added_counts_at_once_in_both(stage):
    with acting_as(stage.tenant, stage.carol):
        regime = next(name for name, one in entries(stage)[0].items() if one["result"] == "not_applicable")
    stage.do("carol", actions.decide_filing, regime=regime, confirm=True, reason="to be safe")
    frozen, counted = entries(stage)
    assert (frozen[regime]["decision"], frozen[regime]["decision_reason"], counted[regime]) == ("applies", "to be safe", "applies")


def test_a_record_of_the_organisation_stands_in(stage):
    with acting_as(stage.tenant, stage.carol):
        shared = Filing.objects.filter(project=None).first()
        Filing.objects.filter(pk=shared.pk).update(owner=stage.carol, number="N-1")
    frozen, _counted = entries(stage)
    assert (frozen[shared.regime]["number"], frozen[shared.regime]["owner"]["name"]) == ("N-1", "Carol")
