"""Addresses of this slice that need no membership."""

from __future__ import annotations

from django.urls import path

from portal.tenants import views

urlpatterns = [path("brand/<str:key>/logo/", views.brand_logo, name="brand_logo")]
