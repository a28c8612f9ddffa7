"""The periodic review: what it was called for is used up by its decision, so that the next one has to be called for anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.gates.conditions import confirm_flag
from assessments.gates.flags import flags_of
from assessments.gates.models import Confirmation, GateRound
from assessments.gates.rounds import open_round, sign_round
from portal.audit.models import AuditEvent
from portal.core.errors import Conflict
from portal.projects.models import Project, ProjectMember
from portal.tenants.entry import acting_as
from tests.factories.ready import force_verdicts, start


@pytest.fixture
def live(world):
    """Alice's project in operation, a change of the model confirmed, everything answered anew."""
    with acting_as(world.tenant, world.alice):
        force_verdicts(start(world.project))
        Project.objects.filter(pk=world.project.pk).update(stage="live")
        ProjectMember.objects.create(project=world.project, user=world.bob, role_key="business_owner", starts_on=timezone.localdate())
        world.project.refresh_from_db()
    with acting_as(world.tenant, world.bob) as bob:
        confirm_flag(world.project, flag="model_change", text="由 v1 换成 v2", by=bob)
        confirm_flag(world.project, flag="figures_reimported", text="见 D4.03", by=bob)
    with acting_as(world.tenant, world.pam) as pam:
        confirm_flag(world.project, flag="items_refreshed", text="12 项", by=pam)
    return world


def _review(world):
    with acting_as(world.tenant, world.pam) as pam:
        row = open_round(world.project, "G5", by=pam)
    with acting_as(world.tenant, world.carol) as carol:
        confirm_flag(world.project, flag="law_change", text="复审期间新规生效", by=carol)
    for person, role in (("pam", "pmo"), ("bob", "business_owner"), ("sam", "security"), ("carol", "compliance")):
        with acting_as(world.tenant, getattr(world, person)) as by:
            row = sign_round(row, world.project, role=role, outcome="continue", revision_sha256=row.revision.sha256, by=by)
            world.project.refresh_from_db()
    return row


def test_what_was_confirmed_for_a_review_is_used_up_by_its_decision(live):
    row = _review(live)
    with acting_as(live.tenant, live.pam) as pam:
        assert (row.state, live.project.stage) == ("approved", "live")
        standing = set(Confirmation.objects.filter(withdrawn_at=None).values_list("flag", flat=True))
        assert standing == {"law_change"}, "what came after the freeze is for the next review"
        used = AuditEvent.objects.filter(verb="assessments.confirmation.used")
        assert {act.changes["flag"] for act in used} == {"model_change", "figures_reimported", "items_refreshed"}
        with pytest.raises(Conflict) as refusal:
            open_round(live.project, "G5", by=pam)
        assert {"G5.2", "G5.3"} <= set(refusal.value.detail["current"])


def test_a_risen_tier_calls_for_one_review(live):
    with acting_as(live.tenant, live.pam):
        row = GateRound.objects.filter(pk=_review(live).pk)
        reasons = [{"kind": "tier_rise", "items": [], "before": "light", "after": "full"}]
        row.update(stale_since=timezone.now() + timedelta(minutes=1), stale_reasons=reasons)
        assert "tier_rise" in flags_of(live.project)
        row.update(stale_since=timezone.now() - timedelta(days=1))
        assert "tier_rise" not in flags_of(live.project)
