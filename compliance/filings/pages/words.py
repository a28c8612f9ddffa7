"""Words of the filing pages that come from the catalogue's lists: timing, decisions, time limits, confidence."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from compliance.filings.models import Filing
from compliance.filings.states import FilingDecision
from compliance.regimes.applicability import IN_FORCE, LAPSED, UPCOMING, Timing, clause_in_words, rule_in_words
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts import Filing as Entry
from portal.catalogue.parts.filings import Clock, Period
from portal.core.formats import day
from portal.core.formats import in_language as tr


@lru_cache(maxsize=2048)
def rule_text(content: Catalogue, regime: str) -> Text:
    """The rule of a filing in words; worked out once per version."""
    return rule_in_words(content, content.filings[regime])


def label(content: Catalogue, vocabulary: str, value: str) -> str:
    """A value of a closed list in the active language; the value itself if the list lacks it."""
    found = content.vocabularies[vocabulary].choices.get(value)
    return tr(found.label) if found is not None else value


def timing_badge(timing: Timing) -> dict[str, str]:
    """Tone and words for from when the rule counts."""
    if timing.state == IN_FORCE:
        return {"tone": "pass", "label": _("in force")}
    if timing.state == UPCOMING:
        return {"tone": "review", "label": _("upcoming from {date}").format(date=day(timing.start))}
    return {"tone": "na", "label": _("not in force any more")}


def timing_word(state: str) -> str:
    """A state of timing without its date."""
    return {IN_FORCE: _("in force"), UPCOMING: _("not in force yet"), LAPSED: _("not in force any more")}.get(state, state)


def decision_badge(row: Filing | None) -> dict[str, str]:
    """Tone and words for what people decided."""
    if row is None or row.decision == FilingDecision.NONE:
        return {"tone": "open", "label": _("waiting for compliance")}
    if row.second_person_id is None:
        words = (
            _("applies, second person missing") if row.decision == FilingDecision.CONFIRMED else _("does not apply, second person missing")
        )
        return {"tone": "review", "label": words}
    if row.decision == FilingDecision.CONFIRMED:
        return {"tone": "pass", "label": _("applies")}
    return {"tone": "na", "label": _("does not apply")}


def confidence(entry: Entry) -> dict[str, str]:
    """How sure the content is of this rule, explained."""
    words = {
        "H": (_("High"), _("The text was read, or several independent sources agree."), "pass"),
        "M": (_("Medium"), _("One good secondary source, or known and not read again. Check before you rely on it."), "attention"),
        "L": (_("Low"), _("Usual practice, not law. Ask the authority or counsel."), "attention"),
    }
    name, text, tone = words.get(entry.confidence, (entry.confidence, "", "open"))
    return {"name": name, "badge": _("Confidence: {level}").format(level=name), "text": text, "tone": tone}


def period(content: Catalogue, given: Period) -> str:
    """``3 working days`` in the active language."""
    unit = label(content, "units", given.unit)
    return _("{n} {unit}").format(n=given.n, unit=unit) if given.n == 1 else _("{n} {unit}s").format(n=given.n, unit=unit)


def clock(content: Catalogue, one: Clock) -> dict[str, str]:
    """A time limit of the entry as a sentence, with its basis."""
    event, action = label(content, "events", one.event), label(content, "actions", one.action)
    fields = {"event": event, "action": action}
    if one.n is None or one.unit is None:
        text = (
            _("{action}: before “{event}”, no number of days fixed")
            if one.direction == "before"
            else _("{action}: after “{event}”, no number of days fixed")
        )
    elif one.n == 0:
        text = _("{action}: before “{event}”") if one.direction == "before" else _("{action}: at once after “{event}”")
    else:
        fields["period"] = period(content, Period(one.n, one.unit))
        text = (
            _("{action}: at least {period} before “{event}”")
            if one.direction == "before"
            else _("{action}: within {period} after “{event}”")
        )
    sentence = text.format(**fields)
    return {
        "text": sentence[:1].upper() + sentence[1:],
        "basis": label(content, "bases", one.basis),
        "note": tr(one.note) if one.note else "",
    }


def clauses(content: Catalogue, entry: Entry) -> list[dict[str, Any]]:
    """The legal basis, one line each."""
    return [
        {"text": tr(clause_in_words(basis)), "in_force": basis.in_force, "confidence": basis.confidence, "url": basis.url or ""}
        for basis in entry.legal_basis
    ]


# Tags of the content's authors that stand for knowledge of their own.
_OWN = "K"


def sources(content: Catalogue, entry: Entry) -> list[dict[str, str]]:
    """Source tags with what they stand for (English only, as in the content)."""
    found = []
    for tag in entry.sources:
        known = content.sources.get(tag)
        text = known.text if known is not None else _("own knowledge of the authors, not read again") if tag.endswith(_OWN) else ""
        found.append({"tag": tag, "text": text})
    return found


def role_name(content: Catalogue, role: str) -> str:
    """A role in which somebody decided, in the active language."""
    known = content.roles.get(role)
    if known is not None:
        return tr(known.name)
    return _("Executive") if role == "executive" else role
