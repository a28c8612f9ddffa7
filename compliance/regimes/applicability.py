"""Whether a filing applies to a project: the result, why, by which clause, from when.

The rules propose; a compliance officer decides, line by line.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue import Catalogue, Env, Text
from portal.catalogue.parts import Blocker, Filing, LegalBasis
from portal.catalogue.words import Lexicon, listed, say_rule
from portal.core.expressions import UNKNOWN, Expression, Truth

REQUIRED, LIKELY, NOT_APPLICABLE, UNDETERMINED = "required", "likely", "not_applicable", "undetermined"
APPLYING = (REQUIRED, LIKELY)
IN_FORCE, UPCOMING, LAPSED = "in_force", "upcoming", "lapsed"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What two rules say together.

    ``firm``: one of them is strictly true; ``presumed``: yes/no facts read as *yes* until shown otherwise; ``open_facts``:
    asked facts that keep a rule unknown, whatever the result.
    """

    result: str
    firm: bool
    presumed: tuple[str, ...]
    open_facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """``state``: in force, upcoming or lapsed on the reference date; ``start`` of effect (None: always was)."""

    state: str
    start: dt.date | None
    end: dt.date | None
    reference: dt.date


@dataclass(frozen=True, slots=True)
class Decision:
    """The rules' decision on one filing.

    ``facts``: the facts its rules name, with their values (``UNKNOWN`` if so); ``missing``: facts to ask for, if the
    result is not settled; the rest as in ``Ruling`` and ``Timing``.
    """

    filing: Filing
    result: str
    firm: bool
    presumed: tuple[str, ...]
    open_facts: tuple[str, ...]
    facts: Mapping[str, object]
    timing: Timing

    @property
    def id(self) -> str:
        """The id of the filing."""
        return self.filing.id

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that would settle it: none if it is required or not applicable."""
        return self.open_facts if self.result in (LIKELY, UNDETERMINED) else ()

    @property
    def clauses(self) -> tuple[LegalBasis, ...]:
        """The legal basis."""
        return self.filing.legal_basis


@dataclass(frozen=True, slots=True)
class Finding:
    """The rules' decision on one reason to stop; ``red`` if it holds."""

    blocker: Blocker
    result: str
    open_facts: tuple[str, ...]
    facts: Mapping[str, object]

    @property
    def red(self) -> bool:
        """Whether the launch must stop."""
        return self.result in APPLYING


def rule_on(env: Env, applies_when: Expression, likely_when: Expression | None) -> Ruling:
    """Decide by the five steps of the language.

    1. ``applies_when`` strictly true: required. 2. Unknown, but true once yes/no facts are presumed: likely.
    3. ``likely_when`` true, strictly or by presumption: likely. 4. ``applies_when`` false, and ``likely_when`` absent or
    false: not applicable. 5. Otherwise undetermined.
    """
    scope = env.scope
    strict = applies_when.truth(scope)
    second: Truth = False if likely_when is None else likely_when.truth(scope)
    facts = env.open_facts(applies_when) if strict is UNKNOWN else frozenset()
    if likely_when is not None and second is UNKNOWN:
        facts |= env.open_facts(likely_when)
    presumed = _presumed(env, applies_when, strict) | _presumed(env, likely_when, second)
    if strict is True:
        result = REQUIRED
    elif second is True or _presumably(env, applies_when, strict) or _presumably(env, likely_when, second):
        result = LIKELY
    else:
        result = NOT_APPLICABLE if strict is False and second is False else UNDETERMINED
    return Ruling(
        result=result,
        firm=strict is True or second is True,
        presumed=env.in_order(presumed) if result == LIKELY else (),
        open_facts=env.in_order(facts),
    )


def _presumably(env: Env, rule: Expression | None, value: Truth) -> bool:
    """Whether an unknown rule is true once yes/no facts are presumed."""
    return rule is not None and value is UNKNOWN and rule.truth(env.scope, presume=True) is True


def _presumed(env: Env, rule: Expression | None, value: Truth) -> frozenset[str]:
    if rule is None or value is not UNKNOWN:
        return frozenset()
    return rule.evaluate(env.scope, presume=True).presumed


def timing(env: Env, filing: Filing, as_of: dt.date) -> Timing:
    """When a filing takes effect, seen from the later of ``as_of`` and the launch (if known)."""
    launch = env.values.get("launch_date")
    reference = max(as_of, launch) if isinstance(launch, dt.date) else as_of
    start = filing.effective_from
    for case in filing.effective_cases:
        if case.when.truth(env.scope) is True:
            start = case.start
            break
    state = IN_FORCE
    if start is not None and reference < start:
        state = UPCOMING
    elif filing.effective_to is not None and reference > filing.effective_to:
        state = LAPSED
    return Timing(state, start, filing.effective_to, reference)


def decide(env: Env, filing: Filing, as_of: dt.date) -> Decision:
    """The decision of the rules on one filing. Raises ``ExpressionError`` if a rule cannot be evaluated."""
    ruling = rule_on(env, filing.applies_when, filing.likely_when)
    return Decision(
        filing=filing,
        result=ruling.result,
        firm=ruling.firm,
        presumed=ruling.presumed,
        open_facts=ruling.open_facts,
        facts={name: env.values[name] for name in filing.facts},
        timing=timing(env, filing, as_of),
    )


def decide_all(env: Env, as_of: dt.date) -> dict[str, Decision]:
    """The decision on every filing of the catalogue, by id."""
    return {name: decide(env, filing, as_of) for name, filing in env.catalogue.filings.items()}


def red_findings(env: Env) -> dict[str, Finding]:
    """Every reason to stop, by id, whether it holds or not."""
    found: dict[str, Finding] = {}
    for name, blocker in env.catalogue.blockers.items():
        ruling = rule_on(env, blocker.applies_when, blocker.likely_when)
        facts = {fact: env.values[fact] for fact in blocker.facts}
        found[name] = Finding(blocker, ruling.result, ruling.open_facts, facts)
    return found


def rule_in_words(catalogue: Catalogue, entry: Filing | Blocker) -> Text:
    """When it applies, in words; with the second rule if there is one."""
    lexicon = Lexicon(catalogue)
    text = say_rule(entry.applies_when, lexicon)
    if entry.likely_when is None:
        return text
    likely = say_rule(entry.likely_when, lexicon)
    return Text("{a}。可能须办理：{b}", "{a}. Likely if {b}").fill(a=text, b=likely)


def clause_in_words(basis: LegalBasis) -> Text:
    """A clause as people cite it: instrument and article."""
    if basis.article is None:
        return basis.instrument
    phrase = Text("{i}第 {a} 条", "{i}, Art. {a}")
    if not basis.article[:1].isdigit():
        phrase = Text("{i} {a}", "{i}, {a}")
    return phrase.fill(i=basis.instrument, a=Text(_article_in_chinese(basis.article), basis.article))


def _article_in_chinese(article: str) -> str:
    """The content writes articles once, for both languages: its few words are put into Chinese here."""
    for english, chinese in ((", ", "、"), ("Annexes ", "附件 "), ("Annex ", "附件 "), (" to ", " 至 ")):
        article = article.replace(english, chinese)
    return article


def clauses_in_words(filing: Filing) -> Text:
    """All clauses of a filing in one line."""
    return listed([clause_in_words(basis) for basis in filing.legal_basis], "；", "; ")
