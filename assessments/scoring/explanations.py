"""The form of an explanation: what came out, why, from which inputs, by which rule and parameters."""

from __future__ import annotations

from dataclasses import dataclass

from portal.catalogue import Catalogue, Text
from portal.catalogue.words import say_number
from portal.catalogue.words.lexicon import RESULTS


@dataclass(frozen=True, slots=True)
class InputShown:
    """An input of a rule. ``source``: ``answer evidence fact item calc filings verdict condition``; ``id`` within it."""

    source: str
    id: str
    label: Text
    value: Text
    known: bool = True


@dataclass(frozen=True, slots=True)
class ParameterShown:
    """A parameter of the catalogue that entered a rule."""

    id: str
    label: Text
    value: Text
    origin: Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a result came out.

    ``result`` for programs, ``result_text`` for people; ``sentence`` says it in one sentence; ``rule`` is the deciding rule
    in words, ``rule_text`` as written in the catalogue; ``version``: of the catalogue, which rules and parameters carry.
    """

    subject: str
    title: Text
    result: str
    result_text: Text
    sentence: Text
    rule: Text
    rule_text: str
    inputs: tuple[InputShown, ...]
    parameters: tuple[ParameterShown, ...]
    version: str


NO_TEXT = Text("", "")


def verdict_label(catalogue: Catalogue, verdict: str) -> Text:
    """A verdict in words; ``waived`` is one where scores are shown."""
    choices = catalogue.vocabularies["verdicts"].choices
    return choices[verdict].label if verdict in choices else RESULTS[verdict]


def parameter_shown(catalogue: Catalogue, calculator_id: str, name: str) -> ParameterShown:
    """A parameter of a calculator in words."""
    one = catalogue.calculators[calculator_id].parameters[name]
    origins = {choice.value: choice.label for choice in catalogue.parameter_origins}
    return ParameterShown(f"{calculator_id}.{name}", one.label, say_number(one.value, one.unit), origins[one.origin])
