"""An evaluation beside people who decide: nothing is written over, and the right record is brought up to date."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from django.db import connection

from compliance.filings import actions
from compliance.filings.evaluation import evaluate_project
from compliance.filings.models import Filing
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import PUBLIC
from tests.factories import cast
from tests.factories.ready import start


@pytest.fixture
def committed(live_db: None) -> SimpleNamespace:
    world = cast.build_world()
    with acting_as(world.tenant, world.alice):
        start(world.project, PUBLIC)
        world.shared = Filing.objects.filter(project=None).order_by("regime").first()
        # The rules said something else when the record was made, so that the evaluation has something to write.
        Filing.objects.filter(pk=world.shared.pk).update(timing="upcoming")
    return world


def test_a_decision_on_a_filing_of_the_organisation_survives_an_evaluation_at_the_same_moment(committed: SimpleNamespace) -> None:
    faults: list[BaseException] = []

    def evaluate() -> None:
        try:
            with acting_as(committed.tenant, committed.alice):
                evaluate_project(committed.project)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    worker = threading.Thread(target=evaluate)
    regime, version = committed.shared.regime, committed.shared.version
    with acting_as(committed.tenant, committed.carol) as carol:
        actions.decide_filing(None, regime, confirm=True, reason="we do it", version=version, by=carol)
        worker.start()
        time.sleep(0.7)  # the other one reads and comes to its write
    worker.join(timeout=20)
    assert not faults
    with tenant_context(committed.tenant.pk):
        row = Filing.objects.get(pk=committed.shared.pk)
    assert (row.decision, row.decided_by_id, row.decision_reason) == ("confirmed", committed.carol.pk, "we do it")
    assert row.version >= version + 1


def test_a_record_of_the_project_stands_before_the_one_of_the_organisation(in_tenant: SimpleNamespace) -> None:
    start(in_tenant.project, PUBLIC)
    shared = Filing.objects.filter(project=None).order_by("regime").first()
    assert shared is not None
    own = Filing.objects.create(
        project=in_tenant.project,
        **{name: getattr(shared, name) for name in ("regime", "gate", "jurisdictions", "result", "catalogue_version", "evaluated_at")},
        timing="upcoming",
        facts_used=shared.facts_used,
        missing=shared.missing,
    )
    before = own.updated_at
    evaluate_project(in_tenant.project)
    own.refresh_from_db()
    assert own.timing == shared.timing
    assert own.updated_at > before
