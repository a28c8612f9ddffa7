"""What the trail and the history of a filing say of proposals and checks, and reasons that the product gives itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from compliance.upkeep.states import OWN_REASONS

SENTENCES: dict[str, Any] = {
    "compliance.proposal.made": _("changed something for which “{filing}” may have to be changed, renewed or cancelled"),
    "compliance.proposal.grew": _("changed something more for which “{filing}” may have to be changed"),
    "compliance.proposal.accepted": _("took up a proposal for “{filing}”"),
    "compliance.proposal.dismissed": _("dismissed a proposal for “{filing}”: {reason}"),
    "compliance.display.shown": _("found the number of “{filing}” shown as it has to be"),
    "compliance.display.missing": _("found the number of “{filing}” not shown as it has to be: {note}"),
    "compliance.display.proof_read": _("opened the proof of a check of “{filing}”"),
}
EVENTS: dict[str, Any] = {
    "proposal_made": _("Tenfold proposes: {kind} ({cause})"),
    "proposal_grew": _("More facts changed that the filing rests on"),
    "proposal_accepted": _("The proposal is taken up: {kind}"),
    "proposal_dismissed": _("The proposal is dismissed: {kind}. {reason}"),
    "display_shown": _("The number is shown: {place}. To be looked at again by {next}"),
    "display_missing": _("The number is not shown as it has to be: {place}. {note}"),
}


def own_reason(reason: str) -> str:
    """A reason for people: the product's own in words, everything else as it was typed."""
    return str(OWN_REASONS.get(reason, reason))
