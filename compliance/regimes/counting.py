"""Filings of a project counted for items and gates: what applies, what is open, what is complete."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assessments.scoring.context import FilingCounts
from assessments.scoring.registry import FilingsOverview
from compliance.regimes.applicability import IN_FORCE, NOT_APPLICABLE, UNDETERMINED, Decision
from portal.catalogue import Catalogue
from portal.catalogue.functions import ANY_GATE, RECORD_FIELDS

APPLIES, DOES_NOT_APPLY = "applies", "not_applicable"


@dataclass(frozen=True, slots=True)
class FilingRecord:
    """What people recorded about one filing of a project.

    ``decision``: ``applies`` or ``not_applicable`` as compliance decided, empty if it has not; ``state``: of the
    procedure; ``filled``: fields of the record that are given (``owner``, ``due``, ``cost``, ``renewal``).
    """

    decision: str = ""
    state: str = ""
    filled: Collection[str] = frozenset()


_NO_RECORD = FilingRecord()


def applies(decision: Decision, record: FilingRecord) -> bool:
    """Whether a filing counts as applicable: a recorded decision prevails, else all but *not applicable* do."""
    if record.decision:
        return record.decision == APPLIES
    return decision.result != NOT_APPLICABLE


def is_open(catalogue: Catalogue, decision: Decision, record: FilingRecord) -> bool:
    """Whether an applicable filing is still to do: in force, and not in a state that counts as done."""
    if not applies(decision, record) or decision.timing.state != IN_FORCE:
        return False
    return record.state not in catalogue.done_states


def filings_counts(
    catalogue: Catalogue, decisions: Mapping[str, Decision], records: Mapping[str, FilingRecord] | None = None
) -> FilingCounts:
    """Count the filings of a project by gate.

    ``decisions``: of the rules, by filing id; ``records``: what people recorded, by filing id. Entries that are upcoming or
    lapsed stay applicable and are never open. ``complete`` holds for a field if every applicable filing has it.
    """
    given = records or {}
    gates = [*catalogue.vocabularies["filing_gates"].choices, ANY_GATE]
    applicable = dict.fromkeys(gates, 0)
    open_ids: dict[str, list[str]] = {gate: [] for gate in gates}
    complete = dict.fromkeys(RECORD_FIELDS, True)
    listed = confirmed = 0
    for name, decision in decisions.items():
        record = given.get(name, _NO_RECORD)
        if decision.result != NOT_APPLICABLE or record.decision:
            listed += 1
            confirmed += bool(record.decision)
        if not applies(decision, record):
            continue
        for gate in (decision.filing.gate, ANY_GATE):
            applicable[gate] += 1
            if is_open(catalogue, decision, record):
                open_ids[gate].append(name)
        for field in complete:
            complete[field] = complete[field] and field in record.filled
    return FilingCounts(
        applicable=applicable,
        open={gate: len(names) for gate, names in open_ids.items()},
        complete=complete,
        open_ids={gate: tuple(names) for gate, names in open_ids.items()},
        listed=listed,
        confirmed=confirmed,
    )


def overview(catalogue: Catalogue, decisions: Mapping[str, Decision], records: Mapping[str, FilingRecord]) -> FilingsOverview:
    """The filings of a project in one word: what is unknown comes first, then what is open, then what nobody has confirmed."""
    undetermined = open_ = unconfirmed = applicable = 0
    for name, decision in decisions.items():
        record = records.get(name, _NO_RECORD)
        applicable += applies(decision, record)
        undetermined += decision.result == UNDETERMINED and not record.decision
        open_ += is_open(catalogue, decision, record) and not (decision.result == UNDETERMINED and not record.decision)
        unconfirmed += decision.result != NOT_APPLICABLE and not record.decision
    if undetermined:
        state = "undetermined"
    elif open_:
        state = "open"
    elif unconfirmed:
        state = "unconfirmed"
    else:
        state = "done" if applicable else "none"
    return FilingsOverview(state, open_, unconfirmed)
