"""What this slice's acts read like in the trail."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.job.cancelled": _("cancelled the work “{title}”"),
    "portal.job.restarted": _("started the work “{title}” again"),
}
