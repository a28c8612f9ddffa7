"""Looking after the rules: who checked an entry of the content against the law, and regimes that an organisation adds itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantModel
from portal.tenants.models import User


class LegalReview(TenantModel):
    """One check of one entry against the official text. Rows are only ever added; the newest one of an entry counts."""

    class Outcome(models.TextChoices):
        UNCHANGED = "unchanged", _("still right")
        CHANGED = "changed", _("the law has changed")
        UNCLEAR = "unclear", _("not clear, ask counsel")

    entry = models.SlugField(_("filing"), max_length=60)
    catalogue_version = models.CharField(max_length=20)
    outcome = models.CharField(_("outcome of the review"), max_length=10, choices=Outcome.choices)
    note = models.CharField(_("remark"), max_length=1000)
    reviewed_on = models.DateField(_("reviewed on"))
    next_review_on = models.DateField(_("next review"))
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("legal review")
        constraints = [
            models.CheckConstraint(condition=models.Q(next_review_on__gt=models.F("reviewed_on")), name="legal_review_next_later"),
        ]
        indexes = [models.Index(fields=["tenant", "entry", "-entered_at"], name="legal_review_ix")]

    def __str__(self) -> str:
        return self.entry


class OwnRegime(TenantModel):
    """One version of one file of regimes that the organisation wrote. Never changed: an upload is the next version, and so is retiring.

    ``content``: the YAML as uploaded; empty where ``retired``.
    """

    key = models.SlugField(_("name of the file"), max_length=40)
    number = models.PositiveIntegerField(_("version"))
    content = models.TextField(_("content"), blank=True, default="")
    sha256 = models.CharField(max_length=64)
    entries = models.JSONField(_("filings"), default=list)
    retired = models.BooleanField(_("taken out of use"), default=False)
    note = models.CharField(_("remark"), max_length=500, blank=True, default="")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("own regime")
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "number"], name="own_regime_version_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"
