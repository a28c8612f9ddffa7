"""The checklists in a real browser: accessibility, and that nothing typed is ever lost."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.models import Answer, Evidence
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as
from tests.assessments.checklists.builders import begin_assessment
from tests.browser import PATIENCE_MS, expect
from tests.factories import cast

pytestmark = [pytest.mark.browser]
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything is looked at; only faults are told in full.
RULES = {"resultTypes": ["violations"], "selectors": False, "runOnly": {"type": "tag", "values": TAGS}}
STICKING_OUT = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
FACTS = {"hosting": "dedicated_instance", "route": "rag", "personal_data": "ordinary", "audience": ["public"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django must not take it for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGS)
        yield running
        running.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def site(live_db):
    world = cast.build_world()
    with tenant_context(world.tenant.pk, world.alice.pk):
        begin_assessment(world.project, FACTS)
    server = LiveServer("localhost")
    world.address = server.url
    world.base = f"{server.url}/t/xinghe/projects/{world.project.pk}"
    yield world
    server.stop()


def row(site, key: str) -> Answer:
    with tenant_context(site.tenant.pk):
        return Answer.objects.select_related("assessment", "project").get(project=site.project, item_key=key)


def signed_in(
    browser: Browser, site, user, *, language: str = "en", theme: str = "light", width: int = 1440
) -> tuple[BrowserContext, Page]:
    type(user).objects.filter(pk=user.pk).update(language=language, theme=theme)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    # Without transitions a page looks at once the way it stays.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": site.address}]
    )
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if "Content Security Policy" in line.text else None)
    return context, page


def item(page: Page, key: str):
    return page.locator(f"[id='{key}']")


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("zh-hans", "light", 1440), ("en", "dark", 1440), ("en", "light", 390), ("zh-hans", "dark", 390)]
)
def test_no_accessibility_fault_and_nothing_sticks_out(browser, site, language, theme, width):
    with acting_as(site.tenant, site.alice) as alice:
        answer = visible_answer(site.project, "D1.01")
        save_answer(answer, value="Ein Satz. " * 20, note="n", version=answer.version, by=alice)
        add_evidence(site.project, kind="note", text="noted", by=alice, attach_to=[visible_answer(site.project, "D1.01")])
    context, page = signed_in(browser, site, site.alice, language=language, theme=theme, width=width)
    faults: list[object] = []
    pages = ["checklist/", "checklist/D1/", "checklist/D9/", "items/D1.01/", "evidence/", "numbers/", "numbers/C-D9-ACC/"]
    for address in [*(f"{site.base}/{name}" for name in pages), f"{site.address}/t/xinghe/work/"]:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { if (!one.closest('.side, .chip-menu')) one.open = true; })")
        found = Axe().run(page, options=RULES).response["violations"]
        faults += [(address.rpartition(str(site.project.pk))[2], v["id"], [n["html"][:200] for n in v["nodes"]][:2]) for v in found]
        faults += [(address, "sticks out", [])] if page.evaluate(STICKING_OUT) else []
    assert faults == []
    assert page.faults == []
    context.close()


def test_an_answer_saves_itself_and_the_verdict_follows(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    one = item(page, "D1.11")
    one.get_by_text("No", exact=True).click()
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    expect(one.locator(".item-verdict")).to_contain_text("Fail")
    assert row(site, "D1.11").value == "no"
    expect(page.locator("#dimension-list [aria-current] small")).to_contain_text("/")
    one.get_by_text("Not applicable", exact=True).click()
    expect(one.locator(".form-faults")).to_contain_text("Say why")
    assert row(site, "D1.11").value == "no"
    one.locator("[data-note]").fill("No such use, says the legal department")
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    expect(one.locator(".form-faults")).to_have_count(0)
    assert row(site, "D1.11").value == "na"
    assert page.faults == []
    context.close()


def test_keys_move_choose_and_save(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".item.is-current")).to_have_attribute("id", "D1.02")
    page.keyboard.press("j")
    page.keyboard.press("2")
    expect(item(page, "D1.03").locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.03").value == "customer_service"
    area = item(page, "D1.01").locator("textarea[name=answer]")
    area.fill("Typed and saved by the keyboard alone.")
    area.press("Control+Enter")
    expect(item(page, "D1.01").locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.01").value.startswith("Typed and saved")
    context.close()


def test_two_people_on_one_item_see_both_and_choose(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    with acting_as(site.tenant, site.alice) as alice:
        answer = visible_answer(site.project, "D1.01")
        save_answer(answer, value="What the other window wrote.", note="", version=1, by=alice)
    one = item(page, "D1.01")
    one.locator("textarea[name=answer]").fill("What I am typing here.")
    conflict = one.locator("[data-conflict]")
    expect(conflict).to_contain_text("What the other window wrote.")
    expect(conflict).to_contain_text("What I am typing here.")
    expect(one.locator("textarea[name=answer]")).to_have_value("What I am typing here.")
    assert row(site, "D1.01").value == "What the other window wrote."
    conflict.get_by_role("button", name="Keep mine").click()
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.01").value == "What I am typing here."
    with acting_as(site.tenant, site.alice) as alice:
        answer = visible_answer(site.project, "D1.01")
        save_answer(answer, value="A third text.", note="", version=answer.version, by=alice)
    one.locator("textarea[name=answer]").fill("Typed again.")
    one.locator("[data-conflict]").get_by_role("button", name="Merge by hand").click()
    one.locator("textarea[name=answer]").fill("A third text. Typed again.")
    one.get_by_role("button", name="Save", exact=True).click()
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.01").value == "A third text. Typed again."
    with acting_as(site.tenant, site.alice) as alice:
        answer = visible_answer(site.project, "D1.01")
        save_answer(answer, value="Theirs.", note="", version=answer.version, by=alice)
    one.locator("textarea[name=answer]").fill("Mine.")
    one.locator("[data-conflict]").get_by_role("button", name="Take theirs").click()
    expect(one.locator("textarea[name=answer]")).to_have_value("Theirs.")
    assert page.faults == []
    context.close()


def test_typing_without_a_connection_is_kept_and_sent_later(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    one = item(page, "D1.01")
    context.set_offline(True)
    one.locator("textarea[name=answer]").fill("Typed in a tunnel.")
    expect(one.locator("[data-save-state]")).to_contain_text("No connection")
    assert row(site, "D1.01").value is None
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.01").value == "Typed in a tunnel."
    page.route("**/answer/", lambda route: route.abort())
    one.locator("textarea[name=answer]").fill("Typed before the browser closed.")
    expect(one.locator("[data-save-state]")).to_contain_text("No connection")
    page.goto("about:blank")
    page.unroute("**/answer/")
    page.goto(f"{site.base}/checklist/D1/")
    expect(item(page, "D1.01").locator("[data-draft-offer]")).to_contain_text("was found on this device")
    item(page, "D1.01").get_by_role("button", name="Take it over").click()
    expect(item(page, "D1.01").locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.01").value == "Typed before the browser closed."
    context.close()


def test_rows_are_pasted_moved_and_their_faults_marked(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    one = item(page, "D1.02")
    one.get_by_role("button", name="Paste rows").click()
    page.locator("#paste-area").fill("满意度\t60\t８５\t%\t2026年12月31日\n等待时间\t600\t60\ts\t2026-12-31\n投诉\t9\t5\t件\t31/12/2026")
    page.locator("dialog[open] .btn-primary").click()
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    expect(one.locator("[data-rows-left]")).to_contain_text("due date row 3: “31/12/2026”")
    with page.expect_response("**/D1.02/answer/"):
        one.locator("[data-row-remove]").nth(2).click()
    expect(one.locator("[data-rows-left]")).to_contain_text("31/12/2026")
    assert [line["metric"] for line in row(site, "D1.02").value] == ["满意度", "等待时间"]
    assert row(site, "D1.02").value[0] == {"metric": "满意度", "baseline": "60", "target": "85", "unit": "%", "due": "2026-12-31"}
    with page.expect_response("**/D1.02/answer/") as moved:
        one.locator("[data-row-up]").nth(1).click()
    assert moved.value.ok
    assert [line["metric"] for line in row(site, "D1.02").value] == ["等待时间", "满意度"]
    one.locator("[name=rows-0-target]").fill("viel")
    expect(one.locator(".form-faults")).to_contain_text("not a number")
    expect(one.locator("[name=rows-0-target]")).to_have_attribute("aria-invalid", "true")
    one.locator("[name=rows-0-target]").fill("90")
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D1.02").value[0]["target"] == "90"
    assert page.faults == []
    context.close()


def test_pasted_decimal_commas_are_read_or_asked_about_never_changed(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    one = item(page, "D1.02")
    one.get_by_role("button", name="Paste rows").click()
    page.locator("#paste-area").fill("满意度\t1.234,56\t1,200\t%\t2026-12-31\n等待时间\t12,5\t3,5 %\ts\t2026-12-31")
    preview = page.locator("dialog[open] tbody tr")
    expect(preview.nth(0).locator("td").nth(1)).to_have_text("1.234,56")
    expect(preview.nth(1).locator("td").nth(1)).to_have_text("12,5")
    page.locator("dialog[open] .btn-primary").click()
    expect(one.locator(".form-faults")).to_contain_text("“12,5” can be read in two ways")
    for name, shown in (("baseline", "12,5"), ("target", "3,5 %")):
        expect(one.locator(f"[name=rows-1-{name}]")).to_have_value(shown)
        expect(one.locator(f"[name=rows-1-{name}]")).to_have_attribute("aria-invalid", "true")
    assert row(site, "D1.02").value is None
    one.locator("[name=rows-1-baseline]").fill("12.5")
    one.locator("[name=rows-1-target]").fill("3.5")
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    stored = [(line["baseline"], line["target"]) for line in row(site, "D1.02").value]
    assert stored == [("1234.56", "1200"), ("12.5", "3.5")]
    context.close()


def with_proof(browser: Browser, site, proof):
    """Alice's page of D1 with its first item, and a file that can prove it: (context, page, item)."""
    proof.write_text("passed", encoding="utf-8")
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    return context, page, item(page, "D1.01")


def attach(one, proof) -> None:
    """Attach the file to the item."""
    one.get_by_text("Add evidence").click()
    one.locator("input[type=file]").set_input_files(str(proof))
    one.get_by_role("button", name="Attach", exact=True).click()


def test_an_answer_overtaken_on_its_way_does_not_put_back_what_a_later_one_showed(browser, site, tmp_path):
    proof = tmp_path / "report.txt"
    context, page, one = with_proof(browser, site, proof)
    held = []
    page.route("**/D1.01/answer/", lambda route: held.append((route, route.fetch())))
    one.locator("textarea[name=answer]").fill("A sentence whose receipt is late, while the proof is attached. " * 2)
    for _ in range(PATIENCE_MS // 100):
        if not held:
            page.wait_for_timeout(100)
    assert held, "typing was not sent"
    attach(one, proof)
    expect(one.locator(".item-verdict")).to_contain_text("Pass")
    route, late = held[0]
    assert "Attention" in late.text()
    route.fulfill(response=late)
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    expect(one.locator(".item-verdict")).to_contain_text("Pass")
    version = one.locator("input[name=version]").input_value()
    assert int(version) > int(late.headers["x-version"])
    one.locator("textarea[name=answer]").blur()
    page.wait_for_timeout(600)
    assert len(held) == 1, "leaving a field whose typing is stored already does not store it again"
    context.close()


def test_evidence_travels_without_reloading_and_a_twin_is_recognised(browser, site, tmp_path):
    proof = tmp_path / "测试 报告.txt"
    context, page, one = with_proof(browser, site, proof)
    one.locator("textarea[name=answer]").fill("Half a sentence that is still being typed while the proof is attached. " * 2)
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    attach(one, proof)
    expect(one.locator(".item-evidence .evidence")).to_contain_text("测试 报告.txt")
    expect(one.locator(".item-verdict")).to_contain_text("Pass")
    one.locator("textarea[name=answer]").press_sequentially(" More.")
    expect(one.locator("[data-save-state]")).to_contain_text("Saved")
    expect(one.locator("[data-conflict]")).to_have_count(0)
    other = item(page, "D1.02")
    attach(other, proof)
    expect(other.locator("[data-evidence-problem]")).to_contain_text("already")
    other.get_by_role("button", name="Use that one").click()
    expect(other.locator(".item-evidence .evidence")).to_contain_text("测试 报告.txt")
    with tenant_context(site.tenant.pk):
        assert Evidence.objects.count() == 1
    wrong = tmp_path / "page.html"
    wrong.write_text("<script>alert(1)</script>")
    other.get_by_text("Add evidence").click()
    other.locator("input[type=file]").set_input_files(str(wrong))
    other.get_by_role("button", name="Attach", exact=True).click()
    expect(other.locator("[data-evidence-problem]")).to_contain_text("not accepted")
    with page.expect_download() as got:
        one.locator(".item-evidence .evidence a").click()
    assert got.value.suggested_filename == "测试 报告.txt"
    assert page.faults == []
    context.close()


def test_submitting_keeps_the_place_and_taking_back_works(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    one = item(page, "D1.03")
    one.get_by_text("smart question answering", exact=False).or_(one.locator("[data-choice]").first).first.click()
    one.get_by_role("button", name="Submit for review").click()
    expect(one.locator(".item-state")).to_contain_text("in review")
    assert row(site, "D1.03").state == "in_review"
    # The focus follows once the new part has settled.
    page.wait_for_function("document.activeElement.closest('[data-item]')?.id === 'D1.03'")
    one.get_by_role("button", name="Take back from review").click()
    expect(one.locator(".item-state")).not_to_contain_text("in review")
    assert row(site, "D1.03").state == "answered"
    one.get_by_role("link", name="History").click()
    expect(one.locator("[data-panel]")).to_contain_text("submitted D1.03 for review")
    context.close()


def test_comments_find_people_by_name(browser, site):
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D1/")
    one = item(page, "D1.01")
    one.get_by_role("link", name="Comments").click()
    area = one.locator("textarea[name=body]")
    area.press_sequentially("Look at this, @bo")
    one.locator("[data-mention]", has_text="Bob").click()
    expect(area).to_have_value("Look at this, @Bob ")
    area.press_sequentially("<b>please</b>")
    one.get_by_role("button", name="Comment", exact=True).click()
    expect(one.locator(".comment-list")).to_contain_text("Look at this, @Bob <b>please</b>")
    expect(one.locator(".comment-list")).to_contain_text("Told: Bob")
    context.close()
    context, page = signed_in(browser, site, site.bob)
    page.goto(f"{site.address}/t/xinghe/work/?kind=mention")
    expect(page.locator(".work-table")).to_contain_text("Look at this")
    context.close()
