"""Addresses of facts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from portal.projects.facts import part_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<uuid:project_id>/facts/", views.project_facts, name="project_facts"),
    path("projects/<uuid:project_id>/facts/preview/", views.project_facts_preview, name="project_facts_preview"),
    path("projects/<uuid:project_id>/facts/<slug:fact>/", views.project_fact, name="project_fact"),
    path("projects/<uuid:project_id>/facts/<slug:fact>/part/", part_views.project_part, name="project_part"),
    path("administration/facts/", views.organisation_facts, name="organisation_facts"),
    path("administration/facts/preview/", views.organisation_facts_preview, name="organisation_facts_preview"),
    path("administration/facts/<slug:fact>/", views.organisation_fact, name="organisation_fact"),
    path("administration/facts/<slug:fact>/part/", part_views.organisation_part, name="organisation_part"),
    path("api/v1/", include("portal.projects.facts.api")),
    path("api/v1/", include("portal.projects.facts.parts_api")),
]
