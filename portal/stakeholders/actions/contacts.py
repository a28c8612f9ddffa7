"""The directory of people and bodies outside the organisation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.tenancy import require_scope
from portal.stakeholders.models import Contact, Stakeholder
from portal.tenants.models import User

FIELDS = {"name": 120, "organisation": 160, "position": 120, "email": 254, "phone": 40, "note": 2000}


def _checked(values: dict[str, Any]) -> dict[str, str]:
    """Texts without blanks around them; raises :class:`Invalid` with the faults per field."""
    faults: dict[str, list[str]] = {}
    clean = {name: str(value or "").strip() for name, value in values.items()}
    for name, text in clean.items():
        if len(text) > FIELDS[name]:
            faults[name] = [_("At most %(limit)d characters; these are %(length)d.") % {"limit": FIELDS[name], "length": len(text)}]
    if "name" in clean and not clean["name"]:
        faults["name"] = [_("Give the person or body a name.")]
    if clean.get("email"):
        try:
            validate_email(clean["email"])
        except ValidationError:
            faults["email"] = [_("This is not an e-mail address.")]
    if faults:
        raise Invalid(_("The contact was not saved; please look at the marked fields."), fields=faults)
    return clean


def _refuse_twin(name: str, organisation: str, but: Contact | None = None) -> None:
    """Refuse a name that the directory has in this organisation already. Keeps others who write there waiting until the end."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('contacts', %s))", [require_scope().tenant_id])
    twins = Contact.objects.filter(name__iexact=name, organisation__iexact=organisation)
    if (twins.exclude(pk=but.pk) if but is not None else twins).exists():
        raise Invalid(
            _("The directory has this person already."), fields={"name": [_("The directory has this name in this organisation already.")]}
        )


@transaction.atomic
def create_contact(*, by: User, name: str, organisation: str = "", **fields: str) -> Contact:
    """Add somebody to the directory. The same name twice in one organisation is refused, so that nobody is kept twice."""
    clean = _checked({"name": name, "organisation": organisation, **fields})
    _refuse_twin(clean["name"], clean["organisation"])
    contact = Contact.objects.create(**clean)
    record_act("portal.contact.created", contact, name=contact.name, organisation=contact.organisation)
    return contact


@transaction.atomic
def edit_contact(contact: Contact, *, by: User, version: int | None = None, **fields: str) -> None:
    """Change what is known of a contact; all projects see the change. The object in memory is brought up to date.

    ``version`` is the one the person saw: when somebody else saved meanwhile :class:`Conflict` is raised, whose ``detail`` holds the
    present ``version`` and ``differences``: field → (yours, stored). Without it the fields are written whatever stands there.
    """
    clean = _checked(fields)
    stored = Contact.objects.select_for_update(of=("self",)).filter(pk=contact.pk).first()
    if stored is None:
        raise NotFound()
    changed = {name: value for name, value in clean.items() if getattr(stored, name) != value}
    if not changed:
        return
    if version is not None and version != stored.version:
        raise Conflict(
            _("Somebody else changed this contact while you were typing. Nothing of yours is lost: compare and save again."),
            code="stale",
            version=stored.version,
            differences={name: (value, getattr(stored, name)) for name, value in changed.items()},
        )
    for name, value in changed.items():
        setattr(stored, name, value)
    if changed.keys() & {"name", "organisation"}:
        _refuse_twin(stored.name, stored.organisation, but=stored)
    stored.version += 1
    stored.save(update_fields=[*changed, "version"])
    record_act("portal.contact.edited", stored, name=stored.name)
    contact.refresh_from_db()


@transaction.atomic
def delete_contact(contact: Contact, *, by: User) -> None:
    """Delete a contact that no project names; :class:`Conflict` while one does."""
    used = Stakeholder.objects.filter(contact=contact).count()
    if used:
        raise Conflict(
            ngettext(
                "%(name)s is a stakeholder of %(n)d project. Remove the part there first.",
                "%(name)s is a stakeholder of %(n)d projects. Remove the parts there first.",
                used,
            )
            % {"name": contact.name, "n": used},
            code="contact_in_use",
        )
    record_act("portal.contact.deleted", contact, name=contact.name)
    contact.delete()
