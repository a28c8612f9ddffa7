"""Form fields that every slice needs alike."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

ISO: Final = "%Y-%m-%d"
FIRST, LAST = date(1900, 1, 1), date(2200, 12, 31)


class DayField(forms.DateField):
    """A calendar day for ``<input type="date">``, which reads and writes ISO 8601 only.

    Django would print a day the way the active language writes it, and the browser would show an empty field instead. Days outside
    ``FIRST`` to ``LAST`` are slips of the keyboard; the day after the calendar's last one does not exist at all.
    """

    default_validators = (
        MinValueValidator(FIRST, _("Choose a day from 1900-01-01 to 2200-12-31.")),
        MaxValueValidator(LAST, _("Choose a day from 1900-01-01 to 2200-12-31.")),
    )

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "date", "min": FIRST.isoformat(), "max": LAST.isoformat()}
        super().__init__(widget=forms.DateInput(attrs=attrs, format=ISO), input_formats=[ISO], **kwargs)
