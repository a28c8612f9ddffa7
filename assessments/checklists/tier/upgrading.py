"""Moving an assessment to a newer version of the content: the difference first, then the explicit act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.checklists.lifecycle import UpgradePlan, plan_upgrade, upgrade_assessment
from assessments.checklists.models import Assessment
from assessments.checklists.tier.showing import newer_version
from portal.catalogue import Catalogue, catalogue
from portal.core.access import requires
from portal.core.errors import Conflict, NotFound
from portal.core.htmx import go
from portal.projects.facts.pages import disclaimer


def _lines(plan: UpgradePlan, old: Catalogue, new: Catalogue) -> dict[str, list[dict[str, Any]]]:
    """The difference for the page: items with their questions."""

    def row(name: str) -> dict[str, Any]:
        item = new.items.get(name) or old.items[name]
        return {"id": name, "question": item.question, "blocker": item.blocker}

    return {
        "added": [row(name) for name in plan.added],
        "removed": [row(name) for name in plan.removed],
        "changed": [row(name) for name in plan.changed],
        "verdicts": [{**row(name), "old": old_, "new": new_} for name, (old_, new_) in plan.verdicts.items() if name not in plan.added],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@requires("assessments.upgrade_catalogue", on="project")
def upgrade(request: Any) -> HttpResponse:
    """What the newer version changes for this project; a POST moves to it."""
    assessment = Assessment.objects.select_related("project").filter(project=request.project).first()
    if assessment is None:
        raise NotFound()
    back = reverse("assessments:tier", kwargs={"tenant_slug": request.tenant.slug, "project_id": request.project.pk})
    version = newer_version(assessment)
    if not version:
        messages.info(request, _("The checklists are on the newest version of the content."))
        return go(request, back)
    if request.method == "POST":
        if request.POST.get("version") != version:
            raise Conflict(_("Another version was installed meanwhile. Look at the difference again."), code="other_version")
        upgrade_assessment(assessment, version, by=request.user)
        messages.success(request, _("The checklists are on version {version} now.").format(version=version))
        return go(request, back)
    plan = plan_upgrade(assessment, version)
    old, new = catalogue(assessment.catalogue_id), catalogue(version)
    context = {
        "tab": "overview",
        "plan": plan,
        "tier_old": new.tiers.tier(plan.tier[0]).label,
        "tier_new": new.tiers.tier(plan.tier[1]).label,
        "back_url": back,
        "disclaimer": disclaimer(new),
        **_lines(plan, old, new),
    }
    return render(request, "assessments/checklists/upgrade.html", context)
