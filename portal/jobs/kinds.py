"""The kinds of background work the product knows: what they are called, which task does them, where the result is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.utils.translation import gettext_lazy as _

from portal.jobs.models import Job

Url = Callable[[Job], str]
DOWNLOAD = _("Download")


@dataclass(frozen=True)
class JobKind:
    """One kind of job. ``result_url`` makes the address of a finished job's result; it gets the job with its tenant loaded."""

    name: str
    task: str
    title: Any
    result_url: Url | None = None
    result_label: Any = DOWNLOAD
    queue: str = "default"


_kinds: dict[str, JobKind] = {}


def declare(kind: JobKind) -> None:
    """Make a kind known (the last declaration of a name counts)."""
    _kinds[kind.name] = kind


def find(name: str) -> JobKind | None:
    """The kind of this name, or None.

    The modules that declare kinds are the slices' ``tasks.py``; a web process that has not needed them yet loads them now.
    """
    if name not in _kinds:
        current_app.loader.import_default_modules()
    return _kinds.get(name)


def get(name: str) -> JobKind:
    """The kind of this name; raises KeyError with a sentence for an unknown one."""
    kind = find(name)
    if kind is None:
        raise KeyError(
            f"Unknown kind of job {name!r}: declare it with tenant_task in the slice's tasks.py and list the slice in portal/celery.py."
        )
    return kind
