"""What the organisation and preference pages take in."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.formats import SYMBOLS
from portal.tenants.models import Tenant, User

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_REGIONS = ("Asia", "Europe", "America", "Africa", "Australia", "Pacific", "Atlantic", "Indian")


@cache
def time_zones() -> list[tuple[str, str]]:
    """Time zones by region, those of Asia first."""
    names = [name for name in available_timezones() if name.split("/")[0] in _REGIONS and name.count("/") == 1]
    names.sort(key=lambda name: (_REGIONS.index(name.split("/")[0]), name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class OrganisationSettingsForm(forms.Form):
    """What an organisation says of itself."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    language = forms.ChoiceField(
        label=_("Default language"),
        choices=settings.LANGUAGES,
        help_text=_("For mails to people who have chosen none, and for invitations."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("For people who have chosen none, and for deadlines.")
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=[(code, f"{code} {sign.strip()}") for code, sign in SYMBOLS.items()])
    code_prefix = forms.RegexField(
        label=_("Prefix of project codes"),
        regex=r"^[A-Z][A-Z0-9]{0,7}$",
        error_messages={"invalid": _("Use 1 to 8 capital letters and digits, a letter first.")},
        help_text=_("New projects only; existing codes stay."),
    )
    report_retention_days = forms.IntegerField(label=_("Days that reports are kept"), min_value=30, max_value=36500)
    brand_colour = forms.RegexField(
        label=_("Brand colour"),
        regex=r"^#[0-9a-fA-F]{6}$",
        widget=forms.TextInput(attrs={"type": "color"}),
        error_messages={"invalid": _("Write the colour as #rrggbb.")},
    )

    @classmethod
    def of(cls, tenant: Tenant, data: object = None) -> OrganisationSettingsForm:
        """The form filled with what is stored."""
        return cls(data, initial={name: getattr(tenant, name) for name in cls.base_fields})  # type: ignore[arg-type]


class LogoForm(forms.Form):
    """A logo. What the file really is gets decided from its content, not here."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG or JPEG, at most 1 MB. It is scaled to 800 pixels and stands on reports and on your sign-in page."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )


class PersonalForm(forms.Form):
    """How the portal shows itself to one person."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices, widget=forms.RadioSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["time_zone"].choices = [("", _("as my organisation")), *time_zones()]  # type: ignore[attr-defined]
