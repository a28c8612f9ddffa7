"""Addresses of invitations, open to strangers who hold a link."""

from __future__ import annotations

from django.urls import path

from portal.roles.views import invitations

urlpatterns = [
    path("invitation/", invitations.accept, name="accept"),
    path("invitation/<str:token>/", invitations.open_link, name="open"),
]
