"""Projects over JSON: the same filters, rights and acts."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from portal.core.errors import Conflict
from portal.core.tenancy import tenant_context
from portal.projects.models import Project

API = "/t/xinghe/api/v1/projects/"


def send(client: Any, method: str, address: str, data: Any = None) -> Any:
    """A JSON request."""
    return getattr(client, method)(address, data, content_type="application/json")


def test_list_and_read(world: Any, signed_in: Any, more: Any) -> None:
    """Rows are slim and complete; pages follow cursors."""
    for number in range(60):
        more(code=f"XH-1{number:03d}")
    client = signed_in(world.pam)
    first = client.get(API + "?sort=code").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (61, 50, "")
    second = client.get(f"{API}?sort=code&after={first['next']}").json()
    assert (len(second["results"]), second["next"]) == (11, "")
    row = first["results"][0]
    assert (row["code"], row["owner"]["name"], row["readiness"], row["dimensions"]["D10"]) == ("XH-0001", "Alice", None, "open")
    one = client.get(f"{API}{row['id']}/").json()
    assert (one["version"], one["name"]["en"], one["sponsor"]["name"], one["budget"]) == (1, "Customer service bot", "Erin", None)
    assert client.get(API + "?after=%21").status_code == 422


def test_change(world: Any, signed_in: Any) -> None:
    """Change, stale change, faults, rights."""
    address = f"{API}{world.project.pk}/"
    pam = signed_in(world.pam)
    answer = send(pam, "patch", address, {"version": 1, "unit": "IT", "budget": "12.50", "owner": world.bob.pk, "tags": ["a"]})
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in ("version", "unit", "budget", "tags")} == {
        "version": 2,
        "unit": "IT",
        "budget": "12.50",
        "tags": ["a"],
    }
    stale = send(pam, "patch", address, {"version": 1, "unit": "HR"})
    assert (stale.status_code, stale.json()["code"], stale.json()["current"]) == (409, "stale", {"version": 2})
    assert send(pam, "patch", address, {"unit": "HR"}).status_code == 422
    faults = send(pam, "patch", address, {"version": 2, "name_zh": "", "name_en": ""})
    assert (faults.status_code, list(faults.json()["fields"])) == (422, ["name_zh"])
    assert send(pam, "patch", address, {"version": 2, "owner": 999_999}).status_code == 422
    assert send(signed_in(world.dave), "patch", address, {"version": 2, "unit": "X"}).status_code == 403
    assert send(signed_in(world.carol), "patch", f"{API}{world.foreign.pk}/", {"version": 1}).status_code == 404


def test_steer_and_people(world: Any, signed_in: Any) -> None:
    """Hold, give a role, end it."""
    pam, base = signed_in(world.pam), f"{API}{world.project.pk}/"
    assert send(pam, "post", base + "stage/", {"act": "hold", "reason": "freeze"}).json()["stage"] == "on_hold"
    assert send(pam, "post", base + "stage/", {"act": "retire"}).status_code == 422
    assert send(signed_in(world.alice), "post", base + "stage/", {"act": "resume", "reason": "x"}).status_code == 403
    assert len(pam.get(base + "people/").json()) == 4
    made = send(pam, "post", base + "people/", {"user": world.carol.pk, "role": "compliance"})
    assert (made.status_code, made.json()["user"]["name"]) == (201, "Carol")
    assert send(pam, "post", base + "people/", {"user": world.mallory.pk, "role": "compliance"}).status_code == 422
    assert send(signed_in(world.dave), "post", base + "people/", {"user": world.sam.pk, "role": "finance"}).status_code == 403
    assert pam.delete(f"{base}people/{made.json()['id']}/").status_code == 204
    assert pam.delete(f"{base}people/{made.json()['id']}/").status_code == 404
    with tenant_context(world.tenant.pk):
        assert Project.objects.get(pk=world.project.pk).stage_reason == "freeze"


def test_a_refusal_undoes_what_was_written_before_it(world: Any, signed_in: Any, monkeypatch: Any) -> None:
    """As on pages: all or nothing, whether an action refuses or a serializer."""

    def halfway(error: Exception) -> Any:
        def act(project: Project, **_given: Any) -> None:
            Project.objects.filter(pk=project.pk).update(unit="half")
            raise error

        return act

    pam = signed_in(world.pam)
    for error, status in ((Conflict("no"), 409), (ValidationError({"unit": ["no"]}), 422)):
        monkeypatch.setattr("portal.projects.actions.add_member", halfway(error))
        answer = send(pam, "post", f"{API}{world.project.pk}/people/", {"user": world.sam.pk, "role": "finance"})
        assert answer.status_code == status
        with tenant_context(world.tenant.pk):
            assert Project.objects.get(pk=world.project.pk).unit == ""
