"""Filters of item lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.checklists.models import Answer, Verdict
from assessments.checklists.states import AnswerState


class ItemFilter(django_filters.FilterSet):
    """Items of one project: by dimension (``D9``), state, verdict, gate, blocker, whether they apply, and for whom."""

    dimension = django_filters.CharFilter(method="by_dimension", label=_("dimension"))
    state = django_filters.MultipleChoiceFilter(choices=AnswerState.choices)
    verdict = django_filters.MultipleChoiceFilter(choices=Verdict.choices)
    due_gate = django_filters.CharFilter()
    blocker = django_filters.BooleanFilter()
    applies = django_filters.BooleanFilter()
    mine = django_filters.BooleanFilter(method="of_the_person", label=_("assigned to me"))

    class Meta:
        model = Answer
        fields: list[str] = []

    def by_dimension(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """``D1`` to ``D10``; anything else finds nothing."""
        number = value.upper().removeprefix("D")
        return rows.filter(dimension=int(number)) if number.isdecimal() and len(number) < 3 else rows.none()

    def of_the_person(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """Items assigned to the person who asks."""
        actor = self.request.actor
        return rows.filter(assignee_id=actor.user_id) if value else rows.exclude(assignee_id=actor.user_id)
