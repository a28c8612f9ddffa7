"""Work done later. The row is the truth; the Celery message is only a wake-up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantModel
from portal.jobs.states import JobState
from portal.tenants.models import User


class Job(TenantModel):
    """One piece of background work that a person can watch, cancel and retry."""

    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    stage = models.CharField(max_length=60, blank=True, default="")
    progress = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)
    idempotency_key = models.CharField(max_length=120)
    failure = models.CharField(max_length=400, blank=True, default="")
    result = models.JSONField(default=dict)
    project_id = models.UUIDField(null=True, blank=True)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "idempotency_key"], name="job_key_once"),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="job_progress_percent"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-created_at"], name="job_new_ix"),
            models.Index(fields=["state", "lease_until"], name="job_open_ix", condition=models.Q(state__in=["queued", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class PeriodicRun(models.Model):
    """One due time of one periodic task: the unique row makes a second beat harmless. Holds no tenant data."""

    name = models.CharField(max_length=80)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "due_at"], name="periodic_run_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.due_at:%Y-%m-%d %H:%M}"
