"""The JSON API describes itself: completely, as committed, and as it really answers."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from jsonschema import Draft4Validator

from portal.core.schema import CHAPTERS
from portal.tenants.actions import suspend_tenant
from tests.contracts.routes import ARGUMENTS, routes
from tests.contracts.rows import add_rows, furnish

SNAPSHOT = "docs/openapi.yaml"
RENEW = "manage.py spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml"


@pytest.fixture(scope="module")
def text() -> str:
    """The description as the generator writes it; it warns about nothing, and the result is valid OpenAPI."""
    out = StringIO()
    with translation.override("en"):
        call_command("spectacular", validate=True, fail_on_warn=True, lang="en", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def schema(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def _operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in schema["paths"].items() for method, one in methods.items()]


def test_the_committed_description_is_up_to_date(text):
    kept = (settings.BASE_DIR / SNAPSHOT).read_text(encoding="utf-8")
    assert kept == text, f"{SNAPSHOT} is out of date. Look at what changed in the API, then renew it with: {RENEW}"


def test_every_address_of_the_api_is_described(schema):
    ours = [route.pattern for route in routes() if route.in_tenant and "/api/v1/" in route.pattern]
    assert len(ours) == len(schema["paths"])


def test_every_operation_has_a_name_of_its_own_a_chapter_and_a_summary(schema):
    operations = _operations(schema)
    names = [one["operationId"] for _path, _method, one in operations]
    assert len(set(names)) == len(names)
    summaries = [one.get("summary", "") for _path, _method, one in operations]
    assert len(set(summaries)) == len(summaries)
    for path, method, one in operations:
        assert len(one["tags"]) == 1, (path, method)
        assert one["tags"][0] in CHAPTERS.values(), (path, method)
        assert 5 < len(one.get("summary", "")) < 60, (path, method)
        assert one.get("description"), (path, method)
        assert one["security"] == [{"cookieAuth": []}], (path, method)


def test_every_operation_says_how_it_refuses(schema):
    for path, method, one in _operations(schema):
        expected = {"401", "403", "404"}
        if method != "get":
            expected |= {"409", "422"}
        elif any(given["in"] == "query" for given in one["parameters"]):
            expected |= {"422"}
        if "requestBody" in one:
            expected |= {"400", "413", "415"}
        refusals = {status: answer for status, answer in one["responses"].items() if status >= "400"}
        assert set(refusals) == expected, (path, method)
        for status, answer in refusals.items():
            assert answer["description"], (path, method, status)
            assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Problem"}, (path, method, status)
        assert any(status < "300" for status in one["responses"]), (path, method)


def test_a_suspended_organisation_refuses_machines_in_their_form(world, client):
    suspend_tenant(world.tenant, reason="contract ended", by=world.mallory)
    client.force_login(world.pam, backend=settings.AUTHENTICATION_BACKENDS[1])
    answer = client.get(reverse("portal:api_projects", kwargs={"tenant_slug": world.tenant.slug}))
    assert (answer.status_code, answer.json()["code"]) == (403, "suspended")


def test_answers_have_the_shape_that_is_described(world, schema):
    add_rows(furnish(world))
    client, wrong = Client(), []
    for path, methods in schema["paths"].items():
        known = {**ARGUMENTS, "tenant_slug": "xinghe", "project_id": world.project.pk, **world.keys}
        if path.endswith("/facts/{fact}/part/"):
            known["fact"] = "pi_subject_count"  # only counts have parts
        client.force_login(
            world.adam if path.endswith(("/members/", "/roles/")) else world.pam, backend=settings.AUTHENTICATION_BACKENDS[1]
        )
        given = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if given is None:
            continue
        answer = client.get(path.format_map(known))
        assert answer.status_code == 200, path
        shape = {**_strict(given["schema"]), "components": _strict(schema["components"])}
        wrong += [f"{path}: {fault.json_path}: {fault.message[:160]}" for fault in Draft4Validator(shape).iter_errors(answer.json())]
    assert wrong == []


def _strict(shape: Any) -> Any:
    """As JSON schema: null where OpenAPI says nullable, and nothing that is not described."""
    if isinstance(shape, list):
        return [_strict(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    made = {name: _strict(one) for name, one in shape.items() if name != "nullable"}
    if "properties" in made and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return {"anyOf": [made, {"type": "null"}]} if shape.get("nullable") is True else made
