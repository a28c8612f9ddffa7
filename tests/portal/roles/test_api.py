"""Members and roles as JSON, with the rights of the pages."""

from __future__ import annotations

from django.urls import reverse


def url(name):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe"})


def test_members(world, client):
    client.force_login(world.adam)
    body = client.get(url("api_members"), {"q": "carol"}).json()
    assert [(row["name"], row["email"], row["roles"]) for row in body["results"]] == [
        ("Carol", "carol@tenfold.example", ["compliance_officer"])
    ]
    assert {row["name"] for row in client.get(url("api_members")).json()["results"]} == {
        "Adam",
        "Pam",
        "Carol",
        "Erin",
        "Dave",
        "Alice",
        "Bob",
        "Sam",
    }
    assert client.get(url("api_members"), {"after": "rubbish"}).status_code == 422


def test_roles(world, client):
    client.force_login(world.adam)
    rows = client.get(url("api_roles")).json()
    auditor = next(row for row in rows if row["key"] == "auditor" and row["kind"] == "tenant")
    assert auditor["people"] == 1
    assert "portal.view_audit_log" in auditor["permissions"]


def test_rights(world, client):
    for name in ("api_members", "api_roles"):
        client.logout()
        assert client.get(url(name)).status_code == 401
        for who, status in (("pam", 403), ("alice", 403), ("mallory", 404)):
            client.force_login(getattr(world, who))
            answer = client.get(url(name))
            assert answer.status_code == status
            assert answer["Content-Type"].startswith("application/json")
