"""What this slice hangs into projects: records follow facts, and people see the difference before they save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.scoring.registry import register_filing_provider
from compliance.filings.effects import filing_effects
from compliance.filings.evaluation import LAPSED_NOTICE, evaluate_project
from compliance.filings.provider import provider
from portal.audit import sentences
from portal.notices import kinds
from portal.projects import registry
from portal.projects.models import Project
from portal.tenants.models import User

SENTENCES = {"compliance.filings.evaluated": _("checked the filings against the facts: {appeared} new, {lapsed} decisions lapsed")}


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    register_filing_provider(provider)
    registry.register_effects(20, filing_effects)
    registry.on_project_registered(10, _registered)
    registry.on_facts_saved(10, _saved)
    sentences.register(SENTENCES)
    kinds.declare(
        LAPSED_NOTICE,
        _("The decision on “{filing}” no longer stands ({project})"),
        _("A fact it rests on has changed. Look at the filing again and decide anew; until then the rule’s result counts."),
        label=_("A decision of mine on a filing no longer stands"),
        tone="attention",
    )


def _registered(project: Project, by: User) -> None:
    evaluate_project(project, by=by)


def _saved(project: Project, changed: Mapping[str, tuple[Any, Any]], by: User) -> None:
    evaluate_project(project, by=by)
