"""Addresses of this slice."""

from __future__ import annotations

from django.urls import path

from portal.roles import api
from portal.roles.views import people, roles, teams

urlpatterns = [
    path("administration/people/", people.people, name="people"),
    path("administration/people/invite/", people.invite, name="invite"),
    path("administration/people/<uuid:membership_id>/", people.member, name="member"),
    path("administration/people/<uuid:membership_id>/end/", people.end, name="member_end"),
    path("administration/people/<uuid:membership_id>/reopen/", people.reopen, name="member_reopen"),
    path("administration/invitations/<uuid:invitation_id>/resend/", people.resend, name="invitation_resend"),
    path("administration/invitations/<uuid:invitation_id>/revoke/", people.revoke, name="invitation_revoke"),
    path("administration/teams/", teams.teams, name="teams"),
    path("administration/teams/<uuid:team_id>/", teams.team, name="team"),
    path("administration/teams/<uuid:team_id>/delete/", teams.delete, name="team_delete"),
    path("administration/roles/", roles.roles, name="roles"),
    path("administration/roles/new/", roles.new, name="role_new"),
    path("administration/roles/<uuid:role_id>/", roles.role, name="role"),
    path("administration/roles/<uuid:role_id>/reset/", roles.reset, name="role_reset"),
    path("administration/roles/<uuid:role_id>/delete/", roles.delete, name="role_delete"),
    path("api/v1/members/", api.members, name="api_members"),
    path("api/v1/roles/", api.roles, name="api_roles"),
]
