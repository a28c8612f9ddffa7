"""The views of the section *Filings*: list, board, month …, as tabs."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from compliance.filings import registry


def view_tabs(request: Any, active: str) -> list[dict[str, Any]]:
    """Tabs of the views that the person may open; ``active`` is the key of the one shown. Rows as ``ui/tabs.html`` reads them.

    Filters stay when the view changes: every view reads the same ones.
    """
    kept = request.GET.copy()
    for name in ("after", "before", "page", "sort", "month", "start", "column", "filters"):
        kept.pop(name, None)
    query = f"?{kept.urlencode()}" if kept else ""
    slug = request.tenant.slug
    return [
        {"label": view.label, "url": reverse(view.url_name, kwargs={"tenant_slug": slug}) + query, "active": view.key == active}
        for view in registry.views()
        if request.actor.may(view.permission)
    ]
