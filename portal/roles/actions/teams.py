"""Teams: named groups of members with whom a single project can be shared."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from portal.audit.actions import record_act
from portal.core.errors import Conflict, Invalid
from portal.core.meanwhile import Values, refuse_if_changed
from portal.core.tenancy import require_scope
from portal.roles.models import Team, TeamMember
from portal.tenants.models import Membership, User


def _name(name: str, besides: Team | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("A team needs a name."), fields={"name": [_("Write a name.")]})
    if Team.objects.filter(name=name).exclude(pk=besides.pk if besides else None).exists():
        raise Invalid(_("There is a team of this name already."), fields={"name": [_("Choose another name.")]})
    return name


def create_team(*, name: str, by: User) -> Team:
    """Make a team. The group behind it has a name that says nothing, since groups are shared by all organisations."""
    name = _name(name)
    with transaction.atomic():
        group = Group.objects.create(name=f"team-{require_scope().tenant_id}-{uuid7().hex}")
        team = Team.objects.create(name=name, group=group)
        record_act("portal.team.created", team, team=name)
    return team


def rename_team(team: Team, *, name: str, by: User) -> None:
    """Give a team another name."""
    before, team.name = team.name, _name(name, besides=team)
    if team.name != before:
        team.save(update_fields=["name"])
        record_act("portal.team.renamed", team, before=before, team=team.name)


def set_team_members(team: Team, user_ids: Iterable[int], *, by: User, seen: Values | None = None) -> None:
    """Make exactly these the people of the team; who comes must be an active member of the organisation, who is in it may stay.

    Nobody puts him- or herself in (rule S6), with whichever account: a team carries rights on projects. Raises :class:`Conflict`
    (``own_role``) then, :class:`Invalid` for somebody who is no active member, :class:`ChangedMeanwhile` when the form showed other
    people (``seen``) than are in the team.
    """
    wanted = set(user_ids)
    with transaction.atomic():
        Team.objects.select_for_update(no_key=True).get(pk=team.pk)
        links = {link.user_id: link for link in TeamMember.objects.filter(team=team).select_related("user")}
        refuse_if_changed(seen, {"people": set(links)})
        came = sorted(wanted - set(links))
        found = Membership.objects.filter(user_id__in=came, active=True)
        people = {user_id: (name, person_id) for user_id, name, person_id in found.values_list("user_id", "user__name", "user__person_id")}
        if set(came) - set(people):
            raise Invalid(_("Only active members of the organisation can be in a team."), fields={"people": [_("Choose members.")]})
        if by.person_id in {person_id for _name, person_id in people.values()}:
            raise Conflict(_("You cannot put yourself into a team (rule S6). Ask another administrator."), code="own_role")
        gone = [links[user_id] for user_id in sorted(set(links) - wanted)]
        TeamMember.objects.filter(pk__in=[link.pk for link in gone]).delete()
        TeamMember.objects.bulk_create([TeamMember(team=team, user_id=user_id) for user_id in came])
        if gone or came:
            record_act(
                "portal.team.members_changed",
                team,
                team=team.name,
                added=[people[user_id][0] for user_id in came],
                dropped=[link.user.name for link in gone],
            )


def delete_team(team: Team, *, by: User) -> None:
    """Delete a team with which no project is shared."""
    shared = apps.get_model("portal", "ProjectGroupGrant").objects.filter(tenant_id=require_scope().tenant_id, group_id=team.group_id)
    if shared.exists():
        raise Conflict(_("Projects are shared with this team. End the sharing on those projects first."), code="team_in_use")
    with transaction.atomic():
        record_act("portal.team.deleted", team, team=team.name)
        group = team.group
        team.delete()
        group.delete()
