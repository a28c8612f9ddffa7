"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from portal.tenants import views

urlpatterns = [
    path("administration/organisation/", views.organisation, name="organisation"),
    path("administration/organisation/brand/", views.brand_preview, name="brand_preview"),
    path("administration/organisation/logo/", views.logo_upload, name="logo_upload"),
    path("logo/", views.logo, name="logo"),
]
