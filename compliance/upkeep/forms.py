"""Forms of proposals and checks: they parse; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.checklists.files.kinds import accept_attribute
from compliance.upkeep.models import FilingProposal
from compliance.upkeep.states import Place
from portal.core.fields import DayField


class AcceptForm(forms.Form):
    """Until when it has to be done, and why."""

    due_on = DayField(label=_("To be done by"), required=False)
    note = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, proposal: FilingProposal, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"accept-{proposal.pk}"})


class DismissForm(forms.Form):
    """Why nothing has to be done at the authority."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, proposal: FilingProposal, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"dismiss-{proposal.pk}"})


class CheckForm(forms.Form):
    """Where somebody looked, what was there, and the proof."""

    place = forms.ChoiceField(label=_("Place of display"), choices=Place.choices)
    ok = forms.ChoiceField(
        label=_("The number is"),
        choices=[("yes", _("shown as it has to be")), ("no", _("missing or wrong"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two.")},
    )
    checked_on = DayField(label=_("Checked on"))
    url = forms.CharField(label=_("Link"), max_length=1000, required=False, help_text=_("Kept as proof; Tenfold does not open it."))
    picture = forms.FileField(
        label=_("Picture or file as proof"), required=False, widget=forms.FileInput(attrs={"accept": accept_attribute()})
    )
    note = forms.CharField(label=_("Remark"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    next_check_on = DayField(label=_("Next check"), required=False, help_text=_("Left empty: after the usual time."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "display"})
