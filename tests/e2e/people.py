"""What a person does in the browser, in either language: found by names, values and roles of the page, never by its words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Response

from tests.browser import expect
from tests.factories.cast import PASSWORD


class Visitor:
    """One person with a browser window of the own."""

    def __init__(self, browser: Browser, url: str, key: str, language: str, pictures: Path | None = None) -> None:
        self.url, self.key, self.language, self.pictures = url, key, language, pictures
        self.context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN" if language == "zh-hans" else "en-GB", accept_downloads=True
        )
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda line: self.faults.append(line.text) if "Content Security Policy" in line.text else None)
        self.page.on("response", lambda answer: self.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)

    def sign_in(self) -> Visitor:
        """Through the front door."""
        self.page.goto(f"{self.url}/")
        self.page.fill("input[name=login]", self.key if "@" in self.key else f"{self.key}@tenfold.example")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("form button[type=submit]:visible")
        self.page.wait_for_url("**/t/**")
        expect(self.page.locator("html")).to_have_attribute("lang", "zh-Hans" if self.language == "zh-hans" else "en")
        return self

    def go(self, path: str) -> Page:
        """Open an address of the organisation."""
        self.page.goto(f"{self.url}/t/xinghe/{path}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def confirm(self) -> None:
        """Say yes in the dialog that asks."""
        self.page.locator("dialog[open] button.btn-primary, dialog[open] button.btn-danger").first.click()

    def press(self, button: Locator) -> None:
        """Send an ordinary form with this button and wait for the page that answers."""
        with self.page.expect_navigation() as waiting:
            button.click()
        assert waiting.value.ok, f"{waiting.value.status} {waiting.value.url}"

    def stored(self) -> None:
        """Wait until what was typed into the item of this page is stored."""
        expect(self.page.locator("[data-save-state]").first).to_have_attribute("data-state", "saved")

    def hand_over(self) -> None:
        """Submit the item of this page for review, once what was typed is stored, and wait until the page says so."""
        self.stored()
        button = self.page.locator("button[name=submit][value='1']")
        with self.page.expect_response(_hands_over) as waiting:
            button.click()
        assert waiting.value.ok, f"{waiting.value.status} {waiting.value.url}"
        expect(button).to_have_count(0)

    def sign(self, path: str, gate: str, outcome: str) -> Page:
        """Sign an open round of a gate on its page and wait until the form is gone."""
        page = self.go(f"{path}gates/{gate}/")
        page.locator(f"[name=outcome][value={outcome}]").check()
        page.locator(f"form[action$='/gates/{gate}/sign/'] .form-actions button").click()
        with page.expect_navigation() as waiting:
            self.confirm()
        assert waiting.value.ok, f"{waiting.value.status} {waiting.value.url}"
        expect(page.locator(f"form[action$='/gates/{gate}/sign/']")).to_have_count(0)
        return page

    def order_report(self, path: str, language: str) -> bytes:
        """Order the report of the latest round, watch a worker make it, and download it."""
        page = self.go(f"{path}reports/")
        page.locator(f"input[name=language][value={language[:2]}]").check()
        self.press(page.locator("form[action$='/reports/order/'] button.btn-primary"))
        link = page.locator("a[href$='/download/']").first
        expect(link).to_be_visible(timeout=120_000)
        with page.expect_download() as waiting:
            link.click()
        return waiting.value.path().read_bytes()

    def done(self) -> None:
        """Nothing went wrong in this window."""
        assert self.faults == []
        self.context.close()


def _hands_over(answer: Response) -> bool:
    """The answer to the submit button, not to the autosave of the same form."""
    return answer.request.headers.get("hx-trigger-name") == "submit"


def choose(page: Page, name: str, values: Any) -> None:
    """Tick boxes, press a radio button or pick from a list, whatever the page offers for this fact."""
    for value in values if isinstance(values, list) else [values]:
        box = page.locator(f"[name='{name}'][value='{value}']")
        if box.count():
            if not box.first.is_checked():
                page.locator("label").filter(has=box.first).first.click()
            expect(box.first).to_be_checked()
        elif page.locator(f"select[name='{name}']").count():
            page.select_option(f"select[name='{name}']", str(value))
        else:
            page.fill(f"[name='{name}']", str(value))
