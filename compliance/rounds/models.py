"""Rounds of questions of an authority: its letter, the questions in it, our answers, the reply."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.filings.models import Filing
from compliance.rounds.states import Category, QuestionState, RoundState
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.tenants.models import User


class AuthorityRound(TenantModel):
    """One letter of the authority and our reply to it. ``number`` counts from 1 within a filing.

    ``file_key`` and what stands beside it: the letter as a file, if there is one; ``reply_reason``: why the reply went out although
    questions were open.
    """

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveIntegerField(_("number of the round"))
    letter_on = models.DateField(_("date of the letter"))
    received_on = models.DateField(_("letter received on"))
    due_on = models.DateField(_("reply due"), null=True, blank=True)
    reference = models.CharField(_("reference of the letter"), max_length=200, blank=True, default="")
    note = models.CharField(_("remark"), max_length=2000, blank=True, default="")
    file_name = models.CharField(_("file"), max_length=200, blank=True, default="")
    file_key = models.CharField(max_length=300, blank=True, default="")
    file_size = models.PositiveBigIntegerField(_("size of the file"), default=0)
    file_type = models.CharField(_("type of the file"), max_length=100, blank=True, default="")
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True, default="")
    reply_on = models.DateField(_("reply sent on"), null=True, blank=True)
    reply_receipt = models.CharField(_("receipt of the reply"), max_length=200, blank=True, default="")
    reply_reason = models.CharField(_("why it went out unfinished"), max_length=1000, blank=True, default="")
    replied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reply sent by"))
    state = models.CharField(max_length=8, choices=RoundState.choices, default=RoundState.OPEN)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened on"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("round of questions")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "filing", "number"], name="authority_round_once"),
            # One letter is answered at a time; the procedure knows no other.
            models.UniqueConstraint(fields=["tenant", "filing"], condition=models.Q(state="open"), name="authority_round_open"),
            models.CheckConstraint(condition=models.Q(received_on__gte=models.F("letter_on")), name="authority_round_received"),
            models.CheckConstraint(
                condition=models.Q(reply_on=None) | models.Q(reply_on__gte=models.F("received_on")), name="authority_round_reply"
            ),
            models.CheckConstraint(condition=models.Q(state="open") | models.Q(reply_on__isnull=False), name="authority_round_replied"),
        ]
        indexes = [models.Index(fields=["tenant", "-received_on", "-id"], name="authority_round_ix")]

    def __str__(self) -> str:
        return f"{self.number}"


class AuthorityQuestion(TenantModel):
    """One question of a letter. ``documents``: names of documents of the filing that were changed for the answer."""

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="+")
    round = TenantForeignKey(AuthorityRound, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveIntegerField(_("position"))
    text = models.TextField(_("question"))
    category = models.CharField(_("reason for return"), max_length=20, choices=Category.choices, default=Category.UNSORTED)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by"))
    answer = models.TextField(_("answer"), blank=True, default="")
    documents = models.JSONField(_("documents changed"), default=list, blank=True)
    state = models.CharField(max_length=8, choices=QuestionState.choices, default=QuestionState.OPEN)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("question of an authority")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "round", "position"], name="authority_question_once"),
            models.CheckConstraint(condition=models.Q(state="open") | ~models.Q(answer=""), name="authority_question_answered"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "assignee"], name="authority_question_mine_ix", condition=models.Q(state="open", assignee__isnull=False)
            ),
            models.Index(fields=["tenant", "filing"], name="authority_question_filing_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"
