"""Calculators: inputs with units, parameters with origin, steps, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.parts.text import Text
from portal.core.expressions import Expression


@dataclass(frozen=True, slots=True)
class Input:
    """An input. ``source`` is ``item``, ``calc``, ``fact``, ``import``, ``entered`` or ``portal``; ``of`` names which.

    ``default`` is None if there is none; an ``optional`` input left out is empty, any other one unknown.
    """

    id: str
    label: Text
    unit: str
    source: str
    of: str
    default: object
    optional: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the catalogue with its origin (``article``, ``custom`` or ``proposal``)."""

    id: str
    label: Text
    unit: str
    value: object
    origin: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step; later steps may use its id."""

    id: str
    expr: Expression


@dataclass(frozen=True, slots=True)
class Output:
    """A figure the calculator gives: a step, or an input passed on."""

    id: str
    label: Text
    unit: str


@dataclass(frozen=True, slots=True)
class Calculator:
    """A calculator; ``dimension`` is an id or ``ALL``."""

    id: str
    dimension: str
    name: Text
    note: Text
    inputs: Mapping[str, Input]
    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]
    outputs: Mapping[str, Output]
