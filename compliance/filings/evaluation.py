"""Keeping the records of filings true to the facts: rows appear, results move, decisions lapse when a fact they rest on changed.

    evaluate_project(project, by=user) -> Evaluated                # hooks project_registered and facts_saved, order 10
    outdated(content, decisions, rows, now) -> list[Outdated]      # what would be written; the nightly run asks it for many projects
    organisation_regimes(content) -> frozenset                     # regimes that only ask about the organisation

The rules propose, the officer decides: a result never overwrites a decision; it only makes one lapse. Runs in the caller's
transaction, before the assessment is scored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from assessments.checklists.judging import view_of
from assessments.reviews.segregation import holders_of
from compliance.filings import registry
from compliance.filings.candidates import owners_for, tenant_holders, whose
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision, after_undeciding
from compliance.regimes.applicability import NOT_APPLICABLE, REQUIRED, Decision, decide
from portal.audit.actions import record_act
from portal.catalogue import Catalogue, environment
from portal.core.expressions import UNKNOWN, Expression
from portal.notices.actions import notify
from portal.projects.facts import dictionary
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project
from portal.tenants.models import User

LAPSED_NOTICE = "compliance.filing_decision_lapsed"
NEW_NOTICE = "compliance.filings_to_decide"


@dataclass
class Evaluated:
    """What an evaluation changed: regimes that appeared, whose result or timing moved, and decisions that lapsed."""

    appeared: list[str] = field(default_factory=list)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    timed: dict[str, tuple[str, str]] = field(default_factory=dict)
    lapsed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outdated:
    """A record that says something else than the rules: ``row`` None where there is none yet; ``columns`` as they should be;
    ``lapses``: facts that its decision rests on and that changed, fact → [then, now].
    """

    decision: Decision
    row: Filing | None
    columns: Mapping[str, Any]
    lapses: Mapping[str, list[Any]]


@lru_cache(maxsize=64)
def organisation_regimes(content: Catalogue) -> frozenset[str]:
    """Regimes whose rules ask about the organisation alone: one record for all projects."""

    def scopes(rule: Expression) -> set[str]:
        found: set[str] = set()
        for name in rule.names:
            fact = content.facts.get(name)
            if fact is not None:
                found |= {fact.scope} if fact.derived is None else scopes(fact.derived)
        return found

    return frozenset(
        filing.id
        for filing in content.filings.values()
        if scopes(filing.applies_when) | (scopes(filing.likely_when) if filing.likely_when is not None else set()) == {"organisation"}
    )


def plain_value(value: object) -> Any:
    """A value of a fact as rules read it, as JSON."""
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value, "f")
    return value


def facts_on_record(decision: Decision) -> dict[str, Any]:
    """The facts a result rests on, as kept with it."""
    return {name: plain_value(value) for name, value in decision.facts.items()}


def organisation_rulings(facts: Mapping[str, Any], today: dt.date) -> dict[str, Decision]:
    """The regimes of the organisation by its own facts and the newest content: what a project answers, when it launches and which
    version it is on must not move a record that stands for all.
    """
    newest = dictionary.content_of(None)
    env = environment(newest, {name: value for name, value in facts.items() if _of_organisation(newest, name)})
    return {name: decide(env, newest.filings[name], today) for name in sorted(organisation_regimes(newest))}


def _of_organisation(content: Catalogue, name: str) -> bool:
    return name in content.facts and content.facts[name].scope == "organisation"


def outdated(content: Catalogue, decisions: Mapping[str, Decision], rows: Mapping[str, Filing], now: dt.datetime) -> list[Outdated]:
    """The records that are not what the rules say. ``rows``: those of the project and of the organisation, by regime."""
    found = []
    for name, decision in decisions.items():
        row = rows.get(name)
        if row is None and decision.result == NOT_APPLICABLE:
            continue
        columns = ruling_columns(content, decision, now)
        if row is None:
            found.append(Outdated(decision, None, columns, {}))
            continue
        lapses = _lapses(row, columns["facts_used"])
        if lapses or any(getattr(row, key) != value for key, value in columns.items() if key != "evaluated_at"):
            found.append(Outdated(decision, row, columns, lapses))
    return found


def evaluate_project(project: Project, *, by: User | None = None, tell: bool = True, **_change: Any) -> Evaluated:
    """Bring the records of the project up to its facts, and those of the organisation that stand beside them.

    ``tell`` False leaves out the message that filings wait for a decision: the nightly run sends one for all projects together.
    """
    content = dictionary.content_of(project)
    # Locked before the facts are read: those of the organisation are decided without the lock of any project, and a decision made
    # meanwhile must be seen here, not written over. A record of the project comes after the organisation's and stands before it.
    held = Filing.objects.select_for_update(of=("self",)).filter(Q(project=project) | Q(project=None))
    rows = {row.regime: row for row in held.order_by(F("project_id").asc(nulls_first=True), "regime")}
    facts = project_facts(project)
    view = view_of(content, facts, project_id=project.pk)
    decisions: Mapping[str, Decision] = view.filings  # type: ignore[assignment]
    done, now, shared = Evaluated(), timezone.now(), organisation_regimes(content)
    found = outdated(content, {name: one for name, one in decisions.items() if name not in shared}, rows, now)
    found += outdated(dictionary.content_of(None), organisation_rulings(facts, view.today), rows, now)
    fresh: list[Filing] = []
    kept: list[Filing] = []
    events: list[FilingEvent] = []
    for one in found:
        name, row = one.decision.id, one.row
        if row is None:
            owner = None if name in shared else project
            row = Filing(project=owner, regime=name, created_at=now, **one.columns)
            fresh.append(row)
            done.appeared.append(name)
            events.append(_event(row, "appeared", by, {"result": row.result}))
            continue
        old_result, old_timing = row.result, row.timing
        if one.lapses:
            detail = {"decision": row.decision, "reason": row.decision_reason, "facts": dict(one.lapses)}
            before = row.state
            _tell(project, row, content)
            for key, value in {**UNDECIDED, "state": after_undeciding(row.state)}.items():
                setattr(row, key, value)
            events.append(_event(row, "decision_lapsed", by, detail, before))
            done.lapsed.append(name)
        for key, value in one.columns.items():
            setattr(row, key, value)
        row.version += 1
        row.updated_at = now
        kept.append(row)
        if old_result != row.result:
            done.moved[name] = (old_result, row.result)
            events.append(_event(row, "result_moved", by, {"old": old_result, "new": row.result}))
        if old_timing != row.timing and row.result != NOT_APPLICABLE:
            done.timed[name] = (old_timing, row.timing)
            events.append(_event(row, "timing_moved", by, {"old": old_timing, "new": row.timing}))
    Filing.objects.bulk_create(fresh, ignore_conflicts=bool(shared & {row.regime for row in fresh}))
    Filing.objects.bulk_update(kept, [*_WRITTEN, *UNDECIDED, "state", "version", "updated_at"])
    _keep_events(project, events, fresh)
    if tell:
        _tell_of_new(project, done, {**decisions, **{one.decision.id: one.decision for one in found}}, by)
    if done.appeared or done.moved or done.timed or done.lapsed:
        record_act(
            "compliance.filings.evaluated",
            project,
            project_id=project.pk,
            appeared=len(done.appeared),
            moved={name: list(pair) for name, pair in done.moved.items()},
            timed={name: list(pair) for name, pair in done.timed.items()},
            lapsed=done.lapsed,
        )
    registry.evaluated(project, done=done, by=by)
    return done


_WRITTEN = ("gate", "jurisdictions", "result", "timing", "facts_used", "missing", "catalogue_version", "evaluated_at")
# The columns of a decision as they are without one.
UNDECIDED: Mapping[str, Any] = {
    "decision": FilingDecision.NONE,
    "decision_reason": "",
    "decided_result": "",
    "decided_facts": {},
    "decided_by": None,
    "decided_person_id": None,
    "decided_role": "",
    "decided_at": None,
    "second_by": None,
    "second_person_id": None,
    "second_role": "",
    "second_at": None,
}


def ruling_columns(content: Catalogue, decision: Decision, now: dt.datetime) -> dict[str, Any]:
    """What the rules say of a filing, as its record keeps it."""
    return {
        "gate": decision.filing.gate,
        "jurisdictions": list(decision.filing.jurisdiction),
        "result": decision.result,
        "timing": decision.timing.state,
        "facts_used": facts_on_record(decision),
        "missing": list(decision.missing),
        "catalogue_version": content.version_for(decision.filing),
        "evaluated_at": now,
    }


def _lapses(row: Filing, facts: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Facts that a recorded decision rests on and that are different now: fact → [then, now]."""
    if row.decision == FilingDecision.NONE:
        return {}
    return {name: [then, facts[name]] for name, then in row.decided_facts.items() if name in facts and facts[name] != then}


def _event(row: Filing, verb: str, by: User | None, detail: dict[str, Any], before: str = "") -> FilingEvent:
    return FilingEvent(filing=row, verb=verb, old_state=before or row.state, new_state=row.state, detail=detail, done_by=by)


def _keep_events(project: Project, events: list[FilingEvent], fresh: list[Filing]) -> None:
    """A row of the organisation that somebody else made a moment ago keeps that person's event."""
    made = set(Filing.objects.filter(pk__in=[row.pk for row in fresh]).values_list("pk", flat=True)) if fresh else set()
    new = {row.pk for row in fresh}
    FilingEvent.objects.bulk_create([event for event in events if event.filing_id not in new or event.filing_id in made])


def _tell(project: Project, row: Filing, content: Catalogue) -> None:
    """Tell compliance and those who decided. A filing of the organisation names no project: its readers need not see this one."""
    own = row.project_id is not None
    deciders = [uid for uid in (row.decided_by_id, row.second_by_id) if uid is not None]
    still = owners_for(project if own else None).filter(pk__in=deciders).values_list("pk", flat=True)
    notify(
        {*(holders_of(project, "compliance") if own else tenant_holders(["compliance_officer"])), *still},
        LAPSED_NOTICE,
        once_key=f"filing-lapsed:{row.pk}:{row.version}",
        project_id=row.project_id,
        filing=dict(content.filings[row.regime].name),
        project=whose(project if own else None),
    )


def _tell_of_new(project: Project, done: Evaluated, decisions: Mapping[str, Decision], by: User | None) -> None:
    """One message for all filings that now wait for a decision of compliance."""
    turned = [name for name, (old, _new) in done.moved.items() if old == NOT_APPLICABLE]
    waiting = [*done.appeared, *turned, *done.lapsed]
    if not waiting:
        return
    officers = holders_of(project, "compliance")
    required = sum(decisions[name].result == REQUIRED for name in waiting)
    notify(
        {uid for uid in officers if by is None or uid != by.pk},
        NEW_NOTICE,
        once_key=f"filings-new:{project.pk}:{uuid7()}",
        project_id=project.pk,
        project=project.name,
        count=len(waiting),
        required=required,
    )
