"""Addresses of filings: the same pages exist below a project and for the organisation."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.projects.models import Project


def overview_url(slug: str, project: Project | None) -> str:
    """The list of one project, or of the organisation."""
    if project is None:
        return reverse("compliance:organisation_filings", kwargs={"tenant_slug": slug})
    return reverse("compliance:project_filings", kwargs={"tenant_slug": slug, "project_id": project.pk})


def filing_url(slug: str, project: Project | None, regime: str, act: str = "") -> str:
    """One filing, or one act on it (``decide``, ``second``, ``withdraw``, ``step``, ``plan``)."""
    name = f"filing_{act}" if act else "filing"
    if project is None:
        return reverse(f"compliance:organisation_{name}", kwargs={"tenant_slug": slug, "regime": regime})
    return reverse(f"compliance:{name}", kwargs={"tenant_slug": slug, "project_id": project.pk, "regime": regime})


def url_of(slug: str, project_id: Any, regime: str) -> str:
    """One filing, by the key of its project (None: of the organisation)."""
    if project_id is None:
        return reverse("compliance:organisation_filing", kwargs={"tenant_slug": slug, "regime": regime})
    return reverse("compliance:filing", kwargs={"tenant_slug": slug, "project_id": project_id, "regime": regime})


def fact_url(slug: str, project: Project | None, fact: str) -> str:
    """Where the fact is answered."""
    if project is None:
        return reverse("portal:organisation_facts", kwargs={"tenant_slug": slug}) + f"#fact-{fact}"
    return reverse("portal:project_facts", kwargs={"tenant_slug": slug, "project_id": project.pk}) + f"#fact-{fact}"
