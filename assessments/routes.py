"""Tenant pages of the assessing app, gathered from its slices."""

from django.urls import include, path

urlpatterns = [
    path("", include("assessments.checklists.tier.urls")),
    path("", include("assessments.checklists.urls")),
    path("", include("assessments.reviews.urls")),
    path("", include("assessments.gates.urls")),
]
