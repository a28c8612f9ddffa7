"""The project, its facts, its people, and the one wide row that portfolio pages read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionAbstract, UserObjectPermissionAbstract

from portal.core.tenancy import TenantForeignKey, TenantModel, TenantOneToOneField, current_tenant_id
from portal.projects.states import Stage
from portal.tenants.models import User


class Project(TenantModel):
    """One AI initiative of the organisation."""

    class Confidentiality(models.TextChoices):
        INTERNAL = "internal", _("internal")
        CONFIDENTIAL = "confidential", _("confidential: named people only")

    code = models.CharField(_("code"), max_length=24)
    name_zh = models.CharField(_("name in Chinese"), max_length=160, blank=True, default="")
    name_en = models.CharField(_("name in English"), max_length=160, blank=True, default="")
    unit = models.CharField(_("business unit"), max_length=120, blank=True, default="")
    scenario = models.CharField(_("scenario"), max_length=40, blank=True, default="")
    purpose = models.TextField(_("purpose"), blank=True, default="")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner"))
    sponsor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("executive sponsor"))
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices, default=Stage.INTAKE)
    stage_before = models.CharField(max_length=16, blank=True, default="")
    stage_since = models.DateField(_("in this stage since"))
    stage_reason = models.CharField(max_length=300, blank=True, default="")
    confidential = models.BooleanField(_("confidential"), default=False)
    started_on = models.DateField(_("registered on"))
    target_launch = models.DateField(_("planned launch"), null=True, blank=True)
    launched_on = models.DateField(_("launched on"), null=True, blank=True)
    review_due = models.DateField(_("next periodic review"), null=True, blank=True)
    budget = models.DecimalField(_("planned cost"), max_digits=16, decimal_places=2, null=True, blank=True)
    spent = models.DecimalField(_("spent so far"), max_digits=16, decimal_places=2, null=True, blank=True)
    compliance_budget = models.DecimalField(_("of which compliance"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    grams = ArrayField(models.CharField(max_length=2), default=list, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("project")
        permissions = [("contribute_project", "Can contribute to the project")]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="project_code_once"),
            models.CheckConstraint(condition=~models.Q(name_zh="", name_en=""), name="project_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="project_new_ix"),
            models.Index(fields=["tenant", "stage", "-updated_at", "-id"], name="project_stage_ix"),
            models.Index(fields=["tenant", "owner", "-updated_at", "-id"], name="project_owner_ix"),
            models.Index(fields=["tenant", "code"], name="project_code_ix"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> dict[str, str]:
        """Both names, each filled from the other where one is missing, for the ``tr`` filter."""
        return {"zh": self.name_zh or self.name_en, "en": self.name_en or self.name_zh}


class ProjectUserGrant(UserObjectPermissionAbstract):
    """One project shared with one account (django-guardian, direct foreign key, with a tenant column)."""

    tenant_id = models.BigIntegerField(default=current_tenant_id, editable=False)
    content_object = TenantForeignKey(Project, on_delete=models.CASCADE)
    id = models.BigAutoField(primary_key=True)

    class Meta(UserObjectPermissionAbstract.Meta):
        abstract = False
        unique_together: ClassVar[list[Any]] = [["user", "permission", "content_object"]]
        indexes = [models.Index(fields=["tenant_id", "user", "permission", "content_object"], name="project_user_grant_ix")]


class ProjectGroupGrant(GroupObjectPermissionAbstract):
    """One project shared with one team (django-guardian, direct foreign key, with a tenant column)."""

    tenant_id = models.BigIntegerField(default=current_tenant_id, editable=False)
    content_object = TenantForeignKey(Project, on_delete=models.CASCADE)
    id = models.BigAutoField(primary_key=True)

    class Meta(GroupObjectPermissionAbstract.Meta):
        abstract = False
        unique_together: ClassVar[list[Any]] = [["group", "permission", "content_object"]]
        indexes = [models.Index(fields=["tenant_id", "group", "permission", "content_object"], name="project_group_grant_ix")]


class ProjectMember(TenantModel):
    """Who holds which project role, as holder or deputy, and from when to when."""

    project = TenantForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="project_links")
    role_key = models.SlugField(max_length=40)
    deputy = models.BooleanField(_("deputy"), default=False)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("project role")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "user", "role_key"], name="project_member_once"),
            models.CheckConstraint(condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="project_member_dates"),
        ]
        indexes = [models.Index(fields=["tenant", "user", "project"], name="project_member_user_ix")]

    def __str__(self) -> str:
        return f"{self.role_key} {self.user_id}"


class FactAnswer(TenantModel):
    """The answer to one question of the fact dictionary: of one project, or of the organisation when ``project`` is empty.

    ``value`` holds the normalised answer; the text ``"unknown"`` is an answer too.
    """

    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="facts")
    fact_key = models.SlugField(max_length=60)
    value = models.JSONField()
    source = models.CharField(_("source"), max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("fact")
        constraints = [models.UniqueConstraint(fields=["tenant", "project", "fact_key"], name="fact_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.fact_key


class ProjectSummary(TenantModel):
    """One wide row per project for portfolio pages: written by the assessing and filing slices, read by lists and tiles.

    Percentages are whole points (0–100); dimension states are the symbols of the strip.
    """

    project = TenantOneToOneField(Project, on_delete=models.CASCADE, related_name="summary")
    tier = models.CharField(max_length=10, blank=True, default="")
    readiness = models.PositiveSmallIntegerField(default=0)
    band = models.CharField(max_length=12, blank=True, default="")
    items_total = models.PositiveSmallIntegerField(default=0)
    items_answered = models.PositiveSmallIntegerField(default=0)
    items_approved = models.PositiveSmallIntegerField(default=0)
    open_blockers = models.PositiveSmallIntegerField(default=0)
    waived = models.PositiveSmallIntegerField(default=0)
    d1_score = models.PositiveSmallIntegerField(default=0)
    d2_score = models.PositiveSmallIntegerField(default=0)
    d3_score = models.PositiveSmallIntegerField(default=0)
    d4_score = models.PositiveSmallIntegerField(default=0)
    d5_score = models.PositiveSmallIntegerField(default=0)
    d6_score = models.PositiveSmallIntegerField(default=0)
    d7_score = models.PositiveSmallIntegerField(default=0)
    d8_score = models.PositiveSmallIntegerField(default=0)
    d9_score = models.PositiveSmallIntegerField(default=0)
    d10_score = models.PositiveSmallIntegerField(default=0)
    # Ten letters, one per dimension: p pass, a attention, f fail, o open, r in review, w waived, n not applicable.
    strip = models.CharField(max_length=10, default="oooooooooo")
    next_gate = models.CharField(max_length=4, blank=True, default="")
    next_gate_due = models.DateField(null=True, blank=True)
    gate_waiting = models.BooleanField(default=False)
    stale_gates = models.PositiveSmallIntegerField(default=0)
    open_conditions = models.PositiveSmallIntegerField(default=0)
    public_facing = models.CharField(max_length=8, default="unknown")
    filings_state = models.CharField(max_length=16, default="undetermined")
    filings_open = models.PositiveSmallIntegerField(default=0)
    filings_unconfirmed = models.PositiveSmallIntegerField(default=0)
    next_clock_due = models.DateField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-readiness", "-project"], name="summary_readiness_ix"),
            models.Index(fields=["tenant", "-open_blockers", "-project"], name="summary_blockers_ix"),
            models.Index(fields=["tenant", "next_gate_due", "project"], name="summary_gate_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.readiness}"


class SavedView(TenantModel):
    """A named set of filters and sorting of the portfolio page, private or shared with the organisation."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField(_("shared with everyone"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class IntakeDraft(TenantModel):
    """A project that is being registered: survives a closed browser, becomes a project once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    data = models.JSONField(default=dict)
    step = models.CharField(max_length=12, default="basics")
    version = models.PositiveIntegerField(default=1)
    project = TenantForeignKey(Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "user", "-updated_at"], name="draft_user_ix")]

    def __str__(self) -> str:
        return str(self.id)
