"""Addresses of the reviews slice."""

from __future__ import annotations

from django.urls import path

from assessments.reviews.views import queue, waivers

_PROJECT = "projects/<uuid:project_id>/"
urlpatterns = [
    path("review/", queue.review_queue, name="review_queue"),
    path("review/decide/", queue.review_decide_many, name="review_decide_many"),
    path(f"{_PROJECT}review/<str:item_key>/", queue.review_item, name="review_item"),
    path(f"{_PROJECT}review/<str:item_key>/decide/", queue.review_decide, name="review_decide"),
    path(f"{_PROJECT}waivers/", waivers.waivers, name="waivers"),
    path(f"{_PROJECT}items/<str:item_key>/waiver/", waivers.waiver_new, name="waiver_new"),
    path(f"{_PROJECT}waivers/<uuid:waiver_id>/sign/", waivers.waiver_sign, name="waiver_sign"),
    path(f"{_PROJECT}waivers/<uuid:waiver_id>/end/", waivers.waiver_end, name="waiver_end"),
    path("delegations/", waivers.delegations, name="delegations"),
    path("delegations/<uuid:delegation_id>/revoke/", waivers.delegation_revoke, name="delegation_revoke"),
]
