"""Routes of this slice, below an organisation."""

from __future__ import annotations

from django.urls import URLPattern, path

from compliance.legal import views

urlpatterns: list[URLPattern] = [
    path("administration/legal-review/", views.due, name="legal_review"),
    path("administration/legal-review/export/", views.export, name="legal_export"),
    path("administration/legal-review/own/", views.own, name="own_regimes"),
    path("administration/legal-review/own/<slug:entry>/retire/", views.retire, name="own_retire"),
    path("administration/legal-review/<slug:entry>/", views.entry, name="legal_entry"),
]
