"""Changing facts: first what it would lead to, then the change with everything that follows, in one transaction.

    plan_facts(project, values) -> FactPlan                               # writes nothing
    save_facts(project, values, by=user, versions=…, sources=…) -> Changes # one transaction, hooks included
    plan_organisation_facts(values) -> OrganisationPlan
    save_organisation_facts(values, by=user, versions=…, sources=…) -> Changes

``values`` are raw (form text or JSON) by fact id; ``versions`` are the row versions the person saw (0: no answer yet). A fact that
somebody else changed meanwhile raises ``StaleFacts`` (409) with both values; nothing is written then. Lock order:
``portal.projects.locking`` (for the organisation: its row), facts, filings, answers, summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.catalogue import Catalogue, FactValueError, validate_fact_value
from portal.catalogue.parts.facts import Fact
from portal.catalogue.values import UNKNOWN_MARKER
from portal.core.errors import Conflict, Invalid
from portal.core.formats import in_language
from portal.core.tenancy import require_scope
from portal.projects import registry
from portal.projects.facts import dictionary
from portal.projects.facts.queries import organisation_facts, project_facts
from portal.projects.locking import lock_project
from portal.projects.models import FactAnswer, Project
from portal.tenants.clock import organisation_today
from portal.tenants.models import Tenant, User

Changes = dict[str, tuple[Any, Any]]
LAUNCH_FACT = "launch_date"
START_CHANGE = "started_on"  # no fact of the content, but what is planned between start and launch follows it too
LONGEST_SOURCE = 300  # characters


class StaleFacts(Conflict):
    """Somebody else answered some of the facts meanwhile. ``detail['conflicts']`` holds a :class:`Clash` for each."""

    code = "stale_facts"


@dataclass(frozen=True)
class Clash:
    """One fact with two answers, or two sources of the same: ``yours`` was not saved, ``theirs`` stands, at ``version``."""

    fact: Fact
    yours: Any
    theirs: Any
    version: int
    who: str
    at: Any
    your_source: str = ""
    their_source: str = ""


@dataclass(frozen=True)
class FactPlan:
    """What a change of facts would lead to. ``changed``: fact id → (old, new); ``effects``: lines for people; ``after``: all facts then."""

    changed: Changes
    effects: list[registry.Effect] = field(default_factory=list)
    after: Mapping[str, Any] = field(default_factory=dict)


def cleaned_values(content: Catalogue, values: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """The stored form of raw values. Raises :class:`Invalid` naming every fact that cannot take its value."""
    known = {fact.id: fact for fact in dictionary.asked(content, scope)}
    faults: dict[str, list[str]] = {}
    stored: dict[str, Any] = {}
    for key, raw in values.items():
        if key not in known:
            faults[key] = [_("This fact is not asked here.")]
            continue
        try:
            stored[key] = validate_fact_value(known[key], raw)
        except FactValueError as error:
            faults[key] = [in_language(error.text)]
    if faults:
        raise Invalid(_("Some answers cannot be used."), fields=faults)
    return stored


def differences(current: Mapping[str, Any], stored: Mapping[str, Any]) -> Changes:
    """The values that really differ from what is there. Nobody's answer and *unknown* are the same."""
    return {key: (current.get(key, UNKNOWN_MARKER), value) for key, value in stored.items() if current.get(key, UNKNOWN_MARKER) != value}


def plan_facts(project: Project, values: Mapping[str, Any]) -> FactPlan:
    """What saving these values would change and lead to; writes nothing. Raises :class:`Invalid`."""
    content = dictionary.content_of(project)
    before = project_facts(project)
    changed = differences(before, cleaned_values(content, values, "project"))
    if not changed:
        return FactPlan({}, after=before)
    _refuse_launch(project, changed)
    after = {**before, **{key: new for key, (_old, new) in changed.items()}}
    return FactPlan(changed, registry.effects(project, before, after), after)


def plan_organisation(values: Mapping[str, Any]) -> Changes:
    """Which facts of the organisation these values would change; what follows is ``following.plan_following``. Raises :class:`Invalid`."""
    content = dictionary.content_of(None)
    changed = differences(organisation_facts(), cleaned_values(content, values, "organisation"))
    refuse_counted(content, changed)
    return changed


def refuse_counted(content: Catalogue, values: Iterable[str]) -> None:
    """Raise :class:`Invalid` for counts that add up from parts: whoever wants another number changes a part."""
    from portal.projects.facts.parts import counted_now

    sums = counted_now(content) & set(values)
    if sums:
        sentence = _("This number adds up over the projects. Change the part of a project, or that of the organisation, on its page.")
        raise Invalid(_("Some answers cannot be used."), fields={key: [sentence] for key in sorted(sums)})


def current_values(project: Project | None) -> dict[str, Any]:
    """The facts of the project, or of the organisation, as rules read them."""
    return project_facts(project) if project is not None else organisation_facts()


def refuse_stale(
    project: Project | None,
    content: Catalogue,
    values: Mapping[str, Any],
    versions: Mapping[str, int],
    scope: str,
    sources: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Raise :class:`StaleFacts` already before the difference is shown when somebody else was faster. Raises :class:`Invalid`.

    Returns the sources (by fact id) that differ from those stored while their values are the same.
    """
    stored = cleaned_values(content, values, scope)
    rows = {row.fact_key: row for row in FactAnswer.objects.select_related("answered_by").filter(project=project, fact_key__in=stored)}
    changed = differences({key: row.value for key, row in rows.items()}, stored)
    sourced = _new_sources(rows, stored, changed, sources or {})
    _refuse_stale(content, rows, stored, [*changed, *sourced], versions, sources or {})
    return sourced


@transaction.atomic
def save_facts(
    project: Project,
    values: Mapping[str, Any],
    *,
    by: User,
    versions: Mapping[str, int] | None = None,
    sources: Mapping[str, str] | None = None,
    quietly: bool = False,
) -> Changes:
    """Write the values and let everything that hangs on them follow. Returns what changed.

    A source given with an unchanged value is kept too, and nothing follows from it. Without ``versions`` the values are written
    whatever stands there (imports, the intake). ``quietly`` leaves out the hooks: the intake registers the project afterwards.
    Raises :class:`Invalid` and :class:`StaleFacts`.
    """
    content = dictionary.content_of(project)
    stored = cleaned_values(content, values, "project")
    lock_project(project)
    changed = _write(content, project, stored, project, by=by, versions=versions, sources=sources or {})
    if not changed:
        return {}
    _refuse_launch(project, changed)
    moved = _launch_moves(project, changed)
    record_act("portal.facts.saved", project, count=len(changed), changed={key: list(pair) for key, pair in changed.items()})
    if not quietly:
        registry.facts_saved(project, changed=changed, by=by)
    if moved:
        # The day stands in the form of the project too: whoever has that open must not write the old one back.
        project.version += 1
        day = {moved: getattr(project, moved)}
        Project.objects.filter(pk=project.pk).update(**day, version=project.version, updated_at=timezone.now())
    return changed


@transaction.atomic
def dates_changed(project: Project, *, started_before: date | None = None, by: User) -> None:
    """The project's own dates were edited: the fact of the launch takes the same day, and gates and items get their dates anew.

    ``started_before``: the day of registration as it was, when that was changed. Hooks read it under :data:`START_CHANGE` as ISO text.
    """
    changed = write_launch(project, by=by)
    if started_before is not None:
        changed[START_CHANGE] = (started_before.isoformat(), project.started_on.isoformat())
    registry.facts_saved(project, changed=changed, by=by)


def write_launch(project: Project, *, by: User) -> Changes:
    """Give the fact of the launch the day that the project has; returns what changed. The hooks are the caller's business."""
    content = dictionary.content_of(project)
    day = project.launched_on or project.target_launch
    changed: Changes = {}
    if LAUNCH_FACT in content.facts:
        stored = {LAUNCH_FACT: day.isoformat() if day else UNKNOWN_MARKER}
        changed = _write(content, project, stored, project, by=by, versions=None, sources={})
    if changed:
        record_act("portal.facts.saved", project, count=len(changed), changed={key: list(pair) for key, pair in changed.items()})
    return changed


@transaction.atomic
def save_organisation_facts(
    values: Mapping[str, Any],
    *,
    by: User,
    versions: Mapping[str, int] | None = None,
    sources: Mapping[str, str] | None = None,
    counted: bool = False,
) -> Changes:
    """Write facts of the organisation; projects are brought up to date by a job. Returns what changed.

    ``counted``: the values are sums of parts (``facts.parts``); typed ones are refused where parts are on record.
    """
    from portal.projects.facts.following import order_following

    content = dictionary.content_of(None)
    stored = cleaned_values(content, values, "organisation")
    if not counted:
        refuse_counted(content, stored)
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=require_scope().tenant_id)
    changed = _write(content, None, stored, tenant, by=by, versions=versions, sources=sources or {})
    if changed:
        record_act(
            "portal.facts.saved_for_organisation", tenant, count=len(changed), changed={key: list(pair) for key, pair in changed.items()}
        )
        order_following(changed, by=by)
    return changed


def _write(
    content: Catalogue,
    project: Project | None,
    stored: Mapping[str, Any],
    told: Project | Tenant,
    *,
    by: User,
    versions: Mapping[str, int] | None,
    sources: Mapping[str, str],
) -> Changes:
    """Write values and sources that differ; returns the changed values. ``told`` is what the act on sources alone is about."""
    rows = {row.fact_key: row for row in FactAnswer.objects.filter(project=project, fact_key__in=stored)}
    changed = differences({key: row.value for key, row in rows.items()}, stored)
    sourced = _new_sources(rows, stored, changed, sources)
    if versions is not None:
        _refuse_stale(content, rows, stored, [*changed, *sourced], versions, sources)
    now = timezone.now()
    fresh, kept = [], []
    for key in (*changed, *sourced):
        value, source = stored[key], _source(sources, key)
        row = rows.get(key)
        if row is None:
            fresh.append(FactAnswer(project=project, fact_key=key, value=value, source=source, answered_by=by, answered_at=now))
            continue
        row.value, row.source, row.answered_by, row.answered_at, row.version = value, source, by, now, row.version + 1
        kept.append(row)
    FactAnswer.objects.bulk_create(fresh)
    FactAnswer.objects.bulk_update(kept, ["value", "source", "answered_by", "answered_at", "version"])
    if sourced:
        record_act("portal.facts.sourced", told, count=len(sourced), sources=sourced)
    return changed


def _source(sources: Mapping[str, str], key: str) -> str:
    return sources.get(key, "").strip()[:LONGEST_SOURCE]


def _new_sources(rows: Mapping[str, FactAnswer], stored: Mapping[str, Any], changed: Changes, sources: Mapping[str, str]) -> dict[str, str]:
    """Sources that differ from the stored ones, of facts whose values are the same."""
    given = {key: _source(sources, key) for key in stored if key in sources and key not in changed}
    return {key: source for key, source in given.items() if source != (rows[key].source if key in rows else "")}


def _refuse_stale(
    content: Catalogue,
    rows: Mapping[str, FactAnswer],
    stored: Mapping[str, Any],
    touched: Iterable[str],
    versions: Mapping[str, int],
    sources: Mapping[str, str],
) -> None:
    clashes = []
    for key in touched:
        row = rows.get(key)
        version, theirs = (row.version, row.value) if row else (0, UNKNOWN_MARKER)
        if versions.get(key, 0) != version:
            who, at, source = (row.answered_by.name, row.answered_at, row.source) if row else ("", None, "")
            clashes.append(Clash(content.facts[key], stored[key], theirs, version, who, at, _source(sources, key), source))
    if clashes:
        current = {clash.fact.id: {"yours": clash.yours, "current": clash.theirs, "version": clash.version} for clash in clashes}
        raise StaleFacts(_("Somebody else answered the same questions meanwhile. Nothing was written."), conflicts=clashes, current=current)


def why_not_launched_on(project: Project, day: date | None) -> str:
    """Why the day the project was launched on cannot be this one, "" when it can: it can be put right, not taken back."""
    if day is not None:
        return _("The day of a launch that took place cannot lie in the future.") if day > organisation_today() else ""
    if project.launched_on is None:
        return ""
    sentence = _("The project was launched on %(day)s. Correct the day if it is wrong; it cannot be unknown.")
    return sentence % {"day": project.launched_on.isoformat()}


def _refuse_launch(project: Project, changed: Changes) -> None:
    """Once the project was launched, its fact is the day of that. Before, any planned day will do."""
    if project.launched_on is None or LAUNCH_FACT not in changed:
        return
    sentence = why_not_launched_on(project, _day_of(changed[LAUNCH_FACT][1]))
    if sentence:
        raise Invalid(sentence, fields={LAUNCH_FACT: [sentence]})


def _day_of(value: Any) -> date | None:
    """The day that the fact of the launch says; None for unknown."""
    return None if value == UNKNOWN_MARKER else date.fromisoformat(value)


def _launch_moves(project: Project, changed: Changes) -> str:
    """The launch stands in the project's own data too; the two must not drift apart. Sets it in memory and returns its name.

    It is the planned launch, and once the project was launched the day of that. "" when it does not move.
    """
    if LAUNCH_FACT not in changed:
        return ""
    _old, new = changed[LAUNCH_FACT]
    name = "target_launch" if project.launched_on is None else "launched_on"
    day = _day_of(new)
    if getattr(project, name) == day:
        return ""
    setattr(project, name, day)
    return name
