"""Moving an object from one state to another: a table of steps and a compare-and-set update."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from portal.core.errors import Conflict

Transitions = Mapping[str, Collection[str]]


def check_step(table: Transitions, old: str, new: str) -> None:
    """Raise :class:`Conflict` unless the table has the step ``old`` → ``new``."""
    if new not in table.get(old, ()):
        raise Conflict(
            _("This step is not possible from the present state. Reload the page to see it."), code="no_such_step", old=old, new=new
        )


def move(
    obj: models.Model, table: Transitions, new: str, *, field: str = "state", where: dict[str, Any] | None = None, **changes: Any
) -> None:
    """Move ``obj`` to state ``new`` if it still is in the state we read, and set ``changes`` with it.

    The update names the old state (compare-and-set): when somebody else moved it meanwhile no row matches and
    :class:`Conflict` is raised. The object in memory is brought up to date.
    """
    old = getattr(obj, field)
    check_step(table, old, new)
    manager = type(obj)._default_manager
    updated = manager.filter(pk=obj.pk, **{field: old}, **(where or {})).update(**{field: new}, **changes)
    if updated == 0:
        raise Conflict(
            _("Somebody else changed this in the meantime. Reload the page to see the present state."),
            code="moved_meanwhile",
            old=old,
            new=new,
        )
    for name, value in {field: new, **changes}.items():
        setattr(obj, name, value)
