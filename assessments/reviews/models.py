"""Review decisions on items, waivers, and who may sign for whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.checklists.models import Answer
from assessments.reviews.states import WaiverState
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.projects.models import Project
from portal.tenants.models import User


class ReviewDecision(TenantModel):
    """One decision on one answer, bound to the version and hash that were on the screen. Never changed afterwards."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")

    answer = TenantForeignKey(Answer, on_delete=models.CASCADE, related_name="decisions")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=1000, blank=True, default="")
    answer_version = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10)
    answered_person_id = models.BigIntegerField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_person_id = models.BigIntegerField()
    role_key = models.CharField(max_length=40)
    delegation_id = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("review decision")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(outcome="approved") | ~models.Q(decided_person_id=models.F("answered_person_id")),
                name="review_two_persons",
            ),
            models.CheckConstraint(condition=~models.Q(outcome="returned") | ~models.Q(reason=""), name="review_return_has_reason"),
        ]
        indexes = [models.Index(fields=["tenant", "answer", "-decided_at"], name="review_answer_ix")]

    def __str__(self) -> str:
        return self.outcome


class Waiver(TenantModel):
    """An accepted gap: the item's approver and the executive sponsor agree, for at most 90 days, with a compensating measure (S4)."""

    answer = TenantForeignKey(Answer, on_delete=models.CASCADE, related_name="waivers")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="waivers")
    item_key = models.CharField(max_length=8)
    state = models.CharField(max_length=14, choices=WaiverState.choices, default=WaiverState.PROPOSED)
    reason = models.CharField(_("reason"), max_length=1000)
    measure = models.CharField(_("compensating measure"), max_length=1000)
    until = models.DateField(_("until"))
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_person_id = models.BigIntegerField()
    requested_at = models.DateTimeField(auto_now_add=True)
    approver_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approver_person_id = models.BigIntegerField(null=True, blank=True)
    approver_role = models.CharField(max_length=40, blank=True, default="")
    approver_at = models.DateTimeField(null=True, blank=True)
    sponsor_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sponsor_person_id = models.BigIntegerField(null=True, blank=True)
    sponsor_role = models.CharField(max_length=40, blank=True, default="")
    sponsor_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=500, blank=True, default="")
    signs_as: str  # the reader's role, where ``queries.waivers_waiting_for`` adds it

    class Meta:
        verbose_name = _("waiver")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "answer"], condition=models.Q(state__in=["proposed", "first_approved", "active"]), name="waiver_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(approver_person_id=None)
                | models.Q(sponsor_person_id=None)
                | ~models.Q(approver_person_id=models.F("sponsor_person_id")),
                name="waiver_two_persons",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="active") | models.Q(approver_person_id__isnull=False, sponsor_person_id__isnull=False),
                name="waiver_active_signed",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "until"], name="waiver_until_ix", condition=models.Q(state="active"))]

    def __str__(self) -> str:
        return f"{self.item_key} {self.state}"


class Delegation(TenantModel):
    """Somebody signs for somebody else for a limited time (S8). Shown in the report; never creates a conflict with S1 to S3."""

    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role_key = models.CharField(max_length=40, blank=True, default="")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    giver_roles: list[str]  # the giver's tenant-wide roles, where ``queries.delegations_to`` adds them

    class Meta:
        verbose_name = _("delegation")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="delegation_dates"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("receiver")), name="delegation_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id} to {self.receiver_id}"
