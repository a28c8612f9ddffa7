"""Form fields that every slice needs alike."""

from __future__ import annotations

from typing import Any, Final

from django import forms

ISO: Final = "%Y-%m-%d"


class DayField(forms.DateField):
    """A calendar day for ``<input type="date">``, which reads and writes ISO 8601 only.

    Django would print a day the way the active language writes it, and the browser would show an empty field instead.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format=ISO), input_formats=[ISO], **kwargs)
