"""Where compliance offers what items and tiers need to know about filings. The upper app registers itself at start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from assessments.scoring.context import FilingCounts
from portal.catalogue import Env


class FilingDecision(Protocol):
    """What the rules say of one filing.

    ``result``: ``required``, ``likely``, ``not_applicable`` or ``undetermined``; ``firm``: a rule was strictly true, not
    only presumed; ``open_facts``: asked facts that keep its rules unknown.
    """

    @property
    def result(self) -> str:
        """One of the four results."""

    @property
    def firm(self) -> bool:
        """Whether a rule is strictly true."""

    @property
    def open_facts(self) -> tuple[str, ...]:
        """Asked facts that would settle it."""


class RedFinding(Protocol):
    """What the rules say of one reason to stop."""

    @property
    def result(self) -> str:
        """One of the four results; ``required`` and ``likely`` are red."""


class FilingProvider(Protocol):
    """The filings of projects, decided by rules and counted with the decisions of compliance."""

    def decisions(self, env: Env, today: dt.date) -> Mapping[str, FilingDecision]:
        """Every filing of the catalogue by id, decided on the facts of the environment."""

    def red_findings(self, env: Env) -> Mapping[str, RedFinding]:
        """Every reason to stop by id."""

    def counts(self, project_id: UUID, env: Env, today: dt.date) -> FilingCounts:
        """The filings of a project counted; a recorded decision prevails over the rule."""


class NoFilingProvider(LookupError):
    """Nothing was registered: the app that decides filings is not installed or not started."""


_providers: list[FilingProvider] = []


def register_filing_provider(provider: FilingProvider) -> None:
    """Make a provider the one that is asked; the last one registered wins."""
    _providers[:] = [provider]


def filing_provider() -> FilingProvider:
    """The registered provider. Raises ``NoFilingProvider``."""
    if not _providers:
        raise NoFilingProvider("no app has registered a provider of filings")
    return _providers[0]
