"""Earlier sign-offs, waivers and conditions as a frozen record has them."""

from __future__ import annotations

import datetime as dt

from assessments.gates.content_parts import Approval, ChangeEntry, ConditionEntry, PreviousSignoff, WaiverEntry
from assessments.gates.freezing.changes import both
from assessments.gates.freezing.people import PeopleBook, instant
from assessments.gates.models import Condition, GateRound
from assessments.gates.states import RoundState
from assessments.reviews.models import Waiver
from assessments.reviews.states import WaiverState
from portal.projects.models import Project

_KEPT = (WaiverState.ACTIVE, WaiverState.PROPOSED, WaiverState.FIRST_APPROVED, WaiverState.LAPSED)


def waiver_entries(project: Project, hashes: dict[str, str]) -> list[WaiverEntry]:
    """Waivers that wait, stand or have lapsed. ``hashes``: content hash by item, to which the signatures are bound."""
    waivers = list(Waiver.objects.filter(project=project, state__in=_KEPT).order_by("item_key", "requested_at"))
    people = PeopleBook(uid for row in waivers for uid in (row.requested_by_id, row.approver_by_id, row.sponsor_by_id))
    entries: list[WaiverEntry] = []
    for row in waivers:
        approvals: list[Approval] = [
            {
                "by": people.ref(uid, role),
                "role": role,
                "at": instant(at) or "",
                "answer_sha256": hashes.get(row.item_key, ""),
                "remark": "",
            }
            for uid, role, at in (
                (row.approver_by_id, row.approver_role, row.approver_at),
                (row.sponsor_by_id, row.sponsor_role, row.sponsor_at),
            )
            if uid is not None
        ]
        entries.append(
            {
                "id": str(row.pk),
                "item": row.item_key,
                "reason": row.reason,
                "compensating": row.measure,
                "owner": people.ref(row.requested_by_id),
                "starts": (instant(row.requested_at) or "")[:10],
                "ends": row.until.isoformat(),
                "state": row.state,
                "approvals": approvals,
            }
        )
    return entries


def condition_entries(project: Project) -> list[ConditionEntry]:
    """All written conditions of the project and where they stand."""
    rows = list(Condition.objects.filter(project=project).order_by("due_on", "created_at"))
    people = PeopleBook(row.owner_id for row in rows)
    return [
        {
            "id": str(row.pk),
            "gate": row.gate,
            "text": row.text,
            "owner": people.ref(row.owner_id),
            "due": row.due_on.isoformat(),
            "item": row.item_key,
            "state": row.state,
            "closed_at": instant(row.closed_at),
        }
        for row in rows
    ]


def condition_changes(project: Project, since: dt.datetime) -> list[ChangeEntry]:
    """Other dates and owners that conditions were given since this moment (to the second), oldest first."""
    made = [(row, change) for row in Condition.objects.filter(project=project).exclude(changes=[]) for change in row.changes]
    made = [one for one in made if dt.datetime.fromisoformat(one[1]["at"]) >= since]
    people = PeopleBook(change["by"] for _row, change in made)
    return [
        {
            "kind": "condition",
            "ref": str(row.pk),
            "before": both(f"{change['due']} · {change['owner_name']}"),
            "after": both(f"{change['new_due']} · {change['new_owner_name']} · {change['reason']}"),
            "material": True,
            "at": instant(dt.datetime.fromisoformat(change["at"])),
            "by": people.ref(change["by"]),
        }
        for row, change in sorted(made, key=lambda one: one[1]["at"])
    ]


def previous_signoffs(project: Project) -> list[PreviousSignoff]:
    """Rounds decided before, oldest first; withdrawn ones say nothing."""
    rows = (
        GateRound.objects.filter(project=project)
        .exclude(state__in=[RoundState.OPEN, RoundState.WITHDRAWN])
        .select_related("revision")
        .order_by("decided_at")
    )
    return [
        {
            "gate": row.gate,
            "round": row.number,
            "outcome": row.outcome,
            "decided_at": instant(row.decided_at) or "",
            "revision": row.revision.number,
            "content_sha256": row.revision.sha256,
            "stale": row.stale_since is not None,
        }
        for row in rows
    ]
