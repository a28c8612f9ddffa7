"""What this slice's acts read like in the trail."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.role.granted": _("gave {name} the role {role}"),
    "portal.role.withdrawn": _("took the role {role} from {name}"),
    "portal.role.created": _("made the role {role}"),
    "portal.role.renamed": _("renamed the role {before} to {role}"),
    "portal.role.permissions_changed": _("changed what the role {role} may do; added: {added}; taken away: {dropped}"),
    "portal.role.deleted": _("deleted the role {role}"),
    "portal.team.created": _("made the team {team}"),
    "portal.team.renamed": _("renamed the team {before} to {team}"),
    "portal.team.members_changed": _("changed the team {team}; added: {added}; taken out: {dropped}"),
    "portal.team.deleted": _("deleted the team {team}"),
    "portal.invitation.sent": _("invited {name} ({email}) as {roles}"),
    "portal.invitation.resent": _("sent {name} ({email}) a new invitation link"),
    "portal.invitation.revoked": _("withdrew the invitation of {name} ({email})"),
    "portal.invitation.accepted": _("accepted the invitation of {inviter} as {name}"),
}
