"""The filters of the list of filings: one set for the page, the export and the API."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Any, ClassVar

import django_filters as df
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.calendars.workdays import CN, work_calendar
from compliance.filings.models import BLOCKING, NO_DATE, UNASKED, Filing, limits_of_filings
from compliance.filings.queries import as_second, waiting_for_decision
from compliance.filings.states import GROUP_NAMES, GROUP_NUMBERS, FilingState
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.core.formats import in_language as tr
from portal.projects.search import MAX_QUERY, containing
from portal.tenants.clock import organisation_today

SOON = timedelta(days=30)
NEAR = 5  # working days
NOBODY = "none"
WAITING = [("decide", _("For my decision")), ("second", _("For me as the second person")), ("any", _("Not decided by two people"))]
DUE = [
    ("late", _("Late")),
    ("near", _("Within 5 working days")),
    ("soon", _("Within 30 days")),
    ("set", _("With a due date")),
    ("unset", _("Without a due date")),
]


def families() -> list[tuple[str, str]]:
    """The files of the content: China AI, China data, EU …"""
    return [(regime.id, tr(regime.name)) for regime in catalogue().regimes.values()]


def jurisdictions() -> list[tuple[str, str]]:
    """Jurisdictions that have a filing, in the order of the content."""
    used = {code for entry in catalogue().filings.values() for code in entry.jurisdiction}
    return [(code, tr(choice.label)) for code, choice in catalogue().vocabularies["jurisdictions"].choices.items() if code in used]


def late(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Filings whose date to keep has passed."""
    return rows.filter(due_sort__lt=organisation_today())


def near_day() -> dt.date:
    """The fifth working day from today, by the calendar of China with the organisation's years. One query."""
    return work_calendar(calendar_rules(catalogue()), CN).add_working_days(organisation_today(), NEAR).on


def bases() -> list[tuple[str, str]]:
    """What a time limit can rest on."""
    return [(value, tr(one.label)) for value, one in catalogue().vocabularies["bases"].choices.items()]


def earliest_limit(**conditions: Any) -> Q:
    """True for filings whose earliest running time limit is such a one. Time limits are rows of a slice above, which hang on a filing."""
    limits = limits_of_filings().filter(filing=OuterRef("pk"), state="running", due_on=OuterRef("clock_on"), **conditions)
    return Q(clock_on__isnull=False) & Q(Exists(limits))


class FilingFilter(df.FilterSet):
    """Filters over the filings a person may see. Without ``result`` those that the rules exclude and nobody decided are left out."""

    q = df.CharFilter(method="search", label=_("Words in the project, the filing or its number"))
    family = df.ChoiceFilter(choices=families, method="of_family", label=_("Family of rules"))
    jurisdiction = df.ChoiceFilter(choices=jurisdictions, method="of_jurisdiction", label=_("Jurisdiction"))
    state = df.MultipleChoiceFilter(choices=FilingState.choices, label=_("State"))
    result = df.ChoiceFilter(choices=Filing.Result.choices, label=_("Result of the rules"))
    gate = df.ChoiceFilter(
        choices=lambda: [(key, tr(one.label)) for key, one in catalogue().vocabularies["filing_gates"].choices.items()], label=_("When")
    )
    waiting = df.ChoiceFilter(choices=WAITING, method="waits", label=_("Decision waiting"))
    due = df.ChoiceFilter(choices=DUE, method="is_due", label=_("Due"))
    project = df.UUIDFilter(field_name="project_id", label=_("Project"))
    regime = df.CharFilter(label=_("Filing (id)"))
    mine = df.BooleanFilter(method="is_mine", label=_("Mine to carry through"))
    group = df.ChoiceFilter(choices=list(GROUP_NAMES.items()), method="of_group", label=_("Stage of the procedure"))
    blocker = df.BooleanFilter(method="is_blocker", label=_("Blocks the launch"))
    owner = df.CharFilter(method="of_owner", label=_("Owner"))
    basis = df.ChoiceFilter(choices=bases, method="of_basis", label=_("Basis of the time limit"))
    provisional = df.BooleanFilter(method="is_provisional", label=_("Provisional"))
    day = df.DateFilter(method="on_day", label=_("Date to keep on"))

    class Meta:
        model = Filing
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out what asks for nobody's attention unless it is asked for."""
        found = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("result"):
            found = found.exclude(UNASKED)
        return found

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Words of the project (as the portfolio finds it), part of the filing's name in either language, part of its number.

        The three are sought each along its own index and united; one condition with "or" would read every filing.
        """
        words = value.strip()[:MAX_QUERY]
        found = containing(words, code="project__code")
        if found is None:
            return queryset
        low = words.casefold()
        named = [
            one.id
            for one in catalogue().filings.values()
            if low in one.name["zh"].casefold() or low in one.name["en"].casefold() or low in one.id
        ]
        numbered = Q(number__contains=words) | Q(number__contains=words.upper())
        of_project = Filing.objects.filter(found.joined).values("pk")
        by_number = Filing.objects.exclude(number="").filter(numbered).values("pk")
        by_name = Filing.objects.filter(regime__in=named).values("pk")
        return queryset.filter(pk__in=of_project.union(by_number, by_name))

    def of_family(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Filings of one file of the content."""
        return queryset.filter(regime__in=[one.id for one in catalogue().filings.values() if one.regime == value])

    def of_jurisdiction(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Filings of one jurisdiction."""
        return queryset.filter(regime__in=[one.id for one in catalogue().filings.values() if value in one.jurisdiction])

    def waits(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Decisions that wait: for this person as first or second, or for anybody."""
        actor: Any = self.request.actor
        if value == "any":
            return queryset.filter(second_person_id=None)
        if value == "second":
            return queryset.filter(as_second(actor))
        return queryset.filter(pk__in=waiting_for_decision(actor).values("pk"))

    def is_due(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """By the date to keep."""
        if value == "late":
            return late(queryset)
        if value in ("near", "soon"):
            today = organisation_today()
            return queryset.filter(due_sort__gte=today, due_sort__lte=near_day() if value == "near" else today + SOON)
        return queryset.filter(due_sort=NO_DATE) if value == "unset" else queryset.filter(due_sort__lt=NO_DATE)

    def is_mine(self, queryset: QuerySet[Any], _name: str, value: bool | None) -> QuerySet[Any]:
        """Carried through by this person; "no" is the same as not asking."""
        return queryset.filter(owner_id=self.request.actor.user_id) if value else queryset

    def of_group(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """A group of states: a column of the board."""
        return queryset.filter(group_sort=GROUP_NUMBERS[value])

    def is_blocker(self, queryset: QuerySet[Any], _name: str, value: bool | None) -> QuerySet[Any]:
        """Required before launch and not settled; "no" is the same as not asking."""
        return queryset.filter(BLOCKING) if value else queryset

    def of_owner(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Carried through by this account, or by nobody yet. What is neither finds nothing."""
        if value == NOBODY:
            return queryset.filter(owner=None)
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0
        return queryset.filter(owner_id=number)

    def of_basis(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """By what the earliest running time limit rests on."""
        return queryset.filter(earliest_limit(basis=value))

    def is_provisional(self, queryset: QuerySet[Any], _name: str, value: bool | None) -> QuerySet[Any]:
        """The earliest running time limit reaches a year without an official calendar; "no" is the same as not asking."""
        return queryset.filter(earliest_limit(provisional=True)) if value else queryset

    def on_day(self, queryset: QuerySet[Any], _name: str, value: dt.date) -> QuerySet[Any]:
        """A date to keep or a running time limit ends on that day."""
        limits = limits_of_filings().filter(due_on=value, state="running")
        return queryset.filter(Q(due_sort=value) | Q(pk__in=limits.values("filing_id")))
