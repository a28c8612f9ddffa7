"""A certificate about to expire starts its renewal: every night, once for each end of validity."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q

from compliance.calendars.workdays import BEFORE, due
from compliance.filings import rules
from compliance.filings.actions.stepping import Given, take_step
from compliance.filings.models import Filing
from compliance.filings.proposals import proposed_due
from compliance.filings.states import FilingState
from compliance.filings.subjects import subject_of
from compliance.holidays.queries import calendar_rules
from compliance.upkeep.models import FilingProposal
from compliance.upkeep.proposing import hold, propose
from compliance.upkeep.states import Cause, ProposalKind, ProposalState
from portal.catalogue import Catalogue, catalogue
from portal.core.tenancy import tenant_context
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.projects.states import Stage
from portal.tenants.clock import for_each_row, organisation_today

S = FilingState
RENEWABLE = (S.APPROVED, S.PUBLISHED, S.RENEWED)
USUAL = dt.timedelta(days=90)  # usual practice
AHEAD = dt.timedelta(days=30)  # before the day by which the law wants the renewal handed in
_FARTHEST = dt.timedelta(days=400)
_ENDED = (Stage.STOPPED, Stage.RETIRED)


def renewal_starts(content: Catalogue, row: Filing) -> dt.date | None:
    """From which day on the renewal is prepared: 90 days before the end, earlier where the law wants it handed in earlier."""
    entry, until = content.filings.get(row.regime), row.valid_until
    if entry is None or until is None:
        return None
    starts = [until - USUAL]
    handed = _handed_in_by(content, row)
    if handed is not None:
        starts.append(handed - AHEAD)
    return min(starts)


def _handed_in_by(content: Catalogue, row: Filing) -> dt.date | None:
    entry = content.filings[row.regime]
    for clock in entry.clocks:
        if clock.event == "valid_to" and clock.direction == BEFORE and clock.n and clock.unit not in (None, "hour"):
            return due(calendar_rules(catalogue()), row.valid_until, clock.n, str(clock.unit), place=clock.calendar, direction=BEFORE).on  # type: ignore[arg-type]
    return None


def keep_tenant(tenant_id: int) -> int:
    """Start what is due in one organisation, each in a short transaction of its own; returns how many. Running it twice does no harm."""
    with tenant_context(tenant_id):
        rows = Filing.objects.filter(state__in=RENEWABLE, valid_until__lte=organisation_today() + _FARTHEST)
        rows = rows.exclude(project__stage__in=_ENDED)
        ids = list(rows.order_by("valid_until", "id").values_list("pk", flat=True))
    return for_each_row(tenant_id, ids, start_renewal)


def start_renewal(filing_id: UUID) -> int:
    """Begin the renewal of one filing if its day has come; 1 if something was begun. Needs the organisation in scope."""
    seen = Filing.objects.select_related("project").filter(pk=filing_id).first()
    if seen is None:
        return 0
    project: Project | None = seen.project
    if project is not None:
        lock_project(project)
    row = hold(seen)
    content = catalogue(row.catalogue_version)
    starts = renewal_starts(content, row)
    if row.state not in RENEWABLE or row.valid_until is None or starts is None or organisation_today() < starts:
        return 0
    about = row.valid_until.isoformat()
    if FilingProposal.objects.filter(Q(about=about) | Q(state=ProposalState.OPEN), filing=row, kind=ProposalKind.RENEW).exists():
        return 0
    subject = subject_of(project, row.regime)
    proposed = proposed_due(content, row, S.RENEWAL_DUE, organisation_today())
    by_day = proposed.on if proposed is not None else row.valid_until
    detail = {"valid_until": about}
    made = propose(row, content, ProposalKind.RENEW, Cause.VALIDITY, project=project, detail=detail, about=about, due_on=by_day)
    if made is not None and subject.row is not None and not rules.why_not_step(subject.row, S.RENEWAL_DUE):
        take_step(subject, S.RENEWAL_DUE, Given(due_on=by_day), None)  # settles the proposal
    return int(made is not None)
