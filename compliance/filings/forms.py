"""Forms of the filing pages: they parse; the actions decide."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from compliance.filings.actions.stepping import DAY, DUE, NOTE, NUMBER, RECEIPT, UNTIL
from compliance.filings.candidates import owners_for
from compliance.filings.models import Filing
from portal.core.fields import DayField
from portal.projects.models import Project
from portal.tenants.models import User


class DecideForm(forms.Form):
    """Whether it applies, and why."""

    answer = forms.ChoiceField(
        label=_("Decision"),
        choices=[("confirm", _("It applies: we file")), ("reject", _("It does not apply"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class ReasonForm(forms.Form):
    """A reason in words; the action says when it is needed."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class StepForm(forms.Form):
    """One step with exactly the fields that it asks for."""

    def __init__(self, *args: Any, to: str, needed: Collection[str], others: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": to})
        self.to = to
        for name in (DAY, RECEIPT, NUMBER, UNTIL, DUE, NOTE):
            if name in needed or name in others:
                self.fields[name] = self._field(name, required=name in needed)

    @staticmethod
    def _field(name: str, *, required: bool) -> forms.Field:
        if name == DAY:
            return DayField(label=_("Date"), required=required)
        if name == UNTIL:
            return DayField(label=_("Valid until"), required=required)
        if name == DUE:
            return DayField(label=_("To be done by"), required=required)
        if name == RECEIPT:
            return forms.CharField(label=_("Receipt, or where the proof lies"), max_length=200, required=required)
        if name == NUMBER:
            return forms.CharField(label=_("Number issued"), max_length=120, required=required)
        return forms.CharField(
            label=_("Reason") if required else _("Remark"), max_length=2000, required=required, widget=forms.Textarea(attrs={"rows": 2})
        )

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class CorrectStepForm(forms.Form):
    """What was recorded wrongly of one step: fields come filled with what is on record."""

    def __init__(self, *args: Any, step: Any, names: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {**step.given}, **kwargs, "prefix": f"correct-{step.event}"})
        for name in names:
            self.fields[name] = StepForm._field(name, required=False)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, without what was left empty."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}


class PlanForm(forms.Form):
    """Owner, dates and cost."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet"))
    due_on = DayField(label=_("Due"), required=False)
    cost = forms.DecimalField(label=_("Cost"), required=False, min_value=0, max_digits=16, decimal_places=2)
    renewal_on = DayField(label=_("Renewal reminder"), required=False)
    note = forms.CharField(label=_("Remark"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, project: Project | None, owner_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "plan"})
        # The owner on record can be kept, also one who has left: saving a date must not take a name away.
        choice = Q(pk__in=owners_for(project).values("pk")) | Q(pk=owner_id)
        self.fields["owner"].queryset = User.objects.filter(choice).order_by("name", "pk")  # type: ignore[attr-defined]

    @classmethod
    def of(cls, row: Filing | None, project: Project | None) -> PlanForm:
        """The form as it stands on record."""
        names = ("owner", "due_on", "cost", "renewal_on", "note")
        initial = {name: getattr(row, name) for name in names} if row is not None else {}
        return cls(initial=initial, project=project, owner_id=row.owner_id if row is not None else None)
