"""Addresses of the tier."""

from __future__ import annotations

from django.urls import path

from assessments.checklists.tier import views

urlpatterns = [
    path("projects/<uuid:project_id>/tier/", views.tier, name="tier"),
    path("projects/<uuid:project_id>/tier/raise/", views.raise_tier, name="raise_tier"),
    path("projects/<uuid:project_id>/tier/withdraw/", views.withdraw_raise, name="withdraw_raise"),
]
