"""The icon for programs that ask at the usual place instead of reading the page's head: feed readers, mail programs, old browsers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.core.access import PUBLIC, requires


@requires(PUBLIC)
@cache_control(max_age=24 * 3600, public=True)
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """To the file that the pages name."""
    return HttpResponseRedirect(static("portal/img/mark.svg"))
