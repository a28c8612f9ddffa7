"""One order of locks for everybody who changes a project as a whole: its row, then what upper apps keep about it.

Two people who work on one project must take turns, not block each other for ever. Whoever changes the project row, its stage or its
facts calls ``lock_project`` first; whoever changes one answer locks the assessment alone (assessment, answers, summary, gate rounds).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.projects.models import Project

# What others may have changed while we waited for the lock, and what an act goes by.
_FRESH = ("stage", "stage_before", "launched_on", "target_launch", "version")
_lockers: list[Callable[[Any], None]] = []


def register_lock(locker: Callable[[Any], None]) -> None:
    """``locker(project)`` locks what an upper app keeps about the project; called inside the transaction, after the project row."""
    if locker not in _lockers:
        _lockers.append(locker)


def lock_project(project: Project) -> None:
    """Keep everybody else who changes this project as a whole waiting until the transaction ends.

    Stage, launch and version of the object are those of the row afterwards, not those from before the wait.
    """
    row = Project.objects.select_for_update(no_key=True, of=("self",)).filter(pk=project.pk).values(*_FRESH).first()
    for name, value in (row or {}).items():
        setattr(project, name, value)
    for locker in _lockers:
        locker(project)
