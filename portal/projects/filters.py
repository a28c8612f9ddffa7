"""The filters of the portfolio: one set for the page, the export and the API."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.projects.models import ProjectSummary
from portal.projects.search import Found, containing, tagged
from portal.projects.states import FLOW, Stage
from portal.projects.words import ACTIVE, BANDS, TIERS
from portal.tenants.clock import organisation_today

# Marks that are switched on one by one, in the order of the chips.
MARKS = ("blocked", "stale", "public", "filings", "late", "waiting", "mine")


def late(summaries: QuerySet[Any]) -> QuerySet[Any]:
    """Projects in the flow whose next gate is past its date."""
    return summaries.filter(gate_sort__lt=organisation_today(), stage__in=FLOW)


class ProjectFilter(df.FilterSet):
    """Filters over the summary rows a person may see. Marks count only projects that are not over."""

    q = df.CharFilter(method="search", label=_("Words in code, name, unit, owner or tags"))
    stage = df.MultipleChoiceFilter(choices=Stage.choices, label=_("Stage"), widget=forms.CheckboxSelectMultiple, distinct=False)
    unit = df.CharFilter(label=_("Business unit"))
    owner = df.NumberFilter(label=_("Owner (id of the account)"))
    tier = df.ChoiceFilter(choices=list(TIERS.items()), label=_("Assessment tier"))
    band = df.ChoiceFilter(choices=[(value, word) for value, (_tone, word) in BANDS.items()], label=_("Band of readiness"))
    tag = df.CharFilter(method="tagged", label=_("Tag"))
    confidential = df.BooleanFilter(label=_("Confidential"))
    blocked = df.BooleanFilter(method="marked", label=_("With open blockers"))
    stale = df.BooleanFilter(method="marked", label=_("With lapsed sign-offs"))
    public = df.BooleanFilter(method="marked", label=_("Open to the public"))
    filings = df.BooleanFilter(method="marked", label=_("With open filings"))
    late = df.BooleanFilter(method="marked", label=_("Next gate past its date"))
    waiting = df.BooleanFilter(method="marked", label=_("Gate waits for a decision"))
    mine = df.BooleanFilter(method="marked", label=_("Owned by me"))

    class Meta:
        model = ProjectSummary
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._texts: list[Found] = []

    @property
    def qs(self) -> QuerySet[Any]:
        """The chosen rows, for counting and for files."""
        return self._plain().filter(*(found.joined for found in self._texts))

    @property
    def walked(self) -> QuerySet[Any]:
        """The chosen rows, for a page in the order of a sort index (see :class:`portal.projects.search.Found`)."""
        return self._plain().filter(*(found.walked for found in self._texts))

    def _plain(self) -> QuerySet[Any]:
        """Everything but the conditions on texts, which are collected on the way."""
        if not hasattr(self, "_without_texts"):
            self._without_texts: QuerySet[Any] = super().qs
        return self._without_texts

    def search(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Every word, in any order."""
        found = containing(value)
        if found is not None:
            self._texts.append(found)
        return queryset

    def tagged(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Exactly this tag."""
        self._texts.append(tagged(value))
        return queryset

    def marked(self, queryset: QuerySet[Any], name: str, value: bool | None) -> QuerySet[Any]:
        """Only projects with the mark; "no" is the same as not asking."""
        if not value:
            return queryset
        if name == "late":
            return late(queryset)
        condition = {
            "mine": {"owner": self.request.user},
            "blocked": {"open_blockers__gt": 0},
            "stale": {"stale_gates__gt": 0},
            "public": {"public_facing": "yes"},
            "filings": {"filings_open__gt": 0},
            "waiting": {"gate_waiting": True},
        }[name]
        return queryset.filter(**condition, stage__in=ACTIVE)
