"""Addresses by which calendars read a person's dates."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.projects.models import Project
from portal.tenants.models import User


class CalendarFeed(TenantModel):
    """One secret address. Only the hash of the secret is kept; the address is shown once, when it is made or renewed.

    What it answers with is worked out at each reading from the rights the person has then.
    """

    class Scope(models.TextChoices):
        MINE = "mine", pgettext_lazy("calendar", "filings that I carry through")
        ALL = "all", pgettext_lazy("calendar", "all filings that I may see")
        PROJECT = "project", pgettext_lazy("calendar", "one project")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(_("which dates"), max_length=8, choices=Scope.choices, default=Scope.MINE)
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("project"))
    alarm_days = models.PositiveSmallIntegerField(_("reminder"), null=True, blank=True)
    token_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    renewed_at = models.DateTimeField(null=True, blank=True)
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("calendar address")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="calendar_feed_secret"),
            models.CheckConstraint(
                condition=models.Q(scope="project", project__isnull=False) | (~models.Q(scope="project") & models.Q(project=None)),
                name="calendar_feed_project",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "user"], name="calendar_feed_user_ix", condition=models.Q(revoked_at=None))]

    def __str__(self) -> str:
        return self.scope
