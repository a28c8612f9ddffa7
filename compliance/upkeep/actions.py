"""People take proposals up or dismiss them, and say whether a number is shown where the law wants it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.checklists.actions.evidence import checked_url
from assessments.checklists.files import storing
from compliance.calendars.workdays import add_months
from compliance.clocks.actions.common import note_clock
from compliance.clocks.actions.ending import end
from compliance.clocks.actions.starting import start_limit
from compliance.clocks.limits import INTERNAL, Group, Limit
from compliance.clocks.models import FilingClock
from compliance.clocks.states import OPEN, ClockState
from compliance.filings import rules
from compliance.filings.actions import step_filing
from compliance.filings.actions.common import hold, stale
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.subjects import Subject
from compliance.upkeep.duty import months_between, why_no_check
from compliance.upkeep.models import DisplayCheck, FilingProposal
from compliance.upkeep.proposing import settle
from compliance.upkeep.states import STEP_OF, Place, ProposalState, both
from portal.audit.actions import record_act
from portal.catalogue import Text
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

SOON_AGAIN = dt.timedelta(days=14)  # after a check that found the number missing
LONGEST = 1000
DISPLAY = "display"


def _held(proposal: FilingProposal, subject: Subject, version: int) -> FilingProposal:
    fresh = FilingProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if fresh.state != ProposalState.OPEN or fresh.version != version:
        raise Conflict(
            _("Somebody else dealt with this proposal in the meantime. Nothing was overwritten; see what stands now."),
            code="stale_version",
            current={"version": fresh.version, "state": fresh.state, "reason": fresh.reason},
        )
    assert subject.row is not None  # noqa: S101 - the proposal hangs on it
    fresh.filing = subject.row
    return fresh


@transaction.atomic
def accept_proposal(
    proposal: FilingProposal, *, note: str, due_on: dt.date | None = None, version: int, filing_version: int, by: Actor
) -> FilingProposal:
    """Take the proposed step (change, renewal or cancellation due) with the day until which it has to be done.

    Raises Conflict where the filing cannot take that step now; it says why.
    """
    filing = proposal.filing
    if refusal := rules.why_not_work(by, filing.project):
        raise NotAllowed(refusal)
    subject = hold(filing.project, filing.regime, filing_version)
    held = _held(proposal, subject, version)
    said = note.strip()
    if not said:
        raise Invalid(_("Say why."), fields={"note": [_("A reason is needed.")]})
    given: dict[str, Any] = {"due_on": due_on or held.due_on, "note": said}
    step_filing(filing.project, filing.regime, to=STEP_OF[held.kind], version=filing_version, by=by, **given)
    return FilingProposal.objects.select_related("filing").get(pk=held.pk)  # the step has settled it


@transaction.atomic
def dismiss_proposal(proposal: FilingProposal, *, reason: str, version: int, by: Actor) -> FilingProposal:
    """Nothing has to be done at the authority. Compliance says so, with a reason, never the owner of the project."""
    filing = proposal.filing
    if refusal := rules.why_not_decide(by, filing.project):
        raise NotAllowed(refusal)
    subject = hold(filing.project, filing.regime, filing.version)
    held = _held(proposal, subject, version)
    said = reason.strip()
    if not said:
        raise Invalid(_("Say why."), fields={"reason": [_("A reason is needed.")]})
    if len(said) > LONGEST:
        raise Invalid(_("The reason is too long."), fields={"reason": [_("At most {n} characters.").format(n=LONGEST)]})
    settle(held.filing, held, ProposalState.DISMISSED, said, by.user)
    return held


@transaction.atomic
def check_display(
    project: Project | None,
    regime: str,
    *,
    place: str,
    ok: bool,
    checked_on: dt.date | None,
    version: int,
    by: Actor,
    url: str = "",
    upload: Any = None,
    note: str = "",
    next_check_on: dt.date | None = None,
) -> DisplayCheck:
    """Keep that somebody looked whether the number is shown there. Proof is a link, which nobody fetches, or a picture.

    The next look is due after the months that the content says (six as usual practice), after 14 days where it was not shown; a time
    limit of the house runs until then. Raises Invalid for what is missing or impossible.
    """
    if refusal := rules.why_not_work(by, project):
        raise NotAllowed(refusal)
    subject = hold(project, regime, version)
    row = subject.row
    if refusal := why_no_check(subject):
        raise Conflict(refusal, code="no_number")
    if row is None:
        raise stale(row)
    faults: dict[str, list[str]] = {}
    today = organisation_today()
    if place not in Place.values:
        faults["place"] = [_("Choose one of the list.")]
    if checked_on is None:
        faults["checked_on"] = [_("A date is needed.")]
    elif checked_on > today:
        faults["checked_on"] = [_("The date lies in the future. Record a check when it has been made.")]
    elif row.approved_on is not None and checked_on < row.approved_on:
        faults["checked_on"] = [_("The number was not there before {date}.").format(date=row.approved_on.isoformat())]
    if next_check_on is not None and next_check_on <= today:
        faults["next_check_on"] = [_("The next check lies ahead.")]
    said, link = note.strip(), url.strip()
    if ok and not link and upload is None:
        faults["url"] = [_("Give a link or a picture as proof.")]
    if not ok and not said:
        faults["note"] = [_("Say what is missing.")]
    if len(said) > LONGEST:
        faults["note"] = [_("At most {n} characters.").format(n=LONGEST)]
    if link:
        try:
            link = checked_url(link)
        except Invalid as error:
            faults |= error.detail.get("fields", {})
    if faults or checked_on is None:
        raise Invalid(_("The check was not recorded: something is missing or cannot be."), fields=faults)
    looked = storing.look_at(upload) if upload is not None else None
    usual = add_months(checked_on, months_between(subject)) if ok else checked_on + SOON_AGAIN
    check = DisplayCheck(
        filing=row,
        place=place,
        number=row.number,
        url=link,
        ok=ok,
        note=said,
        checked_on=checked_on,
        next_check_on=next_check_on or max(usual, today),
        checked_by=by.user,
    )
    if looked is not None:
        check.file_name, check.file_size, check.file_type, check.file_sha256 = looked.name, looked.size, looked.content_type, looked.sha256
        check.file_key = storing.store(upload, row.tenant_id, row.pk, "display")
    try:
        with transaction.atomic():
            check.save(force_insert=True)
            _record(subject, row, check, by)
            _run_clock(row, check, by)
    except BaseException:
        storing.forget(check.file_key)
        raise
    return check


def _record(subject: Subject, row: Filing, check: DisplayCheck, by: Actor) -> None:
    detail: dict[str, Any] = {
        "place": both(Place(check.place).label),
        "ok": check.ok,
        "on": check.checked_on.isoformat(),
        "next": check.next_check_on.isoformat(),
    }
    detail |= {"note": check.note} if check.note else {}
    verb = "shown" if check.ok else "missing"
    FilingEvent.objects.create(filing=row, verb=f"display_{verb}", old_state=row.state, new_state=row.state, detail=detail, done_by=by.user)
    name = dict(subject.ruling.filing.name)
    if check.ok:
        record_act("compliance.display.shown", check, project_id=row.project_id, regime=row.regime, filing=name, **detail)
    else:
        record_act("compliance.display.missing", check, project_id=row.project_id, regime=row.regime, filing=name, **detail)


_TITLE = Text("复查备案号公示", "Look again whether the number is shown")


def _run_clock(row: Filing, check: DisplayCheck, by: Actor) -> None:
    """One limit of the house for each place runs to the next check; the one before it is met by this check."""
    key = f"{DISPLAY}:{check.place}"
    for clock in FilingClock.objects.select_related("filing", "project").filter(filing=row, key=key, state__in=OPEN):
        clock.filing = row
        same_day = clock.event_on >= check.checked_on
        end(clock, ClockState.VOID if same_day else ClockState.MET, by=by, on=check.checked_on if not same_day else None)
    limit = Limit(key, "display_checked", "display_check", INTERNAL, "after", None, "", "NONE", False, _TITLE)
    start_limit(row, Group(key, (limit,)), event_on=check.checked_on, by=by, cause="display", fixed=check.next_check_on)
    note_clock(row)
