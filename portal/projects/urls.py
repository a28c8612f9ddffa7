"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from portal.projects.views import export, portfolio

urlpatterns = [
    path("", portfolio.portfolio, name="portfolio"),
    path("portfolio/charts/", portfolio.portfolio_charts, name="portfolio_charts"),
    path("portfolio/export/<slug:form>/", export.portfolio_export, name="portfolio_export"),
    path("portfolio/exports/<uuid:job_id>/", export.export_file, name="export_file"),
    path("portfolio/views/", portfolio.view_save, name="view_save"),
    path("portfolio/views/<uuid:view_id>/<slug:act>/", portfolio.view_change, name="view_change"),
]
