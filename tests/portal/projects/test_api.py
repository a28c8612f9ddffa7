"""Projects over JSON: the same filters, rights and acts."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError

from portal.core.errors import Conflict
from portal.core.tenancy import tenant_context
from portal.projects.models import IntakeDraft, Project

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


def test_register(world: Any, signed_in: Any) -> None:
    """Facts, people and everything that follows, by the same act as the wizard; the same id twice is one project."""
    alice = signed_in(world.alice)
    body = {
        "id": "0192e4a0-0000-7000-8000-00000000abcd",
        "name_en": "Store replenishment",
        "unit": "Supply",
        "sponsor": world.erin.pk,
        "target_launch": "2027-06-30",
        "budget": "120000.50",
        "confidential": True,
        "facts": {"audience": ["public"], "mlps_level": 3},
        "sources": {"audience": "Brief of May"},
        "people": {"tech_lead": world.bob.pk},
    }
    made = send(alice, "post", API, body)
    assert made.status_code == 201, made.json()
    project = made.json()
    assert (project["code"], project["owner"]["name"], project["sponsor"]["name"], project["stage"], project["budget"]) == (
        "XH-0002",
        "Alice",
        "Erin",
        "intake",
        "120000.50",
    )
    again = send(alice, "post", API, {**body, "name_en": "Another name"})
    assert (again.status_code, again.json()["id"], again.json()["name"]["en"]) == (200, project["id"], "Store replenishment")
    facts = {fact["id"]: fact for fact in alice.get(f"{API}{project['id']}/facts/").json()["facts"]}
    assert (facts["audience"]["value"], facts["audience"]["source"], facts["launch_date"]["value"]) == (
        ["public"],
        "Brief of May",
        "2027-06-30",
    )
    assert [(row["user"]["name"], row["role"]) for row in alice.get(f"{API}{project['id']}/people/").json()] == [("Bob", "tech_lead")]
    assert alice.get(f"{API}{project['id']}/").status_code == 200
    assert alice.get(f"/t/xinghe/projects/{project['id']}/checklist/").status_code == 200
    # Somebody else's id is not found; without an id each call is a project of its own.
    assert send(signed_in(world.bob), "post", API, body).status_code == 404
    codes = [send(alice, "post", API, {"name_en": "One of two"}).json()["code"] for _number in range(2)]
    assert codes == ["XH-0003", "XH-0004"]
    assert send(signed_in(world.dave), "post", API, {"name_en": "No"}).status_code == 403


def test_what_cannot_be_registered_is_said_by_field_and_leaves_nothing(world: Any, signed_in: Any) -> None:
    alice = signed_in(world.alice)
    key = "0192e4a0-0000-7000-8000-00000000abce"
    faults = [
        ({}, "name_zh"),
        ({"name_en": "A", "owner": 999_999}, "owner"),
        ({"name_en": "A", "owner": world.mallory.pk}, "owner"),
        ({"name_en": "A", "target_launch": "0226-11-23"}, "target_launch"),
        ({"name_en": "A", "code": "XH-0001"}, "code"),
        ({"name_en": "A", "facts": {"mlps_level": "nine"}}, "mlps_level"),
        ({"name_en": "A", "facts": {"entity_type": "private"}}, "entity_type"),
        ({"name_en": "A", "people": {"king": world.bob.pk}}, "people"),
        ({"name_en": "A", "people": {"tech_lead": world.mallory.pk}}, "people"),
        ({"name_en": "A", "facts": []}, "facts"),
    ]
    for body, field in faults:
        answer = send(alice, "post", API, {"id": key, **body})
        assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), body
    with tenant_context(world.tenant.pk):
        assert (Project.objects.count(), IntakeDraft.objects.count()) == (1, 0)
        IntakeDraft.objects.create(pk=key, user=world.alice, data={})
    assert send(alice, "post", API, {"id": key, "name_en": "A"}).json()["code"] == "draft_open"
    # An id of another organisation is taken, and nothing more is said about it.
    with tenant_context(world.other.pk):
        IntakeDraft.objects.create(pk="0192e4a0-0000-7000-8000-00000000abcf", user=world.mallory, data={})
    taken = send(alice, "post", API, {"id": "0192e4a0-0000-7000-8000-00000000abcf", "name_en": "A"})
    assert (taken.status_code, taken.json()["code"]) == (409, "id_taken")


def test_an_unknown_account_is_said_in_the_language_of_the_reader(world: Any, signed_in: Any) -> None:
    world.pam.language = "zh-hans"
    world.pam.save()
    answer = send(signed_in(world.pam), "patch", f"{API}{world.project.pk}/", {"version": 1, "owner": 999_999})
    assert "没有这个账号。" in answer.content.decode()


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
