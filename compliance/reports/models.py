"""PDF sign-off reports: always of a frozen revision, in one language, made by a job."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.gates.models import GateRound, Revision
from compliance.reports.states import ReportState
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.jobs.models import Job
from portal.projects.models import Project
from portal.tenants.models import User


class Report(TenantModel):
    """One ordered report and, once made, its file and hashes."""

    class Language(models.TextChoices):
        ZH = "zh", _("Chinese")
        EN = "en", _("English")
        BOTH = "both", _("Chinese and English")

    project = TenantForeignKey(Project, on_delete=models.PROTECT, related_name="reports")
    revision = TenantForeignKey(Revision, on_delete=models.PROTECT, related_name="reports")
    round = TenantForeignKey(GateRound, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    job = TenantForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=40)
    edition = models.PositiveSmallIntegerField(default=1)
    gate = models.CharField(max_length=4)
    language = models.CharField(max_length=4, choices=Language.choices)
    state = models.CharField(max_length=8, choices=ReportState.choices, default=ReportState.ORDERED)
    draft = models.BooleanField(default=False)
    lapsed = models.BooleanField(default=False)
    file_key = models.CharField(max_length=300, blank=True, default="")
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    content_sha256 = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=400, blank=True, default="")
    verify_code = models.CharField(max_length=32, blank=True, default="")
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    deleted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        constraints = [models.UniqueConstraint(fields=["tenant", "number", "edition"], name="report_number_once")]
        indexes = [
            models.Index(fields=["tenant", "-ordered_at", "-id"], name="report_new_ix"),
            models.Index(fields=["tenant", "project", "-ordered_at"], name="report_project_ix"),
            models.Index(fields=["tenant", "verify_code"], name="report_verify_ix", condition=~models.Q(verify_code="")),
        ]

    def __str__(self) -> str:
        return self.number
