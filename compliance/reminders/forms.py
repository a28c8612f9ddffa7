"""Forms of this slice. What may be saved is decided by the actions; these only read what was typed."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from compliance.reminders.models import Overdue, WebhookTarget
from compliance.reminders.outside import EVENTS
from compliance.reminders.plans import LONGEST, Plan
from portal.catalogue import catalogue
from portal.core.formats import in_language as tr
from portal.projects.models import Project

_SPLIT = re.compile(r"[\s,，、;；]+")


class StepsField(forms.CharField):
    """Working days before the date, as "20, 10, 5, 1, 0"."""

    def to_python(self, value: Any) -> Any:
        """The numbers, largest first."""
        texts = [text for text in _SPLIT.split(str(value or "").strip()) if text]
        if not all(text.isascii() and text.isdecimal() and len(text) < 4 for text in texts):
            raise forms.ValidationError(gettext("Write working days from 0 to {most}.").format(most=LONGEST))
        return tuple(sorted({int(text) for text in texts}, reverse=True))

    def prepare_value(self, value: Any) -> Any:
        """As it is typed."""
        return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value


def _days(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, required=False, min_value=0, max_value=250)


class RuleForm(forms.Form):
    """One rule of reminders."""

    active = forms.BooleanField(label=_("Remind at all"), required=False)
    before = StepsField(
        label=_("Working days before the date"),
        required=False,
        max_length=80,
        help_text=_("For example: 20, 10, 5, 2, 1, 0. 0 is the date itself."),
    )
    overdue = forms.ChoiceField(label=_("When the date has passed"), choices=Overdue.choices)
    to_backup = forms.BooleanField(label=_("Tell the deputies from the beginning"), required=False)
    to_officer = forms.BooleanField(label=_("Tell the compliance officer from the beginning"), required=False)
    backup_after = _days(
        _("Deputies: after so many working days without progress"),
        _("They are told in any case when the date has passed. Empty: only then."),
    )
    officer_after = _days(_("Compliance officer: after so many working days late"), _("Empty: never."))
    sponsor_after = _days(_("Executive sponsor: after so many working days late"), _("Empty: never."))
    version = forms.IntegerField(label=_("Version"), widget=forms.HiddenInput, min_value=0)

    def plan(self) -> Plan:
        """What was typed."""
        return Plan(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class ProjectCodes(forms.CharField):
    """Projects by their codes."""

    def clean(self, value: Any) -> Any:
        """Keys of the projects. An unknown code is named."""
        codes = sorted({text for text in _SPLIT.split(super().clean(value)) if text})
        found = dict(Project.objects.filter(code__in=codes).values_list("code", "pk"))
        if unknown := [code for code in codes if code not in found]:
            raise forms.ValidationError(gettext("There is no project {code}.").format(code=unknown[0]))
        return sorted(found.values())


class WebhookForm(forms.Form):
    """One webhook. ``address`` is never filled in: what is kept is not shown again."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For example the name of the group chat."))
    kind = forms.ChoiceField(label=_("Service"), choices=WebhookTarget.Kind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=900,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-no-draft": ""}),
        help_text=_("As the robot’s settings show it, beginning with https://. It is a secret: it is kept and never shown again."),
    )
    secret = forms.CharField(
        label=_("Signing secret (DingTalk)"),
        max_length=90,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Only where the robot’s security setting is “signed”."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=WebhookTarget.Language.choices)
    events = forms.MultipleChoiceField(label=_("What is told"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple)
    projects = ProjectCodes(
        label=_("Only these projects"),
        required=False,
        max_length=2000,
        help_text=_("Codes with commas; empty for all. What concerns a confidential project is never sent."),
    )
    regimes = forms.MultipleChoiceField(
        label=_("Only these filings"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: all of them.")
    )
    version = forms.IntegerField(label=_("Version"), widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, target: WebhookTarget | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["regimes"].choices = sorted(((key, tr(entry.name)) for key, entry in catalogue().filings.items()), key=lambda one: one[1])
        if target is not None:
            del fields["kind"]
            fields["address"].required = False
            fields["address"].help_text = gettext("The address is kept. Fill this in only to put another one in its place.")


def initial_of(target: WebhookTarget) -> dict[str, Any]:
    """What the form of a webhook starts with."""
    codes = Project.objects.filter(pk__in=target.projects).order_by("code").values_list("code", flat=True)
    values = {name: getattr(target, name) for name in ("name", "language", "events", "regimes", "version")}
    return {**values, "projects": ", ".join(codes)}
