"""Refusals of an action shown at the fields of the form that asked for it."""

from __future__ import annotations

from django import forms

from portal.core.errors import Refused


def put_faults(form: forms.BaseForm, refusal: Refused) -> None:
    """Add the refusal's sentences to the form: those of known fields to the fields, everything else to the whole form."""
    placed = False
    for name, sentences in (refusal.detail.get("fields") or {}).items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
            placed = True
    if not placed:
        form.add_error(None, str(refusal.message))
