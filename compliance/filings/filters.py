"""The filters of the list of filings: one set for the page, the export and the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import django_filters as df
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from compliance.filings.models import NO_DATE, UNASKED, Filing
from compliance.filings.queries import waiting_for_decision, waiting_for_second
from compliance.filings.states import FilingState
from portal.catalogue import catalogue
from portal.core.formats import in_language as tr
from portal.tenants.clock import organisation_today

SOON = timedelta(days=30)
WAITING = [("decide", _("For my decision")), ("second", _("For me as the second person")), ("any", _("Not decided by two people"))]
DUE = [("late", _("Late")), ("soon", _("Within 30 days")), ("set", _("With a due date")), ("unset", _("Without a due date"))]


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
        """Code and names of the project, name of the filing in both languages, number."""
        words = value.strip()[:80]
        if not words:
            return queryset
        low = words.casefold()
        named = [
            one.id
            for one in catalogue().filings.values()
            if low in one.name["zh"].casefold() or low in one.name["en"].casefold() or low in one.id
        ]
        project = Q(project__code__icontains=words) | Q(project__name_zh__icontains=words) | Q(project__name_en__icontains=words)
        return queryset.filter(project | Q(regime__in=named) | Q(number__icontains=words))

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
        chosen = waiting_for_decision(actor) if value == "decide" else waiting_for_second(actor)
        return queryset.filter(pk__in=chosen.values("pk"))

    def is_due(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """By the date to keep."""
        if value == "late":
            return late(queryset)
        if value == "soon":
            today = organisation_today()
            return queryset.filter(due_sort__gte=today, due_sort__lte=today + SOON)
        return queryset.filter(due_sort=NO_DATE) if value == "unset" else queryset.filter(due_sort__lt=NO_DATE)

    def is_mine(self, queryset: QuerySet[Any], _name: str, value: bool | None) -> QuerySet[Any]:
        """Carried through by this person; "no" is the same as not asking."""
        return queryset.filter(owner_id=self.request.actor.user_id) if value else queryset
