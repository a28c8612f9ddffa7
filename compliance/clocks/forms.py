"""Forms of time limits: they parse; the actions decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.fields import DayField


class MomentField(forms.CharField):
    """A day with a time for ``<input type="datetime-local">``, read in the zone given to :meth:`in_zone`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, widget=forms.TextInput(attrs={"type": "datetime-local"}), **kwargs)
        self.zone: dt.tzinfo = dt.UTC

    def clean(self, value: Any) -> Any:
        """An aware moment; None for nothing. An hour that the clocks skip is refused."""
        text = super().clean(value)
        if not text:
            return None
        try:
            naive = dt.datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(_("Write it like 2026-11-23T09:30.")) from None
        if naive.tzinfo is not None:
            return naive
        moment = timezone.make_aware(naive, self.zone)
        if moment.astimezone(dt.UTC).astimezone(self.zone).replace(tzinfo=None) != naive:
            raise forms.ValidationError(_("This hour does not exist in the time zone: the clocks were put forward."))
        return moment


class ReportForm(forms.Form):
    """Which event, when, and what happened."""

    event = forms.ChoiceField(label=_("Event"), error_messages={"required": _("Choose one of the list.")})
    on = DayField(label=_("Day of the event"), required=False)
    at = MomentField(label=_("Time of the event, for limits in hours"), required=False)
    note = forms.CharField(label=_("What happened"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, events: Iterable[tuple[str, str]], zone: dt.tzinfo, hours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "report", **kwargs})
        self.fields["event"].choices = [("", "–"), *events]  # type: ignore[attr-defined]
        if hours:
            self.fields["at"].zone = zone  # type: ignore[attr-defined]
        else:
            del self.fields["at"]


class MeetForm(forms.Form):
    """When it was done."""

    on = DayField(label=_("Done on"))
    note = forms.CharField(label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class WhyForm(forms.Form):
    """Why a limit is waived or void; the action says when words are needed."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class CorrectForm(forms.Form):
    """The right day (or moment) of the event, and why."""

    on = DayField(label=_("Right day of the event"), required=False)
    at = MomentField(label=_("Right time of the event"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, zone: dt.tzinfo, hours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["on" if hours else "at"]
        if hours:
            self.fields["at"].zone = zone  # type: ignore[attr-defined]
