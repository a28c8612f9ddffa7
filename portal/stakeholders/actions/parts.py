"""The part somebody has in one project: an account of the organisation, or a contact from outside."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid
from portal.projects.actions.checking import Faults, check_people
from portal.projects.models import Project
from portal.stakeholders.models import Contact, Stakeholder
from portal.tenants.models import User

SCALE = range(1, 6)
MAX_PART, MAX_NOTE = 120, 2000


def _check(part: str, influence: int, interest: int, note: str, faults: Faults) -> dict[str, Any]:
    part, note = part.strip(), note.strip()
    if not part or len(part) > MAX_PART:
        faults.add("part", _("Say the part in at most %(limit)d characters.") % {"limit": MAX_PART})
    if len(note) > MAX_NOTE:
        faults.add("note", _("At most %(limit)d characters; these are %(length)d.") % {"limit": MAX_NOTE, "length": len(note)})
    for name, value in (("influence", influence), ("interest", interest)):
        if value not in SCALE:
            faults.add(name, _("Choose a value from 1 to 5."))
    return {"part": part, "influence": influence, "interest": interest, "note": note}


@transaction.atomic
def add_stakeholder(
    project: Project,
    *,
    by: User,
    part: str,
    user: User | None = None,
    contact: Contact | None = None,
    influence: int = 3,
    interest: int = 3,
    note: str = "",
) -> Stakeholder:
    """Name an account or a contact as stakeholder, each once per project. Scales run from 1 (little) to 5 (much)."""
    faults = Faults()
    values = _check(part, influence, interest, note, faults)
    if (user is None) == (contact is None):
        faults.add("who", _("Choose one person or body."))
    check_people({"who": user}, faults)
    if not faults.fields and Stakeholder.objects.filter(project=project, user=user, contact=contact).exists():
        faults.add("who", _("This person is a stakeholder of the project already."))
    faults.raise_if_any(_("The stakeholder was not added; please look at the marked fields."))
    try:
        with transaction.atomic():
            stakeholder = Stakeholder.objects.create(project=project, user=user, contact=contact, **values)
    except IntegrityError:
        raise Conflict(_("Somebody else added this person a moment ago. Reload the page."), code="moved_meanwhile") from None
    record_act("portal.stakeholder.added", stakeholder, name=who(stakeholder), part=values["part"])
    return stakeholder


@transaction.atomic
def edit_stakeholder(stakeholder: Stakeholder, *, version: int, by: User, part: str, influence: int, interest: int, note: str = "") -> None:
    """Change part, influence, interest and note; a stale ``version`` is a :class:`Conflict`."""
    faults = Faults()
    values = _check(part, influence, interest, note, faults)
    faults.raise_if_any(_("The stakeholder was not changed; please look at the marked fields."))
    updated = Stakeholder.objects.filter(pk=stakeholder.pk, version=version).update(version=F("version") + 1, **values)
    if not updated:
        stakeholder.refresh_from_db()
        current = {name: getattr(stakeholder, name) for name in values}
        raise Conflict(
            _("Somebody else changed this stakeholder while you were typing. Nothing of yours is lost: compare and save again."),
            code="stale",
            version=stakeholder.version,
            differences={name: (value, current[name]) for name, value in values.items() if value != current[name]},
        )
    record_act("portal.stakeholder.edited", stakeholder, name=who(stakeholder), part=values["part"])
    stakeholder.refresh_from_db()


@transaction.atomic
def remove_stakeholder(stakeholder: Stakeholder, *, by: User) -> None:
    """Take somebody off the project's list, responsibilities included. Roles and rights are another matter and stay."""
    record_act("portal.stakeholder.removed", stakeholder, name=who(stakeholder), part=stakeholder.part)
    stakeholder.delete()


def who(stakeholder: Stakeholder) -> str:
    """The name of the account or contact."""
    if stakeholder.user is not None:
        return str(stakeholder.user.name)
    if stakeholder.contact is None:
        raise Invalid(_("A stakeholder is an account or a contact."))
    return str(stakeholder.contact.name)
