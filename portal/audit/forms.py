"""Filters of the trail. Anything that is no filter is left out rather than refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.audit.queries import Filters
from portal.audit.words import AREAS
from portal.core.fields import DayField


class TrailFilterForm(forms.Form):
    """What to look for in the trail."""

    person = forms.CharField(label=_("Person"), required=False, max_length=80)
    area = forms.ChoiceField(label=_("About"), required=False)
    table = forms.CharField(label=_("Kind of record"), required=False, max_length=80)
    project = forms.CharField(label=_("Project"), required=False, max_length=80)
    request = forms.CharField(label=_("Number of the request"), required=False, max_length=64)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)
    rows = forms.BooleanField(label=_("Every changed row by itself"), required=False)
    after = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    before = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("everything")), *AREAS.items()]  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """The valid ones among the filters asked for."""
        self.is_valid()
        data = {name: value for name, value in self.cleaned_data.items() if name not in self.errors}
        return Filters(**{name: value for name, value in data.items() if value not in (None, "")})
