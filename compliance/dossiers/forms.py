"""Forms of the pages of documents: they parse; the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.checklists.files.kinds import accept_attribute
from compliance.dossiers.content import BOOK
from compliance.dossiers.listing import Line
from compliance.filings.candidates import owners_for
from portal.core.fields import DayField
from portal.projects.models import Project
from portal.tenants.models import User


class UploadForm(forms.Form):
    """A new version of a document."""

    file = forms.FileField(label=_("File"), required=False)
    expires_on = DayField(label=_("Valid until"), required=False)
    note = forms.CharField(label=_("What is new in this version"), required=False, max_length=400)

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "upload"})
        listed = line.form is not None and line.form.kind == BOOK
        self.fields["file"].widget.attrs["accept"] = f".{BOOK}" if listed else accept_attribute()


class StateForm(forms.Form):
    """A reason in words; the action says when it is needed."""

    reason = forms.CharField(label=_("Why it is not needed"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class DocumentForm(forms.Form):
    """Owner, validity, remark."""

    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet"))
    expires_on = DayField(label=_("Valid until"), required=False)
    note = forms.CharField(label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, project: Project | None, owner_id: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "plan"})
        # The owner on record can be kept, also one who has left: saving a date must not take a name away.
        choice = Q(pk__in=owners_for(project).values("pk")) | Q(pk=owner_id)
        self.fields["owner"].queryset = User.objects.filter(choice).order_by("name", "pk")  # type: ignore[attr-defined]

    @classmethod
    def of(cls, line: Line, project: Project | None) -> DocumentForm:
        """The form as it stands on record."""
        row = line.row
        initial = {name: getattr(row, name) for name in ("owner", "expires_on", "note")} if row is not None else {}
        return cls(initial=initial, project=project, owner_id=row.owner_id if row is not None else None)
