"""“What would change this” on the page of one filing: other answers that lead to another result, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from compliance.filings.effects import RESULTS
from compliance.filings.pages.addresses import fact_url
from compliance.filings.subjects import Subject
from compliance.regimes.applicability import APPLYING, NOT_APPLICABLE, UNDETERMINED
from compliance.regimes.changing import Flip, flips
from portal.catalogue.parts.facts import Fact
from portal.catalogue.words import fact_label, say_fact_value
from portal.core.formats import in_language as tr

_ORDER = (*APPLYING, UNDETERMINED, NOT_APPLICABLE)


def what_would_change(subject: Subject, slug: str) -> list[dict[str, Any]]:
    """Groups by result, heaviest first: ``{result, label, facts: [{label, question, values, url}]}``; empty if no single answer does it."""
    if subject.env is None:
        return []
    facts = subject.content.facts
    found: dict[str, dict[str, list[str]]] = {}
    for one in flips(subject.env, subject.ruling.filing):
        found.setdefault(one.result, {}).setdefault(one.fact, []).append(_value(facts[one.fact], one))
    return [
        {
            "result": result,
            "label": tr(RESULTS[result]),
            "facts": [
                {
                    "label": tr(fact_label(facts[name])),
                    "question": tr(facts[name].question),
                    "values": values,
                    "url": fact_url(slug, subject.project, name),
                }
                for name, values in found[result].items()
            ],
        }
        for result in _ORDER
        if result in found
    ]


def _value(fact: Fact, one: Flip) -> str:
    """The other answer: what is put in or taken out of a set, else the value."""
    if not isinstance(one.value, list):
        return tr(say_fact_value(fact, one.value))
    if not one.value:
        return _("none of the list")
    parts = []
    if one.added:
        parts.append(_("with {values}").format(values=tr(say_fact_value(fact, list(one.added)))))
    if one.removed:
        parts.append(_("without {values}").format(values=tr(say_fact_value(fact, list(one.removed)))))
    return _(", ").join(parts)
