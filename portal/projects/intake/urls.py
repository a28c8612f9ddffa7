"""Addresses of the wizard."""

from __future__ import annotations

from django.urls import path

from portal.projects.intake import views

urlpatterns = [
    path("projects/new/", views.intake, name="intake"),
    path("projects/new/<uuid:draft_id>/discard/", views.intake_discard, name="intake_discard"),
    path("projects/new/<uuid:draft_id>/<slug:step>/", views.intake_step, name="intake_step"),
]
