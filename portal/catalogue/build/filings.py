"""filings/*.yaml and blockers.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from portal.catalogue.build.common import build_all
from portal.catalogue.parts import filings as parts
from portal.catalogue.reading import Entry

_DUE_ON = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
KIND_OF_BLOCKER = "red_finding"


def regime(regime_id: str, file: Entry) -> parts.Regime:
    """The heading of a file of filings."""
    return parts.Regime(regime_id, file.text("regime"), file.maybe_date("as_of"))


def filings(regime_id: str, file: Entry) -> Mapping[str, parts.Filing]:
    """The filings of one file."""
    return build_all(file.entries("entries", needed=True), lambda entry: _filing(regime_id, entry))


def blockers(file: Entry) -> Mapping[str, parts.Blocker]:
    """blockers.yaml."""
    return build_all(file.entries("blockers", needed=True), _blocker)


def _filing(regime_id: str, entry: Entry) -> parts.Filing:
    filing = parts.Filing(
        id=entry.words("id"),
        regime=regime_id,
        kind=entry.words("kind"),
        name=entry.text("name"),
        jurisdiction=entry.strings("jurisdiction"),
        authority=_authority(entry.entry("authority")),
        status=entry.words("status"),
        legal_basis=tuple(_legal_basis(part) for part in entry.entries("legal_basis")),
        applies_when=entry.rule("applies_when"),
        likely_when=entry.maybe_rule("likely_when"),
        facts=entry.strings("facts"),
        gate=entry.words("gate"),
        clocks=tuple(_clock(part) for part in entry.entries("clocks")),
        authority_clock=_authority_clock(entry.maybe_entry("authority_clock")),
        typical_time=_typical_time(entry.maybe_entry("typical_time")),
        documents=tuple(build_all(entry.entries("documents"), _document).values()),
        identifier=_identifier(entry.maybe_entry("identifier")),
        validity=_validity(entry.maybe_entry("validity")),
        recurring=tuple(_recurring(part) for part in entry.entries("recurring")),
        consequences=entry.text("consequences"),
        depends_on=entry.strings("depends_on"),
        related=entry.strings("related"),
        replaces=entry.strings("replaces"),
        superseded_by=entry.strings("superseded_by"),
        effective_from=entry.maybe_date("effective_from"),
        effective_to=entry.maybe_date("effective_to"),
        effective_cases=tuple(_effective_case(part) for part in entry.entries("effective_cases")),
        alternative_effective=tuple((part.date("from"), part.text("reason")) for part in entry.entries("alternative_effective")),
        parameters=MappingProxyType(entry.whole_numbers("parameters")),
        confidence=entry.words("confidence"),
        sources=entry.strings("sources"),
        note=entry.maybe_text("note"),
        review=entry.maybe_text("review"),
    )
    if not filing.documents and filing.gate != "watch":
        entry.fault("no documents")
    return filing


def _blocker(entry: Entry) -> parts.Blocker:
    if entry.words("kind") != KIND_OF_BLOCKER:
        entry.fault(f"kind must be {KIND_OF_BLOCKER}")
    return parts.Blocker(
        id=entry.words("id"),
        name=entry.text("name"),
        jurisdiction=entry.strings("jurisdiction"),
        applies_when=entry.rule("applies_when"),
        likely_when=entry.maybe_rule("likely_when"),
        facts=entry.strings("facts"),
        reason=entry.text("reason"),
        remedy=entry.text("remedy"),
        closes_gates=entry.strings("closes_gates"),
        confidence=entry.words("confidence"),
        sources=entry.strings("sources"),
        review=entry.maybe_text("review"),
    )


def _authority(entry: Entry) -> parts.Authority:
    authority = parts.Authority(entry.own_text(), entry.strings("level"), entry.maybe_words("portal"))
    entry.done()
    return authority


def _legal_basis(entry: Entry) -> parts.LegalBasis:
    basis = parts.LegalBasis(
        entry.text("instrument"),
        entry.maybe_words("article"),
        entry.maybe_date("in_force"),
        entry.words("confidence"),
        entry.maybe_words("url"),
    )
    entry.done()
    return basis


def _clock(entry: Entry) -> parts.Clock:
    clock = parts.Clock(
        event=entry.words("event"),
        direction=entry.words("direction"),
        n=entry.maybe_whole("n"),
        unit=entry.maybe_words("unit"),
        action=entry.words("action"),
        basis=entry.words("basis"),
        calendar=entry.words("calendar"),
        roll_forward=entry.flag("roll_forward", default=False),
        when=entry.maybe_rule("when"),
        note=entry.maybe_text("note"),
    )
    if clock.n and clock.unit is None:
        entry.fault("a number without a unit")
    entry.done()
    return clock


def _period(entry: Entry) -> parts.Period:
    period = parts.Period(entry.whole("n"), entry.words("unit"))
    entry.done()
    return period


def _authority_clock(entry: Entry | None) -> parts.AuthorityClock | None:
    if entry is None:
        return None
    clock = parts.AuthorityClock(parts.Period(entry.whole("n"), entry.words("unit")), entry.text("from_event"))
    entry.done()
    return clock


def _typical_time(entry: Entry | None) -> parts.TypicalTime | None:
    if entry is None:
        return None
    typical = parts.TypicalTime(entry.own_text(), entry.words("basis"), entry.words("confidence"))
    entry.done()
    return typical


def _document(entry: Entry) -> parts.Document:
    return parts.Document(entry.words("id"), entry.own_text(), entry.flag("required"), entry.maybe_text("note"))


def _identifier(entry: Entry | None) -> parts.Identifier | None:
    if entry is None:
        return None
    samples = []
    for part in entry.entries("samples"):
        samples.append((part.words("value"), part.flag("synthetic")))
        part.done()
    identifier = parts.Identifier(
        pattern=entry.maybe_words("pattern"),
        strict=entry.flag("strict"),
        display=entry.text("display"),
        samples=tuple(samples),
        counter_samples=entry.strings("counter_samples"),
    )
    entry.done()
    if identifier.pattern is not None:
        _check_pattern(entry, identifier, identifier.pattern)
    return identifier


def _check_pattern(entry: Entry, identifier: parts.Identifier, pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        entry.fault(f"the pattern is no regular expression: {error}")
        return
    if not identifier.samples:
        entry.fault("a pattern without samples")
    for sample, _ in identifier.samples:
        if not compiled.search(sample):
            entry.fault(f"the sample {sample} does not match")
    for sample in identifier.counter_samples:
        if compiled.search(sample):
            entry.fault(f"the counter-sample {sample} matches")


def _validity(entry: Entry | None) -> parts.Validity | None:
    if entry is None:
        return None
    renew = entry.maybe_entry("renew_before")
    validity = parts.Validity(
        entry.maybe_whole("months"),
        entry.text("text"),
        entry.maybe_whole("recheck_months"),
        None if renew is None else _period(renew),
    )
    entry.done()
    return validity


def _recurring(entry: Entry) -> parts.Recurring:
    every = entry.maybe_entry("every")
    recurring = parts.Recurring(
        text=entry.own_text(),
        basis=entry.words("basis"),
        every=None if every is None else _period(every),
        due_on=entry.maybe_words("due_on"),
        when=entry.maybe_rule("when"),
    )
    entry.done()
    if recurring.every is None and recurring.due_on is None:
        entry.fault("neither every nor due_on")
    if recurring.due_on is not None and not _DUE_ON.fullmatch(recurring.due_on):
        entry.fault(f"due_on must be MM-DD, not {recurring.due_on}")
    return recurring


def _effective_case(entry: Entry) -> parts.EffectiveCase:
    case = parts.EffectiveCase(entry.rule("when"), entry.date("from"))
    entry.done()
    return case
