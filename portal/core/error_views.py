"""Answers for everything that goes wrong: each says what happened, what was kept and what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist, loader
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portal.core.errors import Refused

# What a program reads when a refusal brings no sentence of its own: the headings of the pages.
TITLES = {
    400: _lazy("The request could not be understood"),
    403: _lazy("You may not do this"),
    404: _lazy("This page does not exist, or not for you"),
    409: _lazy("Somebody else was faster"),
    413: _lazy("The file is too large"),
    422: _lazy("Some entries cannot be used"),
    429: _lazy("Too many requests in a short time"),
    500: _lazy("Something went wrong on our side"),
    503: _lazy("Not possible at this moment"),
}


def wants_json(request: HttpRequest) -> bool:
    """The caller is a machine."""
    return "/api/" in request.path or request.headers.get("Accept", "").startswith("application/json")


def refusal_response(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Page, htmx partial or JSON for a refusal. A refusal may name its own partial in ``detail['template']``."""
    if wants_json(request):
        return JsonResponse(problem_body(refusal), status=refusal.status)
    detail = dict(refusal.detail)
    template = detail.pop("template", None)
    context = {"message": refusal.message, "code": refusal.code, "status": refusal.status, **detail}
    if getattr(request, "htmx", False):
        return render(request, template or "errors/partial.html", context, status=refusal.status)
    return render(request, template or f"errors/{refusal.status}.html", context, status=refusal.status)


def problem_body(refusal: Refused) -> dict[str, Any]:
    """The JSON form of a refusal (after RFC 9457)."""
    body: dict[str, Any] = {"status": refusal.status, "code": refusal.code, "title": str(refusal.message or TITLES[refusal.status])}
    for name in ("fields", "current", "old", "new"):
        if name in refusal.detail:
            body[name] = refusal.detail[name]
    return body


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """The page of one status."""
    if wants_json(request):
        return JsonResponse({"status": status, "code": f"http_{status}", "title": message or str(TITLES[status])}, status=status)
    if getattr(request, "htmx", False):
        return render(request, "errors/partial.html", {"status": status, "message": message}, status=status)
    return render(request, f"errors/{status}.html", {"status": status, "message": message}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the request's context processors, which may be what failed."""
    if wants_json(request):
        return JsonResponse({"status": 500, "code": "http_500", "title": str(TITLES[500])}, status=500)
    try:
        template = loader.get_template("errors/500.html")
    except TemplateDoesNotExist:  # pragma: no cover - only while installing
        return HttpResponse("500", status=500)
    return HttpResponse(template.render({"status": 500, "request_id": getattr(request, "request_id", "")}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid token: mostly a page that was open since before the last sign-in."""
    return error_page(request, 403, _("This form is out of date. Reload the page and send it again; what you typed stays in your browser."))
