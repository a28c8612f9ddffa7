"""What starts and ends limits without anybody asking: steps of a filing, decisions, and the facts and dates of the project."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.clocks import limits
from compliance.clocks.actions.common import note_clock
from compliance.clocks.actions.ending import end, move_event, pause_clock, resume_clock
from compliance.clocks.actions.starting import own_rules, start_clocks, start_limit
from compliance.clocks.fulfilling import fulfilled, fulfils, holds_result
from compliance.clocks.limits import AUTHORITY, RECURS, Group
from compliance.clocks.models import ClockRule, FilingClock
from compliance.clocks.states import OPEN, ClockState
from compliance.filings.models import Filing
from compliance.filings.states import BEFORE_AUTHORITY, OVER, OWED, SETTLED, FilingDecision, FilingState
from compliance.filings.subjects import Subject, view_for
from compliance.regimes.applicability import decide
from portal.catalogue import Env
from portal.core.expressions import UNKNOWN
from portal.projects.facts.actions import LAUNCH_FACT
from portal.projects.facts.queries import STAGE_FACT
from portal.projects.models import Project
from portal.projects.states import Stage
from portal.tenants.clock import organisation_today, organisation_zone
from portal.tenants.models import User

S = FilingState
ENDS_PERIOD = frozenset({S.APPROVED, S.REJECTED, S.PUBLISHED, S.REVOKED, S.CANCELLED, S.DONE})
_OWES = {S.CHANGE_DUE: (limits.CHANGED,), S.CANCEL_DUE: (limits.TERMINATED, limits.STOPPED)}
_CLOSED = frozenset({Stage.STOPPED, Stage.RETIRED})


def _open(filing: Filing) -> list[FilingClock]:
    rows = list(FilingClock.objects.filter(filing=filing, state__in=OPEN).select_related("project").order_by("event_on", "pk"))
    for row in rows:
        row.filing = filing
    return rows


def after_step(subject: Subject, *, old_state: str, to: str, given: Mapping[str, Any], by: Any) -> None:
    """A step was recorded: it meets what it fulfils, stops or starts the authority's period, and starts what follows from it."""
    row, entry = subject.row, subject.ruling.filing
    if row is None:
        return
    row.project = subject.project
    on: dt.date = given.get("on") or organisation_today()
    running = _open(row)
    for clock in running:
        if fulfils(entry, clock, to, row) and (clock.direction == "before" or on >= clock.event_on):
            end(clock, ClockState.MET, by=by, on=on)
    _follow_authority(subject, running, old_state, to, on, by)
    if to == S.CANCELLED:
        for clock in _open(row):
            end(clock, ClockState.VOID, by=by, reason=_("The filing is cancelled: nothing more is asked of it."))
    if to in (S.EXPIRED, S.REVOKED):
        for clock in _open(row):
            if clock.event in (limits.VALID_TO, limits.CHANGED, RECURS):
                end(clock, ClockState.VOID, by=by, reason=_("The result does not hold any more."))
    if to in (S.APPROVED, S.RENEWED):
        _follow_validity(subject, by)
    if to == S.DONE:
        start_clocks(subject, limits.ASSESSED, event_on=on, by=by, cause="step")
    if to == S.SUPPLEMENT_REQUESTED:
        start_clocks(subject, limits.SUPPLEMENT, event_on=on, by=by, cause="step")
    for event in _OWES.get(S(to), ()):
        if not any(clock.event == event for clock in running):
            start_clocks(subject, event, event_on=organisation_today(), by=by, cause="step")
    follow_subject(subject, by=by)
    note_clock(row)


def _follow_authority(subject: Subject, running: Iterable[FilingClock], old_state: str, to: str, on: dt.date, by: Any) -> None:
    row = subject.row
    known = limits.authority_limit(subject.ruling.filing)
    clock = next((one for one in running if one.action == AUTHORITY), None)
    if row is None:
        return
    if clock is not None and to == S.SUPPLEMENT_REQUESTED and clock.state == ClockState.RUNNING and on >= clock.event_on:
        pause_clock(clock, on=on, by=None)
    elif clock is not None and to == S.RESUBMITTED and clock.state == ClockState.PAUSED and on >= (clock.paused_on or on):
        resume_clock(clock, on=on, by=None)
    elif clock is not None and to in ENDS_PERIOD:
        end(clock, ClockState.MET, by=by, on=on)
    elif clock is None and known is not None and to == known[1] and old_state in (S.READY, S.SUBMITTED):
        start_limit(row, Group(AUTHORITY, (known[0],)), event_on=on, by=by, cause="step")


def _follow_validity(subject: Subject, by: Any) -> None:
    """The end of validity moves with each renewal: the limit that ran for the old day gives way."""
    row = subject.row
    if row is None:
        return
    for clock in _open(row):
        if clock.event == limits.VALID_TO and clock.event_on != row.valid_until:
            end(clock, ClockState.VOID, by=by, reason=_("The validity has a new end."))
    if row.valid_until is not None:
        start_clocks(subject, limits.VALID_TO, event_on=row.valid_until, by=by, cause="step")


def after_decision(subject: Subject, *, verb: str, by: Any) -> None:
    """A decision that stands: an applying filing gets its limits, one that two people found not applicable loses them."""
    row = subject.row
    if row is None:
        row = Filing.objects.filter(project=subject.project, regime=subject.regime).first()
        subject = Subject(subject.project, subject.content, subject.ruling, row)
    if row is None:
        return
    row.project = subject.project
    if verb == "confirmed":
        follow_subject(subject, by=by)
    elif verb == "seconded" and row.state == S.NOT_APPLICABLE:
        for clock in _open(row):
            end(clock, ClockState.VOID, by=by, reason=_("Two people found that the filing does not apply."))
    note_clock(row)


def after_facts(project: Project, changed: Mapping[str, tuple[Any, Any]], by: User | None) -> None:
    """Facts, dates or the stage of the project changed, or a day went by: planned limits follow, filed information that changed counts."""
    running = Exists(FilingClock.objects.filter(filing_id=OuterRef("pk"), state__in=OPEN))
    asked = Q(decision=FilingDecision.CONFIRMED) | ~Q(state__in=_words(BEFORE_AUTHORITY | OVER)) | running
    rows = list(Filing.objects.filter(asked, project=project))
    if not rows:
        return
    view = view_for(project)
    entries = view.content.filings
    subjects = [
        Subject(project, view.content, decide(view.env, entries[row.regime], view.today), row) for row in rows if row.regime in entries
    ]
    facts = set(changed) - {STAGE_FACT, LAUNCH_FACT}
    clocks: dict[Any, list[FilingClock]] = {}
    for clock in FilingClock.objects.filter(filing__in=[one.row.pk for one in subjects if one.row]).exclude(state=ClockState.VOID):
        clocks.setdefault(clock.filing_id, []).append(clock)
    rules = list(ClockRule.objects.filter(active=True).order_by("entered_at", "pk"))
    for one in subjects:
        row = one.row
        assert row is not None  # noqa: S101 - chosen above
        row.project = project
        knows = any(clock.event == limits.CHANGED for clock in one.ruling.filing.clocks)
        if facts and knows and holds_result(row) and facts & limits.raw_facts(one.content, one.ruling.filing):
            start_clocks(one, limits.CHANGED, event_on=organisation_today(), by=by, cause="facts")
        follow_subject(one, by=by, clocks=clocks.get(row.pk, []), rules=rules, env=view.env)


def _counts(row: Filing) -> bool:
    """Whether limits start by themselves: it was decided that it applies, or the authority has it, whatever became of the decision."""
    if row.decision == FilingDecision.REJECTED or row.state in OVER:
        return False
    return row.decision == FilingDecision.CONFIRMED or row.state not in BEFORE_AUTHORITY


def _words(states: Iterable[str]) -> list[str]:
    return sorted(str(state) for state in states)


def follow_subject(
    subject: Subject,
    *,
    by: Any,
    clocks: list[FilingClock] | None = None,
    rules: list[ClockRule] | None = None,
    env: Env | None = None,
) -> None:
    """Bring the limits that rest on the project's dates and the recurring ones up to today. Running it twice changes nothing."""
    row = subject.row
    if row is None:
        return
    if clocks is None:
        clocks = list(FilingClock.objects.filter(filing=row).exclude(state=ClockState.VOID))
    for clock in clocks:
        clock.filing = row
        clock.project = subject.project
    rules = rules if rules is not None else own_rules(subject.regime)
    ask = _asker(subject, env)
    if subject.project is not None:
        _follow_launch(subject, row, clocks, rules, ask, by)
        _follow_end(subject, row, clocks, by)
    _follow_turns(subject, row, clocks, ask, by)


def _launch_events(subject: Subject, rules: Iterable[ClockRule]) -> list[str]:
    entry = subject.ruling.filing
    events = {clock.event for clock in entry.clocks}
    events |= {rule.event for rule in rules if rule.regime == entry.id}
    with_launch = limits.WITH_LAUNCH if entry.gate == "before_launch" else frozenset()
    return sorted(events & ({limits.LAUNCH} | with_launch))


def _follow_launch(subject: Subject, row: Filing, clocks: list[FilingClock], rules: list[ClockRule], ask: limits.Asker, by: Any) -> None:
    project, entry = subject.project, subject.ruling.filing
    assert project is not None  # noqa: S101 - asked by the caller
    day = project.launched_on or project.target_launch
    live, closed = project.launched_on is not None, project.stage in _CLOSED
    for event in _launch_events(subject, rules):
        groups = [*limits.groups_of(entry, event, ask)]
        groups += [Group(one.key, (one,)) for one in limits.own_limits(rules, entry, event)]
        wanted = set()
        for group in groups:
            known = [clock for clock in clocks if clock.key == group.key]
            running = [clock for clock in known if clock.state in OPEN]
            if any(clock.counted.get("cause") == "reported" for clock in known) or not group.limits:
                wanted.add(group.key)
                continue
            counts = day is not None and not closed and (live or group.limits[0].direction == "before")
            if not counts or day is None:
                continue
            wanted.add(group.key)
            check = {"check": "before_force"} if _too_early(subject, day) else {}
            if running:
                if running[0].event_on != day:
                    move_event(running[0], day, by=by, check=check.get("check", ""))
            elif not known and _counts(row) and not fulfilled(entry, row, group.limits[0].action):
                start_limit(row, group, event_on=day, by=by, cause="project", kept={"from": "launch", **check})
                note_clock(row)
        for clock in clocks:
            if clock.event == event and clock.state in OPEN and clock.key not in wanted:
                end(clock, ClockState.VOID, by=by, reason=_why_gone(clock, closed=closed))


def _why_gone(clock: FilingClock, *, closed: bool) -> str:
    if closed:
        return _("The project was stopped or retired.")
    if clock.key.startswith("rule:"):
        return _("The organisation’s own rule was changed or taken out of use.")
    return _("The project has no day of launch any more, or the condition of the limit does not hold.")


def _too_early(subject: Subject, day: dt.date) -> bool:
    start = subject.ruling.timing.start
    return start is not None and day < start


def _asker(subject: Subject, env: Env | None) -> limits.Asker:
    found = [env] if env is not None else []

    def ask() -> Env:
        if not found:
            found.append(view_for(subject.project).env)
        return found[0]

    return ask


def _follow_end(subject: Subject, row: Filing, clocks: list[FilingClock], by: Any) -> None:
    """A project out of service starts the limits of its end, where the authority has something to cancel."""
    project, entry = subject.project, subject.ruling.filing
    if project is None or project.stage != Stage.RETIRED or not holds_result(row):
        return
    for event in (limits.TERMINATED, limits.STOPPED):
        if any(clock.event == event for clock in entry.clocks) and not any(clock.event == event for clock in clocks):
            start_clocks(subject, event, event_on=project.stage_since or organisation_today(), by=by, cause="project")


def _follow_turns(subject: Subject, row: Filing, clocks: list[FilingClock], ask: limits.Asker, by: Any) -> None:
    """Recurring obligations by law: the first turn runs from approval, or from the decision where the filing itself recurs. What is only
    usual practice or proposed runs once a person has taken it up (``report_event``), and then by itself.
    """
    entry, project = subject.ruling.filing, subject.project
    if not entry.recurring:
        return
    rests = project is not None and project.stage in _CLOSED
    for index, one in enumerate(entry.recurring):
        limit = limits.recurring_limit(entry, index, one)
        if limit is None:
            continue
        known = [clock for clock in clocks if clock.key == limit.key]
        truth = True if one.when is None else one.when.truth(ask().scope)
        if rests or truth is False:
            for clock in known:
                if clock.state in OPEN:
                    end(clock, ClockState.VOID, by=by, reason=_("The obligation does not recur any more on the facts of today."))
            continue
        base = _base(row, entry.gate)
        if known or base is None or truth is UNKNOWN or not _counts(row) or limit.basis != limits.STATUTORY:
            continue
        fixed = (
            limits.next_day_of_year(one.due_on, max(base, subject.ruling.timing.start or base), limits.first_year(one))
            if one.due_on
            else None
        )
        start_limit(row, Group(limit.key, (limit,)), event_on=base, by=by, cause="turn", fixed=fixed)
        note_clock(row)


def _base(row: Filing, gate: str) -> dt.date | None:
    if gate in ("recurring", "continuous", "watch"):
        return organisation_today() if row.decided_at is None else timezone.localdate(row.decided_at, organisation_zone())
    return row.approved_on if row.state in SETTLED | OWED else None
