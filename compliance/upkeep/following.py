"""What makes the product propose: facts of an approved filing change, a decision lapses, a project ends; steps settle proposals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.checklists.models import Assessment
from assessments.gates.standing import Standing
from compliance.clocks import limits
from compliance.clocks.fulfilling import holds_result
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.filings.evaluation import plain_value
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import OVER as OVER_STATES
from compliance.filings.states import OWED, SETTLED, FilingState
from compliance.filings.subjects import Subject
from compliance.regimes.applicability import NOT_APPLICABLE
from compliance.upkeep.models import FilingProposal
from compliance.upkeep.proposing import propose, settle
from compliance.upkeep.states import OVER, OVERTAKEN, STEP_OF, Cause, ProposalKind, ProposalState
from portal.catalogue import Catalogue
from portal.catalogue.parts import Filing as Entry
from portal.core.formats import in_language as tr
from portal.projects.facts import dictionary
from portal.projects.facts.actions import LAUNCH_FACT
from portal.projects.facts.queries import STAGE_FACT
from portal.projects.models import Project
from portal.projects.states import Stage
from portal.tenants.models import User

S = FilingState
_ENDED = (Stage.STOPPED, Stage.RETIRED)
_ENDS = (limits.TERMINATED, limits.STOPPED)
_LOST = frozenset({*OVER_STATES, S.EXPIRED, S.REVOKED, S.REJECTED})


def _holding(project: Project | None) -> list[Filing]:
    """Filings that hold a result, locked."""
    states = sorted(str(state) for state in SETTLED | OWED)
    rows = Filing.objects.select_for_update(of=("self",)).filter(project=project, state__in=states).order_by("regime")
    return [row for row in rows if holds_result(row)]


def is_outside(row: Filing, entry: Entry) -> bool:
    """Whether an authority (and not only the house itself) has something that could be changed or cancelled there."""
    return bool(row.number) or entry.identifier is not None or any(clock.action in ("cancel", "change") for clock in entry.clocks)


def after_facts(project: Project, changed: Mapping[str, tuple[Any, Any]], by: User | None) -> None:
    """Facts or the stage of a project changed: its filings that hold a result may have to be changed or cancelled."""
    facts = {name: pair for name, pair in changed.items() if name not in (STAGE_FACT, LAUNCH_FACT)}
    ended = STAGE_FACT in changed and project.stage in _ENDED
    if not facts and not ended:
        return
    content = dictionary.content_of(project)
    for row in _holding(project):
        entry = content.filings.get(row.regime)
        if entry is None or not is_outside(row, entry):
            continue
        if ended:
            _propose_end(row, content, project, by)
            continue
        used = limits.raw_facts(content, entry)
        moved = {name: [plain_value(old), plain_value(new)] for name, (old, new) in facts.items() if name in used}
        moved = {name: pair for name, pair in moved.items() if pair[0] != pair[1]}
        if moved:
            propose_change(row, content, moved, project, by)


def propose_change(row: Filing, content: Catalogue, moved: dict[str, list[Any]], project: Project | None, by: User | None) -> None:
    """A change of filed facts; a cancellation where the rules ask for the filing no more."""
    kind = ProposalKind.CANCEL if row.result == NOT_APPLICABLE else ProposalKind.CHANGE
    propose(row, content, kind, Cause.FACTS, project=project, detail={"facts": moved}, by=by)


def _propose_end(row: Filing, content: Catalogue, project: Project, by: User | None) -> None:
    for proposal in FilingProposal.objects.filter(filing=row, state=ProposalState.OPEN).exclude(kind=ProposalKind.CANCEL):
        settle(row, proposal, ProposalState.DISMISSED, OVERTAKEN, None)
    about = f"ended:{project.stage_since.isoformat()}"
    detail = {"stage": str(project.stage)}
    propose(row, content, ProposalKind.CANCEL, Cause.PROJECT_ENDED, project=project, detail=detail, about=about, by=by)


def after_evaluation(project: Project, *, done: Any, by: User | None) -> None:
    """The decision on a filing of the organisation lapsed, since facts it rests on changed. Those of the project come by its facts."""
    if not done.lapsed:
        return
    content = dictionary.content_of(project)
    for row in Filing.objects.select_for_update(of=("self",)).filter(project=None, regime__in=done.lapsed).order_by("regime"):
        entry = content.filings.get(row.regime)
        if entry is None or not holds_result(row) or not is_outside(row, entry):
            continue
        event = FilingEvent.objects.filter(filing=row, verb="decision_lapsed").order_by("-done_at", "-id").first()
        moved = dict(event.detail.get("facts", {})) if event is not None else {}
        if moved:
            propose_change(row, content, moved, None, by)


def after_step(subject: Subject, *, old_state: str, to: str, given: Mapping[str, Any], by: Any) -> None:
    """A step that does what was proposed takes the proposal up; one that ends the filing ends all proposals."""
    row = subject.row
    if row is None:
        return
    for proposal in FilingProposal.objects.select_for_update(of=("self",)).filter(filing=row, state=ProposalState.OPEN):
        if STEP_OF[proposal.kind] == to:
            settle(row, proposal, ProposalState.ACCEPTED, str(given.get("note") or "")[:1000], by.user if by is not None else None)
        elif to in _LOST:
            settle(row, proposal, ProposalState.DISMISSED, OVER, None)


# What stands against a stage of the project


def why_not_stage(project: Project, to_stage: str) -> str:
    """Asked by every door that moves a project (page, API, the last signature of a gate). Empty when nothing stands against it."""
    if to_stage == Stage.LIVE and project.stage == Stage.PRE_LAUNCH:
        return _why_not_live(project)
    if to_stage in _ENDED and project.launched_on is not None:
        return _why_not_end(project)
    return ""


def _why_not_live(project: Project) -> str:
    if not Assessment.objects.filter(project=project).exists():
        return ""  # not begun: there are no facts to judge by, and no gate leads here
    standing = Standing(project)
    gate = next((one for one in standing.content.gates.values() if one.to_stage == Stage.LIVE), None)
    if gate is None:
        return ""
    # What a written condition may stand in for (G4.7) was judged when the round was opened; the rest nobody can waive.
    wanted = [one for rule in gate.criteria if rule.kind == "filings_closed" and rule.or_flag is None for one in rule.filing_gates]
    left = [name for one in wanted for name in standing.view.counts.open_ids.get(one, ())]
    if not left:
        return ""
    names = _(", ").join(f"“{tr(standing.content.filings[name].name)}”" for name in left if name in standing.content.filings)
    return _("The project cannot go live: not done yet of what has to be done before launch: {filings}.").format(filings=names)


def unstarted_ends(project: Project) -> list[tuple[Filing, str]]:
    """Filings whose cancellation has a time limit by law that has not been started, each with the event that starts it."""
    content = dictionary.content_of(project)
    found = []
    for row in Filing.objects.filter(project=project, state__in=sorted(str(state) for state in SETTLED | OWED)).order_by("regime"):
        entry = content.filings.get(row.regime)
        events = [clock.event for clock in entry.clocks if clock.event in _ENDS and clock.basis == "statutory"] if entry is not None else []
        if not events or not holds_result(row) or row.state == S.CANCEL_DUE:
            continue
        if not FilingClock.objects.filter(filing=row, event__in=_ENDS).exclude(state=ClockState.VOID).exists():
            found.append((row, events[0]))
    return found


def _why_not_end(project: Project) -> str:
    left = unstarted_ends(project)
    if not left:
        return ""
    entries = dictionary.content_of(project).filings
    names = _(", ").join(f"“{tr(entries[row.regime].name)}”" for row, _event in left)
    return _(
        "First report the end of the service for: {filings}. Its time limit for the cancellation has to run before the project ends; "
        "a limit by law cannot be waived."
    ).format(filings=names)
