"""What this slice hangs into the product: limits follow steps, decisions and facts; words of their history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.clocks import tasks as _tasks  # noqa: F401 - the kinds of its jobs must be known where they are ordered
from compliance.clocks.correcting import after_correction
from compliance.clocks.following import after_decision, after_facts, after_step
from compliance.clocks.history import EVENTS, SENTENCES
from compliance.clocks.pages import part
from compliance.clocks.recounting import MOVED_NOTICE, order_recount, preview
from compliance.filings import registry
from compliance.filings.hanging import to_filing
from compliance.filings.history import EVENTS as FILING_EVENTS
from compliance.holidays import registry as holidays
from portal.audit import sentences
from portal.notices import kinds
from portal.projects import registry as projects
from portal.projects.models import Project
from portal.tenants.models import User


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    registry.on_stepped(10, after_step)
    registry.on_corrected(10, after_correction)
    registry.on_decided(10, after_decision)
    projects.on_facts_saved(12, _saved)
    projects.on_project_registered(12, _registered)
    registry.register_part(registry.Part(20, "clocks", "compliance/clocks/part.html", part, column="side"))
    sentences.register(SENTENCES)
    FILING_EVENTS.update(EVENTS)
    holidays.on_saved(order_recount)
    holidays.register_preview(preview)
    kinds.declare(
        MOVED_NOTICE,
        _("A time limit of “{filing}” moved ({project})"),
        _("{limit}: due {new}, before {old}. The working calendar was changed."),
        url=to_filing,
        label=_("A time limit moved because the calendar changed"),
        tone="attention",
    )


def _saved(project: Project, changed: Any, by: User | None) -> None:
    after_facts(project, changed, by)


def _registered(project: Project, by: User) -> None:
    after_facts(project, {}, by)
