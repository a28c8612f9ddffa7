"""The main job as five people do it: registered, answered with evidence, reviewed by others, decided, reported, downloaded."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from portal.tenants.models import User
from tests.browser import expect
from tests.e2e.conftest import Site
from tests.e2e.people import Visitor, choose
from tests.factories.facts import LIGHT_FACTS

# Starting the site and making the report come on top of what five people do.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
NAMES = {"zh-hans": "退换货助手", "en": "Returns helper"}
PURPOSE = {
    "zh-hans": "门店员工每天反复查询退换货政策，平均每单耗时六分钟。助手按现行政策给出答案并附上条款出处，员工核对后答复顾客；"
    "不用助手时需翻查三份文件，高峰期常有等待。目标是把查询时间降到一分钟以内，减少因口径不一致引发的投诉。",
    "en": "Store staff look up the return policy dozens of times a day and need six minutes each time. The helper answers from "
    "the policy in force with the clause, staff check it before they tell the customer; today they search three documents by hand.",
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_intake_to_the_downloaded_pdf(site: Site, browser: Browser, language: str):
    User.objects.update(language=language)

    def person(key: str) -> Visitor:
        return Visitor(browser, site.url, key, language).sign_in()

    # Alice registers the project: what and who, facts, people, review.
    alice = person("alice")
    page = alice.go("projects/new/")
    page.fill("[name=name_zh]", NAMES["zh-hans"])
    page.fill("[name=name_en]", NAMES["en"])
    page.fill("[name=purpose]", PURPOSE[language])
    page.fill("[name=unit]", "门店运营")
    page.select_option("[name=sponsor]", str(site.world.erin.pk))
    page.click("button[name=go][value=next]")
    page.wait_for_url("**/facts/")
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    for fact, value in LIGHT_FACTS.items():
        if page.locator(f"[name='f-{fact}']").count():
            choose(page, f"f-{fact}", value if value != [] else "-")
    page.click("button[name=go][value=next]")
    page.wait_for_url("**/people/")
    for role, user in {"business_owner": "bob", "data_owner": "bob", "tech_lead": "bob", "security": "sam", "compliance": "carol"}.items():
        page.select_option(f"[name='role-{role}']", str(getattr(site.world, user).pk))
    page.click("button[name=go][value=next]")
    page.wait_for_url("**/review/")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(re.compile(r".*/projects/[0-9a-f-]{36}/$"))
    project_path = page.url.split("/t/xinghe/")[1]
    alice.done()

    # Bob and Carol answer, with evidence, and hand over.
    bob = person("bob")
    page = bob.go(f"{project_path}items/D1.01/")
    page.fill("textarea[name=answer]", PURPOSE[language])
    bob.stored()
    page.locator("details.adder > summary").click()
    proof = {"name": "立项说明.txt", "mimeType": "text/plain", "buffer": PURPOSE[language].encode()}
    page.set_input_files("input[type=file]", files=[proof])
    page.locator(".evidence-form button[type=submit]").click()
    expect(page.locator(".item-evidence")).to_contain_text("立项说明.txt")
    bob.hand_over()
    page = bob.go(f"{project_path}items/D1.05/")
    choose(page, "answer", ["internal_staff"])
    bob.hand_over()
    for number in range(1, 11):
        bob.go(f"{project_path}checklist/D{number}/")
        expect(page.locator("[data-item]").first).to_be_visible()
    bob.done()
    carol = person("carol")
    page = carol.go(f"{project_path}items/D1.11/")
    choose(page, "answer", "yes")
    carol.hand_over()

    # Others review: the PMO, compliance, the sponsor; nobody their own.
    page = carol.go(f"{project_path}review/D1.05/")
    carol.press(page.locator("button[name=outcome][value=approved]"))
    page = carol.go(f"{project_path}review/D1.11/")
    # It waits for a decision, only not for hers.
    expect(page.locator("[aria-labelledby=decide-title] .card-header .t-review")).to_be_visible()
    expect(page.locator("button[name=outcome][value=approved]")).to_have_count(0)
    carol.done()
    pam = person("pam")
    page = pam.go(f"{project_path}review/D1.01/")
    pam.press(page.locator("button[name=outcome][value=approved]"))

    # The PMO opens the gate, which freezes a revision, and signs it.
    page = pam.go(f"{project_path}gates/G0/")
    pam.press(page.locator("form[action$='/gates/G0/open/'] button.btn-primary"))
    pam.sign(project_path, "G0", "admit")
    pam.done()

    # The executive orders the report, watches it being made by a worker, and downloads it.
    erin = person("erin")
    content = erin.order_report(project_path, language)
    erin.done()

    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
    with tenant_context(site.world.tenant.pk):
        project = Project.objects.get(code=re.search(r"XH-\d+", text).group())
        assert project.stage == "assessment"
    assert NAMES[language] in text.replace("\n", "")
    assert "G0" in text
