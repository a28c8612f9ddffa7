"""Addresses of this slice."""

from __future__ import annotations

from django.urls import include, path

from portal.projects.views import export, people, portfolio, project

urlpatterns = [
    path("", portfolio.portfolio, name="portfolio"),
    path("portfolio/charts/", portfolio.portfolio_charts, name="portfolio_charts"),
    path("portfolio/export/<slug:form>/", export.portfolio_export, name="portfolio_export"),
    path("portfolio/exports/<uuid:job_id>/", export.export_file, name="export_file"),
    path("portfolio/views/", portfolio.view_save, name="view_save"),
    path("portfolio/views/<uuid:view_id>/<slug:act>/", portfolio.view_change, name="view_change"),
    path("projects/<uuid:project_id>/", project.project, name="project"),
    path("projects/<uuid:project_id>/edit/", project.project_edit, name="project_edit"),
    path("projects/<uuid:project_id>/steer/<slug:act>/", project.project_steer, name="project_steer"),
    path("projects/<uuid:project_id>/people/", people.project_people, name="project_people"),
    path("projects/<uuid:project_id>/people/add/", people.member_add, name="project_member_add"),
    path("projects/<uuid:project_id>/people/<uuid:member_id>/", people.member_change, name="project_member_change"),
    path("projects/<uuid:project_id>/people/<uuid:member_id>/end/", people.member_end, name="project_member_end"),
    path("projects/<uuid:project_id>/share/", people.share_add, name="share_add"),
    path("projects/<uuid:project_id>/share/<slug:kind>/<slug:ref>/withdraw/", people.share_withdraw, name="share_withdraw"),
    path("projects/<uuid:project_id>/confidential/", people.confidential, name="project_confidential"),
    path("", include("portal.projects.api.urls")),
]
