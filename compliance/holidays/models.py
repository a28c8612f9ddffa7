"""Days off and make-up working days of a year, as the organisation entered them from an official notice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantModel
from portal.tenants.models import User


class HolidayYear(TenantModel):
    """One year of one calendar (``CN``, ``EU``, ``US-NYC`` …); stands before the content's table of that year.

    ``holidays`` and ``makeup_days``: days as ISO text, in order. ``official``: rests on a published notice, named by ``source_title`` and
    ``source_url``; a year that does not keeps results provisional.
    """

    calendar = models.CharField(_("calendar"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    holidays = models.JSONField(_("days off"), default=list)
    makeup_days = models.JSONField(_("make-up working days"), default=list)
    official = models.BooleanField(_("rests on an official notice"), default=False)
    source_title = models.CharField(_("official notice"), max_length=300, blank=True, default="")
    source_url = models.URLField(_("address of the notice"), max_length=500, blank=True, default="")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("year of a calendar")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "calendar", "year"], name="holiday_year_once"),
            models.CheckConstraint(condition=models.Q(official=False) | ~models.Q(source_title=""), name="holiday_year_source"),
            models.CheckConstraint(condition=models.Q(year__gte=2000, year__lte=2100), name="holiday_year_range"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} {self.year}"
