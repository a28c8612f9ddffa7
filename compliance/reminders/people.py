"""Who is told: the links of the chain, and who of them may see the filing at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from assessments.reviews.models import Delegation
from compliance.filings.candidates import tenant_holders
from compliance.filings.rules import VIEW_ALL
from compliance.reminders.dates import Dated
from compliance.reminders.plans import BACKUP, LINKS, OFFICER, OWNER
from portal.core.errors import NotFound
from portal.permissions import COMPLIANCE_OFFICER, EXECUTIVE
from portal.projects.access import projects_visible_to
from portal.projects.models import ProjectMember
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as
from portal.tenants.models import Tenant, User

# Project roles whose deputies stand in for whoever carries a filing through.
CARRYING = ("compliance", "business_owner")


class Chains:
    """The links of a batch of dates. Three queries, however many dates."""

    def __init__(self, batch: Iterable[Dated]) -> None:
        rows = list(batch)
        self._officers, self._executives = tenant_holders([COMPLIANCE_OFFICER]), tenant_holders([EXECUTIVE])
        self._members: dict[UUID, dict[str, list[int]]] = defaultdict(lambda: {BACKUP: [], OFFICER: []})
        projects = {row.project_id for row in rows if row.project_id is not None}
        today = organisation_today()
        current = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
        found = ProjectMember.objects.filter(current, project_id__in=projects, role_key__in=CARRYING)
        for project_id, user_id, role, deputy in found.order_by("user_id").values_list("project_id", "user_id", "role_key", "deputy"):
            if deputy:
                self._members[project_id][BACKUP].append(user_id)
            elif role == "compliance":
                self._members[project_id][OFFICER].append(user_id)
        self._delegates: dict[int, list[tuple[int, UUID | None]]] = defaultdict(list)
        owners = {owner for row in rows if (owner := row.filing_owner or row.project_owner)}
        given = Delegation.objects.filter(giver_id__in=owners, revoked_at=None, starts_on__lte=today, ends_on__gte=today)
        for giver, receiver, project in given.values_list("giver_id", "receiver_id", "project_id"):
            self._delegates[giver].append((receiver, project))

    def people(self, row: Dated, link: str) -> list[int]:
        """Accounts of one link; may be empty, and may name people who see nothing of it any more."""
        members = self._members[row.project_id] if row.project_id is not None else {BACKUP: [], OFFICER: []}
        owner = row.filing_owner or row.project_owner
        if link == OWNER:
            return [owner] if owner else []
        if link == BACKUP:
            delegates = [who for who, only in self._delegates.get(owner or 0, ()) if only in (None, row.project_id)]
            return sorted({*members[BACKUP], *delegates} - {owner})  # type: ignore[type-var]
        if link == OFFICER:
            return members[OFFICER] or sorted(self._officers)
        return [row.sponsor] if row.sponsor else sorted(self._executives)

    def told(self, row: Dated, links: Collection[str], sight: Sight, already: Collection[int] = ()) -> dict[int, str]:
        """Account → link of everybody who is told. Where nobody of a link is left, the next one of the chain is told in its place.

        ``already``: people who were told of this step; nobody looks whether they still see the filing.
        """
        found: dict[int, str] = {}
        for place, link in enumerate(LINKS):
            if link not in links:
                continue
            for instead in LINKS[place:]:
                people = [who for who in self.people(row, instead) if who in already or sight.sees(who, row)]
                if people:
                    found |= {who: instead for who in people if who not in found}
                    break
        return found


class Sight:
    """Who sees the filings of a batch: active members only, by the same rule as the pages. At most one look for each person."""

    def __init__(self, tenant: Tenant, batch: Iterable[Dated]) -> None:
        self._tenant = tenant
        self._projects = {row.project_id for row in batch if row.project_id is not None}
        self._seen: dict[int, frozenset[UUID | None]] = {}
        self._users: Mapping[int, User] = {}

    def sees(self, user_id: int, row: Dated) -> bool:
        """Whether this account may see the filing now."""
        if user_id not in self._seen:
            self._seen[user_id] = self._look(user_id)
        return row.project_id in self._seen[user_id]

    def _look(self, user_id: int) -> frozenset[UUID | None]:
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            return frozenset()
        try:
            with acting_as(self._tenant, user) as actor:
                ids: set[UUID | None] = set(projects_visible_to(actor).filter(pk__in=self._projects).values_list("pk", flat=True))
                return frozenset({*ids, None} if actor.may(VIEW_ALL) else ids)
        except NotFound:
            return frozenset()
