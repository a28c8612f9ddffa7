"""All addresses. Tenant pages live below ``/t/<slug>/``; each slice brings its own ``urls.py``."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from portal.core import favicon, preferences, styleguide
from portal.core.access import SIGNED_IN, requires
from portal.notices import views as notice_views
from portal.tenants import views as tenant_views

app_patterns = [
    path("t/<slug:tenant_slug>/", include(("portal.routes", "portal"), namespace="portal")),
    path("t/<slug:tenant_slug>/", include(("assessments.routes", "assessments"), namespace="assessments")),
    path("t/<slug:tenant_slug>/", include(("compliance.routes", "compliance"), namespace="compliance")),
]

schema_view = requires(SIGNED_IN)(SpectacularAPIView.as_view())

urlpatterns = [
    path("", tenant_views.home, name="home"),
    path("accounts/login/", tenant_views.sign_in, name="account_login"),
    path("accounts/sessions/<int:session_id>/end/", tenant_views.end_session, name="session_end"),
    path("accounts/", include("allauth.urls")),
    path("preferences/language/", preferences.set_language, name="set_language"),
    path("preferences/theme/", preferences.set_theme, name="set_theme"),
    path("preferences/", notice_views.my_preferences, name="my_preferences"),
    path("favicon.ico", favicon.favicon, name="favicon"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("", include(("portal.tenants.public_urls", "public"), namespace="public")),
    path("", include(("portal.roles.public_urls", "invitations"), namespace="invitations")),
    path("", include("compliance.reports.public_urls")),
    path("", include("compliance.feeds.public_urls")),
    path("platform/", include(("portal.roles.platform_urls", "platform"), namespace="platform")),
    path("admin/", admin.site.urls),
    path("api/schema/", schema_view, name="api_schema"),
    *app_patterns,
]

handler400 = "portal.core.error_views.bad_request"
handler403 = "portal.core.error_views.permission_denied"
handler404 = "portal.core.error_views.page_not_found"
# Of the sign-in pages' limits; Django itself knows no such handler.
handler429 = "portal.core.rates.too_many"
handler500 = "portal.core.error_views.server_error"
