"""The permission class of the JSON API. Kept apart from portal.core.api, which Django REST framework cannot import this early."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission

from portal.core.access import declaration_of


class DeclaredPermission(BasePermission):
    """The tenant middleware has enforced the declaration already; a view without one is refused here too."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Fail closed: no declaration, no answer."""
        if declaration_of(type(view)) is None and declaration_of(view) is None:
            return False
        return bool(request.user and request.user.is_authenticated)
