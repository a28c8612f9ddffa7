"""The trail as people read it: sentences, folded rows, filters, pages, who may read what, files."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from portal.audit import queries, sentences, words
from portal.audit.actions import record_act
from portal.audit.models import AuditEvent
from portal.audit.queries import Filters, events_readable_by, history_of, page_of
from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from portal.roles import actions
from portal.tenants.entry import acting_as
from portal.tenants.models import Membership
from tests.portal.browsers import queries_of


def url(name, **kwargs):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe", **kwargs})


@pytest.fixture
def acts(world):
    """Bob becomes auditor; Alice changes her project; the other project of hers is confidential."""
    with acting_as(world.tenant, world.adam, "request-roles"):
        actions.grant_role(Membership.objects.get(user=world.bob), "auditor", by=world.adam)
    with acting_as(world.tenant, world.alice, "request-project"):
        project = Project.objects.get(pk=world.project.pk)
        project.unit = "客服部"
        project.save()
        record_act("portal.project.tested", project, note={"zh": "改了部门", "en": "moved to another unit"})
    return world


@pytest.fixture(autouse=True)
def known_sentence(monkeypatch):
    monkeypatch.setitem(sentences._sentences, "portal.project.tested", "did this: {note} {missing}")


def lines_for(world, who, **asked):
    with acting_as(world.tenant, getattr(world, who)) as actor:
        return page_of(events_readable_by(actor), Filters(**asked), actor=actor).lines


def test_rows_are_folded_under_the_act_of_their_request(acts):
    line = lines_for(acts, "dave", area="portal.role")[0]
    assert (line.who, line.text) == ("Adam", "gave Bob the role Auditor")
    assert [(row.table, row.verb) for row in line.rows] == [("portal_membershiprole", "insert")]
    assert {field.label: field.after for field in line.rows[0].fields} == {"member": "Bob", "role": "Auditor"}


def test_sentences_are_in_the_readers_language_and_survive_missing_fields(acts):
    def newest():
        return lines_for(acts, "dave", area="portal.project")[0]

    assert newest().text == "did this: moved to another unit –"
    with translation.override("zh-hans"):
        assert newest().text == "did this: 改了部门 –"
        change = newest().rows[0].fields[0]
    assert (change.label, change.before, change.after) == ("业务部门", "–", "客服部")


def test_the_newest_acts_of_a_long_job_keep_their_rows_and_the_others_say_so(world, monkeypatch):
    monkeypatch.setattr(queries, "FOLDED_AT_MOST", 3)
    with acting_as(world.tenant, world.adam, "job-long"):
        for number in range(4):
            project = Project.objects.get(pk=world.project.pk)
            project.unit = f"unit {number}"
            project.save()
            record_act("portal.project.tested", project, note={"zh": str(number), "en": str(number)})
    found = [line for line in lines_for(world, "dave", area="portal.project") if line.request_id == "job-long"]
    assert [line.text for line in found] == [f"did this: {number} –" for number in (3, 2, 1, 0)]
    assert len(found[0].rows) == 1
    assert [line.cut for line in found] == [False, True, True, True]


def test_two_acts_of_one_request_keep_their_own_rows(world):
    with acting_as(world.tenant, world.adam, "request-two") as _actor:
        actions.grant_role(Membership.objects.get(user=world.bob), "auditor", by=world.adam)
        actions.grant_role(Membership.objects.get(user=world.sam), "pmo", by=world.adam)
    two = [line for line in lines_for(world, "dave", area="portal.role") if line.request_id == "request-two"]
    assert [line.text for line in two] == ["gave Sam the role PMO", "gave Bob the role Auditor"]
    assert [row.fields[0].after or row.fields[1].after for line in two for row in line.rows]
    assert [len(line.rows) for line in two] == [1, 1]


def test_a_row_that_no_act_explains_stands_by_itself(world):
    with tenant_context(world.tenant.pk, world.alice.pk, "request-raw"), connection.cursor() as cursor:
        cursor.execute("update portal_project set unit = 'x' where code = 'XH-0001'")
    line = next(line for line in lines_for(world, "dave") if line.request_id == "request-raw")
    assert (line.who, line.text) == ("Alice", "project: changed")


def test_an_act_explains_no_rows_of_somebody_else(world):
    with acting_as(world.tenant, world.adam, "request-shared"):
        record_act("portal.project.tested", world.project, note="x")
    with tenant_context(world.tenant.pk, world.alice.pk, "request-shared"), connection.cursor() as cursor:
        cursor.execute("update portal_project set unit = 'x' where code = 'XH-0001'")
    lines = [line for line in lines_for(world, "dave") if line.request_id == "request-shared"]
    assert [(line.who, len(line.rows)) for line in lines] == [("Alice", 1), ("Adam", 0)]


def test_an_act_of_the_system_explains_the_rows_of_the_system(world):
    with tenant_context(world.tenant.pk, None, "request-system"), connection.cursor() as cursor:
        cursor.execute("update portal_project set unit = 'x' where code = 'XH-0001'")
        record_act("portal.project.tested", world.project, note="x")
    lines = [line for line in lines_for(world, "dave") if line.request_id == "request-system"]
    assert [(line.who, len(line.rows)) for line in lines] == [("the system", 1)]


def test_rows_without_a_project_column_belong_to_the_project_of_their_parent(world):
    from tests.contracts.test_trail import CHILDREN

    assert set(CHILDREN) <= {"assessment_id", "answer_id", "round_id", "filing_id"}
    with tenant_context(world.tenant.pk), connection.cursor() as cursor:
        cursor.execute("select table_name, count(*) from portal_auditevent where kind = 'row' and project_id is null group by 1")
        without = {row[0] for row in cursor.fetchall()}
    assert not any(name.startswith(("assessments_", "compliance_")) for name in without)


def test_the_trail_of_a_confidential_project_is_as_hidden_as_the_project(acts):
    with acting_as(acts.tenant, acts.alice, "request-secret"):
        Project.objects.filter(pk=acts.project.pk).update(confidential=True)
    for who in ("dave", "adam"):
        assert not [line for line in lines_for(acts, who) if line.project_id == acts.project.pk]
        assert not [line for line in lines_for(acts, who, rows=True) if line.project_id == acts.project.pk]
        assert not lines_for(acts, who, request="request-secret")
    assert [line for line in lines_for(acts, "carol") if line.project_id == acts.project.pk]


def test_filters(acts):
    def texts(**asked):
        return [line.text for line in lines_for(acts, "dave", **asked)]

    assert texts(person="Adam", area="portal.role") == ["gave Bob the role Auditor"]
    assert texts(person="nobody of this name") == []
    assert texts(request="request-roles") == ["gave Bob the role Auditor", "role of a member: new"]
    assert texts(project="XH-0001", area="portal.project")[0].startswith("did this")
    assert texts(project="RV-0001") == []
    assert set(texts(table="portal_project")) == {"project: new", "project: changed", "did this: moved to another unit –"}
    from datetime import timedelta

    from django.utils import timezone

    today = timezone.localdate()
    assert texts(since=today, until=today, area="portal.role")
    assert texts(until=today - timedelta(days=1)) == []


@pytest.mark.parametrize("name", ["since", "until"])
def test_the_last_day_of_the_calendar_is_no_filter(acts, client, name):
    client.force_login(acts.dave)
    page = client.get(url("audit_log"), {name: "9999-12-31"})
    assert page.status_code == 200
    assert "gave Bob the role Auditor" in page.content.decode()


def test_pages_show_every_line_once(acts):
    with acting_as(acts.tenant, acts.dave) as actor:
        everything = page_of(events_readable_by(actor), Filters(rows=True), actor=actor, size=500).lines
        seen, after = [], ""
        while True:
            page = page_of(events_readable_by(actor), Filters(rows=True, after=after), actor=actor, size=7)
            seen += [line.id for line in page.lines]
            after = page.next
            if not after:
                break
    assert seen == [line.id for line in everything]
    assert len(set(seen)) == len(seen)


def test_history_of_one_object(acts):
    with tenant_context(acts.tenant.pk):
        bob = history_of(Membership.objects.get(user=acts.bob))
        assert [line.text for line in bob[:1]] == ["gave Bob the role Auditor"]
        assert not any("Sam" in line.text for line in bob)
        project = history_of(Project.objects.get(pk=acts.project.pk))
        assert project[0].text.startswith("did this")
        assert project[0].rows[0].fields[0].after == "客服部"


def test_nothing_of_another_organisation(acts, client):
    with tenant_context(acts.other.pk, acts.mallory.pk):
        record_act("portal.project.tested", acts.foreign, note="foreign secret")
    for who in ("adam", "dave"):
        client.force_login(getattr(acts, who))
        assert "foreign secret" not in client.get(url("audit_log"), {"rows": "1"}).content.decode()
    assert client.get(url("project_history", project_id=acts.foreign.pk)).status_code == 404


def test_who_may_read_the_log(world, client):
    for who, status in (("adam", 200), ("dave", 200), ("pam", 403), ("carol", 403), ("erin", 403), ("alice", 403)):
        client.force_login(getattr(world, who))
        assert client.get(url("audit_log")).status_code == status
        assert client.post(url("audit_log_export"), {"format": "csv"}).status_code == status


def test_the_history_tab_of_a_project(acts, client):
    client.force_login(acts.alice)
    page = client.get(url("project_history", project_id=acts.project.pk)).content.decode()
    assert "did this: moved to another unit" in page
    assert "gave Bob the role" not in page
    part = client.get(url("project_history", project_id=acts.project.pk), {"person": "nobody"}, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "Nothing found" in part.content.decode()


def test_bad_filters_and_cursors_do_not_break_the_page(world, client):
    client.force_login(world.dave)
    assert client.get(url("audit_log"), {"since": "yesterday", "area": "x", "table": "nope"}).status_code == 200
    assert client.get(url("audit_log"), {"after": "rubbish"}).status_code == 422


def rows_of_csv(answer):
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_export_as_csv_and_excel_is_itself_recorded(acts, client):
    client.force_login(acts.dave)
    answer = client.post(url("audit_log_export"), {"format": "csv", "request": "request-roles"})
    assert answer["Content-Disposition"].startswith('attachment; filename="log-xinghe-')
    rows = rows_of_csv(answer)
    assert rows[0][2] == "Person"
    assert [row[5] for row in rows[1:]] == ["gave Bob the role Auditor", ""]
    book = load_workbook(io.BytesIO(client.post(url("audit_log_export"), {"format": "xlsx"}).content))
    assert book.active["C1"].value == "Person"
    newest = lines_for(acts, "dave", area="portal.audit_log")
    assert [line.text.split(" (")[0] for line in newest][-1] == "exported 2 lines of the audit log as CSV"
    assert client.post(url("audit_log_export"), {"format": "exe"}).status_code == 303
    assert client.get(url("audit_log_export")).status_code == 405


def test_the_filters_of_an_export_are_said_in_the_readers_words(acts, client):
    client.force_login(acts.dave)
    client.post(url("audit_log_export"), {"format": "csv", "area": "portal.role", "person": "Adam", "table": "portal_project"})

    def newest():
        return lines_for(acts, "dave", area="portal.audit_log")[0].text

    assert "(filters: Person: Adam, About: Roles, Kind of record: project)" in newest()
    with translation.override("zh-hans"):
        assert "角色" in newest()
        assert "Roles" not in newest()
        assert "portal" not in newest()


def test_a_formula_in_a_name_stays_text(world, client):
    with acting_as(world.tenant, world.adam):
        actions.create_team(name="=HYPERLINK(1)", by=world.adam)
    with tenant_context(world.tenant.pk, world.adam.pk):
        record_act("portal.team.created", None, team="x")
    type(world.adam).objects.filter(pk=world.adam.pk).update(name="=cmd|' /C calc'!A0")
    client.force_login(world.dave)
    cells = [cell for row in rows_of_csv(client.post(url("audit_log_export"), {"format": "csv"})) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    book = load_workbook(io.BytesIO(client.post(url("audit_log_export"), {"format": "xlsx"}).content))
    assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_export_is_cut_at_its_limit_and_says_so(acts, client, monkeypatch):
    from portal.audit import exporting

    monkeypatch.setattr(exporting, "LIMIT", 3)
    client.force_login(acts.dave)
    answer = client.post(url("audit_log_export"), {"format": "csv"})
    assert len(rows_of_csv(answer)) == 4
    assert "newest" in answer["Content-Disposition"]


def test_the_export_hides_what_the_page_hides(acts, client):
    with acting_as(acts.tenant, acts.alice):
        Project.objects.filter(pk=acts.project.pk).update(confidential=True)
    client.force_login(acts.dave)
    assert "moved to another unit" not in client.post(url("audit_log_export"), {"format": "csv"}).content.decode()


def test_the_log_costs_the_same_for_few_and_for_many(acts, client):
    client.force_login(acts.dave)
    client.get(url("audit_log"))
    for asked in ({"request": "request-roles"}, {"area": "portal.role"}, {}):
        # user, entry, events, rows of the same requests, accounts, named rows, projects
        assert len(queries_of(lambda asked=asked: client.get(url("audit_log"), asked))) <= 7


def test_the_app_cannot_write_change_or_delete_events(acts):
    from django.db import DatabaseError, transaction

    with tenant_context(acts.tenant.pk):
        event = AuditEvent.objects.first()
        for attempt in (
            lambda: AuditEvent.objects.filter(id=event.id).update(verb="x"),
            lambda: AuditEvent.objects.filter(id=event.id).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attempt()


def test_partitions_are_made_ahead():
    from portal.audit.tasks import ensure_partitions

    assert ensure_partitions.name == "portal.audit.ensure_partitions"


@pytest.mark.django_db
def test_making_partitions_twice_makes_none():
    from portal.audit.tasks import ensure_partitions

    ensure_partitions()
    assert ensure_partitions() == 0


def test_values_are_spoken():
    assert sentences.spoken({"zh": "甲", "en": ""}) == "甲"
    assert sentences.spoken(None) == "–"
    assert sentences.spoken(True) == "yes"
    assert sentences.spoken(list(range(12))) == "0, 1, 2, 3, 4, 5, 6, 7, 4 more"
    assert sentences.spoken("2026-11-24") == "2026-11-24"
    assert sentences.spoken("1234-not a date") == "1234-not a date"
    assert sentences.sentence("never.heard.of", {}) == "did “never.heard.of”"


def test_words_of_columns():
    assert words.column_label("portal_membershiprole", "membership_id") == "member"
    assert not words.is_shown("answered_person_id")
    assert not words.is_shown("token_hash")
