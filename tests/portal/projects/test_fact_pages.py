"""Pages and API of facts: the difference first, both values on a conflict, nothing typed is lost, who may do what."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments.checklists.models import Assessment
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.projects import registry
from portal.projects.facts.actions import save_facts
from portal.projects.facts.queries import project_facts
from portal.projects.models import FactAnswer, Project
from tests.portal.projects.conftest import statements


@pytest.fixture
def ready(world: SimpleNamespace) -> SimpleNamespace:
    """The world with Alice's project registered on two facts."""
    with tenant_context(world.tenant.pk, world.alice.pk):
        save_facts(world.project, {"markets": ["CN"], "audience": ["internal_staff"]}, by=world.alice, quietly=True)
        registry.project_registered(world.project, by=world.alice)
    return world


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(world: SimpleNamespace, name: str = "project_facts", **more: Any) -> str:
    return reverse(f"portal:{name}", kwargs={"tenant_slug": world.tenant.slug, "project_id": world.project.pk, **more})


def form(**facts: Any) -> dict[str, Any]:
    """Fields of the form for facts given as id=(value, was, version)."""
    data: dict[str, Any] = {}
    for name, (value, was, version) in facts.items():
        data |= {f"f-{name}": value, f"was-{name}": json.dumps(was), f"v-{name}": str(version), f"s-{name}": ""}
    return data


def facts_of(world: SimpleNamespace) -> dict[str, Any]:
    with tenant_context(world.tenant.pk):
        return project_facts(world.project)


def test_the_form_asks_everything_and_unknown_is_the_default(ready: SimpleNamespace) -> None:
    page = client_of(ready.alice).get(url(ready)).content.decode()
    assert page.count('id="fact-') == 97
    assert 'name="f-mlps_level"' in page
    assert 'name="f-entity_type"' not in page  # of the organisation: shown, not asked
    assert "lifecycle_stage" not in page


def test_saving_shows_the_difference_first(ready: SimpleNamespace) -> None:
    client = client_of(ready.alice)
    typed = form(audience=(["public"], ["internal_staff"], 1))
    review = client.post(url(ready), typed)
    assert review.status_code == 200
    assert b"The tier rises from standard to full" in review.content
    assert b'name="confirm"' in review.content
    assert facts_of(ready)["audience"] == ["internal_staff"]
    saved = client.post(url(ready), {**typed, "confirm": "1"})
    assert saved.status_code == 303
    assert facts_of(ready)["audience"] == ["public"]
    with tenant_context(ready.tenant.pk):
        assert Assessment.objects.get(project=ready.project).tier == "full"


def test_fields_nobody_touched_are_left_alone(ready: SimpleNamespace) -> None:
    """The form holds all facts; only those that differ from what it was opened with count, so that old values do no harm."""
    with tenant_context(ready.tenant.pk, ready.bob.pk):
        save_facts(ready.project, {"audience": ["public"]}, by=ready.bob)
    typed = form(audience=(["internal_staff"], ["internal_staff"], 1), mlps_level=("2", "unknown", 0))
    assert client_of(ready.alice).post(url(ready), {**typed, "confirm": "1"}).status_code == 303
    assert facts_of(ready)["audience"] == ["public"]
    assert facts_of(ready)["mlps_level"] == 2


def test_a_conflict_shows_both_and_loses_nothing(ready: SimpleNamespace) -> None:
    with tenant_context(ready.tenant.pk, ready.bob.pk):
        save_facts(ready.project, {"audience": ["public"]}, by=ready.bob)
    typed = form(audience=(["partner"], ["internal_staff"], 1), mlps_level=("2", "unknown", 0))
    client = client_of(ready.alice)
    answer = client.post(url(ready), {**typed, "confirm": "1"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "named partners" in page
    assert "the public" in page
    assert "Saved by Bob" in page
    assert '<input type="hidden" name="f-mlps_level" value="2">' in page
    assert facts_of(ready)["audience"] == ["public"]
    # The hidden fields carry the present version: mine goes through, theirs leaves the other answer alone.
    resolved = form(audience=(["partner"], ["public"], 2), mlps_level=("2", "unknown", 0))
    assert client.post(url(ready), {**resolved, "keep-audience": "theirs", "confirm": "1"}).status_code == 303
    assert facts_of(ready)["audience"] == ["public"]
    assert facts_of(ready)["mlps_level"] == 2
    assert (
        client.post(url(ready), {**form(audience=(["partner"], ["public"], 2)), "keep-audience": "mine", "confirm": "1"}).status_code == 303
    )
    assert facts_of(ready)["audience"] == ["partner"]


def test_a_source_typed_beside_an_unchanged_answer_is_kept(ready: SimpleNamespace) -> None:
    client = client_of(ready.alice)
    assert 'name="ws-audience" value=""' in client.get(url(ready)).content.decode()
    typed = {**form(audience=(["internal_staff"], ["internal_staff"], 1)), "s-audience": "Contract 7", "ws-audience": ""}
    assert client.post(url(ready), typed).status_code == 303
    with tenant_context(ready.tenant.pk):
        assert FactAnswer.objects.get(fact_key="audience").source == "Contract 7"
    # With a changed answer beside it, it is listed on the way and travels along.
    typed = {**form(audience=(["internal_staff"], ["internal_staff"], 2), mlps_level=("2", "unknown", 0))}
    typed |= {"s-audience": "Contract 8", "ws-audience": "Contract 7"}
    page = client.post(url(ready), typed).content.decode()
    assert "2 facts change" in page
    assert '<input type="hidden" name="ws-audience" value="Contract 7">' in page
    assert client.post(url(ready), {**typed, "confirm": "1"}).status_code == 303
    with tenant_context(ready.tenant.pk):
        assert FactAnswer.objects.get(fact_key="audience").source == "Contract 8"


def test_a_source_over_the_api(ready: SimpleNamespace) -> None:
    body = {"facts": {"audience": ["internal_staff"]}, "versions": {"audience": 1}, "sources": {"audience": "Contract 7"}}
    answer = client_of(ready.alice).patch(url(ready, "api_project_facts"), body, content_type="application/json")
    assert (answer.status_code, answer.json()["changed"]) == (200, {})
    with tenant_context(ready.tenant.pk):
        assert FactAnswer.objects.get(fact_key="audience").source == "Contract 7"


def test_a_wrong_value_comes_back_with_what_was_typed(ready: SimpleNamespace) -> None:
    typed = form(mlps_level=("nine", "unknown", 0), audience=(["public"], ["internal_staff"], 1))
    answer = client_of(ready.alice).post(url(ready), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="nine"' in page
    assert "is not a number" in page


def test_the_preview_counts_what_changes(ready: SimpleNamespace) -> None:
    typed = form(audience=(["public"], ["internal_staff"], 1))
    answer = client_of(ready.alice).post(url(ready, "project_facts_preview"), typed, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "Items that open" in page
    assert '"ai_act_class"' in page  # no market in the EU: makes no difference


def test_the_preview_reads_the_facts_once(ready: SimpleNamespace) -> None:
    typed = form(audience=(["public"], ["internal_staff"], 1))
    client = client_of(ready.alice)
    with statements() as sent:
        assert client.post(url(ready, "project_facts_preview"), typed, headers={"HX-Request": "true"}).status_code == 200
    read = [sql for sql in sent if 'FROM "portal_factanswer"' in sql and sql.startswith('SELECT "portal_factanswer"."fact_key"')]
    assert len(read) == 1, read


def test_readers_read_and_strangers_see_nothing(ready: SimpleNamespace) -> None:
    reader = client_of(ready.dave)
    page = reader.get(url(ready))
    assert page.status_code == 200
    assert b'name="f-mlps_level"' not in page.content
    assert reader.post(url(ready), form(mlps_level=("2", "unknown", 0))).status_code == 403
    assert reader.post(url(ready, "project_facts_preview"), {}).status_code == 403
    assert client_of(ready.mallory).get(url(ready)).status_code == 404


def test_one_fact_says_what_reads_it_and_what_was_said(ready: SimpleNamespace) -> None:
    with tenant_context(ready.tenant.pk, ready.bob.pk):
        save_facts(ready.project, {"audience": ["public"]}, by=ready.bob, sources={"audience": "steering committee"})
    page = client_of(ready.alice).get(url(ready, "project_fact", fact="audience")).content.decode()
    assert "Own staff only" in page
    assert "steering committee" in page
    assert "Bob" in page
    assert client_of(ready.alice).get(url(ready, "project_fact", fact="no-such-fact")).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many_answers(ready: SimpleNamespace, django_assert_max_num_queries: Any) -> None:
    client = client_of(ready.alice)
    client.get(url(ready))
    with django_assert_max_num_queries(12):  # savepoints of the test's own transaction included
        client.get(url(ready))


def test_facts_of_the_organisation(ready: SimpleNamespace) -> None:
    address = reverse("portal:organisation_facts", kwargs={"tenant_slug": ready.tenant.slug})
    client = client_of(ready.pam)
    assert client.get(address).content.decode().count('id="fact-') > 20
    typed = form(cii_operator=("yes", "unknown", 0))
    review = client.post(address, typed).content.decode()
    assert "1 of the 1 projects looked at" in review or "0 of the 1 projects looked at" in review
    assert client.post(address, {**typed, "confirm": "1"}).status_code == 303
    with tenant_context(ready.tenant.pk):
        assert FactAnswer.objects.get(project=None).value == "yes"
        assert Job.objects.get(kind="portal.facts.follow").args == {"changed": {"cii_operator": ["unknown", "yes"]}}
    assert client_of(ready.dave).get(address).status_code == 200
    assert client_of(ready.dave).post(address, typed).status_code == 403
    assert client_of(ready.alice).get(address).status_code == 403


def test_the_plan_of_the_organisation_names_no_confidential_project_to_others(ready: SimpleNamespace) -> None:
    """The PMO sees all projects but confidential ones; the sums cover them, their names stay hidden."""
    with tenant_context(ready.tenant.pk, ready.alice.pk):
        save_facts(
            ready.project, {"markets": ["CN"], "hosting_regions": ["CN"], "mlps_level": 3, "audience": ["internal_staff"]}, by=ready.alice
        )
        Project.objects.filter(pk=ready.project.pk).update(confidential=True)
    address = reverse("portal:organisation_facts", kwargs={"tenant_slug": ready.tenant.slug})
    typed = form(cii_operator=("yes", "unknown", 0))
    page = client_of(ready.pam).post(address, typed).content.decode()
    assert "1 of the 1 projects looked at are touched" in page
    assert "Customer service bot" not in page
    assert "XH-0001" not in page
    with tenant_context(ready.tenant.pk):
        Project.objects.filter(pk=ready.project.pk).update(confidential=False)
    assert "Customer service bot" in client_of(ready.pam).post(address, typed).content.decode()


def test_facts_over_the_api(ready: SimpleNamespace) -> None:
    client = client_of(ready.alice)
    address = url(ready, "api_project_facts")
    listed = client.get(address).json()
    assert len(listed["facts"]) == 114
    audience = next(fact for fact in listed["facts"] if fact["id"] == "audience")
    assert (audience["value"], audience["version"], audience["answered_by"]) == (["internal_staff"], 1, "Alice")
    body = {"facts": {"audience": ["public"]}, "versions": {"audience": 1}}
    dry = client.patch(f"{address}?dry_run=true", body, content_type="application/json").json()
    assert dry["saved"] is False
    assert any(line["kind"] == "tier_rises" for line in dry["effects"])
    assert facts_of(ready)["audience"] == ["internal_staff"]
    assert client.patch(address, body, content_type="application/json").json()["changed"] == {"audience": [["internal_staff"], ["public"]]}
    stale = client.patch(address, {"facts": {"audience": ["partner"]}, "versions": {"audience": 1}}, content_type="application/json")
    assert stale.status_code == 409
    assert stale.json()["current"]["audience"] == {"yours": ["partner"], "current": ["public"], "version": 2}
    wrong = client.patch(address, {"facts": {"mlps_level": "x", "nothing": 1}}, content_type="application/json")
    assert wrong.status_code == 422
    assert set(wrong.json()["fields"]) == {"mlps_level", "nothing"}
    assert client_of(ready.dave).patch(address, body, content_type="application/json").status_code == 403
    assert client_of(ready.mallory).get(address).status_code == 404
    figures = client.get(
        reverse("assessments:api_assessment", kwargs={"tenant_slug": ready.tenant.slug, "project_id": ready.project.pk})
    ).json()
    assert (figures["tier"], figures["items_total"], len(figures["dimensions"])) == ("full", 129, 10)
