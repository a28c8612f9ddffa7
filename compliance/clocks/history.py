"""What the trail and the history of a filing say of acts on time limits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# The trail: {limit} is what the limit is called, {filing} the name of the regime.
SENTENCES: dict[str, Any] = {
    "compliance.clock.started": _("started a time limit of “{filing}”: {limit}"),
    "compliance.clock.moved": _("counted a time limit of “{filing}” anew: {limit}"),
    "compliance.clock.recounted": _("counted a time limit of “{filing}” anew by the calendar: {limit}, now {due_on}"),
    "compliance.clock.met": _("met a time limit of “{filing}”: {limit}"),
    "compliance.clock.met_late": _("met a time limit of “{filing}” late: {limit}"),
    "compliance.clock.met_moved": _("corrected the day on which a time limit of “{filing}” was met: {limit}, on {on}"),
    "compliance.clock.paused": _("the authority’s period of “{filing}” stopped"),
    "compliance.clock.resumed": _("the authority’s period of “{filing}” went on"),
    "compliance.clock.waived": _("waived a time limit of “{filing}”: {limit}. {reason}"),
    "compliance.clock.void": _("found a time limit of “{filing}” void: {limit}. {reason}"),
    "compliance.clock.void_asked": _("asked to find a time limit of “{filing}” void: {limit}. {reason}"),
    "compliance.clock_rule.saved": _("saved the own time limit “{title}”"),
    "compliance.clock_rule.removed": _("took the own time limit “{title}” out of use"),
}
# Events of one filing, on its own page.
EVENTS: dict[str, Any] = {
    "clock_reported": _("Event reported: {event}. {note}"),
    "clock_started": _("Time limit started: {limit}"),
    "clock_moved": _("Time limit counted anew, since its event moved from {old_event} to {event_on}: {limit}"),
    "clock_recounted": _("Time limit counted anew by the calendar, due {old_due} before: {limit}"),
    "clock_met": _("Time limit met: {limit}"),
    "clock_met_late": _("Time limit met, but late: {limit}"),
    "clock_met_moved": _("Time limit met on {on}, not on {old_on}, since its step was corrected: {limit}"),
    "clock_paused": _("The authority waits for us: {limit}"),
    "clock_resumed": _("The authority’s period goes on: {limit}"),
    "clock_waived": _("Time limit waived: {limit}. {reason}"),
    "clock_void": _("Time limit void: {limit}. {reason}"),
    "clock_void_asked": _("Asked to find a time limit void; a second person has to agree: {limit}. {reason}"),
}
