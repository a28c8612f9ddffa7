"""What this slice hangs into the frame: side bar entry and tabs of a project."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core import navigation
from portal.projects import registry


def install() -> None:
    """Register the portfolio and the tabs this slice serves."""
    navigation.register(navigation.Entry(10, "portfolio", _("Portfolio"), "layout-dashboard", "portal:portfolio", "*member"))
    registry.register_tab(registry.Tab(10, "overview", _("Overview"), "portal:project", "portal.view_project"))
    registry.register_tab(registry.Tab(40, "people", _("People"), "portal:project_people", "portal.view_project"))
