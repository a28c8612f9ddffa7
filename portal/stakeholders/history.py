"""What acts on stakeholders read like in the trail; a line begins with the person's name."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.contact.created": _("added {name} to the directory of contacts"),
    "portal.contact.edited": _("changed the contact {name}"),
    "portal.contact.deleted": _("deleted the contact {name}"),
    "portal.stakeholder.added": _("named {name} as stakeholder: {part}"),
    "portal.stakeholder.edited": _("changed the stakeholder {name}"),
    "portal.stakeholder.removed": _("took {name} off the list of stakeholders"),
    "portal.responsibility.set": _("set {name} in {dimension}: {before} → {letters}"),
    "portal.responsibility.exported": _("exported the responsibilities as {form}"),
}
