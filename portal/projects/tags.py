"""Template tags of project pages (``{% load projects %}``): the frame, the next step, links into a project."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.utils.translation import get_language

from portal.core.drawn import strip
from portal.projects import registry
from portal.projects.access import project_permissions_of
from portal.projects.links import project_url
from portal.projects.next_steps import default_step
from portal.projects.strip import cells_of, tones_of
from portal.projects.words import band_tone, band_word, tier_word

register = template.Library()


@dataclass(frozen=True)
class Frame:
    """What the frame of a project page shows besides the project itself."""

    tabs: list[dict[str, Any]]
    may: frozenset[str]
    step: registry.NextStep | None
    cells: list[dict[str, Any]]
    strip_url: str
    band: str
    band_tone: str
    tier: str


@register.simple_tag(takes_context=True)
def project_frame(context: dict[str, Any]) -> Frame:
    """``{% project_frame as frame %}``: tabs the person may open, what comes next, and the ten cells."""
    request = context["request"]
    project = request.project
    may = project_permissions_of(request.actor, project)
    current = context.get("tab", "")
    tabs = []
    for tab in registry.tabs():
        url = project_url(tab.url_name, request, project) if tab.permission in may else ""
        if url:
            tabs.append({"label": tab.label, "url": url, "active": tab.key == current})
    dimension = project_url("assessments:dimension", request, project, dimension="D0")
    return Frame(
        tabs=tabs,
        may=may,
        step=registry.next_step(request, project) or default_step(request, project),
        cells=cells_of(project.summary),
        strip_url=dimension.replace("D0", "{code}") if dimension else "",
        band=band_word(project.summary.band),
        band_tone=band_tone(project.summary.band),
        tier=tier_word(project.summary.tier),
    )


@register.simple_tag(takes_context=True)
def project_link(context: dict[str, Any], url_name: str, project: Any) -> str:
    """``{% project_link "portal:project_facts" project %}``; empty while no app has the page."""
    return project_url(url_name, context["request"], project)


@register.simple_tag
def portfolio_strip(letters: str) -> str:
    """The ten cells of a list row from the stored letters; a page repeats few combinations, so they are kept."""
    return _strip_html(get_language() or "en", letters)


@lru_cache(maxsize=4096)
def _strip_html(_language: str, letters: str) -> str:
    return strip(tones_of(letters))


@register.filter
def allows(may: Any, permission: str) -> bool:
    """``{% if frame.may|allows:"portal.edit_project" %}``."""
    return permission in may
