"""Addresses of this slice."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, include, path
from django.urls.resolvers import URLResolver

from compliance.upkeep import api, views

_ACTS: dict[str, tuple[str, Callable[..., HttpResponseBase]]] = {
    "proposals/<uuid:proposal_id>/accept/": ("proposal_accept", views.accept),
    "proposals/<uuid:proposal_id>/dismiss/": ("proposal_dismiss", views.dismiss),
    "display/": ("display_check", views.check),
    "display/<uuid:check_id>/proof/": ("display_proof", views.proof),
}
_PROJECT, _OWN = "projects/<uuid:project_id>/filings/<str:regime>/", "filings/organisation/<str:regime>/"

urlpatterns: list[URLPattern | URLResolver] = [
    *(path(_PROJECT + tail, views.of_project(view), name=name) for tail, (name, view) in _ACTS.items()),
    *(path(_OWN + tail, views.of_organisation(view), name=f"organisation_{name}") for tail, (name, view) in _ACTS.items()),
    path("api/v1/", include(api.urlpatterns)),
]
