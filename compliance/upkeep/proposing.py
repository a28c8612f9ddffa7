"""The product proposes: a row for each change, renewal or cancellation that somebody should look at, and people are told once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessments.reviews.segregation import holders_of
from compliance.clocks import limits
from compliance.clocks.models import FilingClock
from compliance.clocks.states import OPEN
from compliance.filings.candidates import owners_for, tenant_holders, whose
from compliance.filings.models import Filing, FilingEvent
from compliance.upkeep.models import FilingProposal
from compliance.upkeep.states import FACTS_BACK, OWN_REASONS, STEP_OF, Cause, ProposalKind, ProposalState, both
from portal.audit.actions import record_act
from portal.catalogue import Catalogue, catalogue
from portal.notices.actions import notify
from portal.projects.models import Project
from portal.tenants.models import User

PROPOSED_NOTICE = "compliance.filing_proposed"
_EVENTS = {ProposalKind.CHANGE: (limits.CHANGED,), ProposalKind.CANCEL: (limits.TERMINATED, limits.STOPPED), ProposalKind.RENEW: ()}


def due_of(row: Filing, kind: str) -> dt.date | None:
    """When the limit that the event started ends; None while none runs."""
    events = _EVENTS[ProposalKind(kind)]
    running = FilingClock.objects.filter(filing=row, event__in=events, state__in=OPEN, due_on__isnull=False) if events else None
    return running.order_by("due_on").values_list("due_on", flat=True).first() if running is not None else None


def put_on_record(row: Filing, proposal: FilingProposal, verb: str, by: User | None, **detail: Any) -> None:
    """Append the event of the filing (``proposal_<verb>``) and the act of the trail."""
    entry = catalogue(row.catalogue_version).filings.get(row.regime)
    told = {"kind": both(ProposalKind(proposal.kind).label), "cause": both(Cause(proposal.cause).label), **detail}
    FilingEvent.objects.create(filing=row, verb=f"proposal_{verb}", old_state=row.state, new_state=row.state, detail=told, done_by=by)
    name = dict(entry.name) if entry is not None else row.regime
    record_act(f"compliance.proposal.{verb}", proposal, project_id=row.project_id, regime=row.regime, filing=name, **told)


def propose(
    row: Filing,
    content: Catalogue,
    kind: ProposalKind,
    cause: Cause,
    *,
    project: Project | None,
    detail: dict[str, Any],
    about: str = "",
    due_on: dt.date | None = None,
    by: User | None = None,
) -> FilingProposal | None:
    """Make a proposal for a filing that is locked. None where the step is taken already, or the same was proposed before.

    Facts that change again join the open proposal; those that are back as they were leave it.
    """
    if row.state == STEP_OF[kind]:
        return None
    known = FilingProposal.objects.filter(filing=row, kind=kind, state=ProposalState.OPEN).first()
    if known is not None:
        _join(row, known, detail, due_on or due_of(row, kind), by)
        return None
    if about and FilingProposal.objects.filter(filing=row, kind=kind, about=about).exists():
        return None
    made = FilingProposal.objects.create(
        filing=row, kind=kind, cause=cause, about=about, detail=detail, due_on=due_on or due_of(row, kind), proposed_by=by
    )
    put_on_record(row, made, "made", by, **({"due_on": made.due_on.isoformat()} if made.due_on else {}))
    tell(row, content, made, project, by)
    return made


def tell(row: Filing, content: Catalogue, proposal: FilingProposal, project: Project | None, by: User | None) -> None:
    """Tell who carries the filing through, and compliance; not the person whose change it was."""
    officers = holders_of(project, "compliance") if project is not None else tenant_holders(["compliance_officer"])
    people = set(officers)
    if row.owner_id is not None and owners_for(project).filter(pk=row.owner_id).exists():
        people.add(row.owner_id)
    notify(
        {uid for uid in people if by is None or uid != by.pk},
        PROPOSED_NOTICE,
        once_key=f"filing-proposed:{proposal.pk}",
        project_id=row.project_id,
        regime=row.regime,
        filing=dict(content.filings[row.regime].name),
        project=whose(project),
        what=_WHAT[proposal.kind],
        due=proposal.due_on.isoformat() if proposal.due_on else "–",
    )


_WHAT: dict[str, dict[str, str]] = {
    ProposalKind.CHANGE: {"zh": "办理变更", "en": "file the change"},
    ProposalKind.RENEW: {"zh": "办理续期", "en": "renew"},
    ProposalKind.CANCEL: {"zh": "办理注销", "en": "cancel"},
}


def _join(row: Filing, known: FilingProposal, detail: dict[str, Any], due_on: dt.date | None, by: User | None) -> None:
    if "facts" not in detail or "facts" not in known.detail:
        return
    facts = dict(known.detail["facts"])
    for name, (old, new) in detail["facts"].items():
        facts[name] = [facts[name][0] if name in facts else old, new]
    facts = {name: pair for name, pair in facts.items() if pair[0] != pair[1]}
    if facts == known.detail["facts"]:
        return
    if not facts:
        settle(row, known, ProposalState.DISMISSED, FACTS_BACK, None)
        return
    known.detail, known.due_on, known.version = {**known.detail, "facts": facts}, due_on or known.due_on, known.version + 1
    known.save(update_fields=["detail", "due_on", "version"])
    put_on_record(row, known, "grew", by)


def settle(row: Filing, proposal: FilingProposal, state: ProposalState, reason: str, by: User | None) -> None:
    """End a proposal of a filing that is locked."""
    proposal.state, proposal.reason, proposal.settled_at, proposal.settled_by = state, reason, timezone.now(), by
    proposal.version += 1
    proposal.save(update_fields=["state", "reason", "settled_at", "settled_by", "version"])
    put_on_record(
        row,
        proposal,
        "accepted" if state == ProposalState.ACCEPTED else "dismissed",
        by,
        reason=both(OWN_REASONS[reason]) if reason in OWN_REASONS else reason,
    )


@transaction.atomic
def hold(row: Filing) -> Filing:
    """The filing as it stands, locked until the transaction ends. The project is locked by the caller."""
    Filing.objects.select_for_update(of=("self",)).filter(pk=row.pk).values_list("pk", flat=True).first()
    return Filing.objects.select_related("owner").get(pk=row.pk)
