"""A filing from facts to a published number and what follows a change; an internal tool that needs nothing, with reasons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from compliance.calendars.workdays import due
from compliance.clocks.models import FilingClock
from compliance.filings.actions import step_filing
from compliance.filings.models import Filing
from compliance.holidays.queries import calendar_rules
from compliance.rounds.models import AuthorityRound
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.projects.facts.actions import save_facts
from portal.projects.models import Project
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from portal.tenants.models import User
from tests.browser import expect
from tests.e2e.conftest import Site
from tests.e2e.people import Visitor, choose
from tests.factories.facts import LIGHT_FACTS
from tests.factories.ready import start

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
NOTHING_MORE: dict[str, Any] = {
    "content_distribution_platform": "no",
    "app_distribution_platform": "no",
    "minors_pi": "no",
    "minors_platform_large_or_significant": "no",
    "important_data_candidate": "no",
    "pi_subject_count": 0,
    "overseas_listing": "no",
    "wants_voluntary": "no",
    "sandbox": [],
}
# A customer-service bot for everybody on a model that its maker has filed.
DECIDING = {"model_origin": "filed_model_api", "modifies_upstream_model": "no"}
BOT: dict[str, Any] = {
    **{name: value for name, value in LIGHT_FACTS.items() if name not in DECIDING},
    **NOTHING_MORE,
    "audience": ["public"],
    "delivery_channels": ["website"],
    "provides_internet_info_service": "yes",
    "opinion_or_mobilization": "yes",
    "algorithm_types": ["generative_synthesis"],
}
REGIME, CHANGED = "genai_service_registration", "algorithm_filing"
QUESTIONS = "1. 请说明拦截关键词库的更新频率。\n2. 请补充上游模型的备案证明。"
NUMBER, ALGORITHM = "Guangdong-TuiHuanHuo-20261120S0101", "网信算备440305208374401260015号"


class Carrier:
    """One filing's page as somebody works on it."""

    def __init__(self, who: Visitor, path: str) -> None:
        self.who, self.path = who, path

    def open(self) -> Page:
        return self.who.go(self.path)

    def step(self, to: str, **given: Any) -> None:
        """Take one step, with what it asks for."""
        page = self.open()
        form = page.locator("form[action$='/step/']").filter(has=page.locator(f"input[name=to][value={to}]"))
        page.locator("details").filter(has=form).last.locator("summary").first.click()
        for name, value in given.items():
            form.locator(f"[name='{to}-{name}']").fill(str(value))
        self.who.press(form.locator("button.btn-primary"))
        expect(page.locator("#procedure-title").locator("..")).to_be_visible()

    def unfold(self, tail: str) -> Page:
        """Open the page, and the folded form whose address ends so."""
        page = self.open()
        form = page.locator(f"form[action$='{tail}']")
        page.locator("details").filter(has=form).last.locator("summary").first.click()
        return page

    def decide(self, answer: str) -> None:
        page = self.open()
        page.locator(f"[name=answer][value={answer}]").check()
        self.who.press(page.locator("form[action$='/decide/'] button.btn-primary"))

    def agree(self) -> None:
        page = self.open()
        self.who.press(page.locator("button[name=agree][value='1']"))


def answer(who: Visitor, path: str, facts: dict[str, Any]) -> Page:
    """Answer facts of a project, look at what they lead to, save."""
    page = who.go(f"{path}facts/")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    for fact, value in facts.items():
        choose(page, f"f-{fact}", value)
    who.press(page.locator("#facts-form button.btn-primary[type=submit]"))
    page.wait_for_selector("button[name=confirm]")
    return page


def state_of(site: Site, regime: str) -> Filing:
    with tenant_context(site.world.tenant.pk):
        return Filing.objects.get(project=site.world.project, regime=regime)


@pytest.mark.parametrize("language", ["zh-hans"])
def test_from_facts_to_a_published_number_and_a_change_after_launch(site: Site, browser: Browser, language: str):
    User.objects.update(language=language)
    world = site.world
    with acting_as(world.tenant, world.alice):
        start(world.project, BOT)
        today = organisation_today()
    path = f"projects/{world.project.pk}/"

    def day(ago: int) -> str:
        return (today - dt.timedelta(days=ago)).isoformat()

    def person(key: str) -> Visitor:
        return Visitor(browser, site.url, key, language).sign_in()

    # The facts lead to the registration, and the difference says so before it is saved.
    alice = person("alice")
    page = answer(alice, path, DECIDING)
    expect(page.locator("main")).to_contain_text(catalogue().filings[REGIME].name["zh"])
    alice.press(page.locator("button[name=confirm]"))
    assert state_of(site, REGIME).result == "required"

    # Two people of two roles confirm; one prepares, another reviews and carries it to the authority.
    carol, sam = person("carol"), person("sam")
    for regime in (REGIME, CHANGED):
        Carrier(carol, f"{path}filings/{regime}/").decide("confirm")
        Carrier(sam, f"{path}filings/{regime}/").agree()
    sam.done()
    work = Carrier(carol, f"{path}filings/{REGIME}/")
    for to in ("preparing", "internal_review"):
        Carrier(alice, work.path).step(to)
    work.step("ready")
    work.step("submitted", on=day(40), receipt="粤网信收 2026-118")
    work.step("accepted", on=day(38))
    work.step("under_review")

    # One round: the letter, its two questions, the answers, the reply.
    page = work.unfold("open/")
    letter = page.locator("form[action$='/rounds/open/']")
    for name, value in {"letter_on": day(30), "received_on": day(29), "reference": "粤网信函 77", "block": QUESTIONS}.items():
        letter.locator(f"[name=round-{name}]").fill(value)
    carol.press(letter.locator("button.btn-primary").last)
    assert state_of(site, REGIME).state == "supplement_requested"
    for number in (1, 2):
        page = work.unfold(f"questions/{number}/answer/")
        form = page.locator(f"form[action$='/rounds/1/questions/{number}/answer/']")
        form.locator("textarea[name$='-answer']").fill(f"第 {number} 问已补充材料。")
        carol.press(form.locator("button[name=done][value='1']"))
    page = work.unfold("1/reply/")
    form = page.locator("form[action$='/rounds/1/reply/']")
    form.locator("[name=reply-on]").fill(day(20))
    form.locator("[name=reply-receipt]").fill("粤网信收 2026-131")
    carol.press(form.locator("button.btn-primary"))
    work.step("under_review")

    # The number, its publication, and the proof that users can see it.
    work.step("approved", on=day(6), number=NUMBER)
    work.step("published", on=day(5))
    page = work.unfold("display/")
    form = page.locator("form[action$='/display/']")
    choose(page, "display-ok", "yes")
    form.locator("[name=display-checked_on]").fill(day(5))
    form.locator("[name=display-url]").fill("https://www.example.com/about")
    carol.press(form.locator("button.btn-primary"))
    expect(page.locator("#display .card-header .t-pass")).to_be_visible()
    found = state_of(site, REGIME)
    assert (found.state, found.number) == ("published", NUMBER)
    with tenant_context(world.tenant.pk):
        assert AuthorityRound.objects.get(filing=found).state == "closed"

    # After the launch something changes that another filing rests on: its clock of ten working days starts.
    file_and_launch(world, today)
    page = answer(alice, path, {"algorithm_types": ["personalized_push"]})
    alice.press(page.locator("button[name=confirm]"))
    alice.done()
    change = Carrier(carol, f"{path}filings/{CHANGED}/")
    page = change.unfold("/accept/")
    form = page.locator("form[action$='/accept/']")
    form.locator("textarea").fill("新增个性化推送")
    carol.press(form.locator("button.btn-primary"))
    carol.done()
    assert state_of(site, CHANGED).state == "change_due"
    with acting_as(world.tenant, world.carol):
        clock = FilingClock.objects.get(filing__regime=CHANGED, event="filed_information_changed", state="running")
        expected = due(calendar_rules(catalogue()), clock.event_on, 10, "working_day")
    assert (clock.basis, clock.n, clock.unit, clock.due_on) == ("statutory", 10, "working_day", expected.on)
    assert clock.event_on in (today, today + dt.timedelta(days=1))  # midnight may pass meanwhile


def file_and_launch(world: Any, today: dt.date) -> None:
    """The algorithm filing has its number, and the service is on line."""
    steps: list[tuple[str, dict[str, Any]]] = [
        *((to, {}) for to in ("preparing", "internal_review", "ready")),
        ("submitted", {"on": today - dt.timedelta(days=30), "receipt": "R"}),
        ("accepted", {"on": today - dt.timedelta(days=28)}),
        ("under_review", {}),
        ("approved", {"on": today - dt.timedelta(days=8), "number": ALGORITHM}),
    ]
    with acting_as(world.tenant, world.carol) as carol:
        project = Project.objects.get(pk=world.project.pk)
        for to, given in steps:
            version = Filing.objects.get(project=project, regime=CHANGED).version
            step_filing(project, CHANGED, to=to, version=version, by=carol, **given)
        launched = today - dt.timedelta(days=4)
        Project.objects.filter(pk=project.pk).update(stage="live", launched_on=launched)
        save_facts(Project.objects.get(pk=project.pk), {"launch_date": launched.isoformat()}, by=world.alice)


def test_an_internal_tool_needs_nothing_and_is_told_why(site: Site, browser: Browser):
    User.objects.update(language="en")
    world = site.world
    with acting_as(world.tenant, world.alice):
        start(world.project, {name: value for name, value in (LIGHT_FACTS | NOTHING_MORE).items() if name != "hosting_regions"})
    path = f"projects/{world.project.pk}/"
    alice = Visitor(browser, site.url, "alice", "en").sign_in()
    page = answer(alice, path, {"hosting_regions": ["SG"]})
    alice.press(page.locator("button[name=confirm]"))
    page = alice.go(f"{path}filings/")
    with tenant_context(world.tenant.pk):
        assert not Filing.objects.exclude(result="not_applicable").exists()
    for regime in ("genai_service_filing", "mlps_grading_filing", "pipia"):
        page = alice.go(f"{path}filings/{regime}/")
        expect(page.locator("main .rule").first).to_contain_text("At least one condition does not hold")
        expect(page.locator("main")).to_contain_text("Applies if")
    alice.done()
