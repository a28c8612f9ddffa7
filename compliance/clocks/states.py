"""States of a time limit."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import models
from django.utils.translation import pgettext_lazy


class ClockState(models.TextChoices):
    """Where one time limit stands."""

    RUNNING = "running", pgettext_lazy("time limit", "running")
    PAUSED = "paused", pgettext_lazy("time limit", "paused")
    MET = "met", pgettext_lazy("time limit", "met")
    WAIVED = "waived", pgettext_lazy("time limit", "waived")
    VOID = "void", pgettext_lazy("time limit", "void")


C = ClockState
# A limit that was met, waived or found void is over; a correction starts a new one.
TRANSITIONS: Mapping[str, Collection[str]] = {
    C.RUNNING: (C.PAUSED, C.MET, C.WAIVED, C.VOID),
    C.PAUSED: (C.RUNNING, C.MET, C.WAIVED, C.VOID),
    C.MET: (),
    C.WAIVED: (),
    C.VOID: (),
}
OPEN = frozenset({C.RUNNING, C.PAUSED})
