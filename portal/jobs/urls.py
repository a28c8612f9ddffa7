"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from portal.jobs import views

urlpatterns = [
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", views.cancel, name="job_cancel"),
    path("jobs/<uuid:job_id>/retry/", views.retry, name="job_retry"),
]
