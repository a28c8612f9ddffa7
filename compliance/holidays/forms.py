"""Forms of the calendar page: they parse; drafts and actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compliance.holidays.drafts import as_lines
from compliance.holidays.reading import MOST_BYTES

_AREA = {"rows": 12, "class": "code"}


class YearForm(forms.Form):
    """One year: days one on each line, and the notice it rests on."""

    holidays = forms.CharField(label=_("Days off on weekdays"), required=False, max_length=4000, widget=forms.Textarea(attrs=_AREA))
    makeup = forms.CharField(
        label=_("Make-up working days"), required=False, max_length=2000, widget=forms.Textarea(attrs={**_AREA, "rows": 8})
    )
    official = forms.BooleanField(label=_("Rests on a published official notice"), required=False)
    source_title = forms.CharField(label=_("Official notice"), required=False, max_length=300)
    source_url = forms.CharField(
        label=_("Address of the notice"), required=False, max_length=500, widget=forms.TextInput(attrs={"inputmode": "url"})
    )

    @classmethod
    def of(cls, year: Any, row: Any) -> YearForm:
        """The form as the year stands: the own one, or the content's."""
        if row is None and year is None:
            return cls()
        return cls(
            initial={
                "holidays": as_lines(year.holidays),
                "makeup": as_lines(year.makeup_working_days),
                "official": year.official,
                "source_title": row.source_title if row else "",
                "source_url": row.source_url if row else "",
            }
        )


class FileForm(forms.Form):
    """A file to read the year from."""

    file = forms.FileField(
        label=_("CSV or ICS file"),
        help_text=_("CSV: a day and “holiday” or “makeup” on each line."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.ics,.txt,text/csv,text/calendar"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is far too large before it is read."""
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than {n} KB.").format(n=MOST_BYTES // 1024))
        return found
