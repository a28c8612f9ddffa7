"""Every page in a real browser, in both themes, both languages and two widths: nothing that axe, the console or a thumb would mind."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import override_settings
from playwright.async_api import Browser, async_playwright
from pytest_django.live_server_helper import LiveServer

from tests.conftest import truncate_everything
from tests.contracts import furnished
from tests.contracts.pages import FAULT, FILES, NOTHING, OPENINGS, PARTS, ROUTES, UNSEEN, VISITS, Opening, Visit
from tests.contracts.routes import Route
from tests.contracts.windows import COLOURS, LANGUAGES, RULES, WIDTHS, Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
AT_ONCE = 2
FIRST = list({visit.name: visit for visit in reversed(VISITS)}.values())
THEMES = ("light", "dark")
TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.fixture(scope="module")
def drawn() -> Iterator[set[str]]:
    """Names of the templates drawn while the tests of this module run."""
    names: set[str] = set()

    def note(template: Any, **_rest: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any, drawn: set[str], tmp_path_factory: Any) -> Iterator[SimpleNamespace]:
    """The furnished house, for all tests here."""
    patch = pytest.MonkeyPatch()
    folder = tmp_path_factory.mktemp("house")
    with django_db_blocker.unblock(), override_settings(**furnished.places(folder)):
        truncate_everything()
        try:
            yield furnished.furnish(patch, folder)
        finally:
            patch.undo()
            for alias in ("default", "maint"):
                connections[alias].close()
            furnished.clear_out()
            truncate_everything()


@pytest.fixture(scope="module")
def address(house: SimpleNamespace) -> Iterator[str]:
    """The house as a site, with the addresses of errors."""
    with override_settings(ROOT_URLCONF="tests.contracts.error_urls"):
        server = LiveServer("localhost")
        yield server.url
        server.stop()


@pytest.fixture(scope="module")
def everywhere(house: SimpleNamespace, address: str) -> Iterator[Callable[..., dict[str, list[str]]]]:
    """``everywhere(look, things)``: what ``look(window, number, thing)`` finds wrong, by thing. One browser, as many windows as cores."""
    with asyncio.Runner() as runner:
        playwright = runner.run(async_playwright().start())
        chromium = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser: Browser = runner.run(playwright.chromium.launch(executable_path=chromium, args=ARGS))

        async def work(look: Callable[..., Awaitable[list[str]]], things: Iterable[Any]) -> dict[str, list[str]]:
            found: dict[str, list[str]] = {}
            waiting = iter(list(enumerate(things)))

            async def worker() -> None:
                window = await Window.opened(browser, house, address)
                for number, thing in waiting:
                    faults = await look(window, number, thing)
                    if faults:
                        found[str(thing)] = faults
                await window.page.context.close()

            await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
            return found

        yield lambda look, things: runner.run(work(look, things))
        runner.run(browser.close())
        runner.run(playwright.stop())


def told(found: dict[str, list[str]]) -> str:
    """All faults, readable."""
    return "\n".join(line for thing, faults in found.items() for line in (thing, *(f"    {fault}" for fault in faults)))


def kind_of(route: Route, house: SimpleNamespace) -> str:
    """What a GET of this address is to somebody who may see it: page, part, data, act, onward; "" if nobody gets anything."""
    own = [visit for visit in (*VISITS, *FILES) if visit.name == route.name]
    asked = [*own, *(Visit(route.name, by) for by in ("pmo", "owner", "admin", "officer", "staff"))]
    for visit in asked:
        client = Client(raise_request_exception=False)
        if visit.by:
            client.cookies[settings.SESSION_COOKIE_NAME] = house.sessions[visit.by]
        answer = client.get(visit.url(house))
        if answer.status_code == 405:
            return "act"
        if answer.status_code in (301, 302, 303):
            return "onward"
        if answer.status_code == visit.status or answer.status_code == 200:
            if not answer["Content-Type"].startswith("text/html"):
                return "data"
            return "page" if b"<html" in answer.content else "part"
    return ""


def test_every_page_is_on_the_list(house: SimpleNamespace) -> None:
    kinds = {name: kind_of(route, house) for name, route in ROUTES.items()}
    visited = {visit.name for visit in VISITS}
    nothing = [name for name, kind in kinds.items() if not kind]
    assert set(nothing) == set(NOTHING), f"furnish the house with what answers nobody: {nothing}"
    assert {name for name, kind in kinds.items() if kind == "part"} == set(PARTS)
    missed = sorted(name for name, kind in kinds.items() if kind == "page" and name not in visited)
    assert not missed, f"add these pages to tests/contracts/pages.py: {missed}"
    assert visited - set(kinds) == {FAULT.name}


async def look_around(window: Window, number: int, visit: Visit) -> list[str]:
    """One page in four states: two themes at two widths; a second look at a page of the list in two of them.

    What comes first changes from page to page, and so does the language.
    """
    (first, other), (day, night) = (pair[:: -1 if number // step % 2 else 1] for pair, step in ((WIDTHS, 2), (THEMES, 4)))
    language = LANGUAGES[number % 2]
    await window.open(visit, language=language, theme=day, width=first)
    found = [f"{first}: {fault}" for fault in await window.look(visit, language)]
    await window.thin(6)
    found += [f"{first} {day}: {fault}" for fault in await window.audit(RULES)]
    await window.thin(2)
    if visit in FIRST:
        await window.paint(night)
        found += [f"{first} {night}: {fault}" for fault in await window.audit(COLOURS)]
        await window.resize(other)
        found += [f"{other} {night}: {fault}" for fault in await window.audit(COLOURS)]
        await window.paint(day)
    else:
        await window.paint(night)
        await window.resize(other)
    found += [f"{other}: {fault}" for fault in await window.look(visit, language)]
    found += [f"{other}: {fault}" for fault in await window.audit(RULES)]
    return [f"{language} {fault}" for fault in found]


def test_no_page_has_a_fault(everywhere: Callable[..., dict[str, list[str]]]) -> None:
    found = everywhere(look_around, VISITS)
    assert not found, told(found)


async def open_up(window: Window, number: int, opening: Opening) -> list[str]:
    """A dialog or menu of a page, opened as people do, in both themes."""
    await window.open(opening.visit, language=LANGUAGES[number % 2], theme="light", width=opening.width)
    found = await window.open_inside(opening)
    for theme, rules in zip(THEMES, (RULES, COLOURS), strict=True):
        await window.paint(theme)
        found += [f"{theme}: {fault}" for fault in await window.audit(rules)]
    return found + await window.close_inside(opening)


def test_no_dialog_or_menu_has_a_fault(everywhere: Callable[..., dict[str, list[str]]]) -> None:
    found = everywhere(open_up, OPENINGS)
    assert not found, told(found)


def test_every_template_of_a_page_was_drawn(everywhere: Any, drawn: set[str]) -> None:
    """Runs last: a page that is only reached by an act would be missed by the list of addresses."""
    texts = {str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html")}
    pages = {name for name, text in texts.items() if text.startswith("{% extends") and "email/" not in name and "/pdf/" not in name}
    missed = sorted(pages - drawn - set(UNSEEN))
    assert not missed, "\n".join(missed)
    assert sorted(set(UNSEEN) & drawn) == []
