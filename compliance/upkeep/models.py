"""What keeps a filing up once it has its number: checks that the number is shown, and proposals to change, renew or cancel."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.filings.models import Filing
from compliance.upkeep.states import Cause, Place, ProposalKind, ProposalState
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.tenants.models import User


class DisplayCheck(TenantModel):
    """Somebody looked whether the number is shown where the law wants it. Never changed: a later look is a new row.

    Proof is a link (kept, never fetched) or a picture, or both; ``next_check_on``: when to look again; ``number``: what was looked for.
    """

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="display_checks")
    place = models.CharField(_("place of display"), max_length=14, choices=Place.choices)
    number = models.CharField(_("number"), max_length=120)
    url = models.CharField(_("link"), max_length=1000, blank=True, default="")
    file_name = models.CharField(_("file"), max_length=200, blank=True, default="")
    file_key = models.CharField(max_length=300, blank=True, default="")
    file_size = models.PositiveBigIntegerField(_("size of the file"), default=0)
    file_type = models.CharField(_("type of the file"), max_length=100, blank=True, default="")
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True, default="")
    ok = models.BooleanField(_("shown as the law wants"))
    note = models.CharField(_("remark"), max_length=1000, blank=True, default="")
    checked_on = models.DateField(_("checked on"))
    next_check_on = models.DateField(_("next check"))
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("checked by"))
    entered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("check of the display")
        constraints = [
            models.CheckConstraint(condition=~models.Q(url="") | ~models.Q(file_key="") | models.Q(ok=False), name="display_check_proof"),
            models.CheckConstraint(condition=models.Q(ok=True) | ~models.Q(note=""), name="display_check_note"),
            models.CheckConstraint(condition=models.Q(next_check_on__gte=models.F("checked_on")), name="display_check_next"),
        ]
        indexes = [models.Index(fields=["tenant", "filing", "place", "-checked_on", "-id"], name="display_check_ix")]

    def __str__(self) -> str:
        return self.place


class FilingProposal(TenantModel):
    """The product proposes a change, a renewal or a cancellation; a person takes it up or dismisses it with a reason.

    ``detail``: the facts before and after, or the end of validity; ``about``: what it is about, so that the same is proposed once;
    ``settled_by`` None of a settled one: the product took the step itself.
    """

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(_("what is proposed"), max_length=6, choices=ProposalKind.choices)
    cause = models.CharField(_("cause"), max_length=14, choices=Cause.choices)
    about = models.CharField(_("occasion"), max_length=60, blank=True, default="")
    detail = models.JSONField(_("particulars"), default=dict)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.OPEN)
    reason = models.CharField(max_length=1000, blank=True, default="")
    proposed_at = models.DateTimeField(_("proposed on"), auto_now_add=True)
    proposed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("whose change it was")
    )
    settled_at = models.DateTimeField(_("settled on"), null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by"))
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("proposal for a filing")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "filing", "kind"], condition=models.Q(state="open"), name="filing_proposal_open"),
            models.UniqueConstraint(
                fields=["tenant", "filing", "kind", "about"], condition=~models.Q(about=""), name="filing_proposal_once"
            ),
            models.CheckConstraint(condition=~models.Q(state="dismissed") | ~models.Q(reason=""), name="filing_proposal_reason"),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(settled_at__isnull=False), name="filing_proposal_settled"),
        ]
        indexes = [models.Index(fields=["tenant", "filing", "-proposed_at"], name="filing_proposal_ix")]

    def __str__(self) -> str:
        return self.kind
