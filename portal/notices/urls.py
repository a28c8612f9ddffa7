"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from portal.notices import api, views

urlpatterns = [
    path("notices/", views.inbox, name="notices"),
    path("notices/read/", views.mark_all, name="notices_mark_all"),
    path("notices/<uuid:notice_id>/", views.notice, name="notice"),
    path("notices/<uuid:notice_id>/mark/", views.mark, name="notice_mark"),
    path("nav-counts/", views.nav_counts, name="nav_counts"),
    path("preferences/", views.preferences, name="preferences"),
    path("api/v1/notices/", api.notices, name="api_notices"),
    path("api/v1/notices/<uuid:notice_id>/read/", api.read, name="api_notice_read"),
]
