"""When a sign-off no longer covers the project: exactly the affected rounds, each with its reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from assessments.checklists.models import Answer, Assessment
from assessments.gates.models import GateRound
from assessments.gates.standing import Standing
from assessments.gates.states import POSITIVE
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.notices.actions import notify
from portal.projects.models import Project, ProjectSummary

# Criteria whose failing later on says that something material changed; the rest hang on time or on the signatures.
MATERIAL = ("no_failed_blocker", "item_verdict", "filings_closed", "no_red_finding", "facts_known")

_FROZEN_SQL = """
select e ->> 'key', (e ->> 'version')::int, (e ->> 'applies')::bool, e ->> 'verdict'
  from assessments_revision r, jsonb_array_elements(r.content -> 'items') e
 where r.tenant_id = app.tenant_id() and r.id = %s
"""


def newest_positive(project: Project) -> dict[str, GateRound]:
    """The newest positive round of each gate."""
    rows = (
        GateRound.objects.filter(project=project, state__in=POSITIVE)
        .select_related("revision")
        .defer("revision__content")
        .order_by("decided_at")
    )
    return {row.gate: row for row in rows}


def count_stale(project: Project) -> int:
    """How many gates have a newest positive decision that is stale."""
    return sum(row.stale_since is not None for row in newest_positive(project).values())


@dataclass(frozen=True)
class FrozenItem:
    """What a revision holds of one item."""

    version: int
    applies: bool
    verdict: str | None


def frozen_items(round_: GateRound) -> dict[str, FrozenItem]:
    """The items as frozen, by item."""
    with connection.cursor() as cursor:
        cursor.execute(_FROZEN_SQL, [round_.revision_id])
        return {key: FrozenItem(version, applies, verdict) for key, version, applies, verdict in cursor.fetchall()}


def mark_affected(
    project: Project, *, changed_items: Collection[str] = (), facts_changed: bool = False, only: Collection[str] | None = None
) -> list[GateRound]:
    """Mark the positive rounds that the change touches, tell the people who signed, and return the rounds newly stale.

    Touched is a round whose frozen items were changed (S5), whose gate asks for items opened by a risen tier (C3), or one of
    whose material criteria no longer holds on today's facts. ``only`` looks at these gates, at all of them when None.
    """
    rounds = {gate: row for gate, row in newest_positive(project).items() if row.stale_since is None and (only is None or gate in only)}
    if not rounds:
        return []
    standing = Standing(project)
    present = _present(standing, changed_items)
    marked = []
    for gate, row in rounds.items():
        reasons = _reasons(standing, gate, row, present, facts_changed)
        if not reasons:
            continue
        updated = GateRound.objects.filter(pk=row.pk, stale_since=None).update(stale_since=timezone.now(), stale_reasons=reasons)
        if updated:
            marked.append(row)
            _tell(project, row, reasons)
    if marked:
        ProjectSummary.objects.filter(project=project).update(stale_gates=count_stale(project))
    return marked


def _present(standing: Standing, keys: Collection[str]) -> dict[str, tuple[int, str]]:
    """Version and verdict of these items as they stand now."""
    if not keys:
        return {}
    rows = Answer.objects.filter(assessment=standing.assessment, item_key__in=keys).values_list("item_key", "version", "verdict")
    return {key: (version, verdict) for key, version, verdict in rows}


def _reasons(
    standing: Standing, gate: str, row: GateRound, present: Mapping[str, tuple[int, str]], facts_changed: bool
) -> list[dict[str, Any]]:
    content = catalogue(row.revision.catalogue_id)
    due = set(content.gates[gate].due_upto)
    frozen = frozen_items(row)
    covered = {key: now for key, now in present.items() if key in frozen and frozen[key].applies and content.items[key].due_gate in due}
    found: list[dict[str, Any]] = []
    touched = sorted(key for key, (version, _verdict) in covered.items() if version != frozen[key].version)
    if touched:
        found.append({"kind": "items_changed", "items": touched})
    # Facts are scored first, and a round is marked but once: what moved figures may have raised the tier as well.
    if facts_changed or touched:
        found += _tier_reasons(standing, row, content, due, frozen)
    # What another item's answer changed may turn a verdict although nobody touched the item itself.
    if facts_changed or any(verdict != frozen[key].verdict for key, (_v, verdict) in covered.items()):
        found += _criterion_reasons(standing, gate, row)
    return found


def _tier_reasons(
    standing: Standing, row: GateRound, content: Any, due: set[str], frozen: Mapping[str, FrozenItem]
) -> list[dict[str, Any]]:
    was = row.revision.content["tier"]["in_force"]
    now = standing.assessment.tier
    if content.tiers.tier(now).order <= content.tiers.tier(was).order:
        return []
    opened = sorted(
        key
        for key, one in standing.answers.items()
        if one.applies and not (key in frozen and frozen[key].applies) and key in content.items and content.items[key].due_gate in due
    )
    return [{"kind": "tier_rise", "items": opened, "before": was, "after": now}] if opened else []


def _criterion_reasons(standing: Standing, gate: str, row: GateRound) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    held = {one["id"] for one in row.revision.content["criteria"] if one["result"] == "met"}
    for one in standing.judge(gate).criteria:
        if one.kind in MATERIAL and one.id in held and not one.met:
            found.append({"kind": "criterion", "criterion": one.id, "reason": dict(one.reason), "filings": list(one.filings)})
    return found


def _tell(project: Project, row: GateRound, reasons: list[dict[str, Any]]) -> None:
    record_act("assessments.gate.stale", row, gate=row.gate, round=row.number, reasons=[reason["kind"] for reason in reasons])
    people = {project.owner_id, row.opened_by_id, *row.signatures.values_list("signed_by_id", flat=True)}
    notify(
        {uid for uid in people if uid},
        "assessments.gate_stale",
        once_key=f"stale:{row.pk}",
        project_id=project.pk,
        gate=row.gate,
        project=project.name,
    )


def check_decided(round_: GateRound, project: Project) -> None:
    """Look at a round just decided: what changed between the freeze and the last signature is not covered by it either."""
    mark_affected(project, changed_items=frozen_items(round_).keys(), facts_changed=True, only={round_.gate})


def answers_changed(assessment: Assessment, *, keys: Collection[str]) -> None:
    """Hook of the checklists: content or verdict of these items changed."""
    mark_affected(Project.objects.get(pk=assessment.project_id), changed_items=keys)


def facts_saved(project: Project, *, changed: Mapping[str, tuple[Any, Any]], by: Any) -> None:
    """Hook of the facts: runs after the items were scored anew."""
    mark_affected(project, facts_changed=True)
