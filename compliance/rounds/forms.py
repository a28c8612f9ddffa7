"""Forms of rounds: they parse; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.checklists.files.kinds import accept_attribute
from compliance.filings.candidates import owners_for
from compliance.rounds.models import AuthorityQuestion
from compliance.rounds.states import Category
from portal.catalogue.parts import Filing as Entry
from portal.core.fields import DayField
from portal.core.formats import in_language as tr
from portal.projects.models import Project
from portal.tenants.models import User


class OpenForm(forms.Form):
    """A letter that came in. ``block``: its text, divided into questions; or the questions one by one (``question``, repeated)."""

    letter_on = DayField(label=_("Date of the letter"))
    received_on = DayField(label=_("Letter received on"))
    due_on = DayField(label=_("Reply due"), required=False)
    reference = forms.CharField(label=_("Reference of the letter"), max_length=200, required=False)
    letter = forms.FileField(label=_("Letter as a file"), required=False, widget=forms.FileInput(attrs={"accept": accept_attribute()}))
    note = forms.CharField(label=_("Remark"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    block = forms.CharField(
        label=_("Questions"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Paste the letter’s questions as one block. They are divided by their numbers: 1. · 1、 · （一） · ①"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "round"})


class QuestionForm(forms.Form):
    """Text, reason and person of one question."""

    text = forms.CharField(label=_("Question"), max_length=8000, widget=forms.Textarea(attrs={"rows": 3}))
    category = forms.ChoiceField(label=_("Reason for return"), choices=Category.choices)
    assignee = forms.ModelChoiceField(label=_("Answered by"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet"))

    def __init__(self, *args: Any, question: AuthorityQuestion, project: Project | None, **kwargs: Any) -> None:
        initial = {"text": question.text, "category": question.category, "assignee": question.assignee_id}
        super().__init__(*args, **{"initial": initial, **kwargs, "prefix": f"edit-{question.pk}"})
        choice = Q(pk__in=owners_for(project).values("pk")) | Q(pk=question.assignee_id)
        self.fields["assignee"].queryset = User.objects.filter(choice).order_by("name", "pk")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """The answer, and which documents were changed for it."""

    answer = forms.CharField(label=_("Answer"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    documents = forms.MultipleChoiceField(label=_("Documents changed"), required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label=_("Other documents changed"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line."),
    )

    def __init__(self, *args: Any, question: AuthorityQuestion, entry: Entry | None, **kwargs: Any) -> None:
        known = [(one.id, tr(one.label)) for one in entry.documents] if entry is not None else []
        ids = {key for key, _label in known}
        initial = {
            "answer": question.answer,
            "documents": [name for name in question.documents if name in ids],
            "others": "\n".join(name for name in question.documents if name not in ids),
        }
        super().__init__(*args, **{"initial": initial, **kwargs, "prefix": f"answer-{question.pk}"})
        self.fields["documents"].choices = known  # type: ignore[attr-defined]
        if not known:
            del self.fields["documents"]

    @property
    def named(self) -> list[str]:
        """Documents of the content by their ids, others by their names."""
        return [*self.cleaned_data.get("documents", []), *self.cleaned_data["others"].splitlines()]


class ReplyForm(forms.Form):
    """The reply as it was handed in."""

    on = DayField(label=_("Reply sent on"))
    receipt = forms.CharField(label=_("Receipt, or where the proof lies"), max_length=200)
    reason = forms.CharField(
        label=_("Why it goes out although questions are open"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, complete: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "reply"})
        if complete:
            del self.fields["reason"]
