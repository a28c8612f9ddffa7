"""What the people, teams and roles pages take in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.roles import queries
from portal.roles.models import Role
from portal.tenants.models import Membership


def role_name(role: Role) -> str:
    """The role's name in the active language."""
    return role.name["zh"] if (get_language() or "zh").startswith("zh") else role.name["en"]


class RolesField(forms.MultipleChoiceField):
    """Boxes for the tenant-wide roles of the organisation in scope, by key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Roles"),
            choices=lambda: [(role.key, role_name(role)) for role in queries.tenant_roles()],
            widget=forms.CheckboxSelectMultiple,
            **kwargs,
        )


class MemberFilterForm(forms.Form):
    """Filters of the people page; anything unknown is left out rather than refused."""

    q = forms.CharField(required=False, max_length=80)
    role = forms.SlugField(required=False)
    ended = forms.BooleanField(required=False)
    after = forms.CharField(required=False, max_length=400)
    before = forms.CharField(required=False, max_length=400)


class InviteForm(forms.Form):
    """An invitation."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("As it should appear to others; the person can change it.")
    )
    roles = RolesField(help_text=_("Project roles such as technical lead are given in each project, not here."))
    language = forms.ChoiceField(label=_("Language of the mail"), choices=settings.LANGUAGES)


class MemberForm(forms.Form):
    """A member's roles and place in the organisation."""

    title = forms.CharField(label=_("Position"), max_length=120, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=120, required=False)
    roles = RolesField(required=False, help_text=_("A change takes effect at the person’s next click."))


class TeamForm(forms.Form):
    """A team's name."""

    name = forms.CharField(label=_("Name"), max_length=80)


class TeamPeopleForm(forms.Form):
    """The people of a team."""

    people = forms.TypedMultipleChoiceField(
        label=_("People"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(member.user_id, _person(member)) for member in queries.active_members()[:2000]],
    )


def _person(member: Membership) -> str:
    return f"{member.user.name} · {member.user.email}"


class NewRoleForm(forms.Form):
    """A custom role."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Role.Kind.choices, widget=forms.RadioSelect)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    copy_of = forms.UUIDField(required=False, widget=forms.HiddenInput)


class RoleNameForm(forms.Form):
    """Other names for a role."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)


class AcceptForm(forms.Form):
    """Name and password of somebody new."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "data-no-draft": ""}),
        help_text=_("At least 10 characters; not your name, not a common password, not only digits."),
    )


class OrganisationForm(forms.Form):
    """A new organisation and its first administrator (platform staff)."""

    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=40,
        help_text=_("3 to 40 small letters, digits and hyphens. It cannot be changed later."),
    )
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Default language"), choices=settings.LANGUAGES)
    admin_name = forms.CharField(label=_("Name of the first administrator"), max_length=120, required=False)
    admin_email = forms.EmailField(label=_("E-mail address of the first administrator"), max_length=254)

    def clean(self) -> dict[str, Any]:
        """One name is enough."""
        data = super().clean() or {}
        if not data.get("name_zh") and not data.get("name_en"):
            self.add_error("name_zh", _("Give a name in at least one language."))
        return data


class AdministratorForm(forms.Form):
    """Somebody to administer an organisation that nobody can administer (platform staff)."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name of the administrator"), max_length=120, required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class LinkForm(forms.Form):
    """Two accounts of one human being."""

    kept = forms.EmailField(label=_("Account that keeps its person"), help_text=_("E-mail address it signs in with"), max_length=254)
    other = forms.EmailField(
        label=_("Account that is joined to that person"), help_text=_("E-mail address it signs in with"), max_length=254
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
