"""Addresses of this slice."""

from __future__ import annotations

from django.urls import URLPattern, include, path
from django.urls.resolvers import URLResolver

from compliance.filings import api
from compliance.filings.views import acts, listing, pages

_ACTS = {
    "decide": acts.decide,
    "second": acts.second,
    "withdraw": acts.withdraw,
    "step": acts.step,
    "plan": acts.plan,
    "correct": acts.correct,
}
_PROJECT, _OWN = "projects/<uuid:project_id>/filings/", "filings/organisation/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("filings/", listing.filings, name="filings"),
    path("filings/export/<str:form>/", listing.filings_export, name="filings_export"),
    path(_OWN, pages.organisation_filings, name="organisation_filings"),
    path(f"{_OWN}<str:regime>/", pages.organisation_filing, name="organisation_filing"),
    path(_PROJECT, pages.project_filings, name="project_filings"),
    path(f"{_PROJECT}<str:regime>/", pages.filing, name="filing"),
    *(path(f"{_PROJECT}<str:regime>/{name}/", acts.of_project(view), name=f"filing_{name}") for name, view in _ACTS.items()),
    *(path(f"{_OWN}<str:regime>/{name}/", acts.of_organisation(view), name=f"organisation_filing_{name}") for name, view in _ACTS.items()),
    path("api/v1/", include(api.urlpatterns)),
]
