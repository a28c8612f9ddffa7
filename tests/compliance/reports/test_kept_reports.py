"""What becomes of made reports: retention, deletion, verification by strangers, lists."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments.gates.models import GateRound
from compliance.reports import actions
from compliance.reports.models import Report
from compliance.reports.queries import verified_report, verify_code_of
from portal.core.errors import Conflict
from portal.core.tenancy import tenant_context
from portal.jobs.actions import cancel_job
from portal.tenants.entry import acting_as
from portal.tenants.models import Tenant
from tests.compliance.reports.conftest import flat, pages_of
from tests.compliance.reports.doors import acts, address, client_of, fresh, make, order

pytestmark = pytest.mark.usefixtures("files", "rendering")


def test_a_sign_off_is_kept_until_retention_ends(ready, django_capture_on_commit_callbacks):
    client = client_of(ready, "pam")
    assert client.post(address(ready, "report_delete", ready.report)).status_code == 409
    with tenant_context(ready.tenant.pk):
        Report.objects.filter(pk=ready.report.pk).update(keep_until=timezone.localdate() - dt.timedelta(days=1))
    key = fresh(ready, ready.report).file_key
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address(ready, "report_delete", ready.report)).status_code == 303
    gone = fresh(ready, ready.report)
    assert (gone.state, gone.file_key, gone.deleted_by_id) == ("deleted", "", ready.pam.pk)
    assert gone.content_sha256
    assert len(acts(ready, "compliance.report.deleted")) == 1
    assert client.get(address(ready, "report_download", ready.report)).status_code == 404
    assert key


def test_the_file_goes_when_the_deletion_is_committed(ready, django_capture_on_commit_callbacks):
    with tenant_context(ready.tenant.pk):
        Report.objects.filter(pk=ready.report.pk).update(draft=True)
    report = fresh(ready, ready.report)
    with django_capture_on_commit_callbacks(execute=True), acting_as(ready.tenant, ready.pam) as pam:
        actions.delete_report(report, by=pam)
    assert not default_storage.exists(actions.file_key(report, 1))


def test_what_is_being_made_cannot_be_deleted_but_what_was_cancelled_can(decided):
    report = order(decided)
    with acting_as(decided.tenant, decided.pam) as pam:
        with pytest.raises(Conflict):
            actions.delete_report(fresh(decided, report), by=pam)
        cancel_job(fresh(decided, report).job, by=decided.pam)
        actions.delete_report(fresh(decided, report), by=pam)
    assert fresh(decided, report).state == "deleted"


def test_the_verification_page_says_what_a_stranger_may_know(ready):
    code = verify_code_of(fresh(ready, ready.report))
    response = Client().get(reverse("verify", kwargs={"code": code}))
    text = response.content.decode()
    report = fresh(ready, ready.report)
    assert response.status_code == 200
    for part in (report.number, report.content_sha256, report.file_sha256):
        assert part in text
    for secret in ("智能客服机器人", "Customer service bot", "Pam", "Alice", str(report.pk), str(report.project_id)):
        assert secret not in text
    with tenant_context(ready.tenant.pk):
        GateRound.objects.filter(pk=ready.round.pk).update(stale_since=timezone.now())
    assert "lapsed" in Client(headers={"accept-language": "en"}).get(reverse("verify", kwargs={"code": code})).content.decode()


def test_wrong_codes_find_nothing(ready):
    report = fresh(ready, ready.report)
    number, _, secret = verify_code_of(report).partition("-")
    with tenant_context(ready.other.pk):
        other = Tenant.objects.exclude(pk=ready.tenant.pk).get(slug="rivale")
    for code in (
        secret,
        f"{number}-",
        f"{number}-{secret[:-1]}0x",
        f"{other.pk:d}-{secret}",
        "zzzzzzzzzz-" + secret,
        "1-" + "0" * 24,
        "ä-" + secret,
        f"{number}-{secret[:-1]}\x00",
        f"{number}-{secret}0",
        f"{number}_0-{secret}",
        "1-aaaa\x00",
        f"1-{'a' * 23}\x00",
    ):
        assert verified_report(code) is None or code == verify_code_of(report)
        assert Client().get(reverse("verify", kwargs={"code": code})).status_code == (400 if "\x00" in code else 404)


@pytest.mark.pdf
def test_the_printed_address_is_the_verification_page(ready):
    pdf = default_storage.open(fresh(ready, ready.report).file_key).read()
    code = verify_code_of(fresh(ready, ready.report))
    assert flat(reverse("verify", kwargs={"code": code})) in flat(pages_of(pdf)[0])


def test_the_orderer_is_told(ready):
    from portal.notices.models import Notice

    with tenant_context(ready.tenant.pk):
        assert [row.user_id for row in Notice.objects.filter(kind="compliance.report_ready")] == [ready.pam.pk]


@pytest.mark.parametrize("state", ["", "valid", "lapsed", "draft", "failed", "past", "deleted", "nonsense"])
def test_the_organisations_list(ready, state):
    order(ready, "en")
    response = client_of(ready, "pam").get(reverse("compliance:reports", kwargs={"tenant_slug": "xinghe"}), {"state": state})
    assert response.status_code == 200
    shown = response.content.decode().count("XH-0001-G0-1</a>")
    assert shown == {"": 2, "valid": 1, "nonsense": 2}.get(state, 0)


def test_lists_need_the_same_queries_for_one_and_three_reports(ready, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(ready, "pam")
    urls = [address(ready, "project_reports"), reverse("compliance:reports", kwargs={"tenant_slug": "xinghe"})]

    def count(url):
        client.get(url)
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        return len([one for one in found if "django_session" not in one["sql"]])  # the session comes out of a cache, or not

    one = [count(url) for url in urls]
    for language in ("en", "both"):
        order(ready, language)
    assert [count(url) for url in urls] == one


def test_the_task_needs_few_queries(decided):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    report = order(decided)
    with CaptureQueriesContext(connection) as found:
        make(decided, report)
    statements = [
        one["sql"] for one in found if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")) and "set_config" not in one["sql"]
    ]
    assert len(statements) <= 34, "\n".join(statement[:150] for statement in statements)
