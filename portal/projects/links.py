"""Addresses of the pages of a project, wherever they belong."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def project_url(url_name: str, request: Any, project: Any, **more: Any) -> str:
    """Address of a page of the project, or "" while no app has it."""
    try:
        return reverse(url_name, kwargs={"tenant_slug": request.tenant.slug, "project_id": project.pk, **more})
    except NoReverseMatch:
        return ""
