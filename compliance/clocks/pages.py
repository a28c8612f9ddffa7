"""Time limits on the page of one filing: when each ends, how it was counted, and what can be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.calendars.workdays import work_calendar
from compliance.clocks import limits
from compliance.clocks.actions.common import zone_for
from compliance.clocks.actions.ending import VOID_ASKED, needs_two, why_not_second
from compliance.clocks.actions.starting import own_rules
from compliance.clocks.forms import CorrectForm, MeetForm, ReportForm, WhyForm
from compliance.clocks.limits import AUTHORITY
from compliance.clocks.models import FilingClock
from compliance.clocks.queries import clocks_of
from compliance.clocks.states import OPEN, ClockState
from compliance.clocks.words import checks_of, event_word, how_counted, name_of
from compliance.filings import rules
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.states import FilingDecision
from compliance.filings.subjects import Subject, is_shared
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.catalogue.parts import CalendarRules
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.core.formats import zone_name
from portal.projects.models import Project
from portal.tenants.clock import organisation_today, organisation_zone

MOST_PAST = 20


def clock_url(slug: str, project: Project | None, regime: str, clock: FilingClock | None = None, act: str = "report") -> str:
    """Where an act on a limit (or the report of an event) is sent to."""
    name = "clock_report" if clock is None else "clock_act"
    given: dict[str, Any] = {"tenant_slug": slug, "regime": regime}
    if clock is not None:
        given |= {"clock_id": clock.pk, "act": act}
    if project is None:
        return reverse(f"compliance:organisation_{name}", kwargs=given)
    return reverse(f"compliance:{name}", kwargs={**given, "project_id": project.pk})


def days_left(clock: FilingClock, calendar: CalendarRules, today: dt.date) -> int | None:
    """Working days until the end, negative when it has passed; None where no day is fixed."""
    return work_calendar(calendar, clock.calendar).working_days_between(today, clock.due_on) if clock.due_on is not None else None


def left_words(clock: FilingClock, calendar: CalendarRules, today: dt.date) -> dict[str, str]:
    """How much is left, in words, with its tone. Hours count from now."""
    if clock.due_at is not None:
        hours = int((clock.due_at - timezone.now()).total_seconds() // 3600)
        if hours < 0:
            return {"tone": "fail", "label": ngettext("{n} hour late", "{n} hours late", -hours).format(n=-hours)}
        return {"tone": "fail" if hours < 24 else "attention", "label": ngettext("{n} hour left", "{n} hours left", hours).format(n=hours)}
    if clock.due_on is None:
        return {"tone": "open", "label": _("no day fixed")}
    late, left = clock.due_on < today, days_left(clock, calendar, today) or 0
    if clock.action == AUTHORITY and late:
        return {"tone": "review", "label": _("the authority’s period has passed")}
    if clock.n == 0 and clock.direction == "after" and not late:
        return {"tone": "fail", "label": _("at once")}
    if late:
        # On the weekend after the last day no working day has gone by yet, and it is late all the same.
        number = max(1, -left)
        return {"tone": "fail", "label": ngettext("{n} working day late", "{n} working days late", number).format(n=number)}
    if clock.due_on == today:
        return {"tone": "fail", "label": _("due today")}
    tone = "fail" if left <= 2 else "attention" if left <= 10 else "open"
    return {"tone": tone, "label": ngettext("{n} working day left", "{n} working days left", left).format(n=left)}


def moment_words(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """A moment in the zone of the jurisdiction, and in the organisation's where it is another hour there."""
    there, here = moment.astimezone(zone), moment.astimezone(organisation_zone())
    text = f"{there:%Y-%m-%d %H:%M} {zone_name(there)}"
    return text if there.utcoffset() == here.utcoffset() else f"{text} = {here:%Y-%m-%d %H:%M} {zone_name(here)}"


_STATES = {
    ClockState.RUNNING: "open",
    ClockState.PAUSED: "review",
    ClockState.MET: "pass",
    ClockState.WAIVED: "waived",
    ClockState.VOID: "na",
}


def line_of(clock: FilingClock, calendar: CalendarRules, today: dt.date) -> dict[str, Any]:
    """One limit as pages show it. Needs ``clock.filing``."""
    content = catalogue(clock.catalogue_version)
    late = clock.state == ClockState.MET and clock.due_on is not None and clock.ended_on is not None and clock.ended_on > clock.due_on
    running = clock.state in OPEN
    tone = _STATES[ClockState(clock.state)]
    return {
        "clock": clock,
        "name": tr(name_of(content, clock)),
        "due": moment_words(clock.due_at, zone_for(clock.filing)) if clock.due_at else clock.due_on,
        "in_hours": clock.due_at is not None,
        "left": left_words(clock, calendar, today) if clock.state == ClockState.RUNNING else None,
        "basis": clock.get_basis_display(),
        "how": [tr(one) for one in how_counted(content, clock)],
        "checks": [tr(one) for one in checks_of(clock)] if running else [],
        "provisional": clock.provisional and running,
        "state": {"tone": "attention" if late else tone, "label": _("met late") if late else clock.get_state_display()},
        "running": running,
        "authority": clock.action == AUTHORITY,
        "note": str(clock.counted.get("note", "")),
    }


def _forms(request: Any, clock: FilingClock, subject: Subject, zone: dt.tzinfo, wishes: Mapping[str, FilingEvent]) -> list[dict[str, Any]]:
    """What the person can do with a limit that runs, each with its form; filled ones come back with their faults."""
    kept, slug, project, regime = getattr(request, "part_forms", {}), request.tenant.slug, subject.project, subject.regime
    statutory = clock.basis == FilingClock.Basis.STATUTORY
    found = []

    def add(act: str, label: str, form: Any, *, help_text: str = "", danger: bool = False) -> None:
        name = f"{act}:{clock.pk}"
        found.append(
            {
                "act": act,
                "label": label,
                "form": kept.get(name, form),
                "open": name in kept,
                "help": help_text,
                "danger": danger,
                "url": clock_url(slug, project, regime, clock, act),
            }
        )

    prefix = str(clock.pk)
    add("meet", _("It is done"), MeetForm(prefix=f"{prefix}-meet", initial={"on": organisation_today()}))
    correct = CorrectForm(
        prefix=f"{prefix}-correct",
        zone=zone,
        hours=clock.event_at is not None,
        initial={"on": clock.event_on, "at": f"{clock.event_at.astimezone(zone):%Y-%m-%dT%H:%M}" if clock.event_at else ""},
    )
    if clock.n is not None and clock.counted.get("from") != "launch":
        add("correct", _("Correct the event"), correct, help_text=_("The limit is counted anew; the old day stays in the history."))
    if not statutory:
        add(
            "waive",
            _("Waive"),
            WhyForm(prefix=f"{prefix}-waive"),
            help_text=_("It is no limit by law: say why you let it go."),
            danger=True,
        )
    two = needs_two(clock)
    wish = wishes.get(str(clock.pk)) if two else None
    refusal = why_not_second(request.actor, clock, wish) if wish is not None else ""
    text = _("A limit by law that was started wrongly is found void by two people; until the second one agrees it runs.") if two else ""
    if wish is not None:
        text = _("{name} asks for it: {reason}").format(
            name=wish.done_by.name if wish.done_by else "–", reason=wish.detail.get("reason", "")
        )
    if not refusal:
        label = _("Agree that it is void") if wish is not None else _("Started wrongly")
        add("void", label, WhyForm(prefix=f"{prefix}-void"), help_text=text, danger=True)
    else:
        found.append({"act": "", "label": "", "help": f"{text} {refusal}"})
    return found


def report_form(subject: Subject, row: Filing | None, data: Any = None) -> ReportForm | None:
    """The form that reports an event of the filing; None where it has none."""
    entry = subject.ruling.filing
    events = limits.events_to_report(entry, own_rules(entry.id))
    if not events or row is None:
        return None
    choices = [(event, tr(event_word(subject.content, event, entry))) for event in events]
    hours = any(limits.in_hours(entry, event) for event in events)
    initial = {"event": events[0] if len(events) == 1 else "", "on": None if hours else organisation_today()}
    return ReportForm(data, events=choices, zone=organisation_zone(), hours=hours, initial=initial)


def may_work(actor: Actor, subject: Subject) -> bool:
    """Whether the person may act on limits here: those of the organisation are kept on its own page."""
    return not is_shared(subject) and not rules.why_not_work(actor, subject.project)


def may_second(actor: Actor, subject: Subject) -> bool:
    """Whether somebody who does not carry filings through can still be the second person that finds a limit by law void."""
    project = subject.project
    return not rules.segregation.why_no_judge(actor, project) and rules.may(actor, rules.SECOND, project)


def wishes_of(row: Filing) -> dict[str, FilingEvent]:
    """Wishes to find limits by law void, by the limit. One query."""
    asked = FilingEvent.objects.filter(filing=row, verb=VOID_ASKED).select_related("done_by").order_by("done_at", "id")
    return {str(event.detail.get("clock")): event for event in asked}


def part(request: Any, subject: Subject) -> dict[str, Any] | None:
    """Context of the part on the page of a filing."""
    row = subject.row
    if row is None:
        return None
    works = may_work(request.actor, subject)
    clocks = clocks_of(row)
    report = report_form(subject, row) if works and row.decision != FilingDecision.REJECTED else None
    if not clocks and report is None:
        return None
    calendar, today, zone = calendar_rules(catalogue()), organisation_today(), zone_for(row)
    lines = [line_of(clock, calendar, today) for clock in clocks]
    seconds = not works and bool(clocks) and not is_shared(subject) and may_second(request.actor, subject)
    wishes = wishes_of(row) if works or seconds else {}
    for line in lines:
        acts = _forms(request, line["clock"], subject, zone, wishes) if line["running"] and (works or seconds) else []
        line["acts"] = acts if works else [one for one in acts if one["act"] == "void" and str(line["clock"].pk) in wishes]
    kept = getattr(request, "part_forms", {})
    slug = request.tenant.slug
    return {
        "running": [line for line in lines if line["running"] and not line["authority"]],
        "authority": [line for line in lines if line["running"] and line["authority"]],
        "past": [line for line in lines if not line["running"]][:MOST_PAST],
        "report": kept.get("clock-report", report),
        "report_open": "clock-report" in kept,
        "report_url": clock_url(slug, subject.project, subject.regime),
        "zone": zone_name(timezone.now().astimezone(organisation_zone())),
        "calendar_url": reverse("compliance:calendar", kwargs={"tenant_slug": slug}) if request.actor.may(rules.VIEW_ALL) else "",
    }
