"""What this slice hangs into the frame at start: sentences, kinds of messages, the tabs, the list of work."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assessments.checklists import history, telling, work, work_sources
from portal.audit import sentences
from portal.core import navigation
from portal.core.access import Actor
from portal.projects import registry


def install() -> None:
    """Register everything; called once from ``AppConfig.ready``."""
    sentences.register(history.SENTENCES)
    telling.declare()
    work_sources.install()
    registry.register_tab(registry.Tab(20, "checklist", _("Ten checklists"), "assessments:checklist", "portal.view_project"))
    registry.register_tab(registry.Tab(50, "numbers", _("Numbers"), "assessments:calculators", "portal.view_project"))
    navigation.register(navigation.Entry(20, "work", _("My work"), "checklist", "assessments:my_work", "*member", count=_count))


def _count(request: HttpRequest) -> int:
    """What waits for the person, up to 100 of each kind; one query."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return sum(work.count_work(actor).values())
