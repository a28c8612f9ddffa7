"""Sharing one project with one person or one team, beside all roles (django-guardian, rows with a tenant column)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from guardian.core import ObjectPermissionChecker
from guardian.shortcuts import assign_perm, remove_perm
from uuid_utils.compat import uuid7

from portal.audit.actions import record_act
from portal.core.errors import Invalid
from portal.core.permissions import GRANT_CONTRIBUTE, GRANT_VIEW
from portal.notices.actions import notify
from portal.projects.actions.checking import Faults, check_people
from portal.projects.models import Project
from portal.roles.models import Team, TeamMember
from portal.tenants.models import User

LEVELS = (GRANT_VIEW, GRANT_CONTRIBUTE)


def _level(level: str) -> str:
    if level not in LEVELS:
        raise Invalid(_("Choose whether to share for reading or for working on it."), fields={"level": [_("Choose one of the two.")]})
    return f"portal.{level}"


@transaction.atomic
def share_with_person(project: Project, *, user: User, level: str, by: User) -> None:
    """Share for reading (``view_project``) or for working on the checklists (``contribute_project``); one level per person."""
    permission = _level(level)
    faults = Faults()
    check_people({"user": user}, faults)
    faults.raise_if_any(_("The project was not shared."))
    again = _held(project, user, permission)
    _drop(project, user, keep=permission)
    assign_perm(permission, user, project)
    record_act("portal.project.shared", project, with_name=user.name, level=level)
    if user.pk != by.pk and not again:
        _tell([user.pk], project, by)


@transaction.atomic
def share_with_team(project: Project, *, team: Team, level: str, by: User) -> None:
    """Share with everybody in a team, whoever that is at the time of reading."""
    permission = _level(level)
    again = _held(project, team.group, permission)
    _drop(project, team.group, keep=permission)
    assign_perm(permission, team.group, project)
    record_act("portal.project.shared", project, with_name=team.name, level=level)
    if not again:
        _tell(TeamMember.objects.filter(team=team).exclude(user=by).values_list("user_id", flat=True), project, by)


@transaction.atomic
def withdraw_share(project: Project, *, holder: Any, name: str, by: User) -> None:
    """Take a grant back; ``holder`` is an account or the group of a team."""
    _drop(project, holder)
    record_act("portal.project.unshared", project, with_name=name)


def _held(project: Project, holder: Any, permission: str) -> bool:
    return bool(ObjectPermissionChecker(holder).has_perm(permission.rpartition(".")[2], project))


def _tell(users: Iterable[int], project: Project, by: User) -> None:
    """Each time anew: what was taken back and given again is news."""
    notify(users, "portal.project_shared", once_key=f"share:{uuid7()}", project_id=project.pk, project=project.name, by=by.name)


def _drop(project: Project, holder: Any, keep: str = "") -> None:
    for level in LEVELS:
        if f"portal.{level}" != keep:
            remove_perm(f"portal.{level}", holder, project)
