"""What every page's frame needs: tenant, actor, navigation, theme."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.core import navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the page frame; cheap enough for error pages and sign-in pages as well."""
    tenant = getattr(request, "tenant", None)
    actor = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    return {
        "tenant": tenant,
        "actor": actor,
        "nav": navigation.entries(request) if actor is not None else [],
        "theme": getattr(user, "theme", "auto") or "auto",
        "languages": settings.LANGUAGES,
        "request_id": getattr(request, "request_id", ""),
    }
