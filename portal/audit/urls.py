"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from portal.audit import views

urlpatterns = [
    path("projects/<uuid:project_id>/history/", views.project_history, name="project_history"),
    path("administration/log/", views.log, name="audit_log"),
    path("administration/log/export/", views.export, name="audit_log_export"),
]
