"""The page of a filing and the API say which other answers would change the result; saving one of them does."""

from __future__ import annotations

from types import SimpleNamespace

from django.test import Client
from django.urls import reverse

from portal.core.tenancy import tenant_context
from portal.projects.facts.actions import save_facts


def test_the_page_and_the_api_say_what_would_change_it_and_it_does(stage: SimpleNamespace, client: Client) -> None:
    client.force_login(stage.alice)
    given = {"tenant_slug": stage.tenant.slug, "project_id": stage.project.pk}
    explained = client.get(reverse("compliance:api_applicability", kwargs=given)).json()["filings"]
    told = {one["regime"]: one for one in explained}["genai_service_filing"]
    assert told["result"] == "required"
    change = next(one for one in told["changes"] if one["fact"] == "markets")
    assert (change["removed"], change["result"]) == (["CN"], "not_applicable")
    page = client.get(reverse("compliance:filing", kwargs={**given, "regime": "genai_service_filing"})).content.decode()
    assert "What would change this" in page
    assert "With one of these answers" in page
    with tenant_context(stage.tenant.pk):
        save_facts(stage.project, {change["fact"]: change["value"]}, by=stage.alice)
    row = stage.row("genai_service_filing")
    assert row.result == change["result"]
