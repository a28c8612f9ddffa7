"""Addresses of the tier."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from assessments.checklists.tier import upgrading, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<uuid:project_id>/tier/", views.tier, name="tier"),
    path("projects/<uuid:project_id>/tier/raise/", views.raise_tier, name="raise_tier"),
    path("projects/<uuid:project_id>/tier/withdraw/", views.withdraw_raise, name="withdraw_raise"),
    path("projects/<uuid:project_id>/upgrade/", upgrading.upgrade, name="upgrade"),
    path("api/v1/", include("assessments.checklists.tier.api")),
]
