"""Forms of the gate pages: they parse; the actions decide."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.gates.freezing.revision import ASKED_LONGEST
from assessments.gates.models import Condition
from assessments.gates.rules import LONGEST_WORDS
from assessments.gates.states import OUTCOME_KIND, POSITIVE
from portal.core.fields import DayField
from portal.tenants.models import User

MOST_CONDITIONS = 12


class OwnerField(forms.ChoiceField):
    """Whose a condition is: one of the people offered, who are read once for all forms of a page. Gives the account, None for none."""

    default_error_messages = {"invalid_choice": _("Choose somebody who sees this project and does not only audit it.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Owner"), **kwargs)
        self.people: dict[str, User] = {}

    def offer(self, people: Sequence[User]) -> None:
        """Let one of these be chosen."""
        self.people = {str(user.pk): user for user in people}
        self.choices = [("", "---------"), *((key, user.name) for key, user in self.people.items())]

    def clean(self, value: Any) -> Any:
        """The account that was chosen."""
        return self.people.get(super().clean(value))


class WordsField(forms.CharField):
    """Text in several lines. A browser counts a line break as one character and sends two; they are counted as the person saw them."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        """The text with plain line ends and no blanks around it."""
        return str(super().to_python(str(value or "").replace("\r\n", "\n").replace("\r", "\n")))


class OpenForm(forms.Form):
    """Opening a round: what is put to the roles, and until when they should sign."""

    asked = WordsField(label=_("What is asked"), required=False, max_length=ASKED_LONGEST, rows=2)
    due_on = DayField(label=_("Sign until"), required=False)


class OutcomeRadios(forms.RadioSelect):
    """Outcomes of a gate, of which some cannot be chosen now."""

    closed: Collection[str] = ()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """One outcome, disabled when it is closed."""
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.closed:
            option["attrs"]["disabled"] = True
        return option


class SignForm(forms.Form):
    """One signature: role, outcome, remark, and the hash that was on the screen."""

    role = forms.CharField(max_length=40)
    outcome = forms.ChoiceField(label=_("Decision"), widget=OutcomeRadios)
    remark = WordsField(label=_("Remark"), required=False, max_length=2000, rows=3)
    revision_sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, outcomes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]

    def close_positive(self) -> None:
        """Leave the outcomes that approve nothing; the action refuses the others anyway."""
        widget: Any = self.fields["outcome"].widget
        widget.closed = {outcome for outcome, kind in OUTCOME_KIND.items() if kind in POSITIVE}


class ConditionForm(forms.Form):
    """One written condition."""

    text = WordsField(label=_("What has to be done"), max_length=1000, rows=2)
    owner = OwnerField()
    due_on = DayField(label=_("Until"))
    item_key = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer(people)  # type: ignore[attr-defined]


class SignConditionForm(ConditionForm):
    """A condition in the signature form: an untouched row is no condition."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_permitted", True)
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)


SignConditions = forms.formset_factory(SignConditionForm, extra=1, max_num=MOST_CONDITIONS, validate_max=True)


class ChangeForm(forms.Form):
    """Another date or owner of a condition, and why."""

    owner = OwnerField()
    due_on = DayField(label=_("Until"))
    reason = WordsField(label=_("Reason"), max_length=LONGEST_WORDS, rows=2)

    def __init__(self, data: Any = None, *, condition: Condition, people: Sequence[User]) -> None:
        initial = {"owner": condition.owner_id, "due_on": condition.due_on}
        super().__init__(data, auto_id=f"change-{condition.pk}-%s", initial=initial)
        self.fields["owner"].offer(people)  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """A reason or report in words; the action says when some are needed."""

    text = WordsField(required=False, max_length=LONGEST_WORDS, rows=3)
