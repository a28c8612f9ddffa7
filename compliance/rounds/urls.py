"""Addresses of this slice."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import URLPattern, include, path
from django.urls.resolvers import URLResolver

from compliance.rounds import api, board, views

_ACTS: dict[str, tuple[str, Callable[..., HttpResponseBase]]] = {
    "open/": ("round_open", views.open_letter),
    "split/": ("round_split", views.split),
    "<int:number>/reply/": ("round_reply", views.reply),
    "<int:number>/close/": ("round_close", views.close),
    "<int:number>/letter/": ("round_letter", views.letter),
    "<int:number>/questions/<int:position>/edit/": ("question_edit", views.edit),
    "<int:number>/questions/<int:position>/answer/": ("question_answer", views.answer),
}
_PROJECT, _OWN = "projects/<uuid:project_id>/filings/<str:regime>/rounds/", "filings/organisation/<str:regime>/rounds/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("filings/rounds/", board.rounds_page, name="filings_rounds"),
    path("filings/rounds/export/<str:form>/", board.rounds_export, name="filings_rounds_export"),
    *(path(_PROJECT + tail, views.of_project(view), name=name) for tail, (name, view) in _ACTS.items()),
    *(path(_OWN + tail, views.of_organisation(view), name=f"organisation_{name}") for tail, (name, view) in _ACTS.items()),
    path("api/v1/", include(api.urlpatterns)),
]
