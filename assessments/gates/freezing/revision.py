"""Freezing a revision: gather, hash, store. The row can be added but never changed by the serving role."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from uuid import uuid4

from django.db.models import Max

from assessments.gates import registry
from assessments.gates.content import CONTENT_SCHEMA, RevisionContent, content_sha256, problems
from assessments.gates.content_parts import Bilingual, PreviousSignoff
from assessments.gates.freezing.changes import compare_content
from assessments.gates.freezing.facts import fact_entries, red_findings, tier_block
from assessments.gates.freezing.items import FrozenItems
from assessments.gates.freezing.people import PeopleBook, instant
from assessments.gates.freezing.project import audit_block, project_block, stakeholder_entries, tenant_block
from assessments.gates.freezing.reasons import Reasons
from assessments.gates.freezing.scores import calculator_entries, criterion_entries, readiness_block, score_entries
from assessments.gates.freezing.signoffs import condition_changes, condition_entries, previous_signoffs, waiver_entries
from assessments.gates.models import Revision
from assessments.gates.standing import Standing
from portal.core.access import Actor
from portal.tenants.models import Tenant

SOFTWARE = "tenfold 0.1.0"
ASKED_LONGEST = 500
LIMITS: list[Bilingual] = [
    {
        "zh": "证据文件的内容未经系统核对，只核对名称、大小与校验值。",
        "en": "The content of evidence files was not checked, only name, size and hash.",
    },
    {
        "zh": "法规适用性按所载目录版本的规则判断，此后的变化不在其内；结论由合规人员确认，不构成法律意见。",
        "en": "Duties follow the rules of the stated catalogue version; later changes are not covered. "
        "Compliance confirms the results; this is not legal advice.",
    },
    {
        "zh": "答案由所列人员填写，平台只核对格式、规则和两人复核。",
        "en": "Answers were given by the people named; the portal checks form, rules and the second pair of eyes only.",
    },
]


class RevisionFault(RuntimeError):
    """The record does not fit its schema: a fault of the program, never of the person."""


def build_content(
    standing: Standing,
    *,
    gate: str,
    round_number: int,
    delta: bool,
    by: Actor,
    at: dt.datetime,
    number: int,
    revision_id: str,
    asked: str = "",
) -> RevisionContent:
    """Everything a decision at ``gate`` rests on, as it stands at ``at``. Writes nothing."""
    project, content = standing.project, standing.content
    items = FrozenItems(standing, Reasons(standing))
    result = standing.judge(gate)
    people = PeopleBook([project.owner_id, project.sponsor_id, by.user_id])
    audience = standing.env.values.get("audience")
    previous = previous_signoffs(project)
    body: dict[str, Any] = {
        "schema": CONTENT_SCHEMA,
        "revision": {
            "id": revision_id,
            "number": number,
            "frozen_at": instant(at) or "",
            "frozen_by": people.ref(by.user_id),
            "software": SOFTWARE,
        },
        "catalogue": {"version": content.version, "sha256": content.sha256},
        "tenant": tenant_block(Tenant.objects.get(pk=int(project.tenant_id or 0))),
        "project": project_block(project, sorted(audience) if isinstance(audience, list | set | tuple | frozenset) else [], people),
        "gate": {
            "id": gate,
            "round": round_number,
            "kind": "delta" if delta else "full",
            "opened_at": instant(at) or "",
            "opened_by": people.ref(by.user_id),
            "asked": asked.strip()[:ASKED_LONGEST],
        },
        "tier": tier_block(standing, standing.assessment),
        "facts": fact_entries(standing),
        "items": items.entries(),
        "evidence": items.evidence_entries(),
        "scores": score_entries(result.readiness),
        "readiness": readiness_block(result.readiness),
        "criteria": criterion_entries(result),
        "blockers": items.blockers(),
        "red_findings": red_findings(standing),
        "calculators": calculator_entries(standing),
        "measurements": [],  # measured results come in as files; this software takes none in yet, and the report says so
        "risks": items.risks(),
        "filings": registry.filings().entries(project, standing.env, standing.today),
        "waivers": waiver_entries(project, items.hashes()),
        "conditions": condition_entries(project),
        "changes": {"since": None, "entries": []},
        "previous": previous,
        "stakeholders": stakeholder_entries(project),
        "audit": audit_block(project),
        "limits": LIMITS,
    }
    last = _last_signed(previous)
    if last is not None:
        earlier = Revision.objects.filter(project=project, number=last["revision"]).values_list("content", flat=True).first()
        if earlier is not None:
            body["changes"] = compare_content(content, cast(RevisionContent, earlier), body, last)
            body["changes"]["entries"] += condition_changes(project, dt.datetime.fromisoformat(earlier["revision"]["frozen_at"]))
    return cast(RevisionContent, body)


def _last_signed(previous: list[PreviousSignoff]) -> PreviousSignoff | None:
    return previous[-1] if previous else None


def freeze_revision(
    standing: Standing, *, gate: str, round_number: int, delta: bool, by: Actor, at: dt.datetime, asked: str = ""
) -> Revision:
    """Store the record with its hash. Raises :class:`RevisionFault` when it does not fit the schema."""
    project = standing.project
    number = (Revision.objects.filter(project=project).aggregate(top=Max("number"))["top"] or 0) + 1
    revision_id = uuid4()
    content = build_content(
        standing,
        gate=gate,
        round_number=round_number,
        delta=delta,
        by=by,
        at=at,
        number=number,
        revision_id=str(revision_id),
        asked=asked,
    )
    faults = problems(content)
    if faults:
        raise RevisionFault("; ".join(faults[:5]))
    return Revision.objects.create(
        id=revision_id,
        project=project,
        number=number,
        catalogue_id=content["catalogue"]["version"],
        content=content,
        sha256=content_sha256(content),
        reason=f"{gate}#{round_number}",
        frozen_by=by.user,
        frozen_at=at,
    )
