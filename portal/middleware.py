"""The door to tenant pages: enter the organisation, enforce the view's declaration, refuse what has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.access import MEMBER, PLATFORM, PUBLIC, SIGNED_IN, declaration_of
from portal.core.error_views import error_page, refusal_response, wants_json
from portal.core.errors import NotAllowed, NotFound, Refused
from portal.projects.access import may_on_project, visible_project
from portal.tenants.entry import enter_tenant
from portal.tenants.models import Tenant

log = structlog.get_logger(__name__)
_PATH = re.compile(r"^/t/(?P<slug>[a-z0-9-]{1,60})/")
# Pages of third parties that bring their own checks: sign-in (allauth) and the platform admin.
_OTHER_DOORS = ("/accounts/", "/admin/", "/static/")


def _holds_nul(request: HttpRequest) -> bool:
    """A field of the form holds a NUL, which the database refuses and no keyboard writes. Files are bytes and not looked at."""
    return any("\x00" in text for name, texts in request.POST.lists() for text in (name, *texts))


class TenantMiddleware:
    """Wraps requests below ``/t/<slug>/`` in the tenant's transaction."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Enter the organisation named in the path, or pass other pages on."""
        match = _PATH.match(request.path_info)
        if match is None:
            return self.get_response(request)
        user: Any = request.user
        if not user.is_authenticated:
            if wants_json(request):
                return JsonResponse({"status": 401, "code": "not_signed_in", "title": _("Sign in first.")}, status=401)
            return redirect_to_login(request.get_full_path())
        try:
            with enter_tenant(match["slug"], user, getattr(request, "request_id", "")) as found:
                request.tenant = found.tenant  # type: ignore[attr-defined]
                request.actor = found.actor  # type: ignore[attr-defined]
                structlog.contextvars.bind_contextvars(tenant=found.tenant.slug, user_id=user.pk)
                if found.tenant.status == Tenant.Status.SUSPENDED:
                    request.actor = None  # type: ignore[attr-defined]
                    if wants_json(request):
                        return JsonResponse({"status": 403, "code": "suspended", "title": _("This organisation is suspended")}, status=403)
                    return render(request, "errors/suspended.html", {"status": 403}, status=403)
                # People who chose no time zone of their own read times in that of the organisation.
                with timezone.override(user.time_zone or found.tenant.time_zone):
                    return self.get_response(request)
        except NotFound as refusal:
            # The organisation itself is unseen; anything deeper was answered inside.
            return refusal_response(request, refusal)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        """Enforce the declaration before the view runs."""
        if request.path_info.startswith(_OTHER_DOORS):
            return None
        declared = declaration_of(view)
        if declared is None:
            if settings.DEBUG or settings.TESTING:
                raise ImproperlyConfigured(f"View {view!r} declares no permission: add @requires(…).")
            log.error("view_without_declaration", path=request.path)
            return error_page(request, 403)
        try:
            self._enforce(request, declared, kwargs)
        except Refused as refusal:
            return refusal_response(request, refusal)
        if declared.permission in (SIGNED_IN, PLATFORM) and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if _holds_nul(request):
            return error_page(request, 400, _("A text that was sent contains the character NUL, which no text can hold."))
        kwargs.pop("tenant_slug", None)
        return None

    def _enforce(self, request: Any, declared: Any, kwargs: dict[str, Any]) -> None:
        if declared.permission == PUBLIC or declared.permission == SIGNED_IN:
            return
        if declared.permission == PLATFORM:
            # Platform pages do not exist for anybody else.
            if request.user.is_authenticated and not request.user.is_staff:
                raise NotFound()
            return
        actor = getattr(request, "actor", None)
        if actor is None:
            raise NotFound()
        if declared.on == "project":
            project_id = kwargs.pop("project_id", None)
            if not isinstance(project_id, UUID):
                raise ImproperlyConfigured("A view on a project needs <uuid:project_id> in its address.")
            request.project = visible_project(actor, project_id)
            names = (declared.permission, *declared.also)
            if not any(may_on_project(actor, name, request.project) for name in names):
                raise NotAllowed(_("Your role in this project does not include this. Ask the project owner or the administrator."))
            return
        if declared.permission != MEMBER and not any(actor.may(name) for name in (declared.permission, *declared.also)):
            raise NotAllowed(_("Your role does not include this. Ask the administrator of your organisation."))
