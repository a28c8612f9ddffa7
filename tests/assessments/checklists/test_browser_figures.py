"""A computed item in a real browser: its figures are a version of it, and people do not run into their own change."""

from __future__ import annotations

import pytest

from assessments.checklists.actions.answers import save_answer, visible_answer
from assessments.checklists.actions.numbers import enter_values
from assessments.checklists.models import CalculatorRun
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as
from tests.assessments.checklists.test_browser import browser, item, row, signed_in, site
from tests.browser import expect

__all__ = ["browser", "site"]
pytestmark = [pytest.mark.browser]


def remark_of(one):
    """The note of a card, opened."""
    one.locator(".item-note > summary").click()
    return one.locator("[data-note]")


def test_figures_that_one_moves_oneself_do_not_stand_against_the_own_remark(browser, site):
    with acting_as(site.tenant, site.alice) as alice:
        aim = [{"scenario": "Returns", "scenario_type": "customer_service", "accuracy_target": "85"}]
        save_answer(visible_answer(site.project, "D9.01"), value=aim, version=1, by=alice)
        run = CalculatorRun.objects.get(assessment__project=site.project, calculator="C-D9-ACC")
        enter_values(site.project, "C-D9-ACC", values={"correct": "178", "n": "200"}, version=run.version, by=alice)
    before = row(site, "D9.03").version
    context, page = signed_in(browser, site, site.alice)
    page.goto(f"{site.base}/checklist/D9/")
    figures = item(page, "D9.03")
    remark = remark_of(figures)
    item(page, "D9.01").locator("[name=rows-0-accuracy_target]").fill("84")
    expect(item(page, "D9.01").locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D9.03").version == before + 1
    remark.fill("Measured on the test set of October.")
    expect(figures.locator("[data-save-state]")).to_contain_text("Saved")
    assert row(site, "D9.03").note == "Measured on the test set of October."
    # A remark of somebody else that this page has not seen is not written over, although the own figures move once more.
    with acting_as(site.tenant, site.bob) as bob:
        answer = visible_answer(site.project, "D9.03")
        save_answer(answer, value=None, note="Bob measured again.", version=answer.version, by=bob)
    item(page, "D9.01").locator("[name=rows-0-accuracy_target]").fill("83")
    expect(figures.locator(".item-state")).to_contain_text("Bob")
    remark.fill("Measured twice.")
    expect(figures.locator("[data-conflict]")).to_contain_text("Bob measured again.")
    with tenant_context(site.tenant.pk):
        assert row(site, "D9.03").note == "Bob measured again."
    assert page.faults == []
    context.close()
