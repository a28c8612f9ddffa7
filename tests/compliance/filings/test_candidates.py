"""Who can carry a filing through: exactly the people who can see it."""

from __future__ import annotations

import pytest

from compliance.filings import actions
from compliance.filings.candidates import owners_for
from compliance.filings.forms import PlanForm
from portal.core.errors import Invalid
from portal.projects.actions import share_with_person
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership


def test_a_filing_is_carried_by_somebody_who_sees_its_project(stage):
    """Those with a role in force, a share or a right to read all projects; not everybody."""
    with acting_as(stage.tenant, stage.pam):
        ProjectMember.objects.filter(project=stage.project, user=stage.sam).update(ends_on="2026-01-02")
        names = set(owners_for(stage.project).values_list("name", flat=True))
        assert {"Alice", "Bob", "Carol", "Pam", "Erin"} <= names
        assert "Sam" not in names
        stage.project.confidential = True
        stage.project.save(update_fields=["confidential"])
        assert set(owners_for(stage.project).values_list("name", flat=True)) == {"Alice", "Bob", "Carol", "Erin"}
        share_with_person(stage.project, user=stage.sam, level="view_project", by=stage.pam)
        assert owners_for(stage.project).filter(pk=stage.sam.pk).exists()
        assert PlanForm.of(None, stage.project).fields["owner"].queryset.filter(pk=stage.sam.pk).exists()
        Membership.objects.filter(user=stage.bob).update(active=False)
        assert not owners_for(stage.project).filter(pk=stage.bob.pk).exists()
    plan = {"due_on": None, "cost": None, "renewal_on": None}
    stage.do("carol", actions.plan_filing, owner=stage.sam, **plan)
    assert stage.row().owner == stage.sam
    with pytest.raises(Invalid):
        stage.do("carol", actions.plan_filing, owner=stage.pam, **plan)
