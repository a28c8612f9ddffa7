"""What a message about a filing may say to whom: a confidential project is named to nobody who cannot see it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from assessments.reviews.segregation import holders_by_role
from compliance.filings.actions.deciding import seconders
from compliance.filings.evaluation import LAPSED_NOTICE, evaluate_project
from compliance.filings.models import Filing
from portal.notices.models import Notice
from portal.projects.models import ProjectMember
from portal.roles.models import RolePermission
from portal.tenants.entry import acting_as


@pytest.fixture
def secret(stage):
    """The project is confidential, and the roles compliance officer and executive are not cleared for such projects."""
    with acting_as(stage.tenant, stage.alice):
        stage.project.confidential = True
        stage.project.save(update_fields=["confidential"])
        RolePermission.objects.filter(permission="portal.view_confidential_projects").delete()
        Notice.objects.all().delete()
    return stage


def name_on(stage, who, role_key):
    ProjectMember.objects.create(project=stage.project, user=who, role_key=role_key, starts_on="2026-01-01")


def test_who_stands_in_holds_a_role_only_where_the_project_is_visible(stage):
    roles = ("pmo", "compliance", "auditor", "security")
    with acting_as(stage.tenant, stage.alice):
        everywhere = holders_by_role(stage.project, roles)
        assert (everywhere["pmo"], everywhere["compliance"]) == ({stage.pam.pk}, {stage.carol.pk})
        stage.project.confidential = True
        stage.project.save(update_fields=["confidential"])
        cleared = {"pmo": set(), "compliance": {stage.carol.pk}, "auditor": set(), "security": {stage.sam.pk}}
        assert holders_by_role(stage.project, roles) == cleared
        name_on(stage, stage.pam, "finance")
        assert holders_by_role(stage.project, roles) == {**cleared, "pmo": {stage.pam.pk}}


def test_no_message_of_an_evaluation_names_a_project_to_people_who_cannot_see_it(secret):
    with acting_as(secret.tenant, secret.alice):
        rows = Filing.objects.filter(project=secret.project)
        rows.update(result="not_applicable")
        assert evaluate_project(secret.project, by=secret.alice).moved
        assert not Notice.objects.filter(user__in=[secret.carol, secret.pam]).exists()
        name_on(secret, secret.carol, "compliance")
        rows.update(result="not_applicable")
        evaluate_project(secret.project, by=secret.alice)
        assert Notice.objects.filter(user=secret.carol, kind="compliance.filings_to_decide").exists()


def test_the_second_person_is_sought_among_those_who_see_the_project(secret):
    with acting_as(secret.tenant, secret.alice):
        type(secret.project).objects.filter(pk=secret.project.pk).update(sponsor=None)
        secret.project.refresh_from_db()
        ProjectMember.objects.filter(project=secret.project, role_key="security").delete()
        assert seconders(secret.project, "compliance") == set()
        name_on(secret, secret.erin, "finance")
        assert seconders(secret.project, "compliance") == {secret.erin.pk}


def test_a_lapse_of_the_organisation_s_filing_names_no_project(secret):
    with acting_as(secret.tenant, secret.alice):
        shared = Filing.objects.filter(project=None).exclude(result="not_applicable").order_by("regime").first()
        assert shared is not None
        fact = next(iter(shared.facts_used))
        Filing.objects.filter(pk=shared.pk).update(
            decision="confirmed",
            decided_result=shared.result,
            decided_facts={fact: "something else"},
            decided_by=secret.erin,
            decided_person_id=secret.erin.person_id,
            decided_role="executive",
            decided_at=timezone.now(),
        )
        name_on(secret, secret.bob, "compliance")  # of the project alone: does not see the filings of the organisation
        assert shared.regime in evaluate_project(secret.project, by=secret.alice).lapsed
        told = Notice.objects.filter(kind=LAPSED_NOTICE)
        assert set(told.values_list("user_id", flat=True)) == {secret.carol.pk, secret.erin.pk}
        for notice in told:
            assert notice.project_id is None
            assert notice.params["project"] == {"zh": "本单位", "en": "the organisation"}
            assert secret.project.name_en not in str(notice.params)
