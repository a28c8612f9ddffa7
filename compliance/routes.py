"""Tenant pages of the compliance app, gathered from its slices."""

from django.urls import include, path

urlpatterns = [
    path("", include("compliance.register.urls")),
    path("", include("compliance.boards.urls")),
    path("", include("compliance.holidays.urls")),
    path("", include("compliance.clocks.urls")),
    path("", include("compliance.legal.urls")),
    path("", include("compliance.feeds.urls")),
    path("", include("compliance.reminders.urls")),
    path("", include("compliance.dossiers.urls")),
    path("", include("compliance.rounds.urls")),
    path("", include("compliance.upkeep.urls")),
    path("", include("compliance.filings.urls")),
    path("", include("compliance.reports.urls")),
]
