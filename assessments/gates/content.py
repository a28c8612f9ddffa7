"""The content of a frozen revision: the contract between the act that freezes and everything that reads.

Opening a round writes one `RevisionContent` and its sha-256; decisions, the sign-off report and the verification page
read nothing else. This module is pure: no Django, no clock, no database.

Conventions
- Plain JSON only: str, int, bool, None, list, dict. **No floats**: decimals travel as strings such as "88.50".
- Instants are ISO 8601 with offset ("2026-11-23T17:20:00+08:00"); dates are "2026-11-23".
- Texts of the catalogue (questions, rules, options, names of filings) are *not* copied: they are referred to by id and
  the immutable catalogue version named in `catalogue`. Texts written by people are copied as written.
- Text that the engine made (why a verdict came out, why a criterion holds) exists in both languages: `Bilingual`.
- Every key is always present. What is not known is None or an empty list, never a missing key.
- The order of lists is part of the content; the freezing act sorts them (items by key order of the catalogue, facts in
  the order of the dictionary, evidence by name, audit extract by time).
- Files are named and hashed, never embedded; text of evidence with personal data is left out (`text` is None).
"""

from __future__ import annotations

import hashlib
import json
import types
import unicodedata
from typing import (
    Any,
    Literal,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from assessments.gates.content_parts import (
    Bilingual,
    CatalogueRef,
    ChangeEntry,
    ConditionEntry,
    EvidenceEntry,
    FactEntry,
    FilingEntry,
    GateBlock,
    ItemEntry,
    Measurement,
    PersonRef,
    PreviousSignoff,
    ProjectBlock,
    RevisionHead,
    RiskEntry,
    TenantBlock,
    TierBlock,
    WaiverEntry,
)
from assessments.gates.content_results import BlockerEntry, CalculatorRun, CriterionResult, DimensionScore, ReadinessBlock, RedFinding

CONTENT_SCHEMA = "tenfold.revision/1"
DECISION_SCHEMA = "tenfold.decision/1"
SIGNOFF_SCHEMA = "tenfold.signoff/1"


class ChangesBlock(TypedDict):
    """`since` None = this is the first sign-off of the project."""

    since: PreviousSignoff | None
    entries: list[ChangeEntry]


class StakeholderEntry(TypedDict):
    """`responsibilities`: dimension id → one of R, A, C, I."""

    name: str
    kind: Literal["internal", "external"]
    organisation: str
    roles: list[str]
    deputy: str
    responsibilities: dict[str, str]
    starts: str | None
    ends: str | None


class AuditEvent(TypedDict):
    """One act of the trail. `detail`: the act in words; records of before 2026-11-24 hold a text of names and values."""

    at: str
    actor: str
    verb: str
    object: str
    detail: Bilingual | str


class AuditBlock(TypedDict):
    """The extract is a selection; `total` counts all events of the project up to the freeze, `seal` the last seal."""

    total: int
    extract: list[AuditEvent]
    seal: str | None


class RevisionContent(TypedDict):
    """All a decision may rest on. `limits` says what was not checked."""

    schema: str
    revision: RevisionHead
    catalogue: CatalogueRef
    tenant: TenantBlock
    project: ProjectBlock
    gate: GateBlock
    tier: TierBlock
    facts: list[FactEntry]
    items: list[ItemEntry]
    evidence: list[EvidenceEntry]
    scores: list[DimensionScore]
    readiness: ReadinessBlock
    criteria: list[CriterionResult]
    blockers: list[BlockerEntry]
    red_findings: list[RedFinding]
    calculators: list[CalculatorRun]
    measurements: list[Measurement]
    risks: list[RiskEntry]
    filings: list[FilingEntry]
    waivers: list[WaiverEntry]
    conditions: list[ConditionEntry]
    changes: ChangesBlock
    previous: list[PreviousSignoff]
    stakeholders: list[StakeholderEntry]
    audit: AuditBlock
    limits: list[Bilingual]


class Delegation(TypedDict):
    """Who stands in for whom, on what ground and how long; shown in the report (segregation rule on delegation)."""

    principal: PersonRef
    basis: str
    starts: str
    ends: str


class Signature(TypedDict):
    """One signature. `vote`: approve, approve_with_conditions, return or reject; `dissent` marks a word against the outcome.

    `method`: how the person was known ("password", "password+totp", "sso").
    """

    role: str
    by: PersonRef
    at: str
    vote: str
    method: str
    delegation: Delegation | None
    dissent: bool
    remark: str


class DecisionCondition(TypedDict):
    """A condition as set with the decision. Its later fate is not part of the decision."""

    number: int
    text: str
    owner: PersonRef
    due: str
    item: str


class DecisionRecord(TypedDict):
    """What happened after the freeze.

    `outcome`: outcome id of the gate, None = not decided yet; `state`: state of the round (open, approved,
    approved_with_conditions, returned, rejected, withdrawn); `missing`: roles that have not signed; `accepted`:
    written acceptances that the criteria ask for, in words.
    """

    schema: str
    revision_sha256: str
    gate: str
    round: int
    outcome: str | None
    state: str
    decided_at: str | None
    valid_until: str | None
    signatures: list[Signature]
    missing: list[str]
    conditions: list[DecisionCondition]
    accepted: list[str]
    remark: str


def canonical_json(content: Any) -> bytes:
    """The one byte form of plain JSON data: keys sorted by code point, no blanks, texts and keys NFC, UTF-8.

    Raises TypeError for floats and other foreign types and ValueError for keys that fall together after NFC,
    each naming the place.
    """
    plain = _plain(content, "$")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def content_sha256(content: Any) -> str:
    """sha-256 over `canonical_json(content)`, 64 hex digits."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def signoff_record(content: RevisionContent, decision: DecisionRecord) -> dict[str, Any]:
    """What a sign-off report is made from and carries as attachment: the revision and the decision on it.

    The hash printed on the report is `content_sha256` of this record: it covers both, and neither language, rendering
    time nor the state a sign-off has later. The attachment holds exactly these canonical bytes, so `sha256sum` of
    the attached file gives the printed figure. Raises ValueError if the decision names another revision.
    """
    revision_hash = content_sha256(content)
    if decision["revision_sha256"] != revision_hash:
        raise ValueError("the decision record belongs to another revision: its revision_sha256 does not fit")
    return {
        "schema": SIGNOFF_SCHEMA,
        "revision_sha256": revision_hash,
        "revision": content,
        "decision": decision,
    }


def problems(value: Any, shape: Any = RevisionContent, path: str = "$") -> list[str]:
    """Compare data with the schema and name each difference ("$.items[3].value: missing"); [] = fits."""
    return list(_differences(value, shape, path))


def _plain(value: Any, path: str) -> Any:
    if value is None or isinstance(value, bool) or type(value) is int:
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_plain(entry, f"{path}[{index}]") for index, entry in enumerate(value)]
    if isinstance(value, dict):
        result: dict[str, Any] = {}
        for key, entry in value.items():
            if not isinstance(key, str):
                raise TypeError(f"{path}: key {key!r} is not text")
            name = unicodedata.normalize("NFC", key)
            if name in result:
                raise ValueError(f"{path}: two keys are the same text {name!r}")
            result[name] = _plain(entry, f"{path}.{name}")
        return result
    raise TypeError(f"{path}: {type(value).__name__} is not allowed; write decimals as text, dates as ISO text")


def _differences(value: Any, shape: Any, path: str) -> list[str]:
    if shape is Any:
        return []
    if is_typeddict(shape):
        if not isinstance(value, dict):
            return [f"{path}: expected an object"]
        hints = _hints(shape)
        found = [f"{path}.{key}: missing" for key in hints if key not in value]
        found += [f"{path}.{key}: not in the schema" for key in value if key not in hints]
        for key, hint in hints.items():
            if key in value:
                found += _differences(value[key], hint, f"{path}.{key}")
        return found
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is list:
        if not isinstance(value, list):
            return [f"{path}: expected a list"]
        return [line for i, entry in enumerate(value) for line in _differences(entry, arguments[0], f"{path}[{i}]")]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{path}: expected an object"]
        return [line for key, entry in value.items() for line in _differences(entry, arguments[1], f"{path}.{key}")]
    if origin in (Union, types.UnionType):
        attempts = [_differences(value, one, path) for one in arguments]
        return [] if any(not lines for lines in attempts) else min(attempts, key=len)
    if origin is Literal:
        return [] if value in arguments else [f"{path}: {value!r} is not one of {', '.join(map(repr, arguments))}"]
    if shape is type(None):
        return [] if value is None else [f"{path}: expected null"]
    if type(value) is not shape:
        return [f"{path}: expected {shape.__name__}, found {type(value).__name__}"]
    return []


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(shape: Any) -> dict[str, Any]:
    if shape not in _HINTS:
        _HINTS[shape] = get_type_hints(shape)
    return _HINTS[shape]
