"""Once a day for each organisation: which records no longer say what the rules say, because of the date or of the content.

Looks at many projects with few statements and writes nothing where nothing moved; what moved is written by ``evaluate_project`` and
what follows from it, one short transaction per project. Compliance is told once, with figures, when all is done.

    behind(ids) -> list[UUID]              # projects of a batch whose records are outdated; six statements
    catch_up(project_id) -> int            # one project brought up to date; needs a transaction
    tell_of_night(day) -> int              # one message for each officer; 0 when nothing moved
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from assessments.checklists.models import Assessment
from assessments.reviews.segregation import holders_of
from compliance.filings.candidates import tenant_holders
from compliance.filings.evaluation import organisation_regimes, organisation_rulings, outdated
from compliance.filings.models import Filing, FilingEvent
from compliance.regimes.applicability import Decision, decide_all
from portal.catalogue import Catalogue, catalogue, environment
from portal.notices.actions import notify
from portal.projects import registry
from portal.projects.facts import dictionary
from portal.projects.facts.queries import facts_of_projects, organisation_facts
from portal.projects.locking import lock_project
from portal.projects.models import Project, ProjectMember
from portal.projects.words import CLOSED
from portal.tenants.clock import organisation_today, organisation_zone

NIGHT_NOTICE = "compliance.filings_moved"
MOVED = ("appeared", "result_moved", "timing_moved", "decision_lapsed")
_READ = (
    "project_id", "regime", "gate", "jurisdictions", "result", "timing", "facts_used", "missing", "catalogue_version", "decision",
    "decided_facts", "state",
)  # fmt: skip


def next_batch(after: str, size: int) -> list[UUID]:
    """Ids of the next running projects in order of id."""
    rows = Project.objects.exclude(stage__in=CLOSED).order_by("id")
    return list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:size])


def organisation_behind() -> bool:
    """Whether a record of the organisation is outdated. Two statements."""
    newest = dictionary.content_of(None)
    rulings = organisation_rulings(organisation_facts(), organisation_today())
    return bool(outdated(newest, rulings, {row.regime: row for row in Filing.objects.filter(project=None)}, timezone.now()))


def behind(ids: Collection[UUID]) -> list[UUID]:
    """Projects among these with records that are not what the rules say today; those of the organisation are left out."""
    projects = list(Project.objects.filter(pk__in=ids).only("pk", "stage", "stage_before"))
    versions = dict(Assessment.objects.filter(project_id__in=ids).values_list("project_id", "catalogue_id"))
    facts = facts_of_projects(projects)
    rows: defaultdict[UUID | None, dict[str, Filing]] = defaultdict(dict)
    for row in Filing.objects.filter(Q(project_id__in=ids) | Q(project=None)).only(*_READ):
        rows[row.project_id][row.regime] = row
    today, now = organisation_today(), timezone.now()
    found = []
    for project in projects:
        content = catalogue(versions.get(project.pk))
        own = {**rows[None], **rows[project.pk]}
        if outdated(content, _rulings(content, facts[project.pk], own, today), own, now):
            found.append(project.pk)
    return found


def _rulings(content: Catalogue, facts: Mapping[str, Any], rows: Mapping[str, Filing], today: dt.date) -> dict[str, Decision]:
    env = environment(content, facts, {name: row.state for name, row in rows.items()})
    shared = organisation_regimes(content)
    return {name: one for name, one in decide_all(env, today).items() if name not in shared}


def catch_up(project_id: UUID) -> int:
    """Bring one project up to date as a change of its facts would; 0 when it is gone. Needs a transaction."""
    project = Project.objects.filter(pk=project_id).first()
    if project is None:
        return 0
    lock_project(project)
    registry.facts_saved(project, changed={}, by=None)
    return 1


def tell_of_night(day: dt.date) -> int:
    """Tell each officer of what moved that day without anybody's act in his or her projects; returns how many are told.

    Read from the events of the filings, so that a run that was interrupted tells of all it did. A project is named to nobody.
    """
    start = dt.datetime.combine(day, dt.time(), organisation_zone())
    events = FilingEvent.objects.filter(done_by=None, verb__in=MOVED, done_at__gte=start, done_at__lt=start + dt.timedelta(days=1))
    counts: defaultdict[UUID | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MOVED, 0))
    for project_id, verb in events.values_list("filing__project_id", "verb"):
        counts[project_id][verb] += 1
    told: defaultdict[int, dict[str, int]] = defaultdict(lambda: {"projects": 0, **dict.fromkeys(MOVED, 0)})
    for project_id, users in _officers(list(counts)).items():
        for user in users:
            told[user]["projects"] += project_id is not None
            for verb, number in counts[project_id].items():
                told[user][verb] += number
    sent = 0
    for user, figures in told.items():
        named: dict[str, Any] = dict(figures)
        sent += notify([user], NIGHT_NOTICE, once_key=f"filings-night:{day}", **named)
    return sent


def _officers(ids: Sequence[UUID | None]) -> dict[UUID | None, set[int]]:
    """Who decides on the filings of these projects (None: of the organisation). Few statements, one more for each confidential project."""
    if not ids:
        return {}
    standing, today = tenant_holders(["compliance_officer"]), organisation_today()
    found: dict[UUID | None, set[int]] = {pk: set(standing) for pk in ids}
    current = Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))
    named = ProjectMember.objects.filter(current, role_key="compliance", project_id__in=[pk for pk in ids if pk is not None])
    for project_id, user in named.values_list("project_id", "user_id"):
        found[project_id].add(user)
    for project in Project.objects.filter(pk__in=[pk for pk in ids if pk is not None], confidential=True):
        found[project.pk] = holders_of(project, "compliance")
    return found
