"""Form fields that every slice needs alike."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from portal.core.years import FIRST_DAY, LAST_DAY

ISO: Final = "%Y-%m-%d"
OUT_OF_RANGE: Final = _("Choose a day from 1990-01-01 to 2100-12-31.")
BOUNDS: Final = (MinValueValidator(FIRST_DAY, OUT_OF_RANGE), MaxValueValidator(LAST_DAY, OUT_OF_RANGE))


class DayField(forms.DateField):
    """A calendar day for ``<input type="date">``, which reads and writes ISO 8601 only.

    Django would print a day the way the active language writes it, and the browser would show an empty field instead. Days outside
    ``FIRST_DAY`` to ``LAST_DAY`` are slips of the keyboard; the day after the calendar's last one does not exist at all.
    """

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "date", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        super().__init__(widget=forms.DateInput(attrs=attrs, format=ISO), input_formats=[ISO], validators=BOUNDS, **kwargs)
