"""My work: what waits for the person, over all projects."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from assessments.checklists.pages.worklist import work_page
from assessments.checklists.views.common import FOLDER
from portal.core.access import MEMBER, requires
from portal.core.htmx import render_part


@requires(MEMBER)
def my_work(request: Any) -> HttpResponse:
    """The list, by blockers and due date."""
    request.nav_key = "work"
    page = work_page(
        request,
        kind=request.GET.get("kind", ""),
        project_id=_uuid(request.GET.get("project", "")),
        blockers=request.GET.get("blockers") == "1",
        after=request.GET.get("after", ""),
    )
    return render_part(request, f"{FOLDER}/work.html", f"{FOLDER}/work_list.html", {"page": page})


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None
