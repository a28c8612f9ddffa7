"""Reading one assessment as rules need it: few statements, and only the answers that are looked at."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from assessments.checklists.models import Assessment
from assessments.checklists.outputs import read_outputs
from assessments.scoring.answers import ItemAnswer, read_answer
from portal.catalogue import Catalogue
from portal.core.tenancy import require_scope
from portal.projects.facts.queries import with_stage
from portal.projects.models import Project

# Evidence counts while it is attached, not removed and not expired. "null" for needed means all.
_ANSWERS = """
select a.id, a.item_key, a.applies, a.waiting, a.state, a.verdict, a.remark, a.content_hash, a.answered_at is not null,
       case when a.item_key = any(%(needed)s) then a.value::text end, coalesce(e.n, 0), coalesce(e.files, 0)
  from assessments_answer a
  left join lateral (
    select count(*) as n, count(*) filter (where v.kind = 'file') as files
      from assessments_answerevidence l join assessments_evidence v on v.tenant_id = l.tenant_id and v.id = l.evidence_id
     where l.tenant_id = a.tenant_id and l.answer_id = a.id and v.removed_at is null and (v.expires_on is null or v.expires_on >= %(today)s)
  ) e on a.item_key = any(%(needed)s)
 where a.tenant_id = %(tenant)s and a.assessment_id = %(assessment)s
"""
# Facts of the organisation come first, so that those of the project win; the last rows are the stage and the next gate.
_FACTS = """
select fact_key, value::text from portal_factanswer where tenant_id = %(tenant)s and project_id is null
union all
select fact_key, value::text from portal_factanswer where tenant_id = %(tenant)s and project_id = %(project)s
union all
select '', jsonb_build_array(p.stage, p.stage_before, s.next_gate)::text
  from portal_project p left join portal_projectsummary s on s.tenant_id = p.tenant_id and s.project_id = p.id
 where p.tenant_id = %(tenant)s and p.id = %(project)s
"""
_RUNS = """
select calculator, outputs::text, entered::text, inputs::text, missing::text, version
  from assessments_calculatorrun where tenant_id = %s and assessment_id = %s
"""


@dataclass(slots=True)
class AnswerRow:
    """One stored answer; ``value``, ``evidence`` and ``files`` are read only for the items asked for."""

    id: UUID
    item: str
    applies: bool
    waiting: bool
    state: str
    verdict: str
    remark: str
    content_hash: str
    answered_before: bool
    value: Any = None
    evidence: int = 0
    files: int = 0


@dataclass(slots=True)
class RunRow:
    """The latest run of one calculator: outputs as rules read them, and as stored; what people entered.

    ``version`` 0: not stored yet.
    """

    outputs: dict[str, object]
    stored: dict[str, Any]
    entered: dict[str, Any] = field(default_factory=dict)
    inputs: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    version: int = 1


def load_answers(assessment: Assessment, needed: Collection[str], today: dt.date) -> dict[str, AnswerRow]:
    """All rows of the assessment by item, with values for the needed ones. One statement."""
    parameters: dict[str, Any] = {"needed": list(needed), "today": today, "tenant": require_scope().tenant_id, "assessment": assessment.pk}
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, parameters)
        rows = cursor.fetchall()
    found: dict[str, AnswerRow] = {}
    for pk, item, applies, waiting, state, verdict, remark, content_hash, before, value, evidence, files in rows:
        stored = None if value is None else json.loads(value)
        found[item] = AnswerRow(pk, item, applies, waiting, state, verdict, remark, content_hash, before, stored, evidence, files)
    return found


def facts_and_gate(project_id: UUID) -> tuple[dict[str, Any], str]:
    """(facts as ``project_facts`` gives them, the next gate as stored), for the quick way. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"tenant": require_scope().tenant_id, "project": project_id})
        rows = cursor.fetchall()
    facts = {key: json.loads(value) for key, value in rows if key}
    stage, before, gate = next(json.loads(value) for key, value in rows if not key)
    return with_stage(facts, Project(stage=stage, stage_before=before)), gate or ""


def load_runs(assessment: Assessment) -> dict[str, RunRow]:
    """The latest run of each calculator. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [require_scope().tenant_id, assessment.pk])
        rows = cursor.fetchall()
    found = {}
    for calculator, outputs, entered, inputs, missing, version in rows:
        stored = json.loads(outputs)
        found[calculator] = RunRow(read_outputs(stored), stored, json.loads(entered), json.loads(inputs), json.loads(missing), version)
    return found


def read_row(content: Catalogue, row: AnswerRow) -> ItemAnswer:
    """A stored answer as rules read it."""
    return read_answer(content.items[row.item], row.value, files=row.files, evidence=row.evidence)


def read_rows(content: Catalogue, rows: dict[str, AnswerRow], needed: Collection[str]) -> dict[str, ItemAnswer]:
    """The needed answers as rules read them; items the version does not know are left out."""
    return {name: read_row(content, rows[name]) for name in needed if name in rows and name in content.items}
