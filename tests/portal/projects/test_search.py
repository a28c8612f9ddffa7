"""Search in Chinese and English, by words, pairs, single characters; rare words and common ones by different ways."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.text import grams, normalised, search_words
from portal.projects import search


def test_text_as_search_sees_it() -> None:
    """Full width becomes half width, capitals small, pairs stay inside words."""
    assert normalised(" ＡＩ　客服 Bot ") == "ai 客服 bot"
    assert search_words("客服  客服 Bot") == ["客服", "bot"]
    assert grams("客服机器人") == ["器人", "客服", "服机", "机器"]
    assert grams("AI x") == ["ai"]
    assert grams("一") == []


@pytest.fixture
def found(world: Any, signed_in: Any, more: Any) -> Any:
    """Search through the page as Carol."""
    more(world.bob, code="XH-0100", name_zh="门店补货预测", name_en="Store replenishment forecast", unit="供应链")
    more(world.bob, code="XH-0200", name_zh="碳排核算", name_en="", tags=["绿色", "ESG"])
    from portal.core.tenancy import tenant_context
    from portal.projects.models import Project

    with tenant_context(world.tenant.pk):
        assert search.refresh_search(Project.objects.all()) == 3
    client = signed_in(world.carol)

    def codes(text: str) -> list[str]:
        page = client.get("/t/xinghe/", {"q": text, "sort": "code"})
        assert page.context["found"] == len(page.context["rows"])
        return [row["code"] for row in page.context["rows"]]

    return codes


QUERIES = [
    ("补货", ["XH-0100"]),
    ("门店补货预测", ["XH-0100"]),
    ("预测 门店", ["XH-0100"]),
    ("预测门店", []),
    ("碳排", ["XH-0200"]),
    ("FORECAST", ["XH-0100"]),
    ("ｆｏｒｅｃａｓｔ store", ["XH-0100"]),
    ("供应链", ["XH-0100"]),
    ("esg", ["XH-0200"]),
    ("Bob", ["XH-0100", "XH-0200"]),
    ("xh-01", ["XH-0100"]),
    ("0200", ["XH-0200"]),
    ("没有这个", []),
    ("100%", []),
    ("_", []),
    ("x", ["XH-0001", "XH-0100", "XH-0200"]),
    ("补", []),
    ("补 货", ["XH-0100"]),
    ("", ["XH-0001", "XH-0100", "XH-0200"]),
]


@pytest.mark.parametrize(("text", "codes"), QUERIES)
def test_queries(found: Any, text: str, codes: list[str]) -> None:
    """Any script, any order of words, two characters are enough, one is the beginning of a code."""
    assert found(text) == codes


@pytest.mark.parametrize(("text", "codes"), QUERIES)
def test_common_words_are_walked_with_the_same_result(found: Any, monkeypatch: pytest.MonkeyPatch, text: str, codes: list[str]) -> None:
    """When the lookup returns its limit, the rows are compared along the sort index instead."""
    monkeypatch.setattr(search, "_few_with", lambda pairs: False)
    assert found(text) == codes


def test_pairs_alone_are_not_a_hit(world: Any, signed_in: Any, more: Any) -> None:
    """Text that holds all pairs of the query but not the query itself is left out."""
    more(code="XH-0300", name_en="baba abab")
    from portal.core.tenancy import tenant_context
    from portal.projects.models import Project

    with tenant_context(world.tenant.pk):
        search.refresh_search(Project.objects.all())
    client = signed_in(world.carol)
    assert [row["code"] for row in client.get("/t/xinghe/", {"q": "ababa"}).context["rows"]] == []
    assert [row["code"] for row in client.get("/t/xinghe/", {"q": "abab"}).context["rows"]] == ["XH-0300"]


def test_search_keeps_to_what_one_may_see(world: Any, signed_in: Any, more: Any) -> None:
    """A confidential project is not found by the PMO, nor is one of another organisation."""
    from portal.core.tenancy import tenant_context
    from portal.projects.models import Project

    more(world.bob, code="XH-0400", name_en="secret helper", confidential=True)
    for tenant in (world.tenant, world.other):
        with tenant_context(tenant.pk):
            search.refresh_search(Project.objects.all())
    assert [row["code"] for row in signed_in(world.carol).get("/t/xinghe/", {"q": "secret"}).context["rows"]] == ["XH-0400"]
    assert signed_in(world.pam).get("/t/xinghe/", {"q": "secret"}).context["rows"] == []
    assert signed_in(world.carol).get("/t/xinghe/", {"q": "inspection"}).context["rows"] == []


def test_search_follows_an_owner_who_got_another_name(world: Any, found: Any, signed_in: Any) -> None:
    """A job in each organisation that has projects of the person; other settings order nothing."""
    from portal.core.tenancy import tenant_context
    from portal.jobs.models import Job
    from portal.jobs.running import run_job
    from portal.projects.tasks import follow_owner_name

    bob = signed_in(world.bob)
    form = {"name": "Bob", "language": "en", "time_zone": "Europe/Berlin", "theme": "auto"}
    assert bob.post("/t/xinghe/preferences/", form).status_code == 303
    with tenant_context(world.tenant.pk):
        assert not Job.objects.filter(kind=search.KIND).exists()
    assert bob.post("/t/xinghe/preferences/", {**form, "name": "Robert Zhang"}).status_code == 303
    with tenant_context(world.tenant.pk):
        job = Job.objects.get(kind=search.KIND)
    assert found("zhang") == []
    assert run_job(follow_owner_name.work, world.tenant.pk, job.pk) == "done"
    assert found("robert zhang") == ["XH-0100", "XH-0200"]
    assert found("customer") == ["XH-0001"]
    with tenant_context(world.other.pk):
        assert not Job.objects.filter(kind=search.KIND).exists()
