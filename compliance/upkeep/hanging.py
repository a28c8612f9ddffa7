"""What upkeep hangs into the product: proposals follow facts, stages and steps; parts of the filing's page, work, messages, stages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.filings import registry
from compliance.filings.hanging import to_filing
from compliance.filings.history import EVENTS as FILING_EVENTS
from compliance.upkeep import work
from compliance.upkeep.following import after_evaluation, after_facts, after_step, why_not_stage
from compliance.upkeep.history import EVENTS, SENTENCES
from compliance.upkeep.pages import display_part, proposals_part
from compliance.upkeep.proposing import PROPOSED_NOTICE
from portal.audit import sentences
from portal.notices import kinds
from portal.projects import registry as projects
from portal.projects.models import Project


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    projects.on_facts_saved(14, _saved)
    projects.refuse_stage(why_not_stage)
    registry.on_evaluated(40, after_evaluation)
    registry.on_stepped(40, after_step)
    registry.register_part(registry.Part(5, "proposals", "compliance/upkeep/proposals.html", proposals_part))
    registry.register_part(registry.Part(30, "display", "compliance/upkeep/display.html", display_part))
    sentences.register(SENTENCES)
    FILING_EVENTS.update(EVENTS)
    work.install()
    kinds.declare(
        PROPOSED_NOTICE,
        _("“{filing}”: look whether to {what} ({project})"),
        _("Something changed at our side that the authority may have to be told of. Due: {due}."),
        url=to_filing,
        label=_("A filing may have to be changed, renewed or cancelled"),
        tone="attention",
    )


def _saved(project: Project, changed: Any, by: Any) -> None:
    after_facts(project, changed, by)
