"""Acts on time limits: start, report, meet, stop, waive, find void, correct."""

from compliance.clocks.actions.ending import correct_clock, meet_clock, pause_clock, resume_clock, void_clock, waive_clock
from compliance.clocks.actions.starting import report_event, start_clocks

__all__ = [
    "correct_clock",
    "meet_clock",
    "pause_clock",
    "report_event",
    "resume_clock",
    "start_clocks",
    "void_clock",
    "waive_clock",
]
