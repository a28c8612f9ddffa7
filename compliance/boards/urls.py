"""Addresses of this slice."""

from __future__ import annotations

from django.urls import URLPattern, path

from compliance.boards import views

urlpatterns: list[URLPattern] = [
    path("filings/board/", views.board_page, name="filings_board"),
    path("filings/calendar/", views.month_page, name="filings_month"),
    path("filings/timeline/", views.timeline_page, name="filings_timeline"),
]
