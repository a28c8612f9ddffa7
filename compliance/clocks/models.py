"""Time limits of filings. One row for each limit and each event that started it; what was counted stays with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.clocks.states import OPEN, ClockState
from compliance.filings.models import Filing
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.projects.models import Project
from portal.tenants.models import User

_OPEN = tuple(sorted(str(state) for state in OPEN))


class FilingClock(TenantModel):
    """One time limit that one event started.

    ``key``: which limit of the entry (event, action, and a number where two are alike), or the organisation's own rule;
    ``n``/``unit``/``calendar``/``roll``: as counted, copied from the content of ``catalogue_version`` so that it can be counted again.
    ``due_on`` None: no number is fixed; of a limit without delay (``n`` 0) it is the day of the event itself. Limits in hours have
    ``event_at`` and ``due_at``; ``due_on`` is then the day of ``due_at`` in the zone of the jurisdiction.
    """

    class Basis(models.TextChoices):
        STATUTORY = "statutory", _("by law")
        PRACTICE = "practice", _("usual practice")
        INTERNAL = "internal", _("own rule")

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="clocks")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key = models.CharField(max_length=120)
    event = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    direction = models.CharField(max_length=6)
    n = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(_("unit of the limit"), max_length=16, blank=True, default="")
    calendar = models.CharField(max_length=20, default="CN")
    roll = models.BooleanField(default=False)
    catalogue_version = models.CharField(max_length=20)
    event_on = models.DateField()
    event_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    provisional = models.BooleanField(default=False)
    counted = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=ClockState.choices, default=ClockState.RUNNING)
    paused_on = models.DateField(null=True, blank=True)
    paused_days = models.PositiveIntegerField(default=0)
    ended_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, default="")
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("time limit")
        constraints = [
            # The same event starts a limit once; a correction voids the first.
            models.UniqueConstraint(
                fields=["tenant", "filing", "key", "event_on"], condition=~models.Q(state=ClockState.VOID), name="clock_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=_OPEN) | models.Q(ended_on__isnull=False), name="clock_ended_on"),
        ]
        indexes = [
            models.Index(fields=["tenant", "due_on", "id"], name="clock_due_ix", condition=models.Q(state__in=_OPEN)),
            models.Index(fields=["tenant", "filing"], name="clock_filing_ix"),
            models.Index(fields=["tenant", "project", "due_on"], name="clock_project_ix"),
        ]

    def __str__(self) -> str:
        return self.key


class ClockRule(TenantModel):
    """A limit that the organisation sets itself, earlier than the law asks: "submit 30 working days before launch".

    ``regime`` empty: for every filing whose content has a limit of the same event. Counted by the calendar of the filing's jurisdiction.
    """

    class Unit(models.TextChoices):
        WORKING_DAY = "working_day", _("working days")
        CALENDAR_DAY = "calendar_day", _("calendar days")
        WEEK = "week", _("weeks")
        MONTH = "month", _("months")

    class Direction(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")

    title = models.CharField(_("name of the rule"), max_length=120)
    regime = models.SlugField(_("filing"), max_length=60, blank=True, default="")
    event = models.CharField(_("event"), max_length=60)
    action = models.CharField(_("what has to be done"), max_length=60)
    direction = models.CharField(_("before or after"), max_length=6, choices=Direction.choices)
    n = models.PositiveSmallIntegerField(_("number of units"))
    unit = models.CharField(_("unit of the limit"), max_length=16, choices=Unit.choices)
    active = models.BooleanField(_("in use"), default=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("own time limit")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "regime", "event", "action", "direction"], name="clock_rule_once"),
            models.CheckConstraint(condition=models.Q(n__gte=0, n__lte=1000), name="clock_rule_n"),
        ]

    def __str__(self) -> str:
        return self.title
