"""What the trail says of acts at gates."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "assessments.gate.opened": _("opened {gate} for signature on revision r{revision}"),
    "assessments.gate.signed": _("signed {gate} as {role_name}: {outcome_name}"),
    "assessments.gate.decided": _("{gate} is decided: {outcome_name}"),
    "assessments.gate.withdrawn": _("withdrew the open round of {gate}: {reason}"),
    "assessments.gate.stale": _("the sign-off of {gate} became stale"),
    "assessments.condition.written": _("wrote a condition for {gate}: {text}"),
    "assessments.condition.reported": _("reported a condition of {gate} as met: {report}"),
    "assessments.condition.met": _("accepted a condition of {gate} as met"),
    "assessments.condition.reopened": _("sent a condition of {gate} back: {reason}"),
    "assessments.condition.changed": _("changed a condition of {gate}, until {due}, owner {owner}: {reason}"),
    "assessments.condition.dropped": _("gave up a condition of {gate}: {reason}"),
    "assessments.confirmation.recorded": _("confirmed {flag_name}: {text}"),
    "assessments.confirmation.withdrawn": _("took back the confirmation {flag_name}"),
    "assessments.confirmation.used": _("the confirmation {flag_name} is settled by {gate}"),
}
