"""The address that calendars read; the secret in it stands for the person."""

from __future__ import annotations

from django.urls import path

from compliance.feeds import views

urlpatterns = [path("calendar/<str:calendar_code>.ics", views.calendar, name="calendar")]
