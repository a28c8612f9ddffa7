"""Which projects a reader of the trail may see. The slice that knows projects fills this in from ``AppConfig.ready``.

The trail of a confidential project is as hidden as the project: readers who are neither cleared for it nor named on it do not
see its events, administrators and auditors included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

Visible = Callable[[Any], QuerySet[Any]]
_registered: list[Visible] = []


def register_projects(visible: Visible) -> None:
    """``visible(actor)`` gives the projects the actor may see (model with ``code``, ``name_zh``, ``name_en``)."""
    _registered[:] = [visible]


def visible_projects(actor: Any) -> QuerySet[Any]:
    """The projects the actor may see. Raises ``RuntimeError`` before registration: better no page than too much of it."""
    if not _registered:
        raise RuntimeError("No slice has said which projects an actor may see.")
    return _registered[0](actor)


def readable_by(actor: Any) -> Q:
    """Events the actor may read: those of no project and those of projects he or she may see."""
    if actor.may("portal.view_all_projects") and actor.cleared:
        return Q()
    return Q(project_id=None) | Q(Exists(visible_projects(actor).filter(pk=OuterRef("project_id"))))


def project_names(actor: Any, ids: set[Any]) -> dict[Any, dict[str, Any]]:
    """Code and both names of visible projects, by id."""
    if not ids:
        return {}
    rows = visible_projects(actor).filter(pk__in=ids).values("id", "code", "name_zh", "name_en")
    return {
        row["id"]: {"code": row["code"], "name": {"zh": row["name_zh"] or row["name_en"], "en": row["name_en"] or row["name_zh"]}}
        for row in rows
    }
