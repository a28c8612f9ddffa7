"""What the trail and the history of a filing say of rounds of questions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    "compliance.round.opened": _("recorded letter {round} of the authority on “{filing}” with {questions} questions"),
    "compliance.round.sorted": _("sorted question {question} of letter {round} on “{filing}”; answered by {assignee}"),
    "compliance.round.drafted": _("saved a draft for question {question} of letter {round} on “{filing}”"),
    "compliance.round.answered": _("answered question {question} of letter {round} on “{filing}”"),
    "compliance.round.replied": _("sent the reply to letter {round} on “{filing}” on {on}"),
    "compliance.round.closed": _("closed round {round} of “{filing}”"),
    "compliance.round.letter_read": _("opened letter {round} of the authority"),
    "compliance.round.exported": _("exported questions of authorities ({rows} rows)"),
}
EVENTS: dict[str, Any] = {
    "round_opened": _("Letter {round} of the authority recorded, with {questions} questions. {reference}"),
    "round_sorted": _("Question {question} of letter {round} sorted; answered by {assignee}"),
    "round_drafted": _("Draft saved for question {question} of letter {round}"),
    "round_answered": _("Question {question} of letter {round} answered"),
    "round_replied": _("Reply to letter {round} sent. {reason}"),
    "round_closed": _("Round {round} closed"),
}
