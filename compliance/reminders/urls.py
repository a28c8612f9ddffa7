"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from compliance.reminders import api, views

urlpatterns = [
    path("administration/reminders/", views.rules, name="reminder_rules"),
    path("administration/reminders/choose/", views.rule_choose, name="reminder_rule_choose"),
    path("administration/reminders/<str:scope>/<str:value>/", views.rule, name="reminder_rule"),
    path("administration/reminders/<str:scope>/<str:value>/reset/", views.rule_reset, name="reminder_rule_reset"),
    path("administration/webhooks/", views.webhooks, name="webhooks"),
    path("administration/webhooks/new/", views.webhook_new, name="webhook_new"),
    path("administration/webhooks/<uuid:target_id>/", views.webhook, name="webhook"),
    path("administration/webhooks/<uuid:target_id>/<str:act>/", views.webhook_act, name="webhook_act"),
    path("api/v1/filings/events/", api.events, name="api_filing_events"),
]
