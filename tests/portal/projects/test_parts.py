"""Counts of the organisation add up over its projects: sums, years, ends, versions, who sees and who may."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.projects.facts import parts
from portal.projects.facts.actions import save_organisation_facts
from portal.projects.facts.following import KIND
from portal.projects.models import CountPart, FactAnswer, Project
from portal.tenants.entry import acting_as
from tests.factories.cast import make_project

PEOPLE, EXPORTED = "pi_subject_count", "cb_pi_subjects_ytd"


@pytest.fixture
def house(world: SimpleNamespace) -> SimpleNamespace:
    """``world`` with a second project and ``state(name, project, value, …)``."""
    with tenant_context(world.tenant.pk):
        world.second = make_project(world.alice, "XH-0002", members={"business_owner": world.alice})
        world.secret = make_project(world.carol, "XH-0003", confidential=True)

    def state(name: str, project: Any, value: Any, fact: str = PEOPLE, **given: Any) -> CountPart:
        with acting_as(world.tenant, getattr(world, name)) as by:
            return parts.save_part(project, fact, value, **{"source": "CRM", "version": 0, **given}, by=by)

    def answer(fact: str = PEOPLE) -> Any:
        with tenant_context(world.tenant.pk):
            return FactAnswer.objects.filter(project=None, fact_key=fact).values_list("value", flat=True).first()

    world.state, world.answer = state, answer
    return world


def test_the_answer_is_the_sum_and_projects_follow(house: SimpleNamespace) -> None:
    house.state("alice", house.project, "700,000")
    assert house.answer() == 700_000
    house.state("alice", house.second, 400_000)
    assert house.answer() == 1_100_000
    house.state("carol", None, "-150000")
    assert house.answer() == 950_000
    with tenant_context(house.tenant.pk):
        assert Job.objects.filter(kind=KIND).count() == 3
        changed = Job.objects.filter(kind=KIND).latest("created_at").args["changed"]
    assert changed == {PEOPLE: [1_100_000, 950_000]}


def test_a_part_is_taken_back_and_the_last_answer_stays(house: SimpleNamespace) -> None:
    first = house.state("alice", house.project, 5)
    house.state("alice", house.second, 7)
    house.state("alice", house.project, "", version=first.version)
    assert house.answer() == 7
    with acting_as(house.tenant, house.carol), pytest.raises(Invalid, match="cannot be used"):
        save_organisation_facts({PEOPLE: 1}, by=house.carol)
    house.state("alice", house.second, None, version=1)
    assert house.answer() == 7
    with acting_as(house.tenant, house.carol):
        save_organisation_facts({PEOPLE: 1}, by=house.carol)
    assert house.answer() == 1


@pytest.mark.parametrize("value", ["-1", "1.5", "many", str(10**12), True, [3]])
def test_what_is_no_number_of_people_changes_nothing(house: SimpleNamespace, value: Any) -> None:
    with pytest.raises(Invalid):
        house.state("alice", house.project, value)
    assert house.answer() is None


def test_the_first_part_is_one_of_the_number_typed_before(house: SimpleNamespace) -> None:
    with acting_as(house.tenant, house.carol):
        save_organisation_facts({PEOPLE: 1000}, by=house.carol, sources={PEOPLE: "Report of 2025"})
    house.state("alice", house.project, 300)
    assert house.answer() == 1000
    with tenant_context(house.tenant.pk):
        rest = CountPart.objects.get(project=None)
    assert (rest.value, rest.source, rest.answered_by_id) == (700, "Report of 2025", house.carol.pk)
    house.state("carol", None, 0, version=1)
    assert house.answer() == 300


def test_no_sum_is_below_nothing(house: SimpleNamespace) -> None:
    house.state("alice", house.project, 10)
    with pytest.raises(Invalid) as refused:
        house.state("carol", None, -11)
    assert "below 0" in refused.value.detail["fields"]["value"][0]
    assert house.answer() == 10


def test_the_second_of_two_people_sees_what_stands(house: SimpleNamespace) -> None:
    house.state("alice", house.project, 10)
    with pytest.raises(Conflict) as refused:
        house.state("alice", house.project, 20)
    assert refused.value.detail["current"] == {"value": 10, "version": 1}
    assert house.state("alice", house.project, 20, version=1).version == 2


def test_who_may_not_and_what_is_no_count(house: SimpleNamespace) -> None:
    for name, project in (("erin", house.project), ("alice", None), ("dave", None), ("adam", None)):
        with pytest.raises(NotAllowed):
            house.state(name, project, 1)
    for fact in ("markets", "annual_revenue_usd", "nothing"):
        with pytest.raises(NotFound):
            house.state("alice", house.project, 1, fact=fact)


def test_projects_that_are_over_count_for_the_year_and_not_for_the_stock(house: SimpleNamespace) -> None:
    for fact in (PEOPLE, EXPORTED):
        house.state("alice", house.project, 10, fact=fact)
        house.state("alice", house.second, 5, fact=fact)
    with tenant_context(house.tenant.pk):
        Project.objects.filter(pk=house.second.pk).update(stage="retired")
    assert parts.recount(house.tenant.pk) == 1
    assert (house.answer(PEOPLE), house.answer(EXPORTED)) == (10, 15)
    assert parts.recount(house.tenant.pk) == 0


def test_a_new_year_asks_anew(house: SimpleNamespace) -> None:
    house.state("alice", house.project, 10, fact=EXPORTED)
    year = timezone.localdate().year
    with tenant_context(house.tenant.pk):
        CountPart.objects.update(year=year - 1)
        FactAnswer.objects.filter(fact_key=EXPORTED).update(answered_at=timezone.now() - dt.timedelta(days=400))
    assert parts.recount(house.tenant.pk) == 1
    assert house.answer(EXPORTED) == "unknown"
    assert parts.recount(house.tenant.pk) == 0
    house.state("alice", house.project, 3, fact=EXPORTED)
    assert house.answer(EXPORTED) == 3
    with tenant_context(house.tenant.pk):
        assert CountPart.objects.filter(fact_key=EXPORTED).count() == 2


def test_a_confidential_project_counts_and_is_not_named(house: SimpleNamespace) -> None:
    house.state("carol", house.secret, 90)
    house.state("alice", house.project, 10)
    client = Client(headers={"accept-language": "en"})
    client.force_login(house.pam)
    text = client.get(reverse("portal:organisation_fact", kwargs={"tenant_slug": "xinghe", "fact": PEOPLE})).content.decode()
    assert "XH-0001" in text
    assert "XH-0003" not in text
    assert "1 other project" in text
    found = client.get(reverse("portal:api_organisation_part", kwargs={"tenant_slug": "xinghe", "fact": PEOPLE})).json()
    assert (found["total"], found["other_projects"], found["other_value"]) == (100, 1, 90)
    assert [one["project"] for one in found["parts"]] == ["XH-0001"]


def test_the_page_shows_the_difference_first_and_keeps_what_was_typed(house: SimpleNamespace) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(house.alice)
    keys = {"tenant_slug": "xinghe", "project_id": house.project.pk, "fact": PEOPLE}
    page, url = reverse("portal:project_fact", kwargs=keys), reverse("portal:project_part", kwargs=keys)
    sent = {"value": "1200000", "source": "CRM of November", "version": "0"}
    review = client.post(url, sent)
    assert (review.status_code, house.answer()) == (200, None)
    assert "1,200,000" in review.content.decode()
    assert 'value="1200000"' in client.post(url, sent | {"edit": "1"}).content.decode()
    refused = client.post(url, sent | {"value": "twelve"})
    assert refused.status_code == 422
    assert 'value="twelve"' in refused.content.decode()
    assert client.post(url, sent | {"confirm": "1"}).status_code in (302, 303)
    assert house.answer() == 1_200_000
    stale = client.post(url, sent | {"value": "5", "confirm": "1"})
    assert stale.status_code == 409
    assert 'value="5"' in stale.content.decode()
    assert "CRM of November" in client.get(page).content.decode()
    form = client.get(reverse("portal:organisation_facts", kwargs={"tenant_slug": "xinghe"}))
    assert form.status_code == 403 or f'name="f-{PEOPLE}"' not in form.content.decode()


def test_the_api_writes_by_the_same_rules(house: SimpleNamespace) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(house.alice)
    url = reverse("portal:api_project_part", kwargs={"tenant_slug": "xinghe", "project_id": house.project.pk, "fact": PEOPLE})

    def put(**body: Any) -> Any:
        return client.put(url, body, content_type="application/json")

    assert put(value=3, version=0).json()["own"] == {"value": 3, "source": "", "version": 1}
    assert put(value=3, version=0).status_code == 409
    assert put(version=1).status_code == 422
    assert put(value=-3, version=1).status_code == 422
    assert put(value=None, version=1).json()["total"] is None
    other = reverse("portal:api_project_part", kwargs={"tenant_slug": "xinghe", "project_id": house.secret.pk, "fact": PEOPLE})
    assert client.get(other).status_code == 404
