"""Addresses of documents and dossiers: the same pages exist below a project and for the organisation."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.projects.models import Project


def document_url(slug: str, project: Project | None, regime: str, key: str, act: str = "", **more: Any) -> str:
    """One document, or one act on it (``upload``, ``evidence``, ``take``, ``state``, ``plan``, ``version``, ``form``)."""
    return _url("document", slug, project, regime, act, key=key, **more)


def dossier_url(slug: str, project: Project | None, regime: str, number: int, act: str = "") -> str:
    """One dossier, or its ``file``."""
    return _url("dossier", slug, project, regime, act, number=number)


def order_url(slug: str, project: Project | None, regime: str) -> str:
    """Where a dossier is ordered."""
    return _url("dossiers", slug, project, regime, "")


def add_url(slug: str, project: Project | None, regime: str) -> str:
    """Where a document of one's own is added."""
    return _url("documents", slug, project, regime, "")


def _url(what: str, slug: str, project: Project | None, regime: str, act: str, **more: Any) -> str:
    name = f"{what}_{act}" if act else what
    kwargs = {"tenant_slug": slug, "regime": regime, **more}
    if project is None:
        return reverse(f"compliance:organisation_{name}", kwargs=kwargs)
    return reverse(f"compliance:filing_{name}", kwargs={**kwargs, "project_id": project.pk})
