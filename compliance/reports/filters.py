"""Filters of the organisation's list of reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.gates.states import POSITIVE
from compliance.reports.models import Report
from compliance.reports.states import ReportState, Standing
from portal.tenants.clock import organisation_today

STATES = [
    ("", _("all")),
    ("valid", _("valid sign-offs")),
    ("lapsed", _("sign-off has lapsed")),
    ("expired", _("sign-off has run out")),
    ("superseded", _("replaced by a newer decision")),
    ("refused", _("gate not passed")),
    ("draft", _("drafts")),
    ("failed", _("not made")),
    ("past", _("past retention")),
    ("deleted", _("deleted")),
]


class ReportFilter(forms.Form):
    """Number or project code, gate, language, state."""

    q = forms.CharField(label=_("Number"), required=False, max_length=40)
    gate = forms.ChoiceField(label=_("Gate"), required=False, choices=[("", _("all")), *((f"G{n}", f"G{n}") for n in range(6))])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", _("all")), *Report.Language.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)


def chosen_reports(rows: QuerySet[Any], query: QueryDict) -> tuple[ReportFilter, QuerySet[Any]]:
    """The filter form and the rows it leaves. A value the form does not know is ignored, not an error."""
    form = ReportFilter(query)
    form.is_valid()
    chosen = form.cleaned_data
    if text := (chosen.get("q") or "").strip():
        rows = rows.filter(number__istartswith=text)
    if gate := chosen.get("gate"):
        rows = rows.filter(gate=gate)
    if language := chosen.get("language"):
        rows = rows.filter(language=language)
    return form, _in_state(rows, chosen.get("state") or "")


# What `rules.standing_of` says of one report, as predicates.
def _passed() -> Q:
    return Q(draft=False, round__state__in=POSITIVE)


def _lapsed() -> Q:
    return Q(lapsed=True) | Q(round__stale_since__isnull=False)


def _ended() -> Q:
    return Q(round__valid_until__isnull=False, round__valid_until__lt=organisation_today())


_STANDINGS: dict[str, Callable[[], Q]] = {
    Standing.DRAFT: lambda: Q(draft=True),
    Standing.LAPSED: lambda: _passed() & _lapsed(),
    Standing.REFUSED: lambda: Q(draft=False) & ~Q(round__state__in=POSITIVE),
    Standing.EXPIRED: lambda: _passed() & ~_lapsed() & _ended(),
    Standing.SUPERSEDED: lambda: _passed() & ~_lapsed() & ~_ended() & Q(superseded=True),
    Standing.VALID: lambda: _passed() & ~_lapsed() & ~_ended() & Q(superseded=False),
}


def _in_state(rows: QuerySet[Any], state: str) -> QuerySet[Any]:
    ready = Q(state=ReportState.READY)
    if state in _STANDINGS:
        return rows.filter(ready, _STANDINGS[state]())
    if state == "failed":
        return rows.filter(Q(state=ReportState.FAILED) | Q(state=ReportState.ORDERED, job__state__in=["failed", "cancelled"]))
    if state == "past":
        return rows.filter(ready, keep_until__lt=organisation_today())
    if state == "deleted":
        return rows.filter(state=ReportState.DELETED)
    return rows
