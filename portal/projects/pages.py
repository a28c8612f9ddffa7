"""What this slice hangs into the frame: side bar entry, tabs, sentences of the trail, kinds of messages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.audit import sentences
from portal.core import navigation
from portal.notices import kinds
from portal.projects import registry
from portal.projects.actions.leaving import leave_projects, projects_led_by
from portal.projects.history import SENTENCES
from portal.projects.search import follow_name
from portal.roles import leaving
from portal.tenants.actions import on_renamed


def _project_page(notice: Any, tenant_slug: str) -> str:
    return reverse("portal:project", kwargs={"tenant_slug": tenant_slug, "project_id": notice.project_id})


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    navigation.register(navigation.Entry(10, "portfolio", _("Portfolio"), "layout-dashboard", "portal:portfolio", "*member"))
    registry.register_tab(registry.Tab(10, "overview", _("Overview"), "portal:project", "portal.view_project"))
    registry.register_tab(registry.Tab(40, "people", _("People"), "portal:project_people", "portal.view_project"))
    sentences.register(SENTENCES)
    leaving.on_member_end(leave_projects)
    leaving.register_left(projects_led_by)
    on_renamed(follow_name)
    kinds.declare(
        "portal.project_role_given",
        _("You are {role} of {project}"),
        _("{by} gave you this role. The checklists show what it answers and approves."),
        _project_page,
        label=_("I get a role in a project"),
    )
    kinds.declare(
        "portal.project_shared",
        _("{by} shared {project} with you"),
        _("You find it in your portfolio."),
        _project_page,
        label=_("A project is shared with me"),
    )
