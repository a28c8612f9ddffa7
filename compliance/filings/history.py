"""What the trail and the history of a filing say of acts on it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# The trail of the project and the log: {filing} is the name of the regime.
SENTENCES: dict[str, Any] = {
    "compliance.filings.evaluated": _("checked the filings against the facts ({appeared} new)"),
    "compliance.filing.confirmed": _("decided that “{filing}” applies"),
    "compliance.filing.rejected": _("decided that “{filing}” does not apply: {reason}"),
    "compliance.filing.seconded": _("seconded the decision on “{filing}”"),
    "compliance.filing.objected": _("objected to the decision on “{filing}”: {reason}"),
    "compliance.filing.withdrawn": _("took the decision on “{filing}” back: {reason}"),
    "compliance.filing.withdrawal_asked": _("asked to take the decision on “{filing}” back: {reason}"),
    "compliance.filing.withdrawal_refused": _("objected to taking the decision on “{filing}” back: {reason}"),
    "compliance.filing.stepped": _("moved “{filing}” on to: {new_word}"),
    "compliance.filing.corrected": _("corrected the step “{step_word}” of “{filing}”: {reason}"),
    "compliance.filing.planned": _("changed the plan of “{filing}”"),
    "compliance.filings.exported": _("exported the list of filings ({rows} rows)"),
}
# Events of one filing, on its own page.
EVENTS: dict[str, Any] = {
    "appeared": _("It came onto the list. Result of the rules: {result}"),
    "result_moved": _("The result of the rules changed: {old} → {new}"),
    "timing_moved": _("By date, not by fact: {old} → {new}"),
    "decision_lapsed": _("The decision lapsed, since facts it rests on changed: {facts}"),
    "confirmed": _("Decided: it applies. {reason}"),
    "rejected": _("Decided: it does not apply. {reason}"),
    "seconded": _("Seconded by another role. {reason}"),
    "objected": _("The second person objected: {reason}"),
    "withdrawn": _("The decision was taken back: {reason}"),
    "withdrawal_asked": _("Asked to take the decision back; a second person has to agree: {reason}"),
    "withdrawal_refused": _("The second person objected to taking the decision back; it stays: {reason}"),
    "stepped": _("{state}"),
    "corrected": _("Corrected: {step_word}. {changed}. Reason: {reason}"),
    "planned": _("Plan changed: {changed}"),
}
