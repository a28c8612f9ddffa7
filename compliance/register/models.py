"""Registers of filings: what somebody's portfolio looked like on a day, kept with its hashes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.jobs.models import Job
from portal.tenants.models import User


class FilingRegister(TenantModel):
    """One ordered register. It holds what the person who ordered it could see, so it is handed to that person alone.

    ``filters``: the query of the list it was ordered from; ``rows``: filings in it. A register of more filings than a PDF can
    sensibly hold has the Excel file alone.
    """

    class State(models.TextChoices):
        ORDERED = "ordered", _("being made")
        READY = "ready", _("ready")

    class Language(models.TextChoices):
        ZH = "zh", _("Chinese")
        EN = "en", _("English")
        BOTH = "both", _("Chinese and English")

    number = models.PositiveIntegerField()
    language = models.CharField(max_length=4, choices=Language.choices)
    filters = models.CharField(max_length=1000, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ORDERED)
    job = TenantForeignKey(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rows = models.PositiveIntegerField(_("filings"), default=0)
    pages = models.PositiveIntegerField(default=0)
    content_sha256 = models.CharField(max_length=64, blank=True, default="")
    pdf_key = models.CharField(max_length=300, blank=True, default="")
    pdf_sha256 = models.CharField(_("fingerprint of the PDF"), max_length=64, blank=True, default="")
    pdf_size = models.PositiveBigIntegerField(default=0)
    sheet_key = models.CharField(max_length=300, blank=True, default="")
    sheet_sha256 = models.CharField(_("fingerprint of the Excel file"), max_length=64, blank=True, default="")
    sheet_size = models.PositiveBigIntegerField(default=0)
    ordered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("register of filings")
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="register_number_once")]
        indexes = [models.Index(fields=["tenant", "ordered_by", "-number"], name="register_mine_ix")]

    def __str__(self) -> str:
        return f"{self.number}"
