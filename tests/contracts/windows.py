"""A browser window that notices everything that is wrong with what it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.async_playwright import Axe
from django.conf import settings
from playwright.async_api import Browser, ConsoleMessage, Error, Page, Request, Response

LANGUAGES = ("zh-hans", "en")
MARKED = {"zh-hans": "zh-Hans", "en": "en"}
WIDTHS = (1440, 390)
HOW = {"resultTypes": ["violations"], "preload": False, "selectors": False}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = HOW | {"runOnly": {"type": "tag", "values": TAGS}, "rules": {"target-size": {"enabled": True}}}
# A theme changes colours and nothing else: in the second theme only the rules about colours run again.
COLOURS = HOW | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

# Waits for what the page fetches by itself, opens what is folded in it, and lets bars lie where they belong: what a
# sticking bar covers is seen by scrolling.
SETTLE = """async (unfold) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const busy = () => document.querySelector(".htmx-request") || [...document.querySelectorAll("figure[data-chart]:not(.has-chart)")]
    .some((figure) => figure.offsetParent && figure.getBoundingClientRect().top < innerHeight);
  if (unfold) {
    for (const folded of document.querySelectorAll("main details:not(.chip-menu)")) folded.open = true;
    for (const bar of document.querySelectorAll(".is-sticky, .stick, .bulk-bar")) bar.style.position = "static";
  }
  for (let turn = 0; turn < 600 && (turn < 2 || busy()); turn += 1) await frame();
  await document.fonts.ready;
}"""
# The first stop of the keyboard has the focus already.
SEEN = """() => {
  const first = document.activeElement;
  const style = getComputedStyle(first);
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== "none";
  const box = first.getBoundingClientRect();
  const wide = document.documentElement.clientWidth;
  const sideways = document.documentElement.scrollWidth > wide;
  const out = sideways && [...document.querySelectorAll("body *")].filter((one) => !one.closest(".table-region, .tabs, svg")
    && one.getBoundingClientRect().right > wide + 1).slice(0, 3).map((one) => one.outerHTML.slice(0, 160));
  return {
    lang: document.documentElement.lang,
    headings: [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim()),
    first: first === document.body ? "" : first.outerHTML.slice(0, 120),
    ring: first !== document.body && ring && box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    sideways: sideways ? [`${document.documentElement.scrollWidth} > ${wide}`, ...out] : [],
  };
}"""
SEND = """([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, ...fields })) {
    const field = document.createElement("input");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.requestSubmit();
}"""
PAINT = """async (theme) => {
  document.documentElement.dataset.bsTheme = theme;
  document.dispatchEvent(new CustomEvent("tenfold:theme"));
  for (let turn = 0; turn < 2; turn += 1) await new Promise((done) => requestAnimationFrame(done));
}"""
# Of rows, items and entries that are built alike some are enough; a list of fifty shows no more than a list of eight.
THIN = """(most) => {
  const shape = (one) => `${one.tagName}.${one.getAttribute("class") || ""}(${[...one.children].map(shape).join()})`;
  for (const parent of document.querySelectorAll("main *")) {
    if (parent.children.length <= most) continue;
    const seen = new Map();
    for (const child of [...parent.children]) {
      const kind = shape(child);
      seen.set(kind, (seen.get(kind) || 0) + 1);
      if (seen.get(kind) > most && !child.closest("[data-strip], .strip-head, svg")) child.remove();
    }
  }
}"""
AUDIT = """(rules) => axe.run(document, rules).then((all) => all.violations.flatMap((rule) => rule.nodes.map((node) => {
  const told = [...node.any, ...node.all, ...node.none];
  return `${rule.id}: ${node.html.slice(0, 200)} ${told.length ? told[0].message : ""}`;
})))"""
OPENED = """(where) => {
  const one = document.querySelector(where);
  const about = one && (one.closest("dialog, details, [popover]") || document.body);
  const focused = document.activeElement;
  const inside = about && (about.contains(focused) || focused.popoverTargetElement === about);
  return { there: Boolean(one && one.checkVisibility()), "with the focus": Boolean(inside) };
}"""


@dataclass
class Window:
    """One page of the browser; people take turns in it."""

    page: Page
    house: Any
    address: str
    faults: list[str] = field(default_factory=list)
    status: int = 0

    def failed(self, request: Request) -> None:
        """A request that got no answer. What the browser gives up itself, as a page is left that asks again and again, is no fault."""
        if "ERR_ABORTED" not in (request.failure or ""):
            self.faults.append(f"failed: {request.method} {request.url} {request.failure}")

    @classmethod
    async def opened(cls, browser: Browser, house: Any, address: str) -> Window:
        """A window of its own, with axe in every page."""
        context = await browser.new_context(color_scheme="light", reduced_motion="reduce")
        await context.add_init_script(Axe().axe_script)
        window = cls(await context.new_page(), house, address)
        window.page.on("pageerror", lambda error: window.faults.append(f"script: {error}"))
        window.page.on("console", window._heard)
        window.page.on("requestfailed", window.failed)
        window.page.on("response", window._answered)
        return window

    def _heard(self, line: ConsoleMessage) -> None:
        # A page that answers 404 is an error to the browser; its status is compared in look().
        own = line.text.startswith("Failed to load resource") and line.location["url"] == self.page.url
        if line.type in ("error", "warning") and not own:
            self.faults.append(f"console: {line.text}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.faults.append(f"answer: {response.status} {response.url}")

    async def open(self, visit: Any, *, language: str, theme: str, width: int) -> None:
        """The page as this person sees it, in this language and theme, with everything in it unfolded."""
        cookies = {settings.LANGUAGE_COOKIE_NAME: language, "tenfold_theme": theme}
        if visit.by:
            cookies[settings.SESSION_COOKIE_NAME] = self.house.sessions[visit.by]
        # The page before must not ask for anything any more: the cookies are about to be those of somebody else.
        await self.page.evaluate("document.body?.replaceChildren()")
        self.faults = []
        await self.page.set_viewport_size({"width": width, "height": 900})
        await self.page.context.clear_cookies()
        await self.page.context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies.items()])
        url = self.address + visit.url(self.house)
        try:
            await self.page.goto(url)
        except Error:  # an address that takes acts alone answers nothing to look at: the form is sent from the start page
            if visit.post is None:
                raise
            await self.page.wait_for_url("chrome-error://**")
            await self.page.goto(self.address)
            self.faults = []
        if visit.post is not None:
            await self.page.evaluate(SETTLE, False)
            async with self.page.expect_navigation():
                await self.page.evaluate(SEND, [url, visit.post])
        await self.page.evaluate(SETTLE, True)

    async def resize(self, width: int) -> None:
        """Another width of the same page."""
        await self.page.set_viewport_size({"width": width, "height": 900})
        await self.page.evaluate("document.activeElement.blur()")
        await self.page.evaluate(SETTLE, False)

    async def paint(self, theme: str) -> None:
        """The theme, as the buttons of the menu change it."""
        await self.page.evaluate(PAINT, theme)

    async def thin(self, most: int) -> None:
        """Leave so many of each kind of row, so that looking is quick."""
        await self.page.evaluate(THIN, most)

    async def look(self, visit: Any, language: str) -> list[str]:
        """Everything but the rules: status, language, heading, first focus, width, and what the console said."""
        await self.page.keyboard.press("Tab")
        seen = await self.page.evaluate(SEEN)
        found = self.heard()
        if self.status != visit.status:
            found.append(f"status {self.status} instead of {visit.status}")
        if seen["lang"] != MARKED[language]:
            found.append(f"lang {seen['lang']}")
        if len(seen["headings"]) != 1:
            found.append(f"h1: {seen['headings']}")
        if not seen["ring"]:
            found.append(f"no focus ring: {seen['first']}")
        if seen["sideways"]:
            found.append(f"sideways: {seen['sideways']}")
        return found

    async def audit(self, rules: dict[str, Any]) -> list[str]:
        """What axe finds, five of a kind at most."""
        found = await self.page.evaluate(AUDIT, rules)
        return [one for number, one in enumerate(found) if sum(other.split(":")[0] == one.split(":")[0] for other in found[:number]) < 5]

    def heard(self) -> list[str]:
        """What the console and the network complained about since the last time."""
        found, self.faults = list(self.faults), []
        return found

    async def open_inside(self, opening: Any) -> list[str]:
        """Open the dialog or menu; it is there, and the focus is in it or on what opened it."""
        for step in opening.steps:
            if step.startswith("key:"):
                await self.page.keyboard.press(step.removeprefix("key:"))
            elif step.startswith("fill:"):
                where, _equals, value = step.removeprefix("fill:").rpartition("=")
                await self.page.fill(where, value)
            else:
                await self.page.locator(step).locator("visible=true").first.click()
        await self.page.locator(opening.shows).first.wait_for()
        await self.page.evaluate(SETTLE, False)
        seen = await self.page.evaluate(OPENED, opening.shows)
        return self.heard() + [f"not {name}" for name, right in seen.items() if not right]

    async def close_inside(self, opening: Any) -> list[str]:
        """Escape closes what hides the page behind it, and the focus goes back to the page."""
        if opening.closes:
            await self.page.keyboard.press("Escape")
            await self.page.locator(opening.shows).first.wait_for(state="hidden")
        return self.heard()
