"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from compliance.register import views

urlpatterns = [
    path("filings/register/", views.register, name="register"),
    path("filings/register/order/", views.register_order, name="register_order"),
    path("filings/register/<uuid:register_id>/<str:form>/", views.register_file, name="register_file"),
]
