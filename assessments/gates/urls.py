"""Addresses of the gates slice."""

from __future__ import annotations

from django.urls import path

from assessments.gates.views import acts, pages

_PROJECT = "projects/<uuid:project_id>/"
urlpatterns = [
    path(f"{_PROJECT}gates/", pages.gates, name="gates"),
    path(f"{_PROJECT}gates/<str:gate>/", pages.gate, name="gate"),
    path(f"{_PROJECT}gates/<str:gate>/open/", acts.gate_open, name="gate_open"),
    path(f"{_PROJECT}gates/<str:gate>/sign/", acts.gate_sign, name="gate_sign"),
    path(f"{_PROJECT}gates/<str:gate>/withdraw/", acts.gate_withdraw, name="gate_withdraw"),
    path(f"{_PROJECT}gates/<str:gate>/conditions/", acts.condition_write, name="condition_write"),
    path(f"{_PROJECT}gates/<str:gate>/confirm/", acts.flag_confirm, name="flag_confirm"),
    path(f"{_PROJECT}conditions/<uuid:condition_id>/report/", acts.condition_report, name="condition_report"),
    path(f"{_PROJECT}conditions/<uuid:condition_id>/settle/", acts.condition_settle, name="condition_settle"),
    path(f"{_PROJECT}conditions/<uuid:condition_id>/change/", acts.condition_change, name="condition_change"),
    path(f"{_PROJECT}conditions/<uuid:condition_id>/drop/", acts.condition_drop, name="condition_drop"),
    path(f"{_PROJECT}confirmations/<uuid:confirmation_id>/withdraw/", acts.flag_withdraw, name="flag_withdraw"),
]
