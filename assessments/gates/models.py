"""Deciding: frozen revisions, gate rounds, signatures, conditions, recorded confirmations."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.gates.states import ConditionState, RoundState
from portal.catalogue.models import CatalogueVersion
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.projects.models import Project
from portal.tenants.models import User


class Revision(TenantModel):
    """Everything a decision rests on, frozen: canonical content and its sha-256. The database refuses updates and deletes."""

    project = TenantForeignKey(Project, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    catalogue = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=40)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("revision")
        constraints = [models.UniqueConstraint(fields=["tenant", "project", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"r{self.number}"


class GateRound(TenantModel):
    """One round of one gate: opened on a revision, signed by the roles of the gate, decided once."""

    project = TenantForeignKey(Project, on_delete=models.PROTECT, related_name="rounds")
    gate = models.CharField(max_length=4)
    number = models.PositiveIntegerField()
    delta_of = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="deltas")
    revision = TenantForeignKey(Revision, on_delete=models.PROTECT, related_name="rounds")
    state = models.CharField(max_length=26, choices=RoundState.choices, default=RoundState.OPEN)
    outcome = models.CharField(max_length=40, blank=True, default="")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.CharField(max_length=2000, blank=True, default="")
    valid_until = models.DateField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True)
    stale_reasons = models.JSONField(default=list)

    class Meta:
        verbose_name = _("gate round")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "gate"], condition=models.Q(state="open"), name="gate_one_open_round"),
            models.UniqueConstraint(fields=["tenant", "project", "gate", "number"], name="gate_round_number_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "due_on"], name="gate_waiting_ix", condition=models.Q(state="open")),
            models.Index(fields=["tenant", "project", "-opened_at"], name="gate_project_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.gate} #{self.number}"

    def expired_on(self, day: date) -> bool:
        """Whether the sign-off had run out by this day: it holds through ``valid_until``."""
        return self.valid_until is not None and self.valid_until < day


class Signature(TenantModel):
    """One role's word in one round, bound to the hash of the revision. One per role; two roles need two people (S2)."""

    class Word(models.TextChoices):
        APPROVE = "approve", _("approve")
        APPROVE_WITH_CONDITIONS = "approve_with_conditions", _("approve with conditions")
        RETURN = "return", _("return")
        REJECT = "reject", _("reject")

    round = TenantForeignKey(GateRound, on_delete=models.PROTECT, related_name="signatures")
    role_key = models.CharField(max_length=40)
    word = models.CharField(max_length=24, choices=Word.choices)
    outcome = models.CharField(max_length=40, blank=True, default="")
    remark = models.CharField(max_length=2000, blank=True, default="")
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    signed_person_id = models.BigIntegerField()
    signed_at = models.DateTimeField()
    method = models.CharField(max_length=20, default="password")
    delegation_id = models.UUIDField(null=True, blank=True)
    revision_sha256 = models.CharField(max_length=64)
    giver_person_id: int | None  # the person behind the delegation, where ``rules.signatures_of`` adds it

    class Meta:
        verbose_name = _("signature")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "role_key"], name="signature_role_once"),
            models.UniqueConstraint(fields=["tenant", "round", "signed_person_id"], name="signature_person_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role_key} {self.word}"


class ConditionChange(TypedDict):
    """Another date or owner of a condition: account ids and names, ISO dates, the moment in the zone of the organisation."""

    at: str
    by: int
    by_name: str
    owner: int
    owner_name: str
    new_owner: int
    new_owner_name: str
    due: str
    new_due: str
    reason: str


class Condition(TenantModel):
    """A written condition of an approval, or of a blocker with attention: what, who, until when."""

    project = TenantForeignKey(Project, on_delete=models.PROTECT, related_name="conditions")
    round = TenantForeignKey(GateRound, on_delete=models.PROTECT, null=True, blank=True, related_name="conditions")
    gate = models.CharField(max_length=4)
    item_key = models.CharField(max_length=8, blank=True, default="")
    text = models.CharField(_("condition"), max_length=1000)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due"))
    state = models.CharField(max_length=10, choices=ConditionState.choices, default=ConditionState.OPEN)
    report = models.CharField(max_length=1000, blank=True, default="")
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reported_person_id = models.BigIntegerField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_person_id = models.BigIntegerField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    changes = models.JSONField(default=list)
    """Later dates and owners, oldest first, as ``ConditionChange`` tells; what was set first stands in the first of them."""
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("condition")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="met") | ~models.Q(closed_person_id=models.F("reported_person_id")), name="condition_two_persons"
            )
        ]
        indexes = [models.Index(fields=["tenant", "owner", "due_on"], name="condition_owner_ix", condition=models.Q(state="open"))]

    def __str__(self) -> str:
        return self.text[:40]

    def as_set(self) -> tuple[int, date]:
        """Owner (account id) and date as they were set first."""
        if not self.changes:
            return self.owner_id, self.due_on
        first: ConditionChange = self.changes[0]
        return first["owner"], date.fromisoformat(first["due"])


class Confirmation(TenantModel):
    """A recorded confirmation (a ``flag`` of the gate criteria): who stated what, with which words. Withdrawn, never deleted."""

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="confirmations")
    flag = models.CharField(max_length=40)
    text = models.CharField(max_length=1000, blank=True, default="")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_person_id = models.BigIntegerField(null=True)
    role_key = models.CharField(max_length=40, blank=True, default="")
    confirmed_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "project", "flag"], condition=models.Q(withdrawn_at=None), name="confirmation_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.flag
