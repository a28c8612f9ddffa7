"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from compliance.reports import views

_PROJECT = "projects/<uuid:project_id>/reports/"
_REPORT = f"{_PROJECT}<uuid:report_id>/"
urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path(_PROJECT, views.project_reports, name="project_reports"),
    path(f"{_PROJECT}order/", views.report_order, name="report_order"),
    path(_REPORT, views.report, name="report"),
    path(f"{_REPORT}download/", views.report_download, name="report_download"),
    path(f"{_REPORT}retry/", views.report_retry, name="report_retry"),
    path(f"{_REPORT}again/", views.report_again, name="report_again"),
    path(f"{_REPORT}cancel/", views.report_cancel, name="report_cancel"),
    path(f"{_REPORT}delete/", views.report_delete, name="report_delete"),
]
