"""What the tier hangs into projects: a panel of the overview page, sentences of its acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.checklists.tier.showing import tier_shown
from portal.audit import sentences
from portal.projects import registry

SENTENCES = {
    "assessments.assessment.started": _("started the checklists on version {version} of the content"),
    "assessments.assessment.upgraded": _("moved the checklists from version {old} to {new} of the content"),
    "assessments.tier.raised": _("raised the assessment tier: {reason}"),
    "assessments.tier.withdrawn": _("withdrew the raise of the assessment tier: {reason}"),
}


def panel(request: Any, project: Any) -> tuple[str, Mapping[str, Any]] | None:
    """The tier on the overview page."""
    shown = tier_shown(project, request.actor, whole=False)
    if shown is None:
        return None
    where = {"tenant_slug": request.tenant.slug, "project_id": project.pk}
    return (
        "assessments/checklists/tier_panel.html",
        {
            "tier": shown,
            "open_count": len({fact.id for fact in (*shown.could_lower, *shown.could_raise)}),
            "tier_url": reverse("assessments:tier", kwargs=where),
            "facts_url": reverse("portal:project_facts", kwargs=where),
        },
    )


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    registry.register_panel(registry.Panel(20, "tier", "portal.view_project", panel, place="side"))
    sentences.register(SENTENCES)
