"""Pages of this slice below an organisation."""

from __future__ import annotations

from django.urls import URLPattern, path

from compliance.feeds import views

urlpatterns: list[URLPattern] = [
    path("preferences/calendar/", views.feeds, name="calendar_feeds"),
    path("preferences/calendar/<uuid:feed_id>/renew/", views.renew, name="calendar_feed_renew"),
    path("preferences/calendar/<uuid:feed_id>/revoke/", views.revoke, name="calendar_feed_revoke"),
]
