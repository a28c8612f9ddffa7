"""The verification address printed on reports; needs no membership."""

from __future__ import annotations

from django.urls import path

from compliance.reports import views

urlpatterns = [path("verify/<str:code>/", views.verify, name="verify")]
