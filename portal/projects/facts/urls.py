"""Addresses of facts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from portal.projects.facts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<uuid:project_id>/facts/", views.project_facts, name="project_facts"),
    path("projects/<uuid:project_id>/facts/preview/", views.project_facts_preview, name="project_facts_preview"),
    path("projects/<uuid:project_id>/facts/<slug:fact>/", views.project_fact, name="project_fact"),
    path("administration/facts/", views.organisation_facts, name="organisation_facts"),
    path("administration/facts/preview/", views.organisation_facts_preview, name="organisation_facts_preview"),
    path("administration/facts/<slug:fact>/", views.organisation_fact, name="organisation_fact"),
    path("api/v1/", include("portal.projects.facts.api")),
]
