"""The portfolio page: statements, filters, chips, pages, saved views."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.core.tenancy import tenant_context
from portal.projects.models import DefaultView, ProjectSummary, SavedView
from tests.portal.projects.conftest import statements

HOME = "/t/xinghe/?view=all"


def today() -> date:
    """Asked anew each time: a run may go on past midnight."""
    return timezone.localdate()


def codes(response: Any) -> list[str]:
    """Codes of the listed projects, in order."""
    return [row["code"] for row in response.context["rows"]]


@pytest.mark.parametrize("who", ["carol", "pam", "alice"])
def test_the_same_few_statements_for_one_and_three_projects(world: Any, signed_in: Any, more: Any, who: str) -> None:
    """Cleared reader, PMO, contributor: seven statements, whose number and length do not depend on that of the rows."""
    client = signed_in(getattr(world, who))
    client.get(HOME)
    with statements() as few:
        assert len(codes(client.get(HOME))) == 1
    more(tags=["one", "two"])
    more(world.alice, confidential=True)
    with statements() as many:
        assert len(codes(client.get(HOME))) == (2 if who == "pam" else 3)
    assert len(few) == len(many) == 7
    # Dates are the same length, so only ids of accounts could differ.
    assert abs(sum(map(len, many)) - sum(map(len, few))) < 200
    assert sum(map(len, many)) < 20_000


def test_the_api_list_needs_four_statements(world: Any, signed_in: Any, more: Any) -> None:
    """User, organisation, rows, count."""
    client = signed_in(world.pam)
    client.get("/t/xinghe/api/v1/projects/")
    more()
    more()
    with statements() as sent:
        assert len(client.get("/t/xinghe/api/v1/projects/").json()["results"]) == 3
    assert len(sent) == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=build", ["XH-B"]),
        ("stage=build&stage=live", ["XH-B", "XH-L"]),
        ("unit=Sales", ["XH-B"]),
        ("tier=full", ["XH-L"]),
        ("band=ready", ["XH-L"]),
        ("tag=genai", ["XH-B"]),
        ("tag=gen", []),
        ("confidential=true", ["XH-L"]),
        ("blocked=true", ["XH-B"]),
        ("stale=true", ["XH-L"]),
        ("public=true", ["XH-L"]),
        ("filings=true", ["XH-B"]),
        ("waiting=true", ["XH-B"]),
        ("late=true", ["XH-B"]),
        ("mine=true", ["XH-L"]),
        ("stage=nonsense", ["XH-B", "XH-L"]),
    ],
)
def test_filters(world: Any, signed_in: Any, more: Any, query: str, expected: list[str]) -> None:
    """Each filter alone, on the page, in the API and in the count."""
    with tenant_context(world.tenant.pk):
        ProjectSummary.objects.filter(project=world.project).delete()
    more(
        code="XH-B", stage="build", unit="Sales", tags=["genai"],
        summary={"open_blockers": 2, "filings_open": 1, "gate_waiting": True, "next_gate_due": today() - timedelta(days=1)},
    )  # fmt: skip
    more(
        world.carol, code="XH-L", stage="live", unit="IT", confidential=True,
        summary={"tier": "full", "band": "ready", "stale_gates": 1, "public_facing": "yes", "next_gate_due": today()},
    )  # fmt: skip
    # Over: none of the marks counts any more.
    marks = {"open_blockers": 1, "stale_gates": 1, "filings_open": 1, "public_facing": "yes", "next_gate_due": today() - timedelta(days=9)}
    stopped = more(world.dave, code="XH-S", stage="stopped", unit="HR", summary={**marks, "gate_waiting": True})
    client = signed_in(world.carol)
    response = client.get(f"/t/xinghe/?{query}&sort=code&view=all")
    expected = [*expected, stopped.code] if query == "stage=nonsense" else expected
    assert codes(response) == expected
    assert response.context["found"] == len(expected)
    answer = client.get(f"/t/xinghe/api/v1/projects/?{query}&sort=code").json()
    assert ([row["code"] for row in answer["results"]], answer["count"]) == (expected, len(expected))


@pytest.mark.parametrize(("stage", "days", "late"), [("build", 0, False), ("build", -1, True), ("on_hold", -1, False)])
def test_a_gate_is_late_by_one_rule(world: Any, signed_in: Any, more: Any, stage: str, days: int, late: bool) -> None:
    """Late from the day after its date, and not on hold: the row, the tile, the filter, the chip and the overview agree."""
    with tenant_context(world.tenant.pk):
        ProjectSummary.objects.filter(project=world.project).delete()
    due = today() + timedelta(days=days)
    project = more(world.alice, code="XH-T", stage=stage, summary={"next_gate": "G2", "next_gate_due": due, "gate_waiting": True})
    client = signed_in(world.alice)
    page = client.get(HOME)
    (row,) = page.context["rows"]
    tile = page.context["tiles"][1]
    assert (row["gate_late"], tile["lines"][0]["late"], page.context["late"] == 1) == (late, late, late)
    assert codes(client.get("/t/xinghe/?late=true&view=all")) == (["XH-T"] if late else [])
    line = client.get(f"/t/xinghe/projects/{project.pk}/").context["standing"][0]
    assert (line["tone"] == "fail", line["note"]) == (late, due.isoformat() if days else "today")
    assert days or row["gate_text"] == "G2 · today"


def test_chips_count_what_their_filters_list(world: Any, signed_in: Any, more: Any) -> None:
    """The figure on a chip is the number of rows behind it."""
    for number in range(3):
        more(stage="build", summary={"open_blockers": number, "next_gate_due": today() - timedelta(days=number)})
    more(stage="stopped", summary={"open_blockers": 4})
    client = signed_in(world.alice)
    chips = client.get(HOME).context["chips"][1:]
    assert [chip["label"] for chip in chips] == ["Blockers", "Gate late", "Mine"]
    for chip in chips:
        assert str(client.get("/t/xinghe/" + chip["url"]).context["found"]) == chip["count"]


@pytest.mark.parametrize("sort", ["updated", "-updated", "code", "-code", "stage", "readiness", "-readiness", "blockers", "gate", "-gate"])
def test_pages_are_exact_over_ties_and_nothing(world: Any, signed_in: Any, more: Any, sort: str) -> None:
    """Walking forwards gives every project once, walking back gives the same pages; ties and missing dates included."""
    moment = timezone.now() - timedelta(days=3)
    for number in range(120):
        due = None if number % 3 == 0 else today() + timedelta(days=number % 5)
        more(updated_at=moment + timedelta(hours=number % 4), stage=["build", "live"][number % 2], summary={
            "readiness": number % 4, "open_blockers": number % 2, "next_gate_due": due, "updated_at": moment + timedelta(hours=number % 4)
        })  # fmt: skip
    client = signed_in(world.carol)
    pages, address = [], f"/t/xinghe/?sort={sort}&view=all"
    while True:
        response = client.get(address)
        pages.append(codes(response))
        if not response.context["next_url"]:
            break
        address = "/t/xinghe/" + response.context["next_url"]
    walked = [code for page in pages for code in page]
    assert [len(page) for page in pages] == [50, 50, 21]
    assert len(set(walked)) == 121
    # Back again from the last page.
    back = []
    while response.context["previous_url"]:
        response = client.get("/t/xinghe/" + response.context["previous_url"])
        back.append(codes(response))
    assert back == pages[-2::-1]
    assert not response.context["previous_url"]


def test_a_damaged_cursor_is_said(world: Any, signed_in: Any) -> None:
    """Somebody who edits the address gets a sentence, not a broken page."""
    response = signed_in(world.pam).get("/t/xinghe/?after=nonsense")
    assert response.status_code == 422
    assert "first page" in response.content.decode()


def test_htmx_gets_the_list_alone(world: Any, signed_in: Any) -> None:
    """The same view answers with the smaller template."""
    response = signed_in(world.pam).get(HOME, headers={"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "portfolio-list"})
    page = response.content.decode()
    assert page.lstrip().startswith("<section")
    assert "XH-0001" in page
    assert "<html" not in page


def test_new_organisation_says_what_to_do(world: Any, signed_in: Any) -> None:
    """An empty portfolio leads to the first project; somebody without the right is told whom to ask."""
    with tenant_context(world.tenant.pk):
        ProjectSummary.objects.all().delete()
    assert "Register a project" in signed_in(world.pam).get("/t/xinghe/").content.decode()
    assert "Ask your PMO" in signed_in(world.dave).get("/t/xinghe/").content.decode()


def test_saved_views(world: Any, signed_in: Any) -> None:
    """Save, open, update, share, default, unshare, delete."""
    pam, alice = signed_in(world.pam), signed_in(world.alice)
    response = pam.post("/t/xinghe/portfolio/views/", {"name": " Weekly  meeting ", "query": "stage=build&after=zzz&view=x&empty="})
    assert response.status_code == 303
    with tenant_context(world.tenant.pk):
        view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("Weekly meeting", "stage=build", False)
    assert [row["name"] for row in alice.get(HOME).context["views"]] == []

    def act(client: Any, name: str, **data: str) -> int:
        return client.post(f"/t/xinghe/portfolio/views/{view.pk}/{name}/", data).status_code

    assert act(alice, "update", query="stage=live") == 404  # private: not even there
    assert act(pam, "share") == 303
    assert [row["name"] for row in alice.get(HOME).context["views"]] == ["Weekly meeting"]
    assert act(alice, "update", query="stage=live") == 403
    assert act(alice, "delete") == 403
    assert act(alice, "default") == 303
    response = alice.get("/t/xinghe/")
    assert (response.status_code, response.url) == (302, f"/t/xinghe/?stage=build&view={view.pk}")
    assert act(pam, "update", query="stage=live&sort=code") == 303
    assert alice.get("/t/xinghe/").url.startswith("/t/xinghe/?stage=live&sort=code&view=")
    assert act(pam, "unshare") == 303  # Alice loses it, as default too
    with tenant_context(world.tenant.pk):
        assert not DefaultView.objects.exists()
    assert alice.get("/t/xinghe/").status_code == 200
    assert act(pam, "delete") == 303
    assert act(pam, "nonsense") == 404
    # Sharing needs the permission.
    assert alice.post("/t/xinghe/portfolio/views/", {"name": "Mine", "query": "mine=true", "shared": "1"}).status_code == 403
    assert alice.post("/t/xinghe/portfolio/views/", {"name": "", "query": ""}).status_code == 422


def test_charts(world: Any, signed_in: Any, more: Any) -> None:
    """Funnel and heat map agree with the sums, for whoever sees everything and for whoever sees some."""
    more(unit="Sales", stage="live", summary={f"d{n}_score": 10 * n for n in range(1, 11)})
    more(unit="Sales", stage="live", confidential=True, summary={f"d{n}_score": 0 for n in range(1, 11)})
    for who, projects, scores in (("carol", 2, [5 * n for n in range(1, 11)]), ("pam", 1, [10 * n for n in range(1, 11)])):
        context = signed_in(getattr(world, who)).get("/t/xinghe/portfolio/charts/").context
        sales = next(row for row in context["heat"]["rows"] if row[0] == "Sales")
        assert (sales[1], sales[3:]) == (projects, scores)
        assert dict(context["funnel"]["rows"])["Live"] == projects
