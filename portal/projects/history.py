"""What acts on projects read like in the trail; a line begins with the person's name."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.project.people_named": _("named the people of the project: {count} roles"),
    "portal.project.registered": _("registered the project {code} {name}"),
    "portal.project.edited": _("changed the project {code}"),
    "portal.project.stage_advanced": _("moved the project from {old} to {new} by a gate decision: {reason}"),
    "portal.project.held": _("put the project on hold: {reason}"),
    "portal.project.stopped": _("stopped the project: {reason}"),
    "portal.project.resumed": _("resumed the project: {reason}"),
    "portal.project.retired": _("retired the project: {reason}"),
    "portal.project.made_confidential": _("made the project {code} confidential"),
    "portal.project.opened": _("opened the project {code} to everyone who may see projects"),
    "portal.project.shared": _("shared the project with {with_name}"),
    "portal.project.unshared": _("took the project back from {with_name}"),
    "portal.project_role.given": _("gave {person} the role {role}"),
    "portal.project_role.changed": _("changed dates or deputy of {person} as {role}"),
    "portal.project_role.ended": _("ended the role {role} of {person}"),
    "portal.portfolio.exported": _("exported {rows} projects as {form}"),
    "portal.portfolio.export_ordered": _("ordered an export of the project list as {form}"),
    "portal.portfolio.export_downloaded": _("downloaded an export of {rows} projects"),
    "portal.view.saved": _("saved the view {name}"),
    "portal.view.updated": _("changed the view {name}"),
    "portal.view.shared": _("shared the view {name}"),
    "portal.view.unshared": _("made the view {name} private"),
    "portal.view.deleted": _("deleted the view {name}"),
}
