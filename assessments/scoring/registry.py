"""Where compliance offers what items and tiers need to know about filings. The upper app registers itself at start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FilingsOverview:
    """The filings of a project at a glance.

    ``state``: ``undetermined`` (facts are missing and nobody has decided), ``open`` (something is to be filed before its time is
    up), ``unconfirmed`` (nothing is open, but compliance has not decided every line), ``done`` (what applies is done) or
    ``none`` (nothing applies, and compliance has said so). ``open``: filings to do; ``unconfirmed``: lines without a decision.
    """

    state: str
    open: int
    unconfirmed: int


class FilingProvider(Protocol):
    """The filings of projects, decided by rules and counted with the decisions of compliance."""

    def decisions(self, env: Env, today: dt.date) -> Mapping[str, FilingDecision]:
        """Every filing of the catalogue by id, decided on the facts of the environment."""

    def red_findings(self, env: Env) -> Mapping[str, RedFinding]:
        """Every reason to stop by id."""

    def counts(
        self, project_id: UUID | None, env: Env, today: dt.date, decisions: Mapping[str, FilingDecision] | None = None
    ) -> FilingCounts:
        """The filings of a project counted; a recorded decision prevails over the rule.

        ``project_id`` None: a project to be, without records. ``decisions`` on the same facts, if they are at hand.
        """

    def states(self, project_id: UUID | None) -> Mapping[str, str]:
        """Where the procedures of a project (and of its organisation) stand, by filing id: what ``filing_done`` asks for."""

    def overview(self, project_id: UUID | None, env: Env, today: dt.date, decisions: Mapping[str, FilingDecision]) -> FilingsOverview:
        """The filings of a project in one word and two figures, for lists."""

    def precheck_done(self, project_id: UUID) -> bool:
        """Whether the filings of the project have been decided by the rules and put on record."""


class HasId(Protocol):
    """Anything with the id of a project."""

    @property
    def pk(self) -> UUID:
        """The id."""


class NoFilingProvider(LookupError):
    """Nothing was registered: the app that decides filings is not installed or not started."""


_providers: list[FilingProvider] = []


def register_filing_provider(provider: FilingProvider) -> None:
    """Make a provider the one that is asked; the last one registered wins."""
    _providers[:] = [provider]


def precheck_done(project: HasId) -> bool:
    """Whether the filing pre-check of the project has run."""
    return filing_provider().precheck_done(project.pk)


def filing_provider() -> FilingProvider:
    """The registered provider. Raises ``NoFilingProvider``."""
    if not _providers:
        raise NoFilingProvider("no app has registered a provider of filings")
    return _providers[0]
