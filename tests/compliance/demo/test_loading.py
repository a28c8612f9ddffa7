"""The demo: loaded once for all tests here, as the app role, into the committed test database."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.models import F, Q
from django.utils import timezone

from assessments.checklists.models import Answer, Comment, Evidence
from assessments.checklists.recounting import recount_all
from assessments.gates.models import Condition, GateRound, Revision, Signature
from assessments.reviews.models import Delegation, ReviewDecision, Waiver
from compliance.demo import loading, sign_ins
from compliance.demo.loading import load
from compliance.dossiers.models import DocumentFile, Dossier, DossierFile
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import TRANSITIONS
from compliance.reports.models import Report
from portal.audit.models import AuditEvent
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.access import projects_visible_to
from portal.projects.models import Project, ProjectSummary, ProjectUserGrant, SavedView
from portal.stakeholders.models import Stakeholder
from portal.stakeholders.queries import matrix_of
from portal.tenants.entry import acting_as
from portal.tenants.models import Invitation, Membership, Tenant, User
from tests.conftest import truncate_everything

# The first test waits for the whole load, which takes a minute on a machine of its own and several on a busy one.
pytestmark = pytest.mark.timeout(900)
PASSWORD = "a demo password of chance"
AGAIN = ("XH-0012", "XH-0019", "NA-0005")
COLUMNS = (
    "code",
    "stage",
    "tier",
    "readiness",
    "band",
    "strip",
    "open_blockers",
    "items_answered",
    "items_approved",
    "filings_state",
    "stale_gates",
    "open_conditions",
)
MAIN = [line["email"] for line in sign_ins.entries() if line["slug"]]


def state_of(codes: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    """What the portfolio shows of the projects, in the order of their codes, with their names."""
    rows: list[tuple[Any, ...]] = []
    for tenant in Tenant.objects.order_by("slug"):
        with tenant_context(tenant.pk):
            found = ProjectSummary.objects.order_by("code")
            rows += list((found.filter(code__in=codes) if codes else found).values_list(*COLUMNS, "project__name_zh", "project__name_en"))
    return rows


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[list[tuple[Any, ...]]]:
    """The whole demo, loaded by the command; gives what the portfolio shows."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DEMO_PASSWORD", PASSWORD)
    patch.setattr(settings, "DATA_DIR", tmp_path_factory.mktemp("data"))
    with django_db_blocker.unblock():
        truncate_everything()
        told = io.StringIO()
        call_command("load_demo", stdout=told, stderr=io.StringIO())
        assert "linyue@xinghe.example" in told.getvalue()
        yield state_of()
        truncate_everything()
        for alias in ("default", "maint"):
            connections[alias].close()
    patch.undo()


@pytest.fixture
def xinghe(demo: Any, django_db_blocker: Any) -> Iterator[Tenant]:
    """The retail group in scope."""
    with django_db_blocker.unblock():
        tenant = Tenant.objects.get(slug="xinghe")
        with tenant_context(tenant.pk):
            yield tenant


def test_thirty_and_eight_projects(demo: Any, django_db_blocker: Any) -> None:
    codes = [row[0] for row in demo]
    assert len([code for code in codes if code.startswith("XH-")]) == 30
    assert len([code for code in codes if code.startswith("NA-")]) == 8


def test_loading_twice_changes_nothing(demo: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        told = io.StringIO()
        call_command("load_demo", stdout=told)
        assert state_of() == demo
        assert PASSWORD in told.getvalue()


def test_scores_equal_a_recount(demo: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        for tenant in Tenant.objects.all():
            with tenant_context(tenant.pk):
                found = [difference for _code, differences in recount_all() for difference in differences]
            assert not found, [str(one) for one in found[:10]]


def test_dossiers_are_assembled_from_documents_with_files(xinghe: Tenant) -> None:
    found = {(one.filing.regime, one.complete): one for one in Dossier.objects.select_related("filing")}
    assert set(found) == {("pipia", True), ("genai_service_registration", False)}
    for dossier in found.values():
        file = DossierFile.objects.get(dossier=dossier)
        with default_storage.open(file.file_key) as stored:
            assert hashlib.sha256(stored.read()).hexdigest() == file.sha256
    assert [one["passed"] for one in DocumentFile.objects.get(document__key="keyword_list").checks] == [False, False, False, True]


def test_everything_occurs(xinghe: Tenant) -> None:
    stages = set(Project.objects.values_list("stage", flat=True))
    assert stages == {"intake", "assessment", "approval", "build", "pre_launch", "live", "periodic_review", "on_hold", "stopped", "retired"}
    assert set(ProjectSummary.objects.values_list("tier", flat=True)) == {"light", "standard", "full"}
    assert set(ProjectSummary.objects.values_list("filings_state", flat=True)) >= {"undetermined", "open", "done"}
    assert set(Answer.objects.filter(applies=True).values_list("verdict", flat=True)) >= {"pass", "attention", "fail", "open"}
    assert set(Answer.objects.values_list("state", flat=True)) >= {
        "open",
        "answered",
        "in_review",
        "approved",
        "returned",
        "waived",
        "not_applicable",
    }
    assert set(GateRound.objects.values_list("state", flat=True)) >= {"open", "approved", "approved_with_conditions", "returned"}
    assert GateRound.objects.filter(state="open").count() >= 5
    assert GateRound.objects.filter(stale_since__isnull=False).exists()
    assert set(Condition.objects.values_list("state", flat=True)) >= {"open", "met"}
    assert set(Filing.objects.values_list("decision", flat=True)) == {"none", "confirmed", "rejected"}
    assert len(set(Filing.objects.values_list("state", flat=True))) >= 8
    assert set(Evidence.objects.values_list("kind", flat=True)) == {"file", "link", "note"}


def test_both_organisations_have_what_is_around_projects(demo: Any, django_db_blocker: Any) -> None:
    """Delegations, invitations, views, shares, proofs, stakeholders: each kind in each organisation, in its states."""
    today = timezone.localdate()
    with django_db_blocker.unblock():
        for tenant in Tenant.objects.all():
            with tenant_context(tenant.pk):
                given = Delegation.objects.filter(revoked_at=None)
                assert given.filter(starts_on__lte=today, ends_on__gte=today).exists()
                assert given.filter(ends_on__lt=today).exists()
                invited = Invitation.objects.filter(accepted_at=None, revoked_at=None)
                assert invited.filter(expires_at__gt=timezone.now()).count() == 1
                assert invited.filter(expires_at__lt=timezone.now()).count() == 1
                assert SavedView.objects.filter(shared=True).count() == 1
                assert ProjectUserGrant.objects.filter(tenant_id=tenant.pk).exists()
                types = set(Evidence.objects.filter(kind="file").values_list("content_type", flat=True))
                assert {"application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"} <= types
                assert Stakeholder.objects.filter(contact__isnull=False).count() >= 8
                assert len(set(Stakeholder.objects.values_list("influence", "interest"))) >= 10
                assert Comment.objects.exclude(mentions=[]).count() >= 10
                assert Answer.objects.filter(state="returned").exclude(return_reason="").count() >= 2
                assert Answer.objects.filter(state="not_applicable", verdict="na").exclude(note="").exists()
                assert Condition.objects.filter(state="open", due_on__lt=today).exists()
                assert Condition.objects.filter(state="open", due_on__gte=today).exists()
                assert Condition.objects.filter(state="met").exclude(report="").exists()
                assert Filing.objects.filter(due_on__lt=today).exists()
                assert Filing.objects.filter(due_on__range=(today, today + dt.timedelta(days=14))).exists()


def test_reports_are_ordered_in_three_ways(demo: Any, django_db_blocker: Any) -> None:
    """Orders only: no worker runs here, so every one still waits."""
    languages: set[str] = set()
    with django_db_blocker.unblock():
        for tenant in Tenant.objects.all():
            with tenant_context(tenant.pk):
                rows = list(Report.objects.select_related("job"))
                assert all(row.state == "ordered" and row.job is not None and row.job.state == "queued" for row in rows)
                languages |= {row.language for row in rows}
    assert languages == {"zh", "en", "both"}


@pytest.mark.parametrize("email", MAIN)
def test_everybody_has_something_to_read_and_a_view(email: str, demo: Any, django_db_blocker: Any) -> None:
    entry = next(line for line in sign_ins.entries() if line["email"] == email)
    with django_db_blocker.unblock():
        user = User.objects.get(email=email)
        with tenant_context(Tenant.objects.get(slug=entry["slug"]).pk):
            waiting = Notice.objects.filter(user=user, read_at=None)
            assert 1 <= waiting.count() <= 8
            assert SavedView.objects.filter(user=user, shared=False).exists()


def test_a_matrix_with_a_gap_and_a_conflict(xinghe: Tenant) -> None:
    odd = matrix_of(Project.objects.get(code="XH-0012"))
    assert odd.gaps == ["D7"]
    assert "fail" in [line["tone"] for line in odd.clashes]
    even = matrix_of(Project.objects.get(code="XH-0007"))
    assert not even.gaps
    assert not even.clashes
    assert len(even.people) >= 12


def test_a_delta_round_is_under_way(xinghe: Tenant) -> None:
    waiting = GateRound.objects.get(state="open", delta_of__isnull=False)
    assert (waiting.project.code, waiting.gate) == ("XH-0002", "G4")
    assert waiting.delta_of is not None
    assert waiting.delta_of.stale_since is not None
    assert Signature.objects.filter(round=waiting).count() == 2


def test_a_signature_by_delegation(demo: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock(), tenant_context(Tenant.objects.get(slug="nordhagen").pk):
        signed = Signature.objects.exclude(delegation_id=None).get()
        assert signed.signed_by.email == "sofie.janssen@nordhagen.example"
        assert signed.role_key == "security"


def test_filings_fit_their_forms(demo: Any, django_db_blocker: Any) -> None:
    """Numbers look as the authority writes them; every state was reached by the steps of the table, dated in order."""
    with django_db_blocker.unblock():
        for tenant in Tenant.objects.all():
            with tenant_context(tenant.pk):
                for row in Filing.objects.all():
                    known = catalogue(row.catalogue_version).filings[row.regime].identifier
                    if row.number and known is not None and known.pattern:
                        assert re.search(known.pattern, row.number), (row.regime, row.number)
                    if row.submitted_on and row.approved_on:
                        assert row.submitted_on <= row.approved_on
                steps = FilingEvent.objects.filter(verb="stepped")
                for old, new in set(steps.values_list("old_state", "new_state")):
                    assert new in TRANSITIONS[old], (old, new)
        with tenant_context(Tenant.objects.get(slug="xinghe").pk):
            assert Filing.objects.exclude(number="").count() >= 15
            assert set(Filing.objects.values_list("state", flat=True)) >= {
                "preparing", "internal_review", "ready", "submitted", "accepted", "under_review", "supplement_requested", "rejected",
                "approved", "published", "change_due", "scheduled", "done",
            }  # fmt: skip


def test_waivers_in_all_states(xinghe: Tenant) -> None:
    assert set(Waiver.objects.values_list("state", flat=True)) == {"first_approved", "active", "lapsed", "refused"}
    soon = timezone.localdate() + dt.timedelta(days=7)
    assert Waiver.objects.filter(state="active", until__lte=soon).exists()
    assert Waiver.objects.filter(state="active", until__gt=soon).exists()


def test_the_flagship_waits_for_its_launch(xinghe: Tenant) -> None:
    flagship = ProjectSummary.objects.get(code="XH-0007")
    assert (flagship.stage, flagship.next_gate, flagship.gate_waiting, flagship.open_blockers) == ("pre_launch", "G4", True, 0)
    assert 85 <= flagship.readiness <= 90
    assert GateRound.objects.filter(project=flagship.project, state__in=["approved", "approved_with_conditions"]).count() == 4


def test_duties_are_segregated(demo: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        for tenant in Tenant.objects.all():
            with tenant_context(tenant.pk):
                approved = Answer.objects.filter(approved_person_id__isnull=False)
                assert approved.exists()
                assert not approved.filter(approved_person_id=F("answered_person_id")).exists()
                assert not approved.filter(approved_by=F("project__owner")).exists()
                assert not approved.filter(state="approved").exclude(approved_hash=F("content_hash")).exists()
                assert not Signature.objects.filter(signed_by=F("round__project__owner")).exists()
                assert not ReviewDecision.objects.filter(decided_person_id=F("answered_person_id")).exists()
                twice = Counter(Signature.objects.values_list("round_id", "signed_person_id"))
                assert max(twice.values()) == 1
                decided = Filing.objects.exclude(decision="none")
                assert not decided.filter(Q(second_person_id=None) | Q(second_person_id=F("decided_person_id"))).exists()


def test_who_sees_what(xinghe: Tenant) -> None:
    def seen(email: str) -> set[str]:
        with acting_as(xinghe, User.objects.get(email=email)) as actor:
            return set(projects_visible_to(actor).values_list("code", flat=True))

    everything = set(Project.objects.values_list("code", flat=True))
    secret = set(Project.objects.filter(confidential=True).values_list("code", flat=True))
    assert len(secret) == 2
    assert seen("shenjing@xinghe.example") == everything
    assert seen("linyue@xinghe.example") == everything - secret
    assert "XH-0030" in seen("wangmin@xinghe.example")
    assert "XH-0023" not in seen("wangmin@xinghe.example")
    assert {"XH-0023"} == {code for code in seen("fengxue@xinghe.example") if code in secret}
    assert "XH-0017" in seen("wangmin@xinghe.example")


def test_people_can_sign_in(demo: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        user = authenticate(None, username="chenxiao@xinghe.example", password=PASSWORD)
        assert user is not None
        assert not EmailAddress.objects.filter(verified=False).exists()
        both = User.objects.get(email="hanlin@xinghe.example")
        assert Membership._base_manager.using("migrate").filter(user_id=both.pk).count() == 2


def test_sign_ins_are_kept_for_the_operator_alone(demo: Any) -> None:
    path = sign_ins.path()
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["password"] == PASSWORD
    assert {entry["role"] for entry in kept["people"]} >= {
        "administrator",
        "pmo",
        "compliance_officer",
        "executive",
        "auditor",
        "business_owner",
    }


def test_the_trail_is_dated_like_the_acts(demo: Any, django_db_blocker: Any) -> None:
    """A signature of last spring is an event of last spring: told apart only by the seconds between the act and its event."""
    with django_db_blocker.unblock():
        for slug in ("xinghe", "nordhagen"):
            with tenant_context(Tenant.objects.get(slug=slug).pk):
                signed = dict(Signature.objects.values_list("pk", "signed_at"))
                events = AuditEvent.objects.filter(kind="row", table_name="assessments_signature").values_list("row_id", "at")
                apart = [abs((at - signed[UUID(row)]).total_seconds()) for row, at in events if UUID(row) in signed]
                assert len(apart) > 20
                assert max(apart) < 120
                oldest = AuditEvent.objects.order_by("at").values_list("at", flat=True).first()
                assert oldest is not None
                assert (timezone.now() - oldest).days > 700


def test_a_frozen_revision_holds_the_trail_of_its_day(demo: Any, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        for slug in ("xinghe", "nordhagen"):
            with tenant_context(Tenant.objects.get(slug=slug).pk):
                revisions = list(Revision.objects.all())
                assert len(revisions) > 10
                for revision in revisions:
                    told = [dt.datetime.fromisoformat(one["at"]) for one in revision.content["audit"]["extract"]]
                    known = AuditEvent.objects.filter(
                        project_id=revision.project_id, kind="act", at__lt=max(told) + dt.timedelta(seconds=1)
                    )
                    assert max(told) <= revision.frozen_at + dt.timedelta(minutes=1), revision.pk
                    assert known.count() >= len(told)


@pytest.mark.parametrize("later", ["xinghe", "nordhagen"])
def test_the_sample_report_is_of_the_first_organisation_at_any_hour(demo: Any, django_db_blocker: Any, later: str) -> None:
    """In the evening one of the two is a calendar day ahead of the other, so that the days they were made on say nothing."""
    told = io.StringIO()
    with django_db_blocker.unblock(), transaction.atomic():
        Tenant.objects.filter(slug=later).update(created_at=timezone.now())
        call_command("order_demo_report", stdout=told)
        transaction.set_rollback(True)
    assert "(xinghe)" in told.getvalue()


def test_same_content_again(demo: Any, django_db_blocker: Any) -> None:
    """Loaded anew into an emptied database, the same projects come out the same. The last test here: it empties the tables."""
    with django_db_blocker.unblock():
        before = state_of(AGAIN)
        truncate_everything()
        with pytest.MonkeyPatch.context() as patch, pytest.raises(ConnectionError):
            patch.setattr(loading, "date_events", _cut_off)
            load(PASSWORD, lambda _line: None, only=AGAIN)
        assert state_of(AGAIN) == before
        assert _days_of_the_trail() == 0
        call_command("load_demo", stdout=io.StringIO())
        assert _days_of_the_trail() > 700, "the next load dates the trail of one that was cut off at its end"
        assert not (Path(settings.DATA_DIR) / "demo-stretches.json").exists()


def _cut_off(*_args: Any) -> None:
    raise ConnectionError


def _days_of_the_trail() -> int:
    with tenant_context(Tenant.objects.get(slug="xinghe").pk):
        return (timezone.now() - AuditEvent.objects.earliest("at").at).days


@pytest.mark.django_db
def test_no_demo_beside_other_organisations(world: Any) -> None:
    with pytest.raises(CommandError, match="other organisations"):
        call_command("load_demo", stdout=io.StringIO())
