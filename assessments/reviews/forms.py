"""Forms of reviews, waivers and delegations: they parse; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.catalogue import catalogue
from portal.core.fields import DayField
from portal.core.formats import in_language
from portal.projects.models import Project
from portal.tenants.models import Membership, User


class WaiverForm(forms.Form):
    """Asking for a waiver."""

    reason = forms.CharField(label=_("Why must the gap be accepted for now?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    measure = forms.CharField(label=_("What is done instead?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    until = DayField(label=_("Until"))


class DelegationForm(forms.Form):
    """Letting somebody sign in one's place."""

    receiver = forms.ModelChoiceField(label=_("Who signs for you"), queryset=User.objects.none(), empty_label=_("Choose a person"))
    role_key = forms.ChoiceField(label=_("Role"), required=False)
    project = forms.ModelChoiceField(label=_("Project"), queryset=Project._base_manager.none(), required=False)
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("Until"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, projects: Any, user_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = Membership.objects.filter(active=True).exclude(user_id=user_id)
        self.fields["receiver"].queryset = User.objects.filter(pk__in=members.values("user_id")).order_by("name")  # type: ignore[attr-defined]
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].label_from_instance = lambda row: f"{row.code} {in_language(row.name)}"  # type: ignore[attr-defined]
        self.fields["project"].empty_label = _("all projects")  # type: ignore[attr-defined]
        roles = [(role.id, in_language(role.name)) for role in catalogue().roles.values() if not role.read_only]
        self.fields["role_key"].choices = [("", _("every role I hold")), *roles]  # type: ignore[attr-defined]
