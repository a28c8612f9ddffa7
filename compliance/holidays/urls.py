"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from compliance.holidays import views

_YEAR = "administration/calendar/<str:calendar>/<int:year>/"

urlpatterns = [
    path("administration/calendar/", views.calendar, name="calendar"),
    path(_YEAR, views.year, name="calendar_year"),
    path(f"{_YEAR}preview/", views.preview, name="calendar_preview"),
    path(f"{_YEAR}save/", views.save, name="calendar_save"),
    path(f"{_YEAR}library/", views.library, name="calendar_library"),
    path(f"{_YEAR}file/", views.upload, name="calendar_file"),
    path(f"{_YEAR}restore/", views.restore, name="calendar_restore"),
]
