"""The content in words: rules, values and labels, in both languages."""

from portal.catalogue.words.clauses import Clause, sentence
from portal.catalogue.words.lexicon import (
    Lexicon,
    fact_label,
    field_label,
    item_labels,
    listed,
    quoted,
    say_fact_value,
    say_value,
)
from portal.catalogue.words.numbers import is_rounded, say_date, say_digits, say_number, say_unit
from portal.catalogue.words.rules import rule_outline, say_rule, say_visibility

__all__ = [
    "Clause",
    "Lexicon",
    "fact_label",
    "field_label",
    "is_rounded",
    "item_labels",
    "listed",
    "quoted",
    "rule_outline",
    "say_date",
    "say_digits",
    "say_fact_value",
    "say_number",
    "say_rule",
    "say_unit",
    "say_value",
    "say_visibility",
    "sentence",
]
