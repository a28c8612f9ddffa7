"""Messages of this slice: their kinds, and one way to send them with a link into the project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.checklists.models import Answer
from portal.notices import kinds
from portal.notices.actions import notify
from portal.projects.models import Project
from portal.tenants.models import Tenant

MENTIONED = "assessments.mentioned"


def declare() -> None:
    """Make the kinds of messages known."""
    kinds.declare(
        MENTIONED, _("{by} mentioned you at {item} of {project}"), _("{text}"), label=_("I am mentioned in a comment"), tone="info"
    )
    kinds.declare(
        "assessments.item_assigned",
        _("{by} assigned {items} of {project} to you"),
        _("Due: {due}."),
        label=_("An item is assigned to me"),
        tone="info",
    )
    kinds.declare(
        "assessments.evidence_expired",
        _("“{name}” of {project} has expired"),
        _("Items that rest on it: {items}. Attach a newer proof."),
        label=_("A proof of mine has expired"),
        tone="fail",
    )
    kinds.declare(
        "assessments.evidence_expiring",
        _("“{name}” of {project} expires on {day}"),
        _("Renew it in time; the items that rest on it lose their approval otherwise."),
        label=_("A proof of mine expires soon"),
        tone="attention",
    )


def _slug(tenant_id: Any) -> str:
    return Tenant.objects.only("slug").get(pk=tenant_id).slug


def item_url(answer: Answer, anchor: str = "") -> str:
    """Address of an item's page."""
    kwargs = {"tenant_slug": _slug(answer.tenant_id), "project_id": answer.project_id, "item_key": answer.item_key}
    return reverse("assessments:item", kwargs=kwargs) + anchor


def library_url(project: Project) -> str:
    """Address of the project's evidence library."""
    return reverse("assessments:evidence", kwargs={"tenant_slug": _slug(project.tenant_id), "project_id": project.pk})


def tell(
    users: Iterable[int], kind: str, *, once_key: str, project: Project, answer: Answer | None = None, anchor: str = "", **params: Any
) -> int:
    """Send a message about an item, or about the library if no item is given; returns how many are new."""
    wanted = set(users)
    if not wanted:
        return 0
    url = item_url(answer, anchor) if answer is not None else library_url(project)
    return notify(wanted, kind, once_key=once_key, url=url, project_id=project.pk, project=project.name, **params)
