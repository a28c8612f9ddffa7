"""Addresses of projects in the JSON API."""

from __future__ import annotations

from django.urls import path

from portal.projects.api import views

urlpatterns = [
    path("api/v1/projects/", views.ProjectsView.as_view(), name="api_projects"),
    path("api/v1/projects/<uuid:project_id>/", views.ProjectView.as_view(), name="api_project"),
    path("api/v1/projects/<uuid:project_id>/stage/", views.ProjectSteerView.as_view(), name="api_project_stage"),
    path("api/v1/projects/<uuid:project_id>/people/", views.ProjectPeopleView.as_view(), name="api_project_people"),
    path("api/v1/projects/<uuid:project_id>/people/<uuid:member_id>/", views.ProjectMemberView.as_view(), name="api_project_member"),
]
