"""Filling in: one assessment per project, one row per item, evidence that serves many items, comments."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.checklists.states import AnswerState
from portal.catalogue.models import CatalogueVersion
from portal.core.tenancy import TenantForeignKey, TenantModel, TenantOneToOneField
from portal.projects.models import Project
from portal.tenants.models import User


class Verdict(models.TextChoices):
    """What the item's rule says of the answer."""

    PASS = "pass", _("pass")
    ATTENTION = "attention", _("attention")
    FAIL = "fail", _("fail")
    OPEN = "open", _("open")
    NA = "na", _("not applicable")


class Assessment(TenantModel):
    """The ten checklists of one project on one version of the catalogue."""

    project = TenantOneToOneField(Project, on_delete=models.CASCADE, related_name="assessment")
    catalogue = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="+")
    tier_computed = models.CharField(max_length=10, default="standard")
    tier_raised = models.CharField(max_length=10, blank=True, default="")
    tier = models.CharField(max_length=10, default="standard")
    created_at = models.DateTimeField(auto_now_add=True)
    scored_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("assessment")

    def __str__(self) -> str:
        return f"{self.project_id} {self.catalogue_id}"


class TierRaise(TenantModel):
    """A person raised the tier, or withdrew a raise: who, as what, why. Rows are only ever added or closed."""

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="raises")
    tier = models.CharField(max_length=10)
    reason_key = models.CharField(max_length=40)
    reason = models.CharField(_("reason"), max_length=500)
    role_key = models.CharField(max_length=40)
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    raised_person_id = models.BigIntegerField()
    raised_at = models.DateTimeField(auto_now_add=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_person_id = models.BigIntegerField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_person_id=None) | ~models.Q(withdrawn_person_id=models.F("raised_person_id")),
                name="tier_raise_two_persons",
            ),
            models.UniqueConstraint(fields=["tenant", "assessment"], condition=models.Q(withdrawn_at=None), name="tier_raise_one_open"),
        ]

    def __str__(self) -> str:
        return self.tier


class Answer(TenantModel):
    """One item of one project: the answer, its verdict, who answered, who approved what.

    ``value`` by answer type: yes_no_na "yes"|"no"|"na"; single_choice text; multi_choice list; number, percent and money as
    decimal text; date "YYYY-MM-DD"; text; table ``[{column: value}, …]`` (one row for field groups); file ``{"approved": bool}``;
    computed null. Null means unanswered.
    """

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="answers")
    item_key = models.CharField(max_length=8)
    dimension = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    due_gate = models.CharField(max_length=4)
    # Copied from the item, so that queues are predicates in SQL: the catalogue roles that answer and approve.
    answer_role = models.CharField(max_length=40, blank=True, default="")
    approve_role = models.CharField(max_length=40, blank=True, default="")
    blocker = models.BooleanField(default=False)
    applies = models.BooleanField(default=True)
    waiting = models.BooleanField(default=False)
    value = models.JSONField(null=True, blank=True)
    note = models.TextField(blank=True, default="")
    state = models.CharField(max_length=14, choices=AnswerState.choices, default=AnswerState.OPEN)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    remark = models.CharField(max_length=20, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_person_id = models.BigIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_person_id = models.BigIntegerField(null=True, blank=True)
    approved_role = models.CharField(max_length=40, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True, default="")
    return_reason = models.CharField(max_length=1000, blank=True, default="")
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    comment_count = models.PositiveSmallIntegerField(default=0)
    evidence_count = models.PositiveSmallIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    # What the last act on this object led to (assessments.checklists.rescore.Rescored); never stored.
    rescored: Any = None

    class Meta:
        verbose_name = _("answer")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "assessment", "item_key"], name="answer_item_once"),
            # Rule S1, on the person: nobody approves what he or she answered.
            models.CheckConstraint(
                condition=models.Q(approved_person_id=None) | ~models.Q(approved_person_id=models.F("answered_person_id")),
                name="answer_two_persons",
            ),
            # Rule S5: an approval stands only for the content it was given for.
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(approved_person_id__isnull=False, approved_hash=models.F("content_hash")),
                name="answer_approval_bound",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "assignee", "due_on"],
                name="answer_assignee_ix",
                condition=models.Q(applies=True, state__in=["open", "answered", "returned", "expired"]),
            ),
            models.Index(fields=["tenant", "project"], name="answer_review_ix", condition=models.Q(state="in_review")),
        ]

    def __str__(self) -> str:
        return self.item_key


class Evidence(TenantModel):
    """A proof: a stored file, a link or a note. One proof may serve many items of its project."""

    class Kind(models.TextChoices):
        FILE = "file", _("file")
        LINK = "link", _("link")
        NOTE = "note", _("note")

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    url = models.URLField(_("address"), max_length=1000, blank=True, default="")
    text = models.TextField(_("text"), blank=True, default="")
    file_key = models.CharField(max_length=300, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    personal_data = models.BooleanField(_("holds personal data"), default=False)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_person_id = models.BigIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("evidence")
        indexes = [
            models.Index(
                fields=["tenant", "expires_on"], name="evidence_expiry_ix", condition=models.Q(removed_at=None, expires_on__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class AnswerEvidence(TenantModel):
    """One proof attached to one item."""

    answer = TenantForeignKey(Answer, on_delete=models.CASCADE, related_name="evidence_links")
    evidence = TenantForeignKey(Evidence, on_delete=models.CASCADE, related_name="answer_links")
    column = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "answer", "evidence"], name="answer_evidence_once")]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.evidence_id}"


class Comment(TenantModel):
    """A remark on one item; people named in it are told."""

    answer = TenantForeignKey(Answer, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("comment"), max_length=4000)
    mentions = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.body[:40]


class CalculatorRun(TenantModel):
    """The latest run of one calculator in one assessment: what went in, what came out, with which parameters."""

    assessment = TenantForeignKey(Assessment, on_delete=models.CASCADE, related_name="runs")
    calculator = models.CharField(max_length=20)
    entered = models.JSONField(default=dict)
    inputs = models.JSONField(default=list)
    outputs = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    run_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    run_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "assessment", "calculator"], name="calculator_run_once")]

    def __str__(self) -> str:
        return self.calculator
