"""Addresses of the platform staff's pages."""

from __future__ import annotations

from django.urls import path

from portal.roles.views import platform

urlpatterns = [
    path("", platform.organisations, name="organisations"),
    path("new/", platform.new, name="new"),
    path("organisations/<slug:slug>/suspend/", platform.suspend, name="suspend"),
    path("organisations/<slug:slug>/reopen/", platform.reopen, name="reopen"),
    path("organisations/<slug:slug>/administrator/", platform.administrator, name="administrator"),
    path("accounts/", platform.accounts, name="accounts"),
    path("accounts/<int:user_id>/unlink/", platform.unlink, name="unlink"),
]
