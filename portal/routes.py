"""Tenant pages of the ground, gathered from its slices."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.tenants.urls")),
    path("", include("portal.projects.facts.urls")),
    path("", include("portal.projects.intake.urls")),
    path("", include("portal.projects.urls")),
    path("", include("portal.stakeholders.urls")),
    path("", include("portal.jobs.urls")),
    path("", include("portal.notices.urls")),
    path("", include("portal.roles.urls")),
    path("", include("portal.audit.urls")),
]
