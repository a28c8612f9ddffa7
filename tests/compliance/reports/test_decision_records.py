"""What the record of a decision, and the report with it, says of a round that ended without an approval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assessments.gates.conditions import NewCondition
from assessments.gates.models import GateRound
from assessments.gates.rounds import sign_round, withdraw_round
from compliance.reports.decisions import decision_record
from compliance.reports.view.common import Record
from compliance.reports.view.cover import decision_tiles
from compliance.reports.view.decision import condition_table, criteria_table, decision_notes
from compliance.reports.voice import Voice
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from tests.factories.ready import open_g2

MISSING = {"zh": "尚未签署的角色", "en": "Roles that have not signed"}
ALL_SIGNED = {"zh": "各角色均已签署", "en": "Every role has signed"}
NO_CONDITIONS = {"zh": "无附带条件", "en": "no conditions"}


@pytest.fixture
def at_g2(world: Any) -> Any:
    """A round of G2 that security has signed with a condition."""
    open_g2(world)
    with acting_as(world.tenant, world.pam):
        due = organisation_today() + timedelta(days=14)
    sign(world, "sam", "security", "approve_with_conditions", conditions=[NewCondition("补齐日志", world.bob, due)])
    return world


def sign(world: Any, person: str, role: str, outcome: str, **more: Any) -> None:
    with acting_as(world.tenant, getattr(world, person)) as actor:
        sign_round(world.round, world.project, role=role, outcome=outcome, revision_sha256=world.round.revision.sha256, by=actor, **more)


def records(world: Any) -> list[Record]:
    """The record of the round in the voices of both languages."""
    with tenant_context(world.tenant.pk):
        row = GateRound.objects.select_related("revision").get(pk=world.round.pk)
        content = row.revision.content
        return [Record(content, decision_record(row), catalogue(row.revision.catalogue_id), Voice(code)) for code in ("zh", "en")]


@pytest.mark.parametrize("outcome", ["return", "reject"])
def test_a_round_that_was_turned_down_names_who_never_signed_and_carries_no_condition(at_g2: Any, outcome: str) -> None:
    sign(at_g2, "carol", "compliance", outcome, remark="备案材料不全")
    for record in records(at_g2):
        code, gate = record.voice.codes[0], record.catalogue.gates["G2"]
        missing = [role for role in gate.approvers if role not in ("security", "compliance")]
        assert missing
        assert record.decision["missing"] == missing
        assert record.decision["conditions"] == []
        assert MISSING[code] in " ".join(map(str, decision_notes(record)))
        approvals = next(one.id for one in gate.criteria if one.kind == "approvals")
        assert approvals in {one["id"] for one in record.content["criteria"]}
        assert ALL_SIGNED[code] not in str(criteria_table(record).rows)
        assert condition_table(record).rows == []
        assert str(decision_tiles(record)[0].note) == NO_CONDITIONS[code]


def test_a_record_kept_before_the_missing_roles_were_named_does_not_say_that_all_signed(at_g2: Any) -> None:
    sign(at_g2, "carol", "compliance", "return", remark="备案材料不全")
    for record in records(at_g2):
        record.decision["missing"] = []
        assert ALL_SIGNED[record.voice.codes[0]] not in str(criteria_table(record).rows)


def test_a_withdrawn_round_keeps_no_condition_and_an_open_one_those_that_stand(at_g2: Any) -> None:
    assert [one["text"] for one in records(at_g2)[0].decision["conditions"]] == ["补齐日志"]
    with acting_as(at_g2.tenant, at_g2.pam) as pam:
        withdraw_round(at_g2.round, at_g2.project, reason="材料有误", by=pam)
    (record, _english) = records(at_g2)
    assert record.decision["conditions"] == []
    assert "compliance" in record.decision["missing"]
