"""All addresses of the product as the resolver knows them, with their declarations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import get_resolver, reverse

from portal.core.access import Declaration, declaration_of

# Pages of libraries that bring their own checks.
OTHERS = ("admin/", "accounts/")
NOBODYS = UUID("00000000-0000-7000-8000-000000000000")
# Arguments that lead somewhere real in the world of the tests; ids of single objects lead to nothing.
ARGUMENTS: dict[str, Any] = {
    "item_key": "D1.01",
    "gate": "G0",
    "dimension": "D1",
    "calculator": "C-D1-SIZE",
    "regime": "pipia",
    "entry": "pipia",
    "fact": "markets",
    "slug": "rivale",
    "user_id": 1,
    "token": "nothing",
    "key": "nothing",
    "form": "csv",
    "step": "basics",
    "act": "delete",
    "scope": "basis",
    "value": "statutory",
    "calendar": "CN",
    "year": 2026,
    "number": 1,
    "position": 1,
    "language": "en",
}


@dataclass(frozen=True)
class Route:
    """One named address."""

    name: str
    pattern: str
    arguments: tuple[str, ...]
    declared: Declaration | None

    @property
    def in_tenant(self) -> bool:
        """Lies below an organisation."""
        return "tenant_slug" in self.arguments

    @property
    def on_project(self) -> bool:
        """Lies below a project."""
        return "project_id" in self.arguments

    def url(self, *, tenant: str = "xinghe", project: Any = NOBODYS) -> str:
        """The address in one organisation and project."""
        known = {"tenant_slug": tenant, "project_id": project, **ARGUMENTS}
        return reverse(self.name, kwargs={name: known.get(name, NOBODYS) for name in self.arguments})


def routes() -> list[Route]:
    """Every address that is ours, in the order of the resolver."""
    return [route for route in _walk(get_resolver(), "", "", ()) if not route.pattern.startswith(OTHERS)]


def library_routes() -> list[Route]:
    """The addresses of the sign-in library, whose pages are drawn by templates of ours."""
    return [route for route in _walk(get_resolver(), "", "", ()) if route.pattern.startswith("accounts/")]


def _walk(resolver: Any, prefix: str, namespace: str, given: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        arguments = (*given, *(entry.pattern.converters or entry.pattern.regex.groupindex))
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, pattern, namespace + (f"{entry.namespace}:" if entry.namespace else ""), arguments)
        else:
            yield Route(namespace + (entry.name or "?"), pattern, arguments, declaration_of(entry.callback))
