"""The launch of a project whose ten checklists are full: the last roles sign, the gate is decided, the report is downloaded and verified.

The project is the demo's, filled and approved by the same actions as everybody's; what people do at the gate is done in a browser.
"""

from __future__ import annotations

import io
import re

import pymupdf
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from assessments.gates.models import GateRound, Signature
from assessments.gates.states import RoundState
from compliance.demo.loading import load
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.projects.models import Project
from portal.tenants.models import Tenant, User
from tests.browser import expect
from tests.e2e.conftest import served
from tests.e2e.people import Visitor
from tests.factories.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
CODE = "XH-0007"
# Two roles have signed when the demo begins; the sponsor signs last.
LAST = ("tangying", "shenjing", "gumingyuan")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_launch_is_signed_reported_and_verified(live_db: None, browser: Browser, tmp_path, language: str):
    load(PASSWORD, lambda _line: None, only=(CODE,))
    User.objects.update(language=language)
    tenant = Tenant.objects.get(slug="xinghe")
    with tenant_context(tenant.pk):
        project = Project.objects.get(code=CODE)
        path = f"projects/{project.pk}/"
        assert GateRound.objects.get(project=project, gate="G4").state == RoundState.OPEN

    with served(tmp_path) as site:

        def person(key: str) -> Visitor:
            return Visitor(browser, site.url, f"{key}@xinghe.example", language).sign_in()

        # The PMO sees what waits, on the portfolio and at the gate, and cannot sign for others.
        pmo = person("linyue")
        page = pmo.go("")
        expect(page.locator("table")).to_contain_text(CODE)
        page = pmo.go(f"{path}gates/G4/")
        expect(page.locator("form[action$='/gates/G4/sign/']")).to_have_count(0)

        for key in LAST:
            signer = person(key)
            signer.sign(path, "G4", "launch")
            if key == LAST[-1]:
                content = signer.order_report(path, language)
            signer.done()

        page = pmo.go(path)
        expect(page.locator(".stage").first).to_be_visible()
        pmo.done()

        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages).replace("\n", "")
        code = "zh" if language == "zh-hans" else "en"
        for dimension in catalogue().dimensions.values():
            assert getattr(dimension.label, code).replace(" ", "") in text.replace(" ", ""), dimension.id
        with tenant_context(tenant.pk):
            decided = GateRound.objects.select_related("revision").get(project=project, gate="G4")
            assert decided.state == RoundState.APPROVED
            assert Project.objects.get(pk=project.pk).stage == "live"
            signed = list(Signature.objects.filter(round=decided).select_related("signed_by"))
            assert len(signed) == 5
            for row in signed:
                assert row.signed_by.name in text
                assert row.revision_sha256 == decided.revision.sha256

        # Whoever holds the paper follows the address on its cover, without an account.
        with pymupdf.open(stream=content) as document:
            address = next(link["uri"] for link in document[0].get_links() if "/verify/" in link.get("uri", ""))
        context = browser.new_context(locale="zh-CN" if language == "zh-hans" else "en-GB")
        page = context.new_page()
        page.goto(site.url + re.search(r"/verify/.*", address).group())
        expect(page.locator("main")).to_contain_text(CODE)
        expect(page.locator("main")).not_to_contain_text("顾明远")
        context.close()
