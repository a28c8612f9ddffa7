"""What the acts on facts read like in the trail."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.facts.saved": _("answered {count} facts of the project"),
    "portal.facts.sourced": _("gave the source of {count} facts"),
    "portal.facts.saved_for_organisation": _("answered {count} facts of the organisation"),
    "portal.count.part_saved": _("stated a part of “{fact}”: {value}, together {total}"),
    "portal.count.part_taken_back": _("took back a part of “{fact}”"),
}
