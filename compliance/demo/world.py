"""One organisation of the demo while it is loaded: who its people are, and acting as one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from compliance.demo.content import read
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.tenancy import tenant_context
from portal.projects.facts import dictionary
from portal.projects.facts.actions import cleaned_values
from portal.projects.models import FactAnswer
from portal.roles.actions import add_member_with_roles, create_team, project_roles_of_catalogue, provision_tenant, set_team_members
from portal.tenants.entry import acting_as
from portal.tenants.models import Tenant, User

STAFF = "platform@tenfold.example"


@dataclass
class World:
    """An organisation under construction. ``today``: the day all dates are counted from."""

    tenant: Tenant
    today: dt.date
    users: dict[str, User]
    roles: dict[str, str] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    @contextmanager
    def acting(self, key: str) -> Iterator[Actor]:
        """Do something as this person: the trail names him or her, the rules look at his or her rights."""
        user = self.users[key]
        if key not in self._actors:
            with acting_as(self.tenant, user) as actor:
                self._actors[key] = actor
        with tenant_context(self.tenant.pk, user.pk):
            yield self._actors[key]

    @property
    def language(self) -> str:
        """The organisation's language."""
        return self.tenant.language


def email_of(entry: dict[str, Any]) -> str:
    """The address of a person of the demo; somebody in two organisations has one account."""
    home = next(one["in"] for one in read("people") if one["key"] == entry["key"])
    return f"{entry['key']}@{home}.example"


def make_accounts(password: str) -> dict[str, User]:
    """One account per person of the demo, with a verified address, and one of the platform's staff."""
    secret = make_password(password)  # once: the same password for everybody, and hashing is slow on purpose
    organisations = {entry["slug"]: entry for entry in read("organisations")}
    found: dict[str, User] = {}
    for entry in read("people"):
        if entry["key"] not in found:
            language = organisations[entry["in"]]["language"]
            found[entry["key"]] = _account(email_of(entry), entry["name"], secret, language, organisations[entry["in"]]["time_zone"])
    _account(STAFF, "Platform staff", secret, "en", "", is_staff=True, is_superuser=True)
    return found


def _account(email: str, name: str, secret: str, language: str, time_zone: str, **flags: bool) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=name, language=language, time_zone=time_zone, **flags)
    User.objects.filter(pk=user.pk).update(password=secret)
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


def make_organisation(entry: dict[str, Any], users: dict[str, User], today: dt.date) -> World:
    """The organisation with its members, roles, a team and the facts that are answered once for all projects."""
    fields = {name: entry[name] for name in ("language", "time_zone", "currency", "code_prefix", "brand_colour")}
    tenant = provision_tenant(
        slug=entry["slug"], name_zh=entry["name_zh"], name_en=entry["name_en"], project_roles=project_roles_of_catalogue(), **fields
    )
    people = [one for one in read("people") if one["in"] == entry["slug"]]
    world = World(tenant, today, {one["key"]: users[one["key"]] for one in people})
    for one in people:
        for role in one["roles"]:
            world.roles.setdefault(role, one["key"])
    administrator = world.users[world.roles["administrator"]]
    with tenant_context(tenant.pk, administrator.pk):
        for one in people:
            add_member_with_roles(tenant, users[one["key"]], one["roles"], title=one["title"], unit=one["unit"])
        team = create_team(name=entry["team"]["name"], by=administrator)
        set_team_members(team, [users[key].pk for key in entry["team"]["people"]], by=administrator)
    with world.acting(world.roles["compliance_officer"]) as officer:
        _organisation_facts(entry, officer)
    return world


def _organisation_facts(entry: dict[str, Any], officer: Actor) -> None:
    """Answers of the organisation. Written directly: no project exists yet, so there is nothing that would have to follow."""
    from django.utils import timezone

    stored = cleaned_values(
        dictionary.content_of(None), {name: value for name, value in entry["facts"].items() if value != "unknown"}, "organisation"
    )
    now = timezone.now()
    FactAnswer.objects.bulk_create(
        FactAnswer(fact_key=name, value=value, source=entry["fact_source"], answered_by=officer.user, answered_at=now)
        for name, value in stored.items()
    )
    tenant = Tenant.objects.get(pk=officer.tenant_id)
    changed = {name: ["unknown", value] for name, value in stored.items()}
    record_act("portal.facts.saved_for_organisation", tenant, count=len(changed), changed=changed)
