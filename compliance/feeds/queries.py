"""What a calendar address answers with: worked out from the rights that its owner has at the moment of reading."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from compliance.clocks.actions.common import OURS
from compliance.clocks.models import FilingClock
from compliance.clocks.states import OPEN, ClockState
from compliance.feeds.address import hash_of, parts_of
from compliance.feeds.models import CalendarFeed
from compliance.filings.models import NO_DATE, UNASKED, Filing
from compliance.filings.rules import VIEW_ALL
from compliance.filings.states import OVER, FilingDecision
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.tenancy import tenant_context
from portal.projects.access import projects_visible_to
from portal.projects.models import Project, ProjectGroupGrant, ProjectMember, ProjectUserGrant
from portal.roles.models import RolePermission, TeamMember
from portal.tenants.clock import organisation_today
from portal.tenants.entry import enter_tenant
from portal.tenants.models import Tenant

VIEW = "compliance.view_project_filings"
MOST = 1000  # of each kind, the earliest first
TOLD_FOR = dt.timedelta(days=30)  # how long a limit that was waived or found void is told as cancelled
_OVER = tuple(sorted(str(state) for state in OVER))


@dataclass(frozen=True)
class Reading:
    """One reading of one address."""

    feed: CalendarFeed
    tenant: Tenant
    actor: Actor


@contextmanager
def reading(code: str, request_id: str = "") -> Iterator[Reading]:
    """Enter the organisation as the owner of the address. Raises NotFound, always the same, for anything that is not to be answered.

    First the secret is sought among the rows of the organisation that the address names, then the organisation is entered as the person,
    which fails for whoever is no active member any more.
    """
    feed = _feed_of(code)
    if feed is None or not feed.user.is_active:
        raise NotFound()
    slug = Tenant.objects.values_list("slug", flat=True).get(pk=int(feed.tenant_id or 0))
    with enter_tenant(slug, feed.user, request_id) as found:
        if found.tenant.status != Tenant.Status.ACTIVE:
            raise NotFound()
        yield Reading(feed, found.tenant, found.actor)


def _feed_of(code: str) -> CalendarFeed | None:
    parts = parts_of(code)
    if parts is None or not Tenant.objects.filter(pk=parts[0]).exists():
        return None
    hashed = hash_of(parts[1])
    with tenant_context(parts[0]):
        feed: CalendarFeed | None = CalendarFeed.objects.select_related("user").filter(token_hash=hashed, revoked_at=None).first()
    return feed if feed is not None and hmac.compare_digest(feed.token_hash, hashed) else None


def projects_read_by(actor: Actor) -> QuerySet[Project]:
    """Projects that the person may see and whose filings the person may see there: by a role that carries it, as owner, or by a share."""
    projects = projects_visible_to(actor)
    if actor.may(VIEW):
        return projects
    today, user_id = organisation_today(), actor.user_id
    carrying = RolePermission.objects.filter(permission=VIEW, role__kind="project")
    current = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    roles = carrying.values("role__key")
    named = ProjectMember.objects.filter(current, user_id=user_id, role_key__in=roles).values("project_id")
    shared = ProjectUserGrant.objects.filter(tenant_id=actor.tenant_id, user_id=user_id).values("content_object_id")
    groups = TeamMember.objects.filter(user_id=user_id).values("team__group_id")
    team_shared = ProjectGroupGrant.objects.filter(tenant_id=actor.tenant_id, group_id__in=groups).values("content_object_id")
    allowed = Q(pk__in=named) | Q(owner_id=user_id) | Q(pk__in=shared) | Q(pk__in=team_shared)
    if carrying.filter(role__key="exec_sponsor").exists():
        allowed |= Q(sponsor_id=user_id)
    return projects.filter(allowed)


def filings_of(feed: CalendarFeed, actor: Actor) -> QuerySet[Filing]:
    """The filings of an address, of those that its owner may see now."""
    seen = Q(project__in=projects_read_by(actor).values("pk"))
    if actor.may(VIEW_ALL):
        seen |= Q(project=None)
    rows = Filing.objects.filter(seen)
    if feed.scope == CalendarFeed.Scope.MINE:
        return rows.filter(owner_id=actor.user_id)
    return rows.filter(project_id=feed.project_id) if feed.scope == CalendarFeed.Scope.PROJECT else rows


def limits_of(filings: QuerySet[Filing]) -> list[FilingClock]:
    """Time limits that run or stand still, and for some weeks those that were waived or found void. One query."""
    ended = Q(state__in=(ClockState.WAIVED, ClockState.VOID), ended_on__gte=organisation_today() - TOLD_FOR)
    counts = ~Q(filing__state__in=_OVER) & ~Q(filing__result="not_applicable", filing__decision=FilingDecision.NONE)
    rows = FilingClock.objects.filter(OURS, due_on__isnull=False, filing__in=filings.values("pk"))
    rows = rows.filter(ended | Q(state__in=sorted(str(state) for state in OPEN)) & counts)
    return list(rows.select_related("filing", "filing__owner", "filing__project").order_by("due_on", "id")[:MOST])


def dates_of(filings: QuerySet[Filing]) -> list[Filing]:
    """Dates to keep that no running time limit stands for. One query."""
    rows = filings.filter(Q(clock_on=None) | Q(clock_on__gt=F("due_sort")), due_sort__lt=NO_DATE).exclude(UNASKED)
    return list(rows.select_related("owner", "project").order_by("due_sort", "id")[:MOST])


def feeds_of(actor: Actor) -> QuerySet[Any]:
    """The person's own addresses that work, newest first."""
    return CalendarFeed.objects.filter(user_id=actor.user_id, revoked_at=None).select_related("project").order_by("-created_at", "-id")
