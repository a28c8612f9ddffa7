"""The parts a frozen revision is made of. The whole, its conventions and its hash are in `content`."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

# Any plain JSON value (str, int, bool, None, list, dict); its shape follows from the type of the fact, item or figure.
JsonValue = Any


class Bilingual(TypedDict):
    """One text in both languages; neither may be empty where the other is not."""

    zh: str
    en: str


class PersonRef(TypedDict):
    """A person as known at the freeze. `role` is a catalogue role id, or "" where no project role is meant."""

    id: str
    name: str
    role: str
    unit: str


class RevisionHead(TypedDict):
    """`number` counts up within the project (r12); `software` is the version whose engine computed the verdicts."""

    id: str
    number: int
    frozen_at: str
    frozen_by: PersonRef
    software: str


class CatalogueRef(TypedDict):
    """Which immutable content bundle applies; sha256 over the bundle as the catalogue loader computes it."""

    version: str
    sha256: str


class TenantBlock(TypedDict):
    """Issuer. `colour` is "#rrggbb" or "" (house colour). The logo is named by hash; its bytes come at rendering."""

    slug: str
    names: Bilingual
    colour: str
    logo_sha256: str | None


class MoneyLine(TypedDict):
    """One planned or spent amount. `year` 0 means once (build); `kind` is "planned", "approved" or "spent"."""

    line: Bilingual
    year: int
    kind: Literal["planned", "approved", "spent"]
    amount: str
    currency: str
    source: str


class ProjectBlock(TypedDict):
    """The project as registered. `audience` holds values of the fact of that name; `lines` may be empty."""

    id: str
    code: str
    names: Bilingual
    unit: str
    stage: str
    confidentiality: str
    purpose: str
    audience: list[str]
    owner: PersonRef
    sponsor: PersonRef | None
    started_on: str | None
    launch_on: str | None
    currency: str
    money: list[MoneyLine]


class GateBlock(TypedDict):
    """The round this revision was frozen for. `kind` "delta" covers only what changed since the decided round."""

    id: str
    round: int
    kind: Literal["full", "delta"]
    opened_at: str
    opened_by: PersonRef
    asked: str


class TierCondition(TypedDict):
    """One condition of the tier rules; `group` is "full_when" or "light_when", `facts` the facts it read."""

    id: str
    group: str
    result: Literal["true", "false", "unknown"]
    facts: list[str]


class TierRaise(TypedDict):
    """A person raised the tier above the computed one."""

    to: str
    reason: str
    by: PersonRef
    at: str


class TierBlock(TypedDict):
    """The assessment tier and what decided it."""

    computed: str
    in_force: str
    conditions: list[TierCondition]
    could_lower: list[str]
    could_raise: list[str]
    raised: TierRaise | None


class FactEntry(TypedDict):
    """A fact used. `value` None with known False is "unknown". `source`: where the value came from.

    "project" / "organisation" were answered by a person; "derived" was computed; "default" is the dictionary's default.
    """

    id: str
    value: JsonValue
    known: bool
    source: Literal["project", "organisation", "derived", "default"]
    inherited: bool
    by: PersonRef | None
    at: str | None
    note: str


class Approval(TypedDict):
    """Second pair of eyes. `answer_sha256` binds the approval to answer and evidence as they were."""

    by: PersonRef
    role: str
    at: str
    answer_sha256: str
    remark: str


class ItemEntry(TypedDict):
    """One checklist item. Items that do not apply are listed too (`applies` False) with `not_applying` = why.

    - `visible`: result of visible_if; unknown shows the item.
    - `state`: item_states of the vocabularies; `verdict`: verdicts; `remark`: "", "waiting" or "rule_gap".
    - `explain`: why the verdict came out, with the values that entered the rule, in words.
    - `value` has the shape of the item's answer type: text/choice → str, number/percent/money → decimal string
      (money: {"amount", "currency"} also allowed), multi_choice → list of values, table → list of row dicts,
      date → ISO date, computed → None (the figure stands in the calculator), file → None (see evidence).
    """

    key: str
    dimension: str
    applies: bool
    not_applying: Literal["", "depth", "condition"]
    visible: Literal["yes", "no", "unknown"]
    depth: str
    state: str
    verdict: str
    remark: str
    waiting_for: list[str]
    explain: Bilingual
    value: JsonValue
    comment: str
    na_reason: str
    weight: int
    blocker: bool
    waivable: bool
    due_gate: str
    version: int
    answered_by: PersonRef | None
    answered_at: str | None
    approval: Approval | None
    evidence: list[str]
    waiver: str | None
    calculator: str | None


class EvidenceEntry(TypedDict):
    """A proof. `sha256`, `size` (bytes) and `media_type` belong to files; `address` to links; `text` to notes."""

    id: str
    kind: Literal["file", "link", "note"]
    name: str
    sha256: str | None
    size: int | None
    media_type: str
    address: str
    text: str | None
    dated: str | None
    expires: str | None
    personal_data: bool
    added_by: PersonRef
    added_at: str
    items: list[str]


class Measurement(TypedDict):
    """One measured figure beside its target. `better`: which direction is good; `meets` None = no target."""

    id: str
    item: str
    metric: Bilingual
    tool: str
    tool_version: str
    model: str
    run_at: str | None
    sample_size: int | None
    value: str
    unit: str
    interval_low: str | None
    interval_high: str | None
    interval_method: str
    target: str | None
    better: Literal["higher", "lower"]
    meets: bool | None
    file_name: str
    file_sha256: str


class RiskEntry(TypedDict):
    """A risk with what is left of it. `severity` and `residual`: low, medium, high, critical or ""."""

    id: str
    item: str
    group: str
    harm: str
    misuse: str
    severity: str
    measure: str
    residual: str
    accepted_by: PersonRef | None
    accepted_at: str | None


class FilingEntry(TypedDict):
    """One regime. `result` and `timing` from the rules; `decision` by compliance ("" = not decided yet).

    `due_text` says a due date that hangs on an event not yet dated; `provisional` marks a date beyond the calendar.
    """

    regime: str
    result: str
    timing: str
    gate: str
    confidence: str
    facts: list[str]
    missing: list[str]
    decision: Literal["", "applies", "not_applicable"]
    decided_by: PersonRef | None
    decided_at: str | None
    decision_reason: str
    second_by: PersonRef | None
    status: str
    owner: PersonRef | None
    number: str
    due: str | None
    due_text: Bilingual | None
    provisional: bool
    renewal: str | None


class WaiverEntry(TypedDict):
    """`approvals` hold both signatures the rule asks for."""

    id: str
    item: str
    reason: str
    compensating: str
    owner: PersonRef
    starts: str
    ends: str
    state: str
    approvals: list[Approval]


class ConditionEntry(TypedDict):
    """A condition set at an earlier gate, as it stood at the freeze. `state`: open, reported, met, dropped."""

    id: str
    gate: str
    text: str
    owner: PersonRef
    due: str
    item: str
    state: str
    closed_at: str | None


class ChangeEntry(TypedDict):
    """`kind`: fact, item, evidence, filing, tier, person, condition, catalogue; `ref` the id in that kind; before/after in words."""

    kind: str
    ref: str
    before: Bilingual
    after: Bilingual
    material: bool
    at: str | None
    by: PersonRef | None


class PreviousSignoff(TypedDict):
    """A round decided earlier."""

    gate: str
    round: int
    outcome: str
    decided_at: str
    revision: int
    content_sha256: str
    stale: bool
