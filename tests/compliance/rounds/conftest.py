"""A filing that an authority examines, decided by two people."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from compliance.filings.models import Filing
from compliance.rounds import actions
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI, english, stage  # noqa: F401 - fixtures


@pytest.fixture
def examined(stage: SimpleNamespace) -> SimpleNamespace:  # noqa: F811
    """``stage`` with the filing under review; ``opened(*questions)`` records a letter, ``question(n)`` and ``round()`` read."""
    stage.decided()
    with acting_as(stage.tenant, stage.carol):
        Filing.objects.filter(project=stage.project, regime=GENAI).update(state="under_review")
        stage.today = organisation_today()

    def opened(*questions: str, **given: Any) -> AuthorityRound:
        facts = {"letter_on": stage.today - dt.timedelta(days=2), "received_on": stage.today, "questions": questions or ("A?", "B?")}
        return stage.do("carol", actions.open_round, **{**facts, **given})

    def round_(number: int = 1) -> AuthorityRound:
        with acting_as(stage.tenant, stage.carol):
            return AuthorityRound.objects.select_related("filing", "filing__project").get(number=number)

    def question(position: int = 1, number: int = 1) -> AuthorityQuestion:
        with acting_as(stage.tenant, stage.carol):
            rows = AuthorityQuestion.objects.select_related("round__filing__project", "assignee", "filing")
            return rows.get(position=position, round__number=number)

    def act(name: str, call: Any, row: Any, **given: Any) -> Any:
        given.setdefault("version", row.version)
        with acting_as(stage.tenant, getattr(stage, name)) as actor:
            return call(row, by=actor, **given)

    stage.opened, stage.round, stage.question, stage.act = opened, round_, question, act
    return stage
