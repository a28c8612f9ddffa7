"""The styleguide in a real browser: accessibility in both themes and languages, and the scripts' promises."""

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser import expect

pytestmark = [pytest.mark.browser]
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Everything is looked at; only faults are told in full.
RULES = {"resultTypes": ["violations"], "selectors": False, "runOnly": {"type": "tag", "values": TAGS}}
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => !e.closest(".table-region, .tabs") && e.getBoundingClientRect().right > width)
    .map((e) => e.outerHTML.slice(0, 120)).concat([`${document.documentElement.scrollWidth} > ${width}`]);
}"""
SAVED = "[data-key=guide] [data-save-state]"
OFFER = "[data-key=guide] [data-draft-offer]"


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
def address(live_db, settings) -> Iterator[str]:
    settings.DEBUG = True  # the styleguide is open to strangers only then
    # Not the live_server fixture: it empties all tables as the app role, which may not do that (live_db does it as the owner).
    server = LiveServer("localhost")
    yield server.url
    server.stop()


def opened(browser: Browser, address: str, *, language: str = "en", theme: str = "light", width: int = 1440) -> tuple[BrowserContext, Page]:
    # Without transitions a page looks at once the way it stays.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    context.add_cookies(
        [
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address},
            {"name": "tenfold_theme", "value": theme, "url": address},
        ]
    )
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(f"{address}/styleguide/")
    return context, page


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_accessibility_fault_and_nothing_sticks_out(browser, address, language, theme, width):
    context, page = opened(browser, address, language=language, theme=theme, width=width)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found] == []
    assert page.evaluate(STICKING_OUT) == []
    assert page.faults == []
    context.close()


def test_autosave_keeps_every_word(browser, address):
    context, page = opened(browser, address)
    version = page.locator("[data-key=guide] [name=version]")
    page.fill("#guide-answer", "enough")
    page.wait_for_selector(f"{SAVED}[data-state=saved]:has-text('Saved ')")
    page.wait_for_function("document.querySelector('[data-key=guide] [name=version]').value === '2'")
    assert page.text_content("#guide-verdict").strip() == "Pass"
    # Somebody else was faster: both values on the page, typing kept, nothing sent again by itself.
    page.fill("#guide-answer", "my conflict text")
    page.wait_for_selector("[data-conflict]")
    assert version.input_value() == "2"
    page.reload()
    page.click(f"{OFFER} button >> nth=0")
    page.wait_for_selector("[data-conflict]")
    assert page.input_value("#guide-answer") == "my conflict text"
    page.fill("#guide-answer", "agreed text")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"{SAVED}[data-state=saved]")
    assert int(version.input_value()) == 5
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('draft'))") == []
    # No network: kept, then sent by itself.
    context.set_offline(True)
    page.fill("#guide-answer", "typed on the train")
    page.wait_for_selector(f"{SAVED}[data-state=offline]")
    context.set_offline(False)
    page.wait_for_selector(f"{SAVED}[data-state=saved]")
    page.fill("#guide-answer", "an error")
    page.wait_for_selector(f"{SAVED}[data-state=invalid]")
    assert page.faults == []
    context.close()


def unreachable(page: Page) -> list[str]:
    """From now on no POST reaches the server; gives the list of what was tried."""
    tried: list[str] = []

    def answer(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        tried.append(route.request.url)
        route.abort()

    page.route("**/styleguide/", answer)
    return tried


def test_an_earlier_draft_outlives_new_typing_until_it_is_answered(browser, address):
    context, page = opened(browser, address)
    offers, version = page.locator(OFFER), page.locator("[data-key=guide] [name=version]")

    def typed_before_the_browser_closed(words: str) -> None:
        unreachable(page)
        page.fill("#guide-answer", words)
        page.wait_for_selector(f"{SAVED}[data-state=offline]")
        page.goto("about:blank")
        page.unroute("**/styleguide/")
        page.goto(f"{address}/styleguide/")

    typed_before_the_browser_closed("a long answer")
    expect(offers).to_have_count(1)
    # The first thing done is another one; what was found stays, also when that has been saved and after another reload.
    page.get_by_text("Not applicable", exact=True).locator("input[name=choice]").check()
    page.wait_for_selector(f"{SAVED}[data-state=saved]:has-text('Saved ')")
    expect(version).to_have_value("2")
    expect(offers).to_have_count(1)
    expect(offers).to_contain_text("has been changed since then")
    page.reload()
    expect(offers).to_have_count(1)
    # An act that sends the form as it stands, such as the save button, says nothing about the draft either.
    page.click("[data-key=guide] [data-save]")
    expect(version).to_have_value("2")
    expect(offers).to_have_count(1)
    typed_before_the_browser_closed("a second answer")
    expect(offers).to_have_count(2)
    offers.nth(1).get_by_role("button", name="Take it over").click()
    page.wait_for_selector(f"{SAVED}[data-state=saved]:has-text('Saved ')")
    assert page.input_value("#guide-answer") == "a long answer"
    expect(offers).to_have_count(1)
    # Taking over does not cost what is being typed and has not reached the server.
    unreachable(page)
    page.fill("#guide-answer", "a third answer")
    page.wait_for_selector(f"{SAVED}[data-state=offline]")
    offers.get_by_role("button", name="Take it over").click()
    assert page.input_value("#guide-answer") == "a second answer"
    expect(offers).to_have_count(1)
    page.unroute("**/styleguide/")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(f"{SAVED}[data-state=saved]")
    assert "a third answer" in str(page.evaluate("Object.values(localStorage)"))
    # It can be read before it is taken over or discarded, and a slip of the finger costs nothing.
    offers.get_by_text("What was typed").click()
    expect(offers.locator(".draft-typed p")).to_have_text(["Explanation: a third answer"])
    page.locator("input[name=choice][value=yes]").check()
    page.wait_for_selector(f"{SAVED}[data-state=saved]")
    offers.get_by_text("What was typed").click()
    offers.get_by_text("What was typed").click()
    expect(offers.locator(".draft-typed p")).to_have_text(["Explanation: a third answer", "Answer: (empty)"])
    offers.get_by_role("button", name="Discard it").click()
    expect(offers).to_have_count(0)
    undo = page.locator("[data-key=guide]").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.press("Enter")
    expect(offers).to_have_count(1)
    expect(offers.get_by_role("button", name="Take it over")).to_be_focused()
    offers.get_by_role("button", name="Discard it").click()
    expect(offers).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter(k => k.includes('draft'))") == []
    assert page.faults == []
    context.close()


def test_a_form_left_open_does_not_press_a_server_that_is_down(browser, address):
    context, page = opened(browser, address)
    tried = unreachable(page)
    page.fill("#guide-answer", "typed while the server is down")
    page.wait_for_selector(f"{SAVED}[data-state=offline]")
    page.wait_for_timeout(4000)
    assert len(tried) == 1
    with page.expect_event("requestfailed"):
        page.fill("#guide-answer", "typed again")
    page.wait_for_selector(f"{SAVED}[data-state=offline]")
    with page.expect_event("requestfailed"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_selector(f"{SAVED}[data-state=offline]")
    assert len(tried) == 3
    context.close()


def test_a_connection_that_comes_back_while_a_save_fails_is_used_at_once(browser, address):
    context, page = opened(browser, address)
    # The next try after a failure, 15 seconds later, never comes: what is stored here is stored because of "online".
    page.add_init_script("const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, ms >= 15000 ? 2 ** 30 : ms)")
    page.reload()
    held: list[Route] = []
    page.route("**/styleguide/", lambda route: route.continue_() if held or route.request.method != "POST" else held.append(route))
    with page.expect_request(lambda request: request.method == "POST"):
        page.fill("#guide-answer", "typed in a tunnel")
    page.wait_for_selector(f"{SAVED}[data-state=saving]")
    page.evaluate("dispatchEvent(new Event('online'))")
    held[0].abort()
    page.wait_for_selector(f"{SAVED}[data-state=saved]:has-text('Saved ')")
    context.close()


def test_rows_are_pasted_with_a_preview(browser, address):
    context, page = opened(browser, address)
    page.click("[data-row-paste]")
    page.fill("#paste-area", 'Role\tPeople\tBusiness unit\nData owner\t1,200\tSupply chain\n"Two\nlines"\t3\tretail')
    assert page.text_content("dialog[open] .btn-primary") == "Add 2 rows"
    page.click("dialog[open] .btn-primary")
    values = page.evaluate("[...document.querySelectorAll('[data-row] [data-col]')].map(f => [f.name, f.value])")
    assert values[6:9] == [["rows-2-role", "Data owner"], ["rows-2-people", "1,200"], ["rows-2-unit", "supply"]]
    assert values[9] == ["rows-3-role", "Two lines"]
    assert page.input_value("[data-rows-count]") == "4"
    page.click("[data-row-paste]")
    page.fill("#paste-area", "Evaluator;12,5;retail")  # semicolons part the cells where commas stand in the numbers
    page.click("dialog[open] .btn-primary")
    assert page.input_value("[name=rows-4-role]") == "Evaluator"
    assert page.input_value("[name=rows-4-people]") == "12,5"
    # What a cell cannot hold is counted before and named after; nothing is dropped silently.
    page.click("[data-row-paste]")
    page.fill("#paste-area", "Auditor\t1\tMars\nClerk\t2\tRetail\nPilot\t3\tVenus")
    expect(page.locator("dialog[open]")).to_contain_text("2 cells cannot be taken over")
    page.click("dialog[open] .btn-primary")
    left = page.locator("[data-rows-left]")
    expect(left).to_have_attribute("role", "status")
    expect(left).to_contain_text("Business unit row 6: “Mars”, row 8: “Venus”")
    assert [page.input_value(f"[name=rows-{row}-unit]") for row in (5, 6, 7)] == ["", "retail", ""]
    assert Axe().run(page, "[data-rows]", options=RULES).response["violations"] == []
    left.get_by_role("button", name="Close this message").click()
    expect(left).to_be_empty()
    expect(page.locator("[data-row-paste]")).to_be_focused()
    for _again in range(3):
        page.click("[data-row-remove] >> nth=5")
    page.click("[data-row-remove] >> nth=4")
    page.click("[data-row-remove] >> nth=0")
    assert page.evaluate("[...document.querySelectorAll('[data-col=role]')].map(f => f.name)") == [
        "rows-0-role",
        "rows-1-role",
        "rows-2-role",
    ]
    context.close()


def test_keyboard_tooltip_confirmation_and_theme(browser, address):
    context, page = opened(browser, address)
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "D9.03"
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "D9.03"
    assert page.evaluate("document.querySelectorAll('[data-strip]')[0].querySelectorAll('[tabindex=\"0\"]').length") == 1
    page.focus("[data-strip] .cell")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.text_content(".tooltip-bubble") == "Data: Attention"
    page.keyboard.press("?")
    page.uncheck("[data-keys-switch]")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("#help-dialog[open]").count() == 0
    page.click("text=Change with effects")
    assert page.locator("#confirm-body li").count() == 3
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.keyboard.press("Enter")  # the safe answer has the focus
    assert sent == []
    assert page.locator("#confirm-dialog[open]").count() == 0
    page.click(".who-menu [data-theme-form] button[value=dark]")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    context.close()


def test_menu_works_without_scripts_at_390(browser, address):
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/styleguide/")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert not page.locator("#side-panel").is_visible()
    page.click("[popovertarget=side-panel] >> nth=0")
    assert page.locator("#side-panel").is_visible()
    page.click("button[name=language][value=en]")
    assert page.get_attribute("html", "lang") == "en"
    context.close()
