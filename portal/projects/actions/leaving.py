"""What happens in the projects when somebody leaves the organisation, and what he or she leaves to be handed over."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from portal.core.access import Actor
from portal.core.tenancy import require_scope
from portal.projects.access import projects_visible_to
from portal.projects.actions.people import end_member
from portal.projects.actions.sharing import withdraw_share
from portal.projects.models import Project, ProjectMember, ProjectUserGrant
from portal.roles.leaving import Left
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

SHOWN = 20


@transaction.atomic
def leave_projects(user: User, *, by: User) -> None:
    """End all project roles of the person, later ones too, and take back what was shared with the account: no way back in by them."""
    today = organisation_today()
    lasting = ProjectMember.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user=user).select_related("user")
    for member in lasting.order_by("pk"):
        end_member(member, by=by)
    grants = ProjectUserGrant.objects.filter(tenant_id=require_scope().tenant_id, user=user)
    for project in Project.objects.filter(pk__in=grants.values("content_object_id")).order_by("pk"):
        withdraw_share(project, holder=user, name=user.name, by=by)


def projects_led_by(user: User, actor: Actor) -> Left:
    """Projects that name the person as owner or sponsor; those that the reader may not see are only counted."""
    led = Project.objects.filter(Q(owner=user) | Q(sponsor=user))
    visible = projects_visible_to(actor, led)
    rows = visible.order_by("code").values("id", "code", "name_zh", "name_en", "owner_id", "sponsor_id")[:SHOWN]
    lines = [
        {
            "project_id": row["id"],
            "code": row["code"],
            "name": {"zh": row["name_zh"] or row["name_en"], "en": row["name_en"] or row["name_zh"]},
            "owner": row["owner_id"] == user.pk,
            "sponsor": row["sponsor_id"] == user.pk,
        }
        for row in rows
    ]
    return Left(lines, led.count() - len(lines))
