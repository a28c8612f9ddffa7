"""Forms of the wizard. What is typed is kept as it is; a step is checked when the person goes on, everything again at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.catalogue import Catalogue
from portal.core.fields import DayField
from portal.core.formats import in_language
from portal.projects.actions.checking import MAX_MONEY, Faults, checked_code
from portal.projects.forms import scenario_choices

Choices = Sequence[tuple[str, Any]]


class BasicsForm(forms.Form):
    """What the project is and who answers for it."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=160, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: for whom, which problem, what the model does."),
    )
    scenario = forms.ChoiceField(label=_("Scenario"), required=False)
    unit = forms.CharField(label=_("Business unit"), max_length=120, required=False, widget=forms.TextInput(attrs={"list": "unit-names"}))
    owner = forms.ChoiceField(label=_("Project owner"), help_text=_("Answers for the project and always sees it."))
    sponsor = forms.ChoiceField(label=_("Executive sponsor"), required=False)
    target_launch = DayField(label=_("Planned launch"), required=False)
    budget = forms.DecimalField(label=_("Planned cost"), required=False, min_value=0, max_value=MAX_MONEY, decimal_places=2)
    code = forms.CharField(label=_("Code"), max_length=24, required=False, help_text=_("Leave empty to get the next free one."))
    confidential = forms.BooleanField(label=_("Confidential: only named people and those cleared for it see this project"), required=False)

    def __init__(self, *args: Any, content: Catalogue, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = ("", _("Nobody yet"))
        self.fields["scenario"].choices = [("", _("Not chosen")), *scenario_choices(content)]  # type: ignore[attr-defined]
        self.fields["owner"].choices = people  # type: ignore[attr-defined]
        self.fields["sponsor"].choices = [nobody, *people]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """The code as the project will have it."""
        code: str = self.cleaned_data["code"]
        faults = Faults()
        clean = checked_code(code, faults) if code else ""
        if faults.fields:
            raise forms.ValidationError(faults.fields["code"])
        return clean

    def clean(self) -> dict[str, Any]:
        """A name in one language is enough."""
        data = super().clean() or {}
        if not data.get("name_zh") and not data.get("name_en") and not self.errors.get("name_zh"):
            self.add_error("name_zh", _("Give the project a name in Chinese or in English."))
        return data


class PeopleForm(forms.Form):
    """Who holds which role. Field names are ``role-<key>``."""

    def __init__(self, *args: Any, roles: Mapping[str, Any], people: Choices, suggested: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, role in roles.items():
            self.fields[f"role-{key}"] = forms.ChoiceField(
                label=in_language(role.name), required=False, choices=[("", _("Nobody yet")), *people], help_text=in_language(role.signs)
            )
            if key in suggested:
                self.fields[f"role-{key}"].initial = suggested[key]
