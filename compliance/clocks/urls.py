"""Addresses of this slice."""

from __future__ import annotations

from django.urls import URLPattern, include, path
from django.urls.resolvers import URLResolver

from compliance.clocks import api, rule_views, views

_PROJECT, _OWN = "projects/<uuid:project_id>/filings/<str:regime>/clocks/", "filings/organisation/<str:regime>/clocks/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{_PROJECT}report/", views.of_project(views.report), name="clock_report"),
    path(f"{_PROJECT}<uuid:clock_id>/<str:act>/", views.of_project(views.act), name="clock_act"),
    path(f"{_OWN}report/", views.of_organisation(views.report), name="organisation_clock_report"),
    path(f"{_OWN}<uuid:clock_id>/<str:act>/", views.of_organisation(views.act), name="organisation_clock_act"),
    path("administration/calendar/limits/", rule_views.rules, name="clock_rules"),
    path("administration/calendar/limits/new/", rule_views.new, name="clock_rule_new"),
    path("administration/calendar/limits/<uuid:rule_id>/<str:act>/", rule_views.act, name="clock_rule_act"),
    path("api/v1/", include(api.urlpatterns)),
]
