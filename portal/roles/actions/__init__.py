"""Acts on roles, members, teams and invitations: one file per family."""

from portal.roles.actions.inviting import (
    Accepted,
    accept_invitation,
    invite_administrator,
    invite_person,
    resend_invitation,
    revoke_invitation,
)
from portal.roles.actions.members import (
    add_member_with_roles,
    change_member,
    end_member,
    grant_role,
    member_values,
    reopen_member,
    set_roles,
    withdraw_role,
)
from portal.roles.actions.provisioning import (
    BUILTIN_TENANT_ROLES,
    create_organisation,
    install_builtin_roles,
    project_roles_of_catalogue,
    provision_tenant,
)
from portal.roles.actions.roles import create_role, delete_role, rename_role, reset_role, set_permissions
from portal.roles.actions.teams import create_team, delete_team, rename_team, set_team_members

__all__ = [
    "BUILTIN_TENANT_ROLES",
    "Accepted",
    "accept_invitation",
    "add_member_with_roles",
    "change_member",
    "create_organisation",
    "create_role",
    "create_team",
    "delete_role",
    "delete_team",
    "end_member",
    "grant_role",
    "install_builtin_roles",
    "invite_administrator",
    "invite_person",
    "member_values",
    "project_roles_of_catalogue",
    "provision_tenant",
    "rename_role",
    "rename_team",
    "reopen_member",
    "resend_invitation",
    "reset_role",
    "revoke_invitation",
    "set_permissions",
    "set_roles",
    "set_team_members",
    "withdraw_role",
]
