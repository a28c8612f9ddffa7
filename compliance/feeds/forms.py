"""What a calendar address is made of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from compliance.feeds.models import CalendarFeed
from compliance.feeds.queries import projects_read_by
from portal.core.access import Actor

ALARMS = [
    ("", pgettext_lazy("calendar", "no reminder")),
    ("0", pgettext_lazy("calendar", "on the day")),
    ("1", pgettext_lazy("calendar", "1 day before")),
    ("3", pgettext_lazy("calendar", "3 days before")),
    ("7", pgettext_lazy("calendar", "7 days before")),
    ("14", pgettext_lazy("calendar", "14 days before")),
    ("30", pgettext_lazy("calendar", "30 days before")),
]


class FeedForm(forms.Form):
    """Which dates, of which project, and when the calendar reminds."""

    scope = forms.ChoiceField(label=_("Which dates"), choices=CalendarFeed.Scope.choices, initial=CalendarFeed.Scope.MINE)
    project = forms.CharField(
        label=_("Code of the project"), max_length=40, required=False, help_text=_("Only for the choice “one project”.")
    )
    alarm_days = forms.ChoiceField(label=_("Reminder"), choices=ALARMS, required=False, initial="3")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self._actor = actor
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The project by its code, among those whose filings the person may see."""
        given: dict[str, Any] = super().clean() or {}
        code, scope = given.get("project", "").strip(), given.get("scope")
        given["project_id"] = None
        if scope == CalendarFeed.Scope.PROJECT:
            found = projects_read_by(self._actor).filter(code__iexact=code).values_list("pk", flat=True).first() if code else None
            if found is None:
                self.add_error("project", _("No project of this code whose filings you can see."))
            given["project_id"] = found
        return given

    @property
    def given(self) -> dict[str, Any]:
        """What the act takes."""
        days = self.cleaned_data["alarm_days"]
        return {
            "scope": self.cleaned_data["scope"],
            "project_id": self.cleaned_data["project_id"],
            "alarm_days": int(days) if days else None,
        }
