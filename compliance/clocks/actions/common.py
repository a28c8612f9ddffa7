"""What all acts on time limits share: locks, the record of each act, and the earliest limit of a filing."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, Q
from django.utils.translation import gettext as _

from compliance.clocks.limits import AUTHORITY
from compliance.clocks.models import FilingClock
from compliance.clocks.states import ClockState
from compliance.clocks.words import name_of
from compliance.clocks.zones import zone_of
from compliance.filings import rules
from compliance.filings.clocks import note_next_date
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import OVER
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.tenants.clock import organisation_zone
from portal.tenants.models import User

By = Actor | User | None
LONGEST = 1000
OURS = ~Q(action=AUTHORITY)


def user_of(by: By) -> User | None:
    """The account behind an act; None for the nightly run."""
    return by.user if isinstance(by, Actor) else by


def check_right(by: By, project: Project | None) -> None:
    """A person who acts must be one who carries filings through; hooks of the product act for nobody."""
    if isinstance(by, Actor) and (refusal := rules.why_not_work(by, project)):
        raise NotAllowed(refusal)


def hold_filing(filing: Filing) -> None:
    """Lock the project, then the filing, as every act does."""
    if filing.project_id is not None:
        lock_project(filing.project)  # type: ignore[arg-type]
    Filing.objects.select_for_update(of=("self",)).filter(pk=filing.pk).values_list("pk", flat=True).first()


def hold_clock(clock: FilingClock) -> FilingClock:
    """The limit as it stands once its filing is locked. Raises Conflict if it moved since it was read."""
    hold_filing(clock.filing)
    fresh = FilingClock.objects.select_related("filing", "project").get(pk=clock.pk)
    if fresh.version != clock.version:
        raise stale(fresh)
    return fresh


def stale(clock: FilingClock) -> Conflict:
    """Somebody else was faster; carries what stands."""
    return Conflict(
        _("Somebody else changed this time limit in the meantime. Nothing was overwritten; see what stands now."),
        code="stale_version",
        current=present(clock),
    )


def present(clock: FilingClock) -> dict[str, Any]:
    """A limit as plain data."""
    return {
        "version": clock.version,
        "state": clock.state,
        "event_on": clock.event_on.isoformat(),
        "due_on": clock.due_on.isoformat() if clock.due_on else None,
        "ended_on": clock.ended_on.isoformat() if clock.ended_on else None,
    }


def clean(text: str, *, needed: bool, field: str = "reason") -> str:
    """A reason without blanks at its ends. Raises Invalid when it is missing or too long."""
    said = text.strip()
    if needed and not said:
        raise Invalid(_("Say why."), fields={field: [_("A reason is needed.")]})
    if len(said) > LONGEST:
        raise Invalid(_("The reason is too long."), fields={field: [_("At most {n} characters.").format(n=LONGEST)]})
    return said


def zone_for(filing: Filing) -> ZoneInfo:
    """The zone by which limits of the filing end."""
    return zone_of(filing.jurisdictions, organisation_zone())


def put_on_record(clock: FilingClock, verb: str, by: By, **detail: Any) -> FilingEvent:
    """Append the event of the filing and the act of the trail. ``verb``: started, moved, met, …"""
    filing, content = clock.filing, catalogue(clock.catalogue_version)
    named = {"limit": dict(name_of(content, clock))}
    told = {"clock": str(clock.pk), **named, **detail}
    event = FilingEvent.objects.create(
        filing=filing, verb=f"clock_{verb}", old_state=filing.state, new_state=filing.state, detail=told, done_by=user_of(by)
    )
    entry = content.filings.get(filing.regime)
    record_act(
        f"compliance.clock.{verb}",
        clock,
        project_id=clock.project_id,
        regime=filing.regime,
        filing=dict(entry.name) if entry else filing.regime,
        **named,
        **detail,
    )
    return event


def note_clock(filing: Filing) -> dt.date | None:
    """Keep the earliest limit of ours that runs as the filing's ``clock_on``, and the project's next date with it."""
    running = FilingClock.objects.filter(OURS, filing_id=filing.pk, state=ClockState.RUNNING)
    first: dt.date | None = running.aggregate(first=Min("due_on"))["first"]
    changed = (
        Filing.objects.filter(pk=filing.pk).exclude(clock_on=first)
        if first
        else Filing.objects.filter(pk=filing.pk, clock_on__isnull=False)
    )
    if changed.update(clock_on=first) and filing.project_id is not None:
        note_next_date(filing.project)  # type: ignore[arg-type]
    filing.clock_on = first
    return first


def is_over(filing: Filing) -> bool:
    """Whether nothing can be asked of the filing any more."""
    return filing.state in OVER
