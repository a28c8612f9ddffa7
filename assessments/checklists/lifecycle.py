"""The life of an assessment: started with the project, moved to a newer version of the content only by an explicit act.

start_assessment(project, by=user) -> Assessment          # hook project_registered, order 20
plan_upgrade(assessment, to_version) -> UpgradePlan       # what would change; writes nothing
upgrade_assessment(assessment, to_version, by=user) -> UpgradePlan
follow_facts(project, changed=…, by=user)                 # hook facts_saved, order 20: rescore
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from assessments.checklists import calculating, hooks, writing
from assessments.checklists.actions.answers import NO_APPROVAL
from assessments.checklists.dependencies import dependencies
from assessments.checklists.judging import Judged, ProjectView
from assessments.checklists.loading import AnswerRow, load_answers, load_runs, read_rows
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.planning import dates_between, gate_dates, next_gate
from assessments.checklists.rescore import figures_of, lock_assessment, rescore, rescore_project, standings
from assessments.checklists.states import AnswerState
from assessments.checklists.summary import scores
from assessments.scoring.registry import filing_provider
from portal.audit.actions import record_act
from portal.catalogue import Catalogue, catalogue
from portal.catalogue.models import CatalogueVersion
from portal.catalogue.values import UNKNOWN_MARKER
from portal.core.errors import Conflict
from portal.core.tenancy import require_scope
from portal.projects.facts.actions import LAUNCH_FACT, START_CHANGE
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project, ProjectMember, ProjectSummary
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

_INSERT = """
insert into assessments_answer (
    id, tenant_id, assessment_id, project_id, item_key, dimension, position, due_gate, answer_role, approve_role,
    blocker, applies, waiting, verdict, remark, state, content_hash, assignee_id, due_on, note, version, approved_role, approved_hash,
    return_reason, comment_count, evidence_count, updated_at)
select v.id, %(tenant)s, %(assessment)s, %(project)s, v.item, v.dimension, v.position, v.gate, v.answers, v.approves,
    v.blocker, v.applies, v.waiting, v.verdict, v.remark, v.state, v.hash, v.assignee, v.due, '', 1, '', '', '', 0, 0, %(now)s
  from unnest(%(ids)s::uuid[], %(items)s::text[], %(dimensions)s::int[], %(positions)s::int[], %(gates)s::text[], %(answers)s::text[],
              %(approves)s::text[], %(blockers)s::bool[], %(applies)s::bool[], %(waiting)s::bool[], %(verdicts)s::text[],
              %(remarks)s::text[], %(states)s::text[], %(hashes)s::text[], %(assignees)s::bigint[], %(dues)s::date[])
       as v(id, item, dimension, position, gate, answers, approves, blocker, applies, waiting, verdict, remark, state, hash, assignee, due)
"""


def published_version(version: str | None = None) -> CatalogueVersion:
    """The row of a version (the newest by default). Raises :class:`Conflict` when none is published."""
    rows = CatalogueVersion.objects.order_by("-version")
    row = rows.filter(pk=version).first() if version else rows.first()
    if row is None:
        raise Conflict(_("This version of the content is not installed. The operator installs it with manage.py install_catalogue."))
    return row


def begin(project: Project, *, by: User) -> None:
    """Hook of a registered project: its checklists begin."""
    start_assessment(project, by=by)


@transaction.atomic
def start_assessment(project: Project, *, by: User, version: str | None = None) -> Assessment:
    """Begin the ten checklists of a project on the newest version: 129 rows in one statement, judged on the facts as they stand.

    Items are assigned to the holders of the roles that answer them. Starting twice gives the assessment that exists.
    """
    found = Assessment.objects.filter(project=project).first()
    if found is not None:
        return found
    row = published_version(version)
    content = catalogue(row.version)
    graph = dependencies(content)
    view = ProjectView.of(content, project_facts(project), today=organisation_today(), project_id=project.pk)
    tier = view.tier()
    outputs, fresh = calculating.run_touched(graph, graph.order, view, {}, {})
    judged = view.judge(tier.tier, {}, outputs)
    assessment = Assessment.objects.create(
        project=project, catalogue=row, tier_computed=tier.computed, tier=tier.tier, scored_at=timezone.now()
    )
    rows = {
        item.id: _new_row(item.id, judged[item.id], figures_of(graph, item, outputs), computed=item.computed)
        for item in content.items.values()
    }
    _insert(assessment, content, rows, list(content.items))
    writing.write_runs(assessment, fresh)
    _write_summary(project, view, content, rows, tier.tier)
    record_act("assessments.assessment.started", assessment, project_id=project.pk, version=row.version, tier=tier.tier)
    return assessment


def _new_row(item: str, now: Judged, figures: Sequence[Any], *, computed: bool) -> AnswerRow:
    row = AnswerRow(uuid7(), item, now.applies, now.waiting, str(AnswerState.OPEN), now.verdict, now.remark, "", False)
    if computed:
        state, row.content_hash = writing.computed_state(row, now, figures)
        row.state = str(state)
    return row


def _insert(assessment: Assessment, content: Catalogue, rows: Mapping[str, AnswerRow], items: Sequence[str]) -> None:
    project = assessment.project
    holders = role_holders(project)
    dates = gate_dates(project)
    position = {name: number for number, name in enumerate(content.items, 1)}
    wanted = [content.items[name] for name in items]
    given = [rows[name] for name in items]
    parameters: dict[str, Any] = {
        "tenant": require_scope().tenant_id,
        "assessment": assessment.pk,
        "project": project.pk,
        "now": timezone.now(),
        "ids": [row.id for row in given],
        "items": [item.id for item in wanted],
        "dimensions": [int(item.dimension[1:]) for item in wanted],
        "positions": [position[item.id] for item in wanted],
        "gates": [item.due_gate for item in wanted],
        "answers": [item.answered_by for item in wanted],
        "approves": [item.approved_by for item in wanted],
        "blockers": [item.blocker for item in wanted],
        "applies": [row.applies for row in given],
        "waiting": [row.waiting for row in given],
        "verdicts": [row.verdict for row in given],
        "remarks": [row.remark for row in given],
        "states": [row.state for row in given],
        "hashes": [row.content_hash for row in given],
        "assignees": [None if item.computed else holders.get(item.answered_by) for item in wanted],
        "dues": [dates.get(item.due_gate) for item in wanted],
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, parameters)


def role_holders(project: Project) -> dict[str, int]:
    """Who holds each role now, the holder before the deputy; the owner stands in for the business owner, the sponsor for the sponsor."""
    today = organisation_today()
    found: dict[str, int] = {}
    members = ProjectMember.objects.filter(project=project, starts_on__lte=today).order_by("deputy", "starts_on", "id")
    for role, user, ends in members.values_list("role_key", "user_id", "ends_on"):
        if ends is None or ends >= today:
            found.setdefault(role, user)
    found.setdefault("business_owner", project.owner_id)
    if project.sponsor_id:
        found.setdefault("exec_sponsor", project.sponsor_id)
    return found


def _write_summary(project: Project, view: ProjectView, content: Catalogue, rows: Mapping[str, AnswerRow], tier: str) -> None:
    gate = next_gate(content, project)
    filings = filing_provider().overview(project.pk, view.env, view.today, view.filings)
    public = view.env.values.get("public_facing")
    fields = {
        **scores(content, standings(content, rows), gate),
        "tier": tier,
        "next_gate": gate,
        "next_gate_due": gate_dates(project).get(gate),
        "public_facing": public if public in ("yes", "no") else "unknown",
        "filings_state": filings.state,
        "filings_open": filings.open,
        "filings_unconfirmed": filings.unconfirmed,
    }
    ProjectSummary.objects.filter(project=project).update(updated_at=timezone.now(), **fields)


def follow_facts(project: Project, *, changed: Mapping[str, tuple[Any, Any]], by: User) -> None:
    """Facts of the project (its stage, its start) have changed: recompute everything, and move the dates that nobody set by hand."""
    if LAUNCH_FACT in changed or START_CHANGE in changed:
        start, launch = project.started_on, project.launched_on or project.target_launch
        if START_CHANGE in changed:
            start = dt.date.fromisoformat(changed[START_CHANGE][0])
        if LAUNCH_FACT in changed:
            old = changed[LAUNCH_FACT][0]
            launch = None if old == UNKNOWN_MARKER else dt.date.fromisoformat(old)
        move_dates(project, dates_between(start, launch))
    rescore_project(project)


def move_dates(project: Project, before: Mapping[str, dt.date]) -> None:
    """Give items the planned day of their gate after start or launch was moved. ``before``: the planned days as they were.

    An item whose date differs from the old plan was given it by hand and keeps it.
    """
    dates = gate_dates(project)
    for gate in {*dates, *before}:
        rows = Answer.objects.filter(project=project, due_gate=gate, due_on=before.get(gate))
        if dates.get(gate) != before.get(gate):
            rows.update(due_on=dates.get(gate))


@dataclass(frozen=True)
class UpgradePlan:
    """What a newer version of the content brings to one assessment. Answers of items that stay are kept as they are.

    ``added``, ``removed``: items; ``changed``: items whose question, rule, depth or roles changed; ``tier``: (now, then).
    """

    from_version: str
    to_version: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    tier: tuple[str, str]
    verdicts: Mapping[str, tuple[str, str]]


def plan_upgrade(assessment: Assessment, to_version: str) -> UpgradePlan:
    """What moving to this version would change; writes nothing. Raises :class:`Conflict` for a version that is not newer."""
    row = published_version(to_version)
    if row.version <= assessment.catalogue_id:
        raise Conflict(_("The assessment is on this version, or on a newer one, already."))
    old, new = catalogue(assessment.catalogue_id), catalogue(row.version)
    view = ProjectView.of(new, project_facts(assessment.project), today=organisation_today(), project_id=assessment.project_id)
    tier = view.tier(assessment.tier_raised)
    rows = load_answers(assessment, list(new.items), view.today)
    runs = load_runs(assessment)
    answers = read_rows(new, rows, new.items)
    outputs, _fresh = calculating.run_touched(dependencies(new), dependencies(new).order, view, answers, runs)
    judged = view.judge(tier.tier, answers, outputs)
    return UpgradePlan(
        from_version=old.version,
        to_version=new.version,
        added=tuple(name for name in new.items if name not in old.items),
        removed=tuple(name for name in old.items if name not in new.items),
        changed=tuple(name for name in new.items if name in old.items and new.items[name] != old.items[name]),
        tier=(assessment.tier, tier.tier),
        verdicts={
            name: (rows[name].verdict, one.verdict) for name, one in judged.items() if name in rows and rows[name].verdict != one.verdict
        },
    )


@transaction.atomic
def upgrade_assessment(assessment: Assessment, to_version: str, *, by: User) -> UpgradePlan:
    """Move the assessment to a newer version: new items get rows, items that are gone no longer apply, all answers stay.

    The content of an approved item whose question or rule changed is no longer what was approved: it goes back to *answered*.
    """
    locked = lock_assessment(assessment_id=assessment.pk)
    plan = plan_upgrade(locked, to_version)
    new = catalogue(plan.to_version)
    writing.write_assessment(locked, catalogue_id=plan.to_version)
    rows = {name: _new_row(name, Judged(False), [], computed=False) for name in plan.added}
    if rows:
        _insert(locked, new, rows, plan.added)
    stored = Answer.objects.filter(assessment=locked)
    stored.filter(item_key__in=plan.removed).update(applies=False)
    for name in plan.changed:
        item = new.items[name]
        stored.filter(item_key=name).update(
            due_gate=item.due_gate, blocker=item.blocker, answer_role=item.answered_by, approve_role=item.approved_by
        )
    stored.filter(item_key__in=plan.changed, state__in=[AnswerState.APPROVED, AnswerState.NOT_APPLICABLE]).update(
        state=AnswerState.ANSWERED, **NO_APPROVAL
    )
    hooks.items_removed(locked, plan.removed)
    rescore(locked, locked=True)
    assessment.refresh_from_db()
    record_act(
        "assessments.assessment.upgraded",
        locked,
        project_id=locked.project_id,
        old=plan.from_version,
        new=plan.to_version,
        added=list(plan.added),
        removed=list(plan.removed),
        changed=list(plan.changed),
    )
    return plan


def version_of(project: Project) -> str | None:
    """The version a project is on; None while it has no assessment."""
    return Assessment.objects.filter(project=project).values_list("catalogue_id", flat=True).first()
