"""What this slice hangs into the product: limits follow steps, decisions and facts; words of their history."""

from __future__ import annotations

from typing import Any

from compliance.clocks.following import after_decision, after_facts, after_step
from compliance.clocks.history import EVENTS, SENTENCES
from compliance.filings import registry
from compliance.filings.history import EVENTS as FILING_EVENTS
from portal.audit import sentences
from portal.projects import registry as projects
from portal.projects.models import Project
from portal.tenants.models import User


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    registry.on_stepped(10, after_step)
    registry.on_decided(10, after_decision)
    projects.on_facts_saved(12, _saved)
    projects.on_project_registered(12, _registered)
    sentences.register(SENTENCES)
    FILING_EVENTS.update(EVENTS)


def _saved(project: Project, changed: Any, by: User | None) -> None:
    after_facts(project, changed, by)


def _registered(project: Project, by: User) -> None:
    after_facts(project, {}, by)
