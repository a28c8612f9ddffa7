"""The decision on a frozen revision as a plain record: who signed what, when, for whom, with which conditions."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet

from assessments.gates.content import DECISION_SCHEMA, DecisionCondition, DecisionRecord, Delegation, Signature
from assessments.gates.freezing.people import PeopleBook, day, instant
from assessments.gates.models import Condition, Confirmation, GateRound
from assessments.gates.models import Signature as SignatureRow
from assessments.gates.states import POSITIVE, ConditionState, RoundState
from assessments.reviews.models import Delegation as DelegationRow
from portal.catalogue import catalogue

_AGAINST = ("return", "reject")


def decision_record(round_: GateRound) -> DecisionRecord:
    """The record of a round as it stands. Needs `round_.revision`; reads signatures, delegations, conditions, acceptances."""
    revision = round_.revision
    gate = catalogue(revision.catalogue_id).gates[round_.gate]
    signatures = list(SignatureRow.objects.filter(round=round_).order_by("signed_at", "pk"))
    conditions = list(_conditions_of(round_).order_by("created_at", "pk"))
    delegations = _delegations(signatures)
    people = PeopleBook(
        [row.signed_by_id for row in signatures] + [row.as_set()[0] for row in conditions] + [row.giver_id for row in delegations.values()]
    )
    decided = round_.state not in (RoundState.OPEN, RoundState.WITHDRAWN)
    signed_roles = {row.role_key for row in signatures}
    return {
        "schema": DECISION_SCHEMA,
        "revision_sha256": revision.sha256,
        "gate": round_.gate,
        "round": round_.number,
        "outcome": round_.outcome or None if decided else None,
        "state": round_.state,
        "decided_at": instant(round_.decided_at) if decided else None,
        "valid_until": day(round_.valid_until),
        "signatures": [_signature(row, round_, delegations, people) for row in signatures],
        "missing": [role for role in gate.approvers if role not in signed_roles],
        "conditions": [_condition(number, row, people) for number, row in enumerate(conditions, 1)],
        "accepted": _accepted(round_, [one.fallback_flag for one in gate.criteria if one.fallback_flag]),
        "remark": round_.remark,
    }


def _conditions_of(round_: GateRound) -> QuerySet[Condition]:
    """Conditions that belong to the decision: not those that fell because the round ended without an approval, or was not decided yet."""
    rows = Condition.objects.filter(round=round_)
    return rows if round_.state in POSITIVE else rows.exclude(state=ConditionState.DROPPED)


def _delegations(signatures: list[SignatureRow]) -> dict[Any, DelegationRow]:
    ids = {row.delegation_id for row in signatures if row.delegation_id}
    return {row.pk: row for row in DelegationRow.objects.filter(pk__in=ids)} if ids else {}


def _signature(row: SignatureRow, round_: GateRound, delegations: dict[Any, DelegationRow], people: PeopleBook) -> Signature:
    given = delegations.get(row.delegation_id)
    delegation: Delegation | None = None
    if given is not None:
        delegation = {
            "principal": people.ref(given.giver_id, row.role_key),
            "basis": given.reason,
            "starts": given.starts_on.isoformat(),
            "ends": given.ends_on.isoformat(),
        }
    against = row.word in _AGAINST
    decided = round_.state not in (RoundState.OPEN, RoundState.WITHDRAWN)
    return {
        "role": row.role_key,
        "by": people.ref(row.signed_by_id, row.role_key),
        "at": instant(row.signed_at) or "",
        "vote": row.word,
        "method": row.method,
        "delegation": delegation,
        "dissent": decided and against == (round_.state in POSITIVE),
        "remark": row.remark,
    }


def _condition(number: int, row: Condition, people: PeopleBook) -> DecisionCondition:
    owner, due = row.as_set()
    return {"number": number, "text": row.text, "owner": people.ref(owner), "due": due.isoformat(), "item": row.item_key}


def _accepted(round_: GateRound, flags: list[str]) -> list[str]:
    """Written acceptances on which a criterion rests, given before the decision and not withdrawn before it."""
    if not flags:
        return []
    rows = Confirmation.objects.filter(project_id=round_.project_id, flag__in=flags).select_related("confirmed_by").order_by("confirmed_at")
    until = round_.decided_at
    held = [
        row
        for row in rows
        if (until is None or row.confirmed_at <= until) and (row.withdrawn_at is None or (until is not None and row.withdrawn_at > until))
    ]
    return [f"{row.text} ({row.confirmed_by.name if row.confirmed_by else ''} {(instant(row.confirmed_at) or '')[:10]})" for row in held]


def kept_record(record: Any) -> DecisionRecord:
    """A record read back from the result of an earlier job."""
    return cast(DecisionRecord, record)
