"""The project, its facts, its people, and the one wide row that portfolio pages read."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

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
    sponsor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("executive sponsor")
    )
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
    # What search reads: all of the texts above in one normalised form, and every two neighbouring characters of it.
    search_text = models.TextField(default="", editable=False)
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
            models.Index(fields=["tenant", "sponsor"], name="project_sponsor_ix"),
            models.Index(fields=["tenant", "code"], name="project_code_ix"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> dict[str, str]:
        """Both names, each filled from the other where one is missing, for the ``tr`` filter."""
        return {"zh": self.name_zh or self.name_en, "en": self.name_en or self.name_zh}


class ProjectUserGrant(UserObjectPermissionBase):
    """One project shared with one account (django-guardian, direct foreign key, with a tenant column)."""

    tenant_id = models.BigIntegerField(default=current_tenant_id, editable=False)
    content_object = TenantForeignKey(Project, on_delete=models.CASCADE)
    id = models.BigAutoField(primary_key=True)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False
        unique_together: ClassVar[list[Any]] = [["user", "permission", "content_object"]]
        indexes = [models.Index(fields=["tenant_id", "user", "permission", "content_object"], name="project_user_grant_ix")]


class ProjectGroupGrant(GroupObjectPermissionBase):
    """One project shared with one team (django-guardian, direct foreign key, with a tenant column)."""

    tenant_id = models.BigIntegerField(default=current_tenant_id, editable=False)
    content_object = TenantForeignKey(Project, on_delete=models.CASCADE)
    id = models.BigAutoField(primary_key=True)

    class Meta(GroupObjectPermissionBase.Meta):
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
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")), name="project_member_dates"
            ),
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


class CountPart(TenantModel):
    """The part of one project in a count of the organisation; without a project: of the organisation itself, below 0 for people who
    would count twice. ``year`` 0: a stock; otherwise counted from 1 January of that year. ``value`` empty: taken back.
    """

    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    fact_key = models.SlugField(max_length=60)
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    value = models.BigIntegerField(_("people"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("part of a count")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "fact_key", "year"], name="count_part_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=models.Q(project=None) | models.Q(value=None) | models.Q(value__gte=0), name="count_part_people"
            ),
        ]

    def __str__(self) -> str:
        return self.fact_key


class ProjectSummary(TenantModel):
    """One wide row per project: everything that portfolio pages filter, sort and count by, so that they read one table.

    The assessing and filing slices write the results (percentages are whole points, 0-100). The columns below "copied" and
    "derived" belong to the database: triggers keep them equal to the project, and keep :class:`PortfolioRollup` equal to the sum
    of these rows, whoever writes (migration 0004_portfolio).
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
    # Copied from the project.
    code = models.CharField(max_length=24, default="", editable=False)
    unit = models.CharField(max_length=120, default="", editable=False)
    owner = models.ForeignKey(
        User, on_delete=models.DO_NOTHING, null=True, editable=False, related_name="+", db_constraint=False, db_index=False
    )
    stage = models.CharField(max_length=16, choices=Stage.choices, default=Stage.INTAKE, editable=False)
    confidential = models.BooleanField(default=False, editable=False)
    currency = models.CharField(max_length=3, default="CNY", editable=False)
    budget = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    spent = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    compliance_budget = models.DecimalField(max_digits=16, decimal_places=2, null=True, editable=False)
    # Derived: order of the stage, gate date with "never" instead of nothing, marks that are counted (see portal/projects/marks.py).
    stage_rank = models.PositiveSmallIntegerField(default=0, editable=False)
    gate_sort = models.DateField(default=date.max, editable=False)
    flags = models.PositiveSmallIntegerField(default=0, editable=False)
    # The last change to the project or to its results; the database sets it unless a writer does.
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "updated_at", "project"], name="summary_updated_ix"),
            models.Index(fields=["tenant", "readiness", "project"], name="summary_readiness_ix"),
            models.Index(fields=["tenant", "open_blockers", "project"], name="summary_blockers_ix"),
            models.Index(fields=["tenant", "gate_sort", "project"], name="summary_gate_ix"),
            models.Index(fields=["tenant", "code", "project"], name="summary_code_ix"),
            models.Index(fields=["tenant", "stage_rank", "project"], name="summary_stage_ix"),
            models.Index(fields=["tenant", "stage", "updated_at", "project"], name="summary_in_stage_ix"),
            models.Index(fields=["tenant", "unit", "updated_at", "project"], name="summary_unit_ix"),
            models.Index(fields=["tenant", "owner", "updated_at", "project"], name="summary_owner_ix"),
            models.Index(fields=["tenant", "updated_at", "project"], name="summary_blocked_ix", condition=models.Q(open_blockers__gt=0)),
            models.Index(fields=["tenant", "updated_at", "project"], name="summary_stale_ix", condition=models.Q(stale_gates__gt=0)),
            models.Index(fields=["tenant", "updated_at", "project"], name="summary_filings_ix", condition=models.Q(filings_open__gt=0)),
            models.Index(fields=["tenant", "gate_sort", "project"], name="summary_waiting_ix", condition=models.Q(gate_waiting=True)),
            models.Index(
                fields=["tenant", "next_clock_due", "project"], name="summary_clock_ix", condition=models.Q(next_clock_due__isnull=False)
            ),
            models.Index(fields=["tenant", "project"], name="summary_confidential_ix", condition=models.Q(confidential=True)),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.readiness}"


class PortfolioRollup(TenantModel):
    """Sums over the summary rows of an organisation, per unit, stage, currency, confidentiality and marks.

    Written by a trigger only: each change adds a row of differences, for which nobody has to wait; now and then the database folds
    them into the base row of their group. The sum over a group's rows is exact in every transaction. ``manage.py check_portfolio``
    counts again.
    """

    base = models.BooleanField(default=False)
    unit = models.CharField(max_length=120)
    stage = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    confidential = models.BooleanField()
    flags = models.PositiveSmallIntegerField()
    n = models.IntegerField()
    budget = models.DecimalField(max_digits=20, decimal_places=2)
    spent = models.DecimalField(max_digits=20, decimal_places=2)
    compliance_budget = models.DecimalField(max_digits=20, decimal_places=2)
    readiness = models.BigIntegerField()
    scores = ArrayField(models.BigIntegerField(), size=10)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "unit", "stage", "currency", "confidential", "flags"],
                condition=models.Q(base=True),
                name="rollup_base_once",
            )
        ]
        indexes = [models.Index(fields=["tenant"], condition=models.Q(base=False), name="rollup_delta_ix")]

    def __str__(self) -> str:
        return f"{self.unit} {self.stage} {self.n}"


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


class DefaultView(TenantModel):
    """The saved view with which the portfolio opens for one person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    view = TenantForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="default_view_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.view_id}"


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
