"""Who holds which role of a project, as holder or deputy, and from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid
from portal.notices.actions import notify
from portal.projects.actions.checking import Faults, check_people
from portal.projects.models import Project, ProjectMember
from portal.roles.models import Role
from portal.tenants.clock import organisation_today
from portal.tenants.models import User


def _role(key: str, faults: Faults) -> Role | None:
    role = Role.objects.filter(kind=Role.Kind.PROJECT, key=key).first()
    if role is None:
        faults.add("role_key", _("There is no such role."))
    return role


def _check_dates(starts_on: date, ends_on: date | None, faults: Faults) -> None:
    if ends_on is not None and ends_on < starts_on:
        faults.add("ends_on", _("The last day lies before the first."))


@transaction.atomic
def add_member(
    project: Project,
    *,
    user: User,
    role_key: str,
    by: User,
    deputy: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> ProjectMember:
    """Give a person a role of the project, from today by default and without end.

    Somebody who held the role before gets it again with the new dates. Raises :class:`Invalid` with the faults per field.
    """
    starts_on = starts_on or organisation_today()
    faults = Faults()
    role = _role(role_key, faults)
    check_people({"user": user}, faults)
    _check_dates(starts_on, ends_on, faults)
    existing = ProjectMember.objects.filter(project=project, user=user, role_key=role_key).first()
    if existing is not None and (existing.ends_on is None or existing.ends_on >= organisation_today()):
        faults.add("user", _("This person holds the role already; change the dates there."))
    faults.raise_if_any(_("The role was not given; please look at the marked fields."))
    values = {"deputy": deputy, "starts_on": starts_on, "ends_on": ends_on}
    try:
        with transaction.atomic():
            member, _made = ProjectMember.objects.update_or_create(project=project, user=user, role_key=role_key, defaults=values)
    except IntegrityError:
        raise Conflict(_("Somebody else gave this role a moment ago. Reload the page."), code="moved_meanwhile") from None
    name = role.name if role else {}
    record_act("portal.project_role.given", member, person=user.name, role=name, deputy=deputy, starts_on=starts_on, ends_on=ends_on)
    tell_role(member, project, name, by=by)
    return member


def tell_role(member: ProjectMember, project: Project, name: Mapping[str, str], *, by: User) -> None:
    """Let the person know of the role, once for each time it is given; nobody is told of what he or she did."""
    if member.user_id == by.pk:
        return
    key = f"project_role:{project.pk}:{member.role_key}:{member.starts_on.isoformat()}"
    notify(
        [member.user_id],
        "portal.project_role_given",
        once_key=key,
        project_id=project.pk,
        project=project.name,
        role=dict(name),
        by=by.name,
    )


def _locked(member: ProjectMember) -> ProjectMember:
    """The role as it stands now; whoever changes it meanwhile waits."""
    found = ProjectMember.objects.select_for_update(of=("self",)).select_related("user").filter(pk=member.pk).first()
    if found is None:
        raise Conflict(_("Somebody else took this role away a moment ago. Reload the page."), code="moved_meanwhile")
    return found


@transaction.atomic
def change_member(member: ProjectMember, *, deputy: bool, starts_on: date, ends_on: date | None, by: User) -> None:
    """Change between holder and deputy, and the dates. The object in memory is brought up to date."""
    faults = Faults()
    _check_dates(starts_on, ends_on, faults)
    faults.raise_if_any(_("The role was not changed; please look at the marked fields."))
    stored = _locked(member)
    values: dict[str, Any] = {"deputy": deputy, "starts_on": starts_on, "ends_on": ends_on}
    for name, value in values.items():
        setattr(stored, name, value)
        setattr(member, name, value)
    stored.save(update_fields=list(values))
    record_act("portal.project_role.changed", stored, person=stored.user.name, role=role_name(stored.role_key), **values)


@transaction.atomic
def end_member(member: ProjectMember, *, by: User, last_day: date | None = None) -> None:
    """End a role with its last day, or at once (None): the right is gone with the next request.

    A role that would not have lasted a single day is taken back altogether. One that has ended already is a :class:`Conflict`: its
    last day is history.
    """
    today = organisation_today()
    stored = _locked(member)
    if stored.ends_on is not None and stored.ends_on < today:
        sentence = _("The role of %(name)s ended on %(day)s already.") % {"name": stored.user.name, "day": stored.ends_on.isoformat()}
        raise Conflict(sentence, code="ended_already")
    last = last_day if last_day is not None else today - timedelta(days=1)
    detail = {"person": stored.user.name, "role": role_name(stored.role_key), "last_day": last if last_day else None}
    record_act("portal.project_role.ended", stored, **detail)  # type: ignore[arg-type]
    if last < stored.starts_on:
        if last_day is not None:
            raise Invalid(_("The last day lies before the first."), fields={"ends_on": [_("The last day lies before the first.")]})
        stored.delete()
        return
    stored.ends_on = member.ends_on = last
    stored.save(update_fields=["ends_on"])


def role_name(key: str) -> dict[str, str]:
    """Both names of a project role, the key for a role that is gone."""
    role = Role.objects.filter(kind=Role.Kind.PROJECT, key=key).first()
    return role.name if role else {"zh": key, "en": key}
