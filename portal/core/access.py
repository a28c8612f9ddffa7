"""What a door must declare, and how the declaration is enforced.

``@requires("assessments.answer_item", on="project")`` marks a view. The tenant middleware refuses a view without a mark, checks
tenant-wide permissions, and for ``on="project"`` loads ``request.project`` (404 when the person may not see it) and checks the
permission on that project (403).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from django.utils.translation import get_language, gettext

View = TypeVar("View", bound=Callable[..., Any])
Target = Literal["tenant", "project"]


@dataclass(frozen=True)
class Declaration:
    """What a view asks for: a permission name, or one of the marks below."""

    permission: str
    on: Target = "tenant"
    also: tuple[str, ...] = field(default=())


MEMBER = "*member"  # any active member of the tenant
PUBLIC = "*public"  # anyone, signed in or not
SIGNED_IN = "*signed-in"  # any signed-in person, outside a tenant
PLATFORM = "*platform"  # platform staff


def requires(permission: str, *, on: Target = "tenant", any_of: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Declare who may use a view. ``any_of`` lists further permissions of which any one is enough."""

    def mark(view: View) -> View:
        view.declaration = Declaration(permission, on, any_of)  # type: ignore[attr-defined]
        return view

    return mark


def declaration_of(view: Any) -> Declaration | None:
    """The declaration of a view function or a DRF view, looking through decorators; None if there is none."""
    seen = view
    while seen is not None:
        found = getattr(seen, "declaration", None)
        if isinstance(found, Declaration):
            return found
        cls = getattr(seen, "view_class", None) or getattr(seen, "cls", None)
        if cls is not None and isinstance(getattr(cls, "declaration", None), Declaration):
            return cls.declaration
        seen = getattr(seen, "__wrapped__", None)
    return None


@dataclass
class Actor:
    """The person of a request or job within one tenant, with the tenant-wide rights looked up once."""

    user: Any
    tenant_id: int
    membership_id: Any
    roles: tuple[str, ...]
    permissions: frozenset[str]
    role_names: tuple[dict[str, str], ...] = ()
    project_cache: dict[Any, frozenset[str]] = field(default_factory=dict)

    @property
    def user_id(self) -> int:
        """Id of the account."""
        return int(self.user.pk)

    @property
    def person_id(self) -> int:
        """Id of the human being behind the account; two accounts of one person share it (rule S1)."""
        return int(self.user.person_id)

    @property
    def role_label(self) -> str:
        """The names of the tenant-wide roles in the active language, for the frame."""
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        return gettext(", ").join(names.get(language) or names.get("en", "") for names in self.role_names)

    @property
    def cleared(self) -> bool:
        """May see confidential projects without being named on them."""
        return "portal.view_confidential_projects" in self.permissions

    def may(self, permission: str) -> bool:
        """Holds the permission tenant-wide."""
        return permission in self.permissions
