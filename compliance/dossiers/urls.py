"""Addresses of this slice: each below a project and below the organisation."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, include, path
from django.urls.resolvers import URLResolver

from compliance.dossiers import api, views

_DOCUMENT = "<str:regime>/documents/<str:key>/"
_PAGES: tuple[tuple[str, str, Any, bool], ...] = (
    ("documents", "<str:regime>/documents/", views.add, True),
    ("document", _DOCUMENT, views.document, False),
    ("document_upload", f"{_DOCUMENT}upload/", views.upload, True),
    ("document_evidence", f"{_DOCUMENT}evidence/", views.evidence, True),
    ("document_take", f"{_DOCUMENT}take/", views.take, True),
    ("document_state", f"{_DOCUMENT}state/", views.state, True),
    ("document_plan", f"{_DOCUMENT}plan/", views.plan, True),
    ("document_version", f"{_DOCUMENT}versions/<int:number>/", views.version, False),
    ("document_form", f"{_DOCUMENT}form/<str:language>/", views.form, False),
    ("dossiers", "<str:regime>/dossiers/", views.order, True),
    ("dossier", "<str:regime>/dossiers/<int:number>/", views.dossier, False),
    ("dossier_file", "<str:regime>/dossiers/<int:number>/file/", views.dossier_file, False),
)
_PROJECT, _OWN = "projects/<uuid:project_id>/filings/", "filings/organisation/"

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"{_PROJECT}{route}", views.of_project(view, post=post), name=f"filing_{name}") for name, route, view, post in _PAGES),
    *(path(f"{_OWN}{route}", views.of_organisation(view, post=post), name=f"organisation_{name}") for name, route, view, post in _PAGES),
    path("api/v1/", include(api.urlpatterns)),
]
