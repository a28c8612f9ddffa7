"""A public bot whose facts ask for several filings, and the people who decide on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from compliance.filings import actions
from compliance.filings.models import Filing
from portal.tenants.entry import acting_as
from tests.conftest import WORLD
from tests.factories.facts import LIGHT_FACTS
from tests.factories.groundwork import Groundwork, Laid
from tests.factories.ready import start

PUBLIC: dict[str, Any] = {
    **LIGHT_FACTS,
    "audience": ["public"],
    "provides_internet_info_service": "yes",
    "opinion_or_mobilization": "yes",
    "model_origin": "fine_tuned",
    "delivery_channels": ["website"],
}
GENAI = "genai_service_filing"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences of refusals are compared in English, whatever the last request spoke."""
    with translation.override("en"):
        yield


def _start(world: SimpleNamespace) -> SimpleNamespace:
    with translation.override("en"), acting_as(world.tenant, world.alice):
        start(world.project, PUBLIC)
    return world


STAGE = Groundwork(_start, on=WORLD)


@pytest.fixture
@STAGE.fixture
def stage(world: SimpleNamespace, laid: Laid) -> SimpleNamespace:
    """The world with a started project that must file.

    ``stage.do(name, act, …)`` runs an action on the project as this person with the version on record; ``stage.row()`` reads it.
    """
    world = laid.give(STAGE, world)

    def row(regime: str = GENAI) -> Filing | None:
        with acting_as(world.tenant, world.alice):
            return Filing.objects.select_related("owner", "decided_by").filter(project=world.project, regime=regime).first()

    def do(name: str, act: Callable[..., Any], *, regime: str = GENAI, **given: Any) -> Any:
        current = row(regime)
        given.setdefault("version", current.version if current else 0)
        with acting_as(world.tenant, getattr(world, name)) as actor:
            return act(world.project, regime, by=actor, **given)

    def decided(regime: str = GENAI, *, confirm: bool = True, reason: str = "") -> Filing:
        do("carol", actions.decide_filing, regime=regime, confirm=confirm, reason=reason)
        do("sam", actions.second_decision, regime=regime)
        found = row(regime)
        assert found is not None
        return found

    world.row, world.do, world.decided = row, do, decided
    return world
