"""Filings of a project or of the organisation: the rule's result, the officer's decision, and where the procedure stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from compliance.filings.numbers import NumberKey
from compliance.filings.states import GROUPS, OVER, OWED, SETTLED, UNSETTLED_GROUPS, FilingDecision, FilingState
from portal.core.tenancy import TenantForeignKey, TenantModel
from portal.projects.models import Project
from portal.tenants.models import User

NO_DATE = dt.date(9999, 12, 31)
GUARDIANS = ("security", "compliance")


# The rules do not ask for it (any more) and nobody said otherwise: it asks for nobody's attention.
UNASKED = models.Q(result="not_applicable", decision="none")
# Nothing goes live before it is settled.
BLOCKING = models.Q(result="required", gate="before_launch", group_sort__in=UNSETTLED_GROUPS)


def _words(states: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(str(state) for state in states))


def date_to_keep() -> models.Case:
    """The one date of a filing that matters now, NO_DATE for none: what lists show and sort by, what is late, what the portfolio counts.

    Of a settled one the renewal reminder or the end of validity; where a change, renewal or cancellation is owed its due date before
    these; of any other its due date. A time limit that runs (``clock_on``) counts beside them: the earlier day is the one to keep.
    What is over or not asked for has none.
    """
    never = models.Value(NO_DATE)
    running = Coalesce("clock_on", never)
    return models.Case(
        models.When(models.Q(state__in=_words(OVER)) | UNASKED, then=never),
        models.When(state__in=_words(SETTLED), then=Least(running, Coalesce("renewal_on", "valid_until", never))),
        models.When(state__in=_words(OWED), then=Least(running, Coalesce("due_on", "renewal_on", "valid_until", never))),
        default=Least(running, Coalesce("due_on", never)),
    )


def group_number() -> models.Case:
    """Number of the group of states (``states.GROUPS``) from 1 in the order of the procedure; 0 for what is over or not asked for."""
    groups = [models.When(state__in=_words(states), then=models.Value(number)) for number, states in enumerate(GROUPS.values(), start=1)]
    return models.Case(models.When(UNASKED, then=models.Value(0)), *groups, default=models.Value(0))


def next_day(due_sort: dt.date) -> dt.date | None:
    """What ``due_sort`` means: a day, or none."""
    return None if due_sort == NO_DATE else due_sort


class Filing(TenantModel):
    """One regime's record for one project (or the organisation when ``project`` is empty)."""

    class Result(models.TextChoices):
        REQUIRED = "required", _("required")
        LIKELY = "likely", _("likely")
        NOT_APPLICABLE = "not_applicable", _("not applicable")
        UNDETERMINED = "undetermined", _("undetermined")

    project = TenantForeignKey(Project, on_delete=models.CASCADE, null=True, blank=True, related_name="filings")
    regime = models.SlugField(max_length=60)
    gate = models.CharField(max_length=20)
    jurisdictions = models.JSONField(default=list)
    result = models.CharField(max_length=16, choices=Result.choices)
    timing = models.CharField(max_length=10, default="in_force")
    facts_used = models.JSONField(default=dict)
    missing = models.JSONField(default=list)
    catalogue_version = models.CharField(max_length=20)
    evaluated_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=FilingDecision.choices, default=FilingDecision.NONE)
    decision_reason = models.CharField(max_length=1000, blank=True, default="")
    decided_result = models.CharField(max_length=16, blank=True, default="")
    decided_facts = models.JSONField(default=dict)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_person_id = models.BigIntegerField(null=True, blank=True)
    decided_role = models.CharField(max_length=40, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    second_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    second_person_id = models.BigIntegerField(null=True, blank=True)
    second_role = models.CharField(max_length=40, blank=True, default="")
    second_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=22, choices=FilingState.choices, default=FilingState.NOT_ASSESSED)
    number = models.CharField(_("number"), max_length=120, blank=True, default="")
    submitted_on = models.DateField(_("submitted on"), null=True, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    clock_on = models.DateField(_("next time limit"), null=True, blank=True)
    due_sort = models.GeneratedField(expression=date_to_keep(), output_field=models.DateField(), db_persist=True, editable=False)
    group_sort = models.GeneratedField(
        expression=group_number(), output_field=models.PositiveSmallIntegerField(), db_persist=True, editable=False
    )
    renewal_on = models.DateField(_("renewal reminder"), null=True, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    cost = models.DecimalField(_("cost"), max_digits=16, decimal_places=2, null=True, blank=True)
    note = models.TextField(_("note"), blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("filing")
        constraints = [
            models.UniqueConstraint(fields=["tenant", "project", "regime"], name="filing_once", nulls_distinct=False),
            # Also when it is written with other hyphens, blanks or full-width signs.
            models.UniqueConstraint(models.F("tenant"), NumberKey("number"), condition=~models.Q(number=""), name="filing_number_alike"),
            # Rule S2: a filing result needs two people.
            models.CheckConstraint(
                condition=models.Q(second_person_id=None) | ~models.Q(second_person_id=models.F("decided_person_id")),
                name="filing_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(second_person_id=None) | (models.Q(decided_person_id__isnull=False) & ~models.Q(decision="none")),
                name="filing_second_after_first",
            ),
            models.CheckConstraint(
                condition=models.Q(second_person_id=None)
                | (
                    ~models.Q(second_role=models.F("decided_role"))
                    & (models.Q(second_role__in=GUARDIANS) | models.Q(decided_role__in=GUARDIANS))
                ),
                name="filing_two_roles",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "due_on"], name="filing_state_ix"),
            models.Index(fields=["tenant", "decision"], name="filing_waiting_ix", condition=models.Q(decision="none")),
            models.Index(fields=["tenant", "due_sort", "id"], name="filing_due_ix"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="filing_changed_ix"),
            models.Index(fields=["tenant", "group_sort", "due_sort", "id"], name="filing_group_ix"),
            # What waits for a second person, and duties that two people added: few among all.
            models.Index(
                fields=["tenant", "project"],
                name="filing_second_ix",
                condition=models.Q(second_person_id=None) & ~models.Q(decision="none"),
            ),
            models.Index(
                fields=["tenant", "project"], name="filing_added_ix", condition=models.Q(decision="confirmed", result="not_applicable")
            ),
            models.Index(
                fields=["tenant", "due_sort", "id"], name="filing_blocker_ix", condition=models.Q(result="required", gate="before_launch")
            ),
        ]

    def __str__(self) -> str:
        return self.regime

    @property
    def blocks(self) -> bool:
        """Required before launch and not settled: the project cannot go live."""
        return self.result == "required" and self.gate == "before_launch" and self.group_sort in UNSETTLED_GROUPS

    @property
    def next_on(self) -> dt.date | None:
        """The date to keep (see :func:`date_to_keep`), as the database last told it."""
        return next_day(self.due_sort)


class FilingEvent(TenantModel):
    """One step or decision of a filing. Corrections are new events, never edits."""

    filing = TenantForeignKey(Filing, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=40)
    old_state = models.CharField(max_length=22, blank=True, default="")
    new_state = models.CharField(max_length=22, blank=True, default="")
    detail = models.JSONField(default=dict)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["tenant", "filing", "-done_at"], name="filing_event_ix")]

    def __str__(self) -> str:
        return self.verb


def limits_of_filings() -> models.QuerySet[Any]:
    """The time limits of all filings: rows of a slice above, reached by the name under which they hang on a filing."""
    limits: Any = Filing._meta.get_field("clocks").related_model
    found: models.QuerySet[Any] = limits.objects.all()
    return found
