"""Language and appearance: two small forms in every page's frame. A signed-in person's choice is kept in the account,
a stranger's in a cookie.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from portal.core.access import PUBLIC, requires
from portal.core.templatetags.ui import THEME_COOKIE, THEMES

_A_YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form stood on, if it is one of ours."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


def _keep(request: HttpRequest, field: str, value: str) -> None:
    user: Any = request.user
    if user.is_authenticated and getattr(user, field) != value:
        setattr(user, field, value)
        user.save(update_fields=[field])


def _cookie(response: HttpResponse, name: str, value: str, *, script: bool) -> HttpResponse:
    # The theme's cookie is written by app.js as well, so a script must be able to replace it.
    response.set_cookie(name, value, max_age=_A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=not script)
    return response


@requires(PUBLIC)
def set_language(request: HttpRequest) -> HttpResponse:
    """POST ``language`` (one of LANGUAGES) and ``next``. An unknown language changes nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    wanted = request.POST.get("language", "")
    response = _back(request)
    if wanted not in dict(settings.LANGUAGES):
        return response
    _keep(request, "language", wanted)
    return _cookie(response, settings.LANGUAGE_COOKIE_NAME, wanted, script=False)


@requires(PUBLIC)
def set_theme(request: HttpRequest) -> HttpResponse:
    """POST ``theme`` (auto, light, dark) and ``next``. An unknown theme changes nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    wanted = request.POST.get("theme", "")
    response = _back(request)
    if wanted not in THEMES:
        return response
    _keep(request, "theme", wanted)
    return _cookie(response, THEME_COOKIE, wanted, script=True)


def keep_choices(response: HttpResponse, *, language: str, theme: str) -> HttpResponse:
    """Let this browser remember language and appearance for the time after signing out."""
    _cookie(response, settings.LANGUAGE_COOKIE_NAME, language, script=False)
    return _cookie(response, THEME_COOKIE, theme, script=True)
