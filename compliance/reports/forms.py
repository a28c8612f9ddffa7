"""Ordering a report: which round, which language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.gates.models import GateRound
from compliance.reports.models import Report
from portal.catalogue import catalogue
from portal.core.formats import in_language


class OrderForm(forms.Form):
    """Round and language. The rounds are those of the project in question."""

    round = forms.ChoiceField(label=gettext_lazy("Decision"))
    language = forms.ChoiceField(label=gettext_lazy("Language of the report"), choices=Report.Language.choices, widget=forms.RadioSelect)

    def __init__(self, rounds: list[GateRound], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rounds = {str(row.pk): row for row in rounds}
        self.fields["round"].choices = [(key, round_label(row)) for key, row in self._rounds.items()]  # type: ignore[attr-defined]

    def clean_round(self) -> GateRound:
        """The row that was chosen."""
        return self._rounds[self.cleaned_data["round"]]


def round_label(row: GateRound) -> str:
    """G4 Launch approval, round 1: approved with conditions, 2026-11-23 (r12)."""
    gate = catalogue(row.revision.catalogue_id).gates.get(row.gate)
    name = in_language(gate.name) if gate else ""
    when = timezone.localtime(row.decided_at or row.opened_at).date().isoformat()
    return _("{gate} {name}, round {round}: {state}, {when} (r{revision})").format(
        gate=row.gate, name=name, round=row.number, revision=row.revision.number, state=row.get_state_display(), when=when
    )
