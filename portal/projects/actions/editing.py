"""Changing what a project says about itself, and who may know of it."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid
from portal.projects.actions import checking
from portal.projects.facts.actions import dates_changed, why_not_launched_on
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.projects.search import search_columns
from portal.projects.states import LAUNCHED
from portal.tenants.models import User

_TEXTS = ("name_zh", "name_en", "unit", "scenario", "purpose")
EDITABLE = (*_TEXTS, "code", "owner", "sponsor", *checking.DATE_FIELDS, *checking.MONEY_FIELDS, "currency", "tags")


@transaction.atomic
def edit_project(project: Project, *, version: int, by: User, **fields: Any) -> list[str]:
    """Change some of the fields :data:`EDITABLE`; returns the names of those that really changed.

    ``version`` is the one the person saw. When somebody else saved meanwhile :class:`Conflict` is raised; its ``detail`` holds
    ``version`` (the present one) and ``differences``: field → (yours, stored), for those that differ. Raises :class:`Invalid`
    with the faults per field; its owner does not hand a project over alone. The object in memory is brought up to date.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"edit_project does not change {', '.join(sorted(unknown))}.")
    lock_project(project)
    stored = Project.objects.select_related("owner", "sponsor").get(pk=project.pk)
    clean = _checked(stored, fields, by)
    changes = {name: value for name, value in clean.items() if getattr(stored, name) != value}
    if stored.version != version and changes:
        raise Conflict(
            _("Somebody else changed this project while you were typing. Nothing of yours is lost: compare and save again."),
            code="stale",
            version=stored.version,
            differences={name: (value, getattr(stored, name)) for name, value in changes.items()},
        )
    if not changes:
        return []
    before = {name: getattr(stored, name) for name in changes}
    for name, value in changes.items():
        setattr(stored, name, value)
    stored.version += 1
    stored.updated_at = timezone.now()
    for name, value in search_columns(stored).items():
        setattr(stored, name, value)
    try:
        with transaction.atomic():
            stored.save()
    except IntegrityError as error:
        if "project_code_once" not in str(error):
            raise
        sentence = _("This code is taken. Choose another one.")
        raise Invalid(_("The project was not changed; please look at the marked fields."), fields={"code": [sentence]}) from error
    record_act(
        "portal.project.edited",
        stored,
        code=stored.code,
        name=stored.name,
        fields={name: [_plain(before[name]), _plain(value)] for name, value in changes.items()},
    )
    project.refresh_from_db()
    if set(changes) & set(checking.DATE_FIELDS):
        dates_changed(project, started_before=before.get("started_on"), by=by)
    return list(changes)


def _plain(value: Any) -> Any:
    """A value as the trail keeps it: people by name."""
    return value.name if isinstance(value, User) else value


def _checked(stored: Project, fields: dict[str, Any], by: User) -> dict[str, Any]:
    faults = checking.Faults()
    clean: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _TEXTS:
            clean[name] = checking.checked_text(name, value, faults)
        elif name in checking.MONEY_FIELDS:
            clean[name] = checking.checked_money(name, value, faults)
        elif name in checking.DATE_FIELDS:
            clean[name] = checking.checked_date(name, value, faults)
        elif name == "code":
            clean[name] = checking.checked_code(value or "", faults)
            if Project.objects.filter(code=clean[name]).exclude(pk=stored.pk).exists():
                faults.add("code", _("This code is taken. Choose another one."))
        elif name == "currency":
            clean[name] = checking.checked_currency(value or "", faults)
        elif name == "tags":
            clean[name] = checking.clean_tags(value, faults)
        else:
            clean[name] = value
    if not clean.get("name_zh", stored.name_zh) and not clean.get("name_en", stored.name_en):
        faults.add("name_zh", _("Give the project a name in Chinese or in English."))
    if "started_on" in clean and clean["started_on"] is None:
        faults.add("started_on", _("Say when the project was registered."))
    _check_launch(stored, clean, faults)
    # Whoever holds the place already keeps it, also after leaving the organisation; a new holder must be a member.
    new = [name for name in ("owner", "sponsor") if name in clean and clean[name] != getattr(stored, name)]
    people: dict[str, User | None] = {name: clean[name] for name in new}
    if "owner" in clean and clean["owner"] is None:
        faults.add("owner", _("A project needs an owner."))
    elif "owner" in people and (refusal := checking.why_not_hand_over(stored.owner, by)):
        faults.add("owner", refusal)
    checking.check_people(people, faults)
    faults.raise_if_any(_("The project was not changed; please look at the marked fields."))
    return clean


def _check_launch(stored: Project, clean: dict[str, Any], faults: checking.Faults) -> None:
    """A day of launch is not in the future, and a project that went live keeps one; put in earlier by mistake it can be taken out."""
    day = clean.get("launched_on", stored.launched_on)
    if day == stored.launched_on or (day is None and not LAUNCHED & {stored.stage, stored.stage_before}):
        return
    sentence = why_not_launched_on(stored, day)
    if sentence:
        faults.add("launched_on", sentence)


@transaction.atomic
def set_confidential(project: Project, *, confidential: bool, by: User) -> None:
    """Hide the project from everybody who is neither named on it nor cleared, or open it again."""
    updated = Project.objects.filter(pk=project.pk, confidential=not confidential).update(
        confidential=confidential, updated_at=timezone.now()
    )
    if updated:
        verb = "portal.project.made_confidential" if confidential else "portal.project.opened"
        record_act(verb, project, code=project.code, name=project.name)
    project.confidential = confidential
