"""Every rule must be sayable in both languages: a rule without words would reach people as code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from assessments.calculators.formulas import show_formula
from portal.catalogue import Catalogue, Text
from portal.catalogue.words import Lexicon, say_rule, say_visibility
from portal.core.expressions import Expression

# An identifier, a call, a comparison sign or a quoted value, as they stand in code.
CODE = re.compile(r"[A-Za-z]+_[A-Za-z]|\b[a-z_]+\('|==|!=|>=|<=|'[a-z_]+'")
SYMBOLS = re.compile(r"[A-Za-z]+_[A-Za-z]|\b(?:if_else|ceil_div|any_of|all_of)\(")


Saying = tuple[str, str, Callable[[], Text], re.Pattern[str]]


def every_text(catalogue: Catalogue) -> Iterator[Saying]:
    """(file, id, how to say it, what must not be in it) for every rule of the catalogue."""
    plain = Lexicon(catalogue)
    for item in catalogue.items.values():
        lexicon = Lexicon(catalogue, item=item)
        for name, rule in item.rule.in_order():
            yield "checklists.yaml", f"{item.id} {name}", partial(say_rule, rule, lexicon), CODE
        yield "checklists.yaml", f"{item.id} visible_if", partial(say_visibility, item, lexicon), CODE
    for file, owner, rule in _rules_on_facts(catalogue):
        yield file, owner, partial(say_rule, rule, plain), CODE
    for calculator in catalogue.calculators.values():
        for step in calculator.steps:
            say = partial(show_formula, catalogue, calculator, step)
            yield "calculators.yaml", f"{calculator.id} {step}", say, SYMBOLS


def _rules_on_facts(catalogue: Catalogue) -> Iterator[tuple[str, str, Expression]]:
    found: list[tuple[str, str, Expression | None]] = []
    for filing in catalogue.filings.values():
        rules = [filing.applies_when, filing.likely_when]
        rules += [clock.when for clock in filing.clocks]
        rules += [recurring.when for recurring in filing.recurring]
        rules += [case.when for case in filing.effective_cases]
        found += [(f"filings/{filing.regime}.yaml", filing.id, rule) for rule in rules]
    for blocker in catalogue.blockers.values():
        found += [("blockers.yaml", blocker.id, rule) for rule in (blocker.applies_when, blocker.likely_when)]
    found += [("tiers.yaml", condition.id, condition.expr) for condition in catalogue.tiers.conditions]
    found += [("facts.yaml", fact.id, fact.derived) for fact in catalogue.derived_facts]
    for file, owner, rule in found:
        if rule is not None:
            yield file, owner, rule


def check_words(catalogue: Catalogue) -> list[str]:
    """One line for each rule that has no words, or whose words hold code."""
    faults = []
    for file, name, say, forbidden in every_text(catalogue):
        try:
            text = say()
        except (KeyError, ValueError, TypeError) as error:
            faults.append(f"{file}: {name}: cannot be said in words: {error}")
            continue
        for language, said in text.items():
            found = forbidden.search(said)
            if found:
                faults.append(f"{file}: {name}: code in the {language} words: {found[0]}")
    return faults
