"""Forms of contacts and stakeholders. They parse; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.projects.forms import member_choices
from portal.stakeholders.models import Contact

SCALE = [(value, str(value)) for value in range(1, 6)]
NEW = "new"


class ContactForm(forms.Form):
    """A person or body outside the organisation."""

    name = forms.CharField(label=_("Name"), max_length=120)
    organisation = forms.CharField(label=_("Organisation"), max_length=160, required=False)
    position = forms.CharField(label=_("Position"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    note = forms.CharField(label=pgettext_lazy("remark", "Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class PartForm(forms.Form):
    """What somebody is to the project."""

    part = forms.CharField(
        label=_("Part in the project"), max_length=120, help_text=_("For example: supplier of the model, works council.")
    )
    influence = forms.TypedChoiceField(label=_("Influence"), choices=SCALE, coerce=int, initial=3, help_text=_("1 little, 5 much"))
    interest = forms.TypedChoiceField(label=_("Interest"), choices=SCALE, coerce=int, initial=3, help_text=_("1 little, 5 much"))
    note = forms.CharField(label=pgettext_lazy("remark", "Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class StakeholderForm(PartForm):
    """Adding somebody: an account, a contact of the directory, or a new contact."""

    who = forms.ChoiceField(label=_("Person or body"))
    name = forms.CharField(label=_("Name of the new contact"), max_length=120, required=False)
    organisation = forms.CharField(label=_("Organisation of the new contact"), max_length=160, required=False)
    field_order = ("who", "name", "organisation", "part", "influence", "interest", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = Contact.objects.order_by("name", "id").values_list("pk", "name", "organisation")[:2000]
        outside = [(f"contact-{pk}", f"{name} · {organisation}" if organisation else name) for pk, name, organisation in contacts]
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            (_("New"), [(NEW, _("A new contact outside the organisation"))]),
            (_("Inside the organisation"), [(f"user-{pk}", label) for pk, label in member_choices()]),
            (_("Outside the organisation"), outside),
        ]

    def clean(self) -> dict[str, Any]:
        """A new contact needs a name."""
        data = super().clean() or {}
        if data.get("who") == NEW and not data.get("name"):
            self.add_error("name", _("Give the new contact a name."))
        return data
