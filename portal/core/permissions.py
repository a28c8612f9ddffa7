"""The permission names the code knows. Which role holds which permission is data (portal/roles)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Permission:
    """One thing a person may be allowed to do.

    ``scope`` is ``tenant`` (only tenant-wide roles can carry it) or ``project`` (project roles can carry it as well).
    ``roles`` and ``project_roles`` are the built-in roles that hold it in a new organisation. ``content`` marks what answers,
    approves or signs: no role that grants roles may hold it (rule S6). ``reads`` marks what changes nothing: all an auditor may hold.
    """

    name: str
    zh: str
    en: str
    scope: str = "tenant"
    roles: tuple[str, ...] = ()
    project_roles: tuple[str, ...] = ()
    content: bool = False

    @property
    def app(self) -> str:
        """The app that declares it."""
        return self.name.partition(".")[0]

    @property
    def reads(self) -> bool:
        """It shows something and changes nothing. Names say so: ``view_…``, ``export_…``, ``download_…``, ``order_…`` (a report)."""
        return self.name.partition(".")[2].startswith(("view_", "export_", "download_", "order_"))

    @property
    def label(self) -> dict[str, str]:
        """Its name in both languages, for the ``tr`` filter."""
        return {"zh": self.zh, "en": self.en}


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
