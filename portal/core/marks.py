"""The seven marks of the product: for each tone one colour, one symbol and one word.

A state on screen is always all three. The words here are the short ones of the interface; a slice that has a better
word (a label of the catalogue, ``get_status_display``) passes it along and keeps tone and symbol.
"""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Mark(NamedTuple):
    """How one tone looks and reads."""

    tone: str
    icon: str
    word: str | Promise


MARKS: Final[dict[str, Mark]] = {
    mark.tone: mark
    for mark in (
        Mark("pass", "check", pgettext_lazy("verdict", "Pass")),
        Mark("attention", "exclamation-mark", pgettext_lazy("verdict", "Attention")),
        Mark("fail", "x", pgettext_lazy("verdict", "Fail")),
        Mark("open", "circle", pgettext_lazy("verdict", "Open")),
        Mark("review", "clock-hour-3", pgettext_lazy("verdict", "In review")),
        Mark("waived", "arrow-forward-up", pgettext_lazy("verdict", "Waived")),
        Mark("na", "minus", pgettext_lazy("verdict", "Not applicable")),
    )
}

# State word → (tone, word). One table for all slices, so that "approved" looks the same on every page.
STATES: Final[dict[str, tuple[str, str | Promise]]] = {
    # items and dimensions
    "open": ("open", pgettext_lazy("state", "Open")),
    "draft": ("open", pgettext_lazy("state", "Draft")),
    "answered": ("open", pgettext_lazy("state", "Answered")),
    "submitted": ("review", pgettext_lazy("state", "Submitted")),
    "in_review": ("review", pgettext_lazy("state", "In review")),
    "approved": ("pass", pgettext_lazy("state", "Approved")),
    "approved_with_conditions": ("attention", pgettext_lazy("state", "Approved with conditions")),
    "returned": ("attention", pgettext_lazy("state", "Returned")),
    "rejected": ("fail", pgettext_lazy("state", "Rejected")),
    "waived": ("waived", pgettext_lazy("state", "Waived")),
    "expired": ("fail", pgettext_lazy("state", "Expired")),
    "not_applicable": ("na", pgettext_lazy("state", "Not applicable")),
    # gates and sign-offs
    "closed": ("na", pgettext_lazy("state", "Closed")),
    "stale": ("fail", pgettext_lazy("state", "Sign-off has lapsed")),
    "valid": ("pass", pgettext_lazy("state", "Valid")),
    "withdrawn": ("na", pgettext_lazy("state", "Withdrawn")),
    "overdue": ("fail", pgettext_lazy("state", "Overdue")),
    # filings: result of the rules, then states of the record
    "required": ("attention", pgettext_lazy("state", "Required")),
    "likely": ("attention", pgettext_lazy("state", "Likely")),
    "undetermined": ("review", pgettext_lazy("state", "Undetermined")),
    "proposed": ("open", pgettext_lazy("state", "Proposed")),
    "confirmed": ("pass", pgettext_lazy("state", "Confirmed")),
    "not_assessed": ("open", pgettext_lazy("state", "Not assessed")),
    "to_prepare": ("open", pgettext_lazy("state", "To prepare")),
    "preparing": ("open", pgettext_lazy("state", "Preparing")),
    "internal_review": ("review", pgettext_lazy("state", "Internal review")),
    "ready": ("review", pgettext_lazy("state", "Ready")),
    "accepted": ("review", pgettext_lazy("state", "Accepted")),
    "under_review": ("review", pgettext_lazy("state", "Under review")),
    "supplement_requested": ("attention", pgettext_lazy("state", "Supplement requested")),
    "resubmitted": ("review", pgettext_lazy("state", "Resubmitted")),
    "published": ("pass", pgettext_lazy("state", "Published")),
    "change_due": ("attention", pgettext_lazy("state", "Change due")),
    "change_submitted": ("review", pgettext_lazy("state", "Change submitted")),
    "renewal_due": ("attention", pgettext_lazy("state", "Renewal due")),
    "renewed": ("pass", pgettext_lazy("state", "Renewed")),
    "cancel_due": ("attention", pgettext_lazy("state", "Cancellation due")),
    "revoked": ("fail", pgettext_lazy("state", "Revoked")),
    "scheduled": ("open", pgettext_lazy("state", "Scheduled")),
    "in_progress": ("review", pgettext_lazy("state", "In progress")),
    "reported": ("pass", pgettext_lazy("state", "Reported")),
    # jobs, people, organisations
    "queued": ("open", pgettext_lazy("state", "Waiting")),
    "running": ("review", pgettext_lazy("state", "Running")),
    "done": ("pass", pgettext_lazy("state", "Done")),
    "failed": ("fail", pgettext_lazy("state", "Failed")),
    "cancelled": ("na", pgettext_lazy("state", "Cancelled")),
    "active": ("pass", pgettext_lazy("state", "Active")),
    "invited": ("review", pgettext_lazy("state", "Invited")),
    "suspended": ("fail", pgettext_lazy("state", "Suspended")),
    "inactive": ("na", pgettext_lazy("state", "Inactive")),
}

# Project stages: symbol and tone of the pill. The word comes from the caller or from here.
STAGES: Final[dict[str, Mark]] = {
    "intake": Mark("open", "inbox", pgettext_lazy("stage", "Intake")),
    "assessment": Mark("open", "list-check", pgettext_lazy("stage", "Assessment")),
    "approval": Mark("review", "rubber-stamp", pgettext_lazy("stage", "Approval")),
    "build": Mark("open", "hammer", pgettext_lazy("stage", "Build")),
    "pre_launch": Mark("review", "rocket", pgettext_lazy("stage", "Pre-launch")),
    "live": Mark("pass", "broadcast", pgettext_lazy("stage", "Live")),
    "periodic_review": Mark("review", "refresh", pgettext_lazy("stage", "Periodic review")),
    "on_hold": Mark("attention", "player-pause", pgettext_lazy("stage", "On hold")),
    "stopped": Mark("na", "player-stop", pgettext_lazy("stage", "Stopped")),
    "retired": Mark("na", "archive", pgettext_lazy("stage", "Retired")),
}

# Two to five letters for the head of the strip: the full names come from the catalogue.
DIMENSIONS: Final[dict[str, str | Promise]] = {
    "D1": pgettext_lazy("dimension", "Scenario"),
    "D2": pgettext_lazy("dimension", "Needs"),
    "D3": pgettext_lazy("dimension", "Data"),
    "D4": pgettext_lazy("dimension", "Quality"),
    "D5": pgettext_lazy("dimension", "Security"),
    "D6": pgettext_lazy("dimension", "Infrastructure"),
    "D7": pgettext_lazy("dimension", "Talent"),
    "D8": pgettext_lazy("dimension", "Route"),
    "D9": pgettext_lazy("dimension", "Performance"),
    "D10": pgettext_lazy("dimension", "Investment"),
}

# Where a kind of thing has no mark of its own (a note, a tip).
INFO: Final = Mark("info", "info-circle", _("Note"))


def mark_of(value: str) -> Mark:
    """The mark of a tone or of a known state; an unknown word raises ``KeyError`` rather than show a false colour."""
    if value in MARKS:
        return MARKS[value]
    if value == "info":
        return INFO
    tone, word = STATES[value]
    return Mark(tone, MARKS[tone].icon, word)
