"""Two people at one form: what was shown, what is stored by now, what was typed.

A form that saves everything it shows sends along what it showed (the hidden field ``seen``). The action compares that, under its
lock, with what is stored, so that whoever saves second takes nothing back unseen. The form is then shown once more with both
people's changes in it; saving it again goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core.errors import Conflict

# Field → what stands in it; a list or set stands for a set of choices, whatever its order.
Values = Mapping[str, Any]
F = TypeVar("F", bound=forms.Form)
_SETS = (list, tuple, set, frozenset)


class ChangedMeanwhile(Conflict):
    """What was shown is no longer what is stored; carries both."""

    code = "changed_meanwhile"

    def __init__(self, seen: Values, stored: Values) -> None:
        message = _("This was changed while you had it open. Those changes and yours stand together below: look at them and save again.")
        super().__init__(message, code=self.code)
        self.stored = plain(stored)
        self.seen = {name: _alike(seen.get(name), value) for name, value in self.stored.items()}


def plain(values: Values) -> dict[str, Any]:
    """The values as JSON can carry them: sets as sorted lists of texts."""
    return {name: sorted(map(str, value)) if isinstance(value, _SETS) else value for name, value in values.items()}


def seen_text(values: Values) -> str:
    """Content of the hidden field ``seen``."""
    return json.dumps(plain(values), ensure_ascii=False)


def read_seen(text: str | None) -> dict[str, Any] | None:
    """What the form showed; None from a door that shows nothing first. A damaged text fits nothing, so that it is asked again."""
    if not text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = {}
    return found if isinstance(found, dict) else {}


def refuse_if_changed(seen: Values | None, stored: Values) -> None:
    """Raise :class:`ChangedMeanwhile` when ``stored`` (read under a lock) is not what was shown."""
    if seen is None:
        return
    conflict = ChangedMeanwhile(seen, stored)
    if conflict.seen != conflict.stored:
        raise conflict


def merged(conflict: ChangedMeanwhile, typed: Values) -> dict[str, Any]:
    """What is stored with what this person changed on top: boxes one by one, of other fields the whole."""
    result = {}
    for name, stored in conflict.stored.items():
        seen, mine = conflict.seen[name], _alike(typed.get(name), stored)
        if isinstance(stored, list):
            result[name] = sorted((set(stored) | (set(mine) - set(seen))) - (set(seen) - set(mine)))
        else:
            result[name] = stored if mine == seen else mine
    return result


def sentences(conflict: ChangedMeanwhile, typed: Values, labels: Mapping[str, Any], names: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What was changed meanwhile, a line for each field. ``names`` says for a field what its choices are called."""
    found = []
    for name, stored in conflict.stored.items():
        seen, called = conflict.seen[name], names.get(name, {})
        if isinstance(stored, list):
            for text, keys in (
                (_("{field}, added meanwhile: {names}"), set(stored) - set(seen)),
                (_("{field}, taken away meanwhile: {names}"), set(seen) - set(stored)),
            ):
                if keys:
                    found.append(text.format(field=labels[name], names=_listed([str(called.get(key, key)) for key in sorted(keys)])))
        elif stored != seen:
            mine = _alike(typed.get(name), stored)
            text = _("{field}, saved meanwhile: {value}")
            if mine not in (seen, stored):
                text = _("{field}: yours stands here, saved meanwhile: {value}")
            found.append(text.format(field=labels[name], value=called.get(str(stored), stored) or "–"))
    return found


def shown_again(form: F, conflict: ChangedMeanwhile, names: Mapping[str, Mapping[str, Any]] | None = None) -> F:
    """The valid form once more, with both people's changes and with the lines that say what was changed meanwhile."""
    posted: Any = form.data
    typed, data, choices = form.cleaned_data, posted.copy(), _choices(form)
    for name, value in merged(conflict, typed).items():
        if isinstance(value, list):
            data.setlist(name, [key for key in value if key in choices.get(name, {})])
        else:
            data[name] = str(value)
    again = type(form)(data, initial=form.initial)
    labels = {name: field.label for name, field in form.fields.items()}
    called = {name: {**choices.get(name, {}), **(names or {}).get(name, {})} for name in labels}
    again.full_clean()
    for sentence in (conflict.message, *sentences(conflict, typed, labels, called)):
        again.add_error(None, str(sentence))
    return again


def _choices(form: forms.Form) -> dict[str, dict[str, Any]]:
    fields: dict[str, Any] = {name: field for name, field in form.fields.items() if isinstance(field, forms.ChoiceField)}
    return {name: {str(key): label for key, label in field.choices} for name, field in fields.items()}


def _alike(value: Any, stored: Any) -> Any:
    """``value`` in the form that ``stored`` has."""
    if not isinstance(stored, list):
        return value
    return sorted(map(str, value)) if isinstance(value, _SETS) else []


def _listed(names: list[str]) -> str:
    return ("、" if (get_language() or "zh").startswith("zh") else ", ").join(names)
