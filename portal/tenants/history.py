"""What this slice's acts read like in the trail."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.member.added": _("made {name} ({email}) a member"),
    "portal.member.ended": _("ended the membership of {name} ({email})"),
    "portal.member.described": _("changed the position of {name}: {title}, {unit}"),
    "portal.organisation.changed": _("changed the organisation: {fields}"),
    "portal.organisation.logo_set": _("set the logo"),
    "portal.organisation.logo_removed": _("removed the logo"),
    "portal.tenant.created": _("created the organisation {organisation}"),
    "portal.tenant.suspended": _("suspended the organisation: {reason}"),
    "portal.tenant.reopened": _("reopened the organisation"),
    "portal.account.linked": _("linked the account {email} to another one of the same person: {reason}"),
    "portal.account.unlinked": _("gave the account {email} a person of its own again: {reason}"),
}
