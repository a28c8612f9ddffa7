"""Forms of a project: its data, its people, its sharing. They parse; the actions decide."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.catalogue import Catalogue
from portal.catalogue.installed import catalogue
from portal.core.errors import Invalid
from portal.core.fields import DayField
from portal.core.formats import in_language
from portal.core.permissions import GRANT_CONTRIBUTE, GRANT_VIEW
from portal.projects.actions.checking import MAX_MONEY, why_not_hand_over
from portal.projects.models import Project
from portal.roles.models import Role, Team
from portal.tenants.models import Membership, User

# The item of the content that lists kinds of scenario; the project names one of them.
SCENARIO_ITEM = "D1.03"
_TAG_MARKS = re.compile(r"[,，、;；\n]")


def member_choices() -> list[tuple[str, str]]:
    """Active members by name, with their unit, for selects. One query."""
    rows = Membership.objects.filter(active=True, user__is_active=True).order_by("user__name").values_list("user_id", "user__name", "unit")
    return [(str(pk), f"{name} · {unit}" if unit else name) for pk, name, unit in rows]


def scenario_choices(content: Catalogue | None = None) -> list[tuple[str, str]]:
    """Kinds of scenario of the content (the installed one by default), the same as the item on it offers, in the active language."""
    item = (content or catalogue()).items.get(SCENARIO_ITEM)
    return [(choice.value, in_language(choice.label)) for choice in item.choices.values()] if item is not None else []


def scenario_word(value: str) -> str:
    """The label of a scenario; a value the content no longer has is shown as it is."""
    return dict(scenario_choices()).get(value, value)


def split_tags(text: str) -> list[str]:
    """Tags out of one line: separated by commas (of either script), semicolons or line breaks."""
    return [part.strip() for part in _TAG_MARKS.split(text) if part.strip()]


def add_faults(form: forms.Form, refusal: Invalid) -> None:
    """Put the faults an action found beside the form's fields."""
    fields: dict[str, Iterable[str]] = refusal.detail.get("fields", {})
    if not fields:
        form.add_error(None, refusal.message)
    for name, sentences in fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def user_of(value: str) -> User | None:
    """The account of a select's value; None for nothing."""
    return User.objects.filter(pk=int(value)).first() if value.isdecimal() else None


def _money(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_value=MAX_MONEY, decimal_places=2, max_digits=16)


class ProjectForm(forms.Form):
    """What a project says about itself."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=160, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    code = forms.CharField(label=_("Code"), max_length=24)
    unit = forms.CharField(label=_("Business unit"), max_length=120, required=False)
    scenario = forms.ChoiceField(label=_("Scenario"), required=False)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One or two sentences: for whom, which problem, what the model does."),
    )
    owner = forms.ChoiceField(label=_("Project owner"), help_text=_("Answers for the project and always sees it; may not approve it."))
    sponsor = forms.ChoiceField(label=_("Executive sponsor"), required=False)
    started_on = DayField(label=_("Registered on"), required=True)
    target_launch = DayField(label=_("Planned launch"), required=False)
    launched_on = DayField(label=_("Launched on"), required=False)
    review_due = DayField(label=_("Next periodic review"), required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, help_text=_("Three letters, such as CNY or EUR."))
    budget = _money(_("Planned cost"))
    spent = _money(_("Spent so far"))
    compliance_budget = _money(_("Of which compliance"))
    tags = forms.CharField(label=_("Tags"), required=False, max_length=600, help_text=_("Separated by commas; at most 12."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    GROUPS = (
        (_("What it is"), ("name_zh", "name_en", "code", "unit", "scenario", "tags", "purpose")),
        (_("Who answers for it"), ("owner", "sponsor")),
        (_("Dates"), ("started_on", "target_launch", "launched_on", "review_due")),
        (_("Money"), ("currency", "budget", "spent", "compliance_budget")),
    )

    def __init__(self, *args: Any, project: Project, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = member_choices()
        nobody = ("", _("Nobody yet"))
        known = {value for value, _label in people}
        # Somebody who has left the organisation stays named until another person takes over.
        gone = [(str(user.pk), user.name) for user in (project.owner, project.sponsor) if user is not None and str(user.pk) not in known]
        self.fields["owner"].choices = [*people, *gone]  # type: ignore[attr-defined]
        self.fields["sponsor"].choices = [nobody, *people, *gone]  # type: ignore[attr-defined]
        self._keep_owner(project, by)
        kinds = scenario_choices()
        if project.scenario and project.scenario not in dict(kinds):
            kinds.append((project.scenario, project.scenario))
        self.fields["scenario"].choices = [("", _("Not chosen")), *kinds]  # type: ignore[attr-defined]

    def _keep_owner(self, project: Project, by: User) -> None:
        """Shut the field of the owner, with the reason, to whoever cannot name another one."""
        owner = self.fields["owner"]
        refusal = why_not_hand_over(project.owner, by)
        if refusal:
            owner.help_text = refusal
        # A browser sends no field that is shut: what was left out stays, also when somebody else took over meanwhile.
        if refusal or (self.is_bound and self.add_prefix("owner") not in self.data):
            owner.disabled = True
            owner.initial = str(project.owner_id)

    @staticmethod
    def initial_of(project: Project) -> dict[str, Any]:
        """What the form shows before anything is typed."""
        names = ("name_zh", "name_en", "code", "unit", "scenario", "purpose", "currency", "budget", "spent", "compliance_budget", "version")
        dates = ("started_on", "target_launch", "launched_on", "review_due")
        return {
            **{name: getattr(project, name) for name in (*names, *dates)},
            "owner": str(project.owner_id),
            "sponsor": str(project.sponsor_id or ""),
            "tags": ", ".join(project.tags),
        }

    def values(self) -> dict[str, Any]:
        """The arguments for ``edit_project`` besides the version."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "owner", "sponsor", "tags")}
        return {
            **data,
            "owner": user_of(self.cleaned_data["owner"]),
            "sponsor": user_of(self.cleaned_data["sponsor"]),
            "tags": split_tags(self.cleaned_data["tags"]),
        }


class ReasonForm(forms.Form):
    """Why a project is held, stopped, resumed or retired."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class MemberForm(forms.Form):
    """A role of the project for a person."""

    user = forms.ChoiceField(label=_("Person"))
    role_key = forms.ChoiceField(label=_("Role"))
    deputy = forms.BooleanField(label=_("as deputy"), required=False)
    starts_on = DayField(label=pgettext_lazy("date", "From"), required=False)
    ends_on = DayField(label=_("Last day"), help_text=_("Empty: without end."), required=False)

    def __init__(self, *args: Any, roles: Iterable[Role], people: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = member_choices() if people is None else people
        self.fields["user"].choices = [("", _("Choose a person")), *chosen]  # type: ignore[attr-defined]
        self.fields["role_key"].choices = [("", _("Choose a role")), *((role.key, in_language(role.name)) for role in roles)]  # type: ignore[attr-defined]


class TermForm(forms.Form):
    """Dates of a role and whether its holder is a deputy."""

    deputy = forms.BooleanField(label=_("as deputy"), required=False)
    starts_on = DayField(label=pgettext_lazy("date", "From"), required=True)
    ends_on = DayField(label=_("Last day"), help_text=_("Empty: without end."), required=False)


class ShareForm(forms.Form):
    """Sharing with one person or one team."""

    holder = forms.ChoiceField(label=_("Person or team"))
    level = forms.ChoiceField(
        label=_("Level"),
        choices=[(GRANT_VIEW, _("May read")), (GRANT_CONTRIBUTE, _("May read and fill in"))],
        widget=forms.RadioSelect,
        initial=GRANT_VIEW,
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]] | None = None, teams: Iterable[Team] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = member_choices() if people is None else people
        groups: list[Any] = [(_("People"), [(f"user-{pk}", label) for pk, label in chosen])]
        if teams:
            groups.insert(0, (_("Teams"), [(f"team-{team.pk}", team.name) for team in teams]))
        self.fields["holder"].choices = [("", _("Choose")), *groups]  # type: ignore[attr-defined]
