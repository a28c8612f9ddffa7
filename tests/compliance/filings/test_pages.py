"""The pages of filings: what they show, who may use which door, languages, hostile words, number of queries."""

from __future__ import annotations

import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from compliance.filings import actions
from compliance.filings.models import Filing
from portal.catalogue import catalogue
from portal.projects.models import ProjectMember
from portal.tenants.entry import acting_as
from tests.compliance.filings.conftest import GENAI, PUBLIC
from tests.factories.cast import make_project
from tests.factories.ready import start

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def client_of(stage, name: str, language: str = "en") -> Client:
    person = getattr(stage, name)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    type(person).objects.filter(pk=person.pk).update(language=language)
    client.cookies["django_language"] = language
    return client


def base(stage) -> str:
    return f"/t/{stage.tenant.slug}/projects/{stage.project.pk}/filings/"


def get(stage, name: str, url: str, language: str = "en"):
    return client_of(stage, name, language).get(url)


@pytest.mark.parametrize(("language", "word"), [("en", "Reasons to stop|Required"), ("zh-hans", "须办理")])
def test_the_tab_groups_filings_by_gate(stage, language, word):
    response = get(stage, "alice", base(stage), language)
    assert response.status_code == 200
    text = response.content.decode()
    assert any(one in text for one in word.split("|"))
    assert f"{base(stage)}{GENAI}/" in text
    places = re.findall(r'id="gate-(\w+)"', text)
    assert "before_launch" in places
    assert places == [gate for gate in catalogue().vocabularies["filing_gates"].choices if gate in places], places


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_filing_has_a_page(stage, language):
    client = client_of(stage, "carol", language)
    with acting_as(stage.tenant, stage.carol):
        from compliance.filings.subjects import subjects_of

        regimes = [one.regime for one in subjects_of(stage.project)]
    for regime in [*regimes[::7], GENAI]:
        assert client.get(f"{base(stage)}{regime}/").status_code == 200, regime
    assert client.get(f"{base(stage)}no_such_regime/").status_code == 404


def test_the_page_says_why_and_what_is_missing(stage):
    text = get(stage, "carol", f"{base(stage)}{GENAI}/").content.decode()
    for words in ("Applies if", "not legal advice", "Facts used", "Confidence", "#fact-model_origin"):
        assert words in text


def test_two_people_decide_and_take_steps_through_the_pages(stage):
    url = f"{base(stage)}{GENAI}/"
    carol, sam = client_of(stage, "carol"), client_of(stage, "sam")
    version = stage.row().version
    assert carol.post(f"{url}decide/", {"version": version, "answer": "confirm"}).status_code == 303
    text = sam.get(url).content.decode()
    assert "You are the second person" in text
    assert sam.post(f"{url}second/", {"version": version + 1, "agree": "1"}).status_code == 303
    assert stage.row().second_by == stage.sam
    assert carol.post(f"{url}step/", {"version": version + 2, "to": "preparing"}).status_code == 303
    assert stage.row().state == "preparing"
    assert "to: preparing" not in carol.get(url).content.decode()
    assert carol.post(f"{url}plan/", {"version": version + 3, "plan-owner": stage.alice.pk, "plan-due_on": "2027-01-05"}).status_code == 303
    assert stage.row().owner == stage.alice


def test_what_is_missing_comes_back_with_what_was_typed(stage):
    url = f"{base(stage)}{GENAI}/"
    response = client_of(stage, "carol").post(f"{url}decide/", {"version": stage.row().version, "answer": "reject"})
    assert response.status_code == 422
    assert "A reason is needed." in response.content.decode()


def test_a_stale_form_shows_what_stands_now_and_keeps_the_words(stage):
    url = f"{base(stage)}{GENAI}/"
    seen = stage.row().version
    stage.do("carol", actions.plan_filing, owner=None, due_on=None, cost=None, renewal_on=None, note="someone else")
    response = client_of(stage, "carol").post(f"{url}decide/", {"version": seen, "answer": "reject", "reason": "my long words"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was saved" in text
    assert "my long words" in text
    assert stage.row().decision == "none"


def test_hostile_words_stay_words(stage):
    stage.do("carol", actions.decide_filing, confirm=False, reason=HOSTILE)
    stage.do("carol", actions.plan_filing, owner=None, due_on=None, cost=None, renewal_on=None, note=HOSTILE)
    for url in (
        f"{base(stage)}{GENAI}/",
        base(stage),
        f"/t/{stage.tenant.slug}/filings/?q=%3Cscript%3E",
        f"/t/{stage.tenant.slug}/filings/",
    ):
        text = get(stage, "carol", url).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_doors_are_closed(stage):
    url = f"{base(stage)}{GENAI}/"
    assert client_of(stage, "bob").post(f"{url}decide/", {"version": 1, "answer": "confirm"}).status_code == 403
    assert get(stage, "bob", f"/t/{stage.tenant.slug}/filings/").status_code == 403
    assert client_of(stage, "mallory").get(url).status_code == 404
    assert Client().get(url).status_code in (302, 404)
    foreign = f"/t/{stage.tenant.slug}/projects/{stage.foreign.pk}/filings/"
    assert client_of(stage, "carol").get(foreign).status_code == 404
    assert client_of(stage, "carol").get(f"{url}decide/").status_code == 405


def test_confidential_projects_are_hidden(stage):
    with acting_as(stage.tenant, stage.carol):
        type(stage.project).objects.filter(pk=stage.project.pk).update(confidential=True)
    assert get(stage, "pam", base(stage)).status_code == 404
    text = get(stage, "pam", f"/t/{stage.tenant.slug}/filings/").content.decode()
    assert "XH-0001" not in text
    assert "XH-0001" in get(stage, "carol", f"/t/{stage.tenant.slug}/filings/").content.decode()


LISTS = [
    "", "?sort=project", "?sort=-due", "?sort=changed", "?sort=filing", "?waiting=decide", "?waiting=second", "?waiting=any", "?due=late",
    "?due=soon", "?due=set", "?due=unset", "?mine=true", "?family=cn-ai", "?jurisdiction=CN",
    "?state=to_prepare&state=ready", "?result=required",
    "?gate=before_launch", "?q=XH-0001", "?q=备案", "?filters=open&state=ready",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_list_filters_and_sorts(stage, language):
    client = client_of(stage, "carol", language)
    for query in LISTS:
        assert client.get(f"/t/{stage.tenant.slug}/filings/{query}").status_code == 200, query
    url = f"/t/{stage.tenant.slug}/filings/"
    assert client.get(f"{url}?waiting=nonsense").status_code == 422
    assert "XH-0001" in client.get(f"{url}?q=XH-0001").content.decode()
    assert "XH-0001" not in client.get(f"{url}?family=kr&result=required").content.decode()
    assert "XH-0001" not in client.get(f"{url}?result=required&jurisdiction=KR").content.decode()


def test_pages_follow_by_key(stage, monkeypatch):
    from compliance.filings.pages import listing

    monkeypatch.setattr(listing, "SIZE", 3)
    client = client_of(stage, "carol")
    with acting_as(stage.tenant, stage.carol):
        total = Filing.objects.filter(project=stage.project).count()
    for sort in ("due", "-due", "project", "filing", "changed", "-changed"):
        seen, query = [], f"?sort={sort}"
        for _page in range(total + 1):
            response = client.get(f"/t/{stage.tenant.slug}/filings/{query}")
            seen += [str(row["id"]) for row in response.context["rows"]]
            query = response.context["next_url"]
            if not query:
                break
        assert len(seen) == len(set(seen)) == total, sort


def test_the_list_costs_the_same_for_one_and_three_projects(stage):
    url = f"/t/{stage.tenant.slug}/filings/"
    client = client_of(stage, "carol")
    client.get(url)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len([query for query in found if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))])

    one = cost()
    with acting_as(stage.tenant, stage.alice):
        for number in (2, 3):
            start(make_project(stage.alice, f"XH-000{number}"), PUBLIC)
    three = cost()
    assert one == three
    assert three <= 8


def test_the_list_as_a_workbook(stage):
    stage.do("carol", actions.decide_filing, confirm=False, reason="=1+1")
    response = get(stage, "carol", f"/t/{stage.tenant.slug}/filings/export/xlsx/")
    assert response.status_code == 200
    cells = [cell for line in load_workbook(io.BytesIO(response.content)).active.iter_rows() for cell in line]
    assert "XH-0001" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if "=1+1" in str(cell.value)} == {"s"}
    text = get(stage, "carol", f"/t/{stage.tenant.slug}/filings/export/csv/").content.decode()
    assert "'=1+1" in text
    assert get(stage, "carol", f"/t/{stage.tenant.slug}/filings/export/pdf/").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_organisation_has_its_own_page(stage, language):
    with acting_as(stage.tenant, stage.carol):
        shared = Filing.objects.filter(project=None).first()
    client = client_of(stage, "carol", language)
    url = f"/t/{stage.tenant.slug}/filings/organisation/"
    assert client.get(url).status_code == 200
    assert shared is not None
    assert client.get(f"{url}{shared.regime}/").status_code == 200
    assert client.get(f"{url}{GENAI}/").status_code == 404
    reason = "because"
    assert (
        client.post(f"{url}{shared.regime}/decide/", {"version": shared.version, "answer": "confirm", "reason": reason}).status_code == 303
    )
    with acting_as(stage.tenant, stage.carol):
        shared.refresh_from_db()
        assert (shared.decision, shared.decided_role) == ("confirmed", "compliance")
    erin = client_of(stage, "erin", language)
    assert erin.post(f"{url}{shared.regime}/second/", {"version": shared.version, "agree": "1"}).status_code == 303
    with acting_as(stage.tenant, stage.carol):
        shared.refresh_from_db()
        assert shared.second_role == "executive"
    # Below a project the record is shown, not changed.
    below = f"{base(stage)}{shared.regime}/"
    assert "once for all projects" in client_of(stage, "carol").get(below).content.decode()
    assert client.post(f"{below}withdraw/", {"version": shared.version, "withdraw-reason": "x"}).status_code == 409


def test_the_counter_counts_what_waits_for_me(stage):
    from compliance.filings.work import count_waiting

    def waiting(name: str) -> int:
        with acting_as(stage.tenant, getattr(stage, name)) as actor:
            return count_waiting(actor)

    with acting_as(stage.tenant, stage.carol):
        asked = Filing.objects.filter(decision="none").exclude(result="not_applicable").count()
        assert Filing.objects.filter(project=None, decision="none").exclude(result="not_applicable").exists()
    assert waiting("carol") == min(asked, 101)
    assert waiting("sam") == waiting("pam") == waiting("alice") == waiting("dave") == 0
    stage.do("carol", actions.decide_filing, confirm=True)
    assert waiting("carol") == asked - 1
    assert waiting("sam") == 1
    assert waiting("erin") == 1
    stage.do("sam", actions.second_decision)
    assert waiting("sam") == waiting("erin") == 0


def test_a_project_role_of_compliance_is_asked_too(stage):
    from compliance.filings.work import count_waiting

    with acting_as(stage.tenant, stage.carol):
        ProjectMember.objects.filter(project=stage.project, user=stage.bob).delete()
        ProjectMember.objects.create(project=stage.project, user=stage.bob, role_key="compliance", starts_on="2026-01-01")
    with acting_as(stage.tenant, stage.bob) as bob:
        assert count_waiting(bob) > 0
    stage.do("bob", actions.decide_filing, confirm=True)
    with acting_as(stage.tenant, stage.carol) as carol:
        from compliance.filings.queries import waiting_for_second

        assert not waiting_for_second(carol).exists()


def test_my_work_lists_decisions_and_due_filings(stage):
    import datetime as dt

    from assessments.checklists.work import count_work, work_of

    with acting_as(stage.tenant, stage.carol) as carol:
        assert count_work(carol)["filing_decide"] > 0
        rows = work_of(carol, kinds=("filing_decide",)).rows
        assert {row.project_id for row in rows} == {stage.project.pk, None}
    stage.decided()
    stage.do("carol", actions.plan_filing, owner=stage.alice, due_on=dt.date(2026, 11, 30), cost=None, renewal_on=None)
    with acting_as(stage.tenant, stage.alice) as alice:
        rows = work_of(alice, kinds=("filing_due",)).rows
        assert [(row.key, row.due) for row in rows] == [(GENAI, dt.date(2026, 11, 30))]
    page = get(stage, "carol", f"/t/{stage.tenant.slug}/work/")
    assert page.status_code == 200


def test_the_overview_judges_the_facts_once(stage, monkeypatch):
    from compliance.filings import subjects
    from compliance.filings.pages import overview

    seen = []
    real = subjects.view_for
    for module in (subjects, overview):
        monkeypatch.setattr(module, "view_for", lambda project: seen.append(project) or real(project))
    assert get(stage, "carol", base(stage)).status_code == 200
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("bot customer", True),  # words in any order, as in the portfolio
        ("智能客服", True),
        ("x", True),  # a single character begins a code
        ("110108", True),
        ("customer train", False),
        ("110109", False),
        ("%", False),
    ],
)
def test_words_of_the_project_and_parts_of_the_number_are_found(stage, asked, found):
    with acting_as(stage.tenant, stage.carol):
        Filing.objects.filter(project=stage.project, result="required").update(number="")
        one = Filing.objects.filter(project=stage.project).exclude(result="not_applicable")[0]
        Filing.objects.filter(pk=one.pk).update(number="网信算备110108123456789012345号")
    text = client_of(stage, "carol").get(f"/t/{stage.tenant.slug}/filings/", {"q": asked}).content.decode()
    assert (stage.project.code in text) is found
