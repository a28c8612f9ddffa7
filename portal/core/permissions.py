"""The permission names the code knows. Which role holds which permission is data (portal/roles)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Permission:
    """One thing a person may be allowed to do.

    ``scope`` is ``tenant`` (only tenant-wide roles can carry it) or ``project`` (project roles can carry it as well).
    ``roles`` and ``project_roles`` are the built-in roles that hold it in a new organisation.
    """

    name: str
    zh: str
    en: str
    scope: str = "tenant"
    roles: tuple[str, ...] = ()
    project_roles: tuple[str, ...] = ()


@dataclass
class _Catalogue:
    by_name: dict[str, Permission] = field(default_factory=dict)


_catalogue = _Catalogue()

# Holding a project role or a grant always carries these; "shared" names the level of a guardian grant.
GRANT_VIEW = "view_project"
GRANT_CONTRIBUTE = "contribute_project"


def declare(*permissions: Permission) -> None:
    """Make permission names known; called once per app from ``AppConfig.ready``."""
    for permission in permissions:
        _catalogue.by_name[permission.name] = permission


def known() -> dict[str, Permission]:
    """All permissions by name."""
    return _catalogue.by_name


def get(name: str) -> Permission:
    """The permission of this name; raises KeyError with a sentence for an unknown one."""
    try:
        return _catalogue.by_name[name]
    except KeyError:
        raise KeyError(f"Unknown permission {name!r}: declare it in the app's permissions.py.") from None
