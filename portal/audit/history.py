"""What this slice's acts read like in the trail."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portal.audit_log.exported": _("exported {count} lines of the audit log as {format} (filters: {filters})"),
}
