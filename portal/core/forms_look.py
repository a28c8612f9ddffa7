"""Django form fields in the look of the product: label, help, unit, errors, all tied together for screen readers."""

from typing import Any

from django import forms
from django.forms import BaseForm, BoundField

from portal.core import formats

_CHECKS = (forms.CheckboxSelectMultiple, forms.RadioSelect)


def _kind(widget: forms.Widget) -> str:
    """Which markup a widget wants: check, group, select, file, textarea or input."""
    if isinstance(widget, _CHECKS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.Select):
        return "select"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "textarea" if isinstance(widget, forms.Textarea) else "input"


_CLASSES = {
    "group": "form-check-input",
    "check": "form-check-input",
    "select": "form-select",
    "file": "form-control",
    "textarea": "form-control",
    "input": "form-control",
}


def field(bound: BoundField, unit: Any = "", label: Any = "", help: Any = "", css: str = "", hide_label: bool = False) -> dict[str, Any]:
    """Context of templates/ui/field.html for one bound field.

    ``unit`` stands behind the input and is part of what a screen reader says; ``label`` and ``help`` override the form's.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    help_text = formats.in_language(help) or bound.help_text
    described = []
    if help_text:
        described.append(f"{bound.auto_id}-help")
    if unit:
        described.append(f"{bound.auto_id}-unit")
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
    classes = f"{widget.attrs.get('class', '')} {_CLASSES[kind]}{' is-invalid' if bound.errors else ''}".strip()
    attrs: dict[str, Any] = {"class": classes}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if kind == "group":
        # The single boxes carry the classes; the fieldset carries the description.
        widget.attrs.update({"class": classes})
    return {
        "bound": bound,
        "kind": kind,
        "label": formats.in_language(label) or bound.label,
        "help": help_text,
        "unit": formats.in_language(unit),
        "css": css,
        "hide_label": hide_label,
        "required": bound.field.required,
        "described": " ".join(described),
        "widget": "" if kind == "group" else bound.as_widget(attrs=attrs),
    }


def fields(form: BaseForm, css: str = "") -> dict[str, Any]:
    """Context of templates/ui/fields.html: hidden fields, then every visible field in order."""
    return {"form": form, "hidden": form.hidden_fields(), "visible": form.visible_fields(), "css": css}


def form_errors(form: BaseForm) -> dict[str, Any]:
    """Context of templates/ui/form_errors.html: all faults at the top, each linked to its field."""
    faults: list[dict[str, Any]] = []
    if form.is_bound:
        for bound in form:
            faults += [{"id": bound.id_for_label or bound.auto_id, "label": bound.label, "text": e} for e in bound.errors]
        faults = [{"id": "", "label": "", "text": e} for e in form.non_field_errors()] + faults
    return {"faults": faults}
