"""What is around the projects of an organisation: delegations, invitations, saved views, reports, and what is still unread.

All by the product's own acts, at the moment they are dated. Reports are only ordered: a worker makes them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F

from assessments.gates.models import GateRound
from assessments.reviews.waiving import delegate, revoke_delegation
from compliance.demo.clock import at, moment_of
from compliance.demo.content import chance, read
from compliance.demo.world import World
from compliance.reports.actions import order_report
from portal.notices.models import Notice
from portal.projects.actions.saved_views import save_view
from portal.projects.models import Project
from portal.roles.actions.inviting import invite_person

_LEAST, _MOST = 3, 8
_OLDEST = dt.timedelta(days=10)


def before_projects(world: World) -> None:
    """Delegations, so that signatures can be given under them, and invitations."""
    entries = read("around")[world.tenant.slug]
    for entry in entries["delegations"]:
        _delegate(world, entry)
    for entry in entries["invitations"]:
        with at(moment_of(world.today, entry["sent"], hour=11)), world.acting(world.roles["administrator"]) as by, _no_mail():
            invite_person(
                world.tenant, email=entry["email"], name=entry["name"], role_keys=entry["roles"], language=world.language, by=by.user
            )


def _delegate(world: World, entry: dict[str, Any]) -> None:
    starts, ends = (world.today + dt.timedelta(days=entry[name]) for name in ("from", "to"))
    with at(moment_of(world.today, entry["made"], hour=17)), world.acting(entry["giver"]) as by:
        made = delegate(
            receiver=world.users[entry["receiver"]],
            role_key=entry["role"],
            project=None,
            starts_on=starts,
            ends_on=ends,
            reason=entry["reason"],
            by=by,
        )
    if "revoked" in entry:
        with at(moment_of(world.today, entry["revoked"], hour=9)), world.acting(entry["giver"]) as by:
            revoke_delegation(made, by=by)


@contextmanager
def _no_mail() -> Iterator[None]:
    """The people invited are invented: nothing is sent to them, whatever mail server is set."""
    before = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = before


def after_projects(world: World) -> None:
    """Saved views, ordered reports, and messages that were read."""
    entries = read("around")[world.tenant.slug]
    for number, entry in enumerate(entries["views"]):
        with at(moment_of(world.today, -30 + number, hour=10)), world.acting(entry["by"]) as by:
            save_view(
                name=entry["name"],
                query=entry["query"],
                shared=entry.get("shared", False),
                by=by.user,
                may_share=by.may("portal.share_views"),
            )
    for entry in entries["reports"]:
        _order(world, entry)
    with world.acting(world.roles["administrator"]):
        _read_messages()


def _order(world: World, entry: dict[str, Any]) -> None:
    """Not at an earlier moment: an order that has waited for long would look like one whose worker has died."""
    with world.acting(entry["by"]) as by:
        project = Project.objects.filter(code=entry["project"]).first()
        if project is None:
            return  # only some of the projects are loaded
        rounds = GateRound.objects.filter(project=project, gate=entry["gate"]).select_related("revision").defer("revision__content")
        order_report(project, rounds.order_by("number").last(), language=entry["language"], by=by)  # type: ignore[arg-type]


def _read_messages() -> None:
    """Everybody has read his messages but for the last few of these days; the very last one always waits."""
    waiting: dict[int, list[tuple[UUID, dt.datetime]]] = defaultdict(list)
    for user, key, made in Notice.objects.order_by("-created_at", "-id").values_list("user_id", "id", "created_at"):
        waiting[user].append((key, made))
    known: list[UUID] = []
    for rows in waiting.values():
        newest = rows[0][1]
        kept = _LEAST + chance(f"unread:{len(rows)}", _MOST - _LEAST + 1)
        known += [key for number, (key, made) in enumerate(rows) if number >= kept or newest - made > _OLDEST]
    Notice.objects.filter(pk__in=known).update(read_at=F("created_at") + dt.timedelta(hours=3), email_wanted=False)
