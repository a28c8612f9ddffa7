"""The whole load: organisations, people, projects and what happened to them, oldest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from compliance.demo.answering import approve, fill
from compliance.demo.around import after_projects, before_projects
from compliance.demo.clock import at, moment_of, written_down
from compliance.demo.content import read
from compliance.demo.dossiers import collect
from compliance.demo.filing import finish, settle
from compliance.demo.gating import prepare
from compliance.demo.outcomes import plan
from compliance.demo.projects import Case, gate_ahead, gate_day, gates_passed, register
from compliance.demo.stories import decide, tell
from compliance.demo.trail import date_events, forget_stretches, frozen_as_dated, keep_stretches, kept_stretches
from compliance.demo.upkeep import keep_up, report_ends
from compliance.demo.world import World, make_accounts, make_organisation
from portal.projects.actions import hold_project, retire_project, stop_project
from portal.projects.models import Project, ProjectSummary
from portal.tenants.models import Tenant

Say = Callable[[str], None]


def organisations() -> list[dict[str, Any]]:
    """The organisations of the demo."""
    return list(read("organisations"))


def loaded() -> bool:
    """Whether the demo is there: all of it, since it is loaded in one transaction."""
    slugs = [entry["slug"] for entry in organisations()]
    return Tenant.objects.filter(slug__in=slugs).count() == len(slugs)


def load(password: str, say: Say, *, only: Collection[str] = ()) -> None:
    """Load everything, or only the projects with these codes; one transaction, so that a failure leaves nothing behind.

    The trail is dated after it by another role of the database; should that be cut off, :func:`finish_dating` does it later.
    """
    with written_down() as stretches, frozen_as_dated():
        _load(password, say, only, lambda: keep_stretches(stretches))
    finish_dating()


def finish_dating() -> None:
    """Date the trail of a load that is in the database and whose trail is not dated yet; nothing to do otherwise."""
    stretches = kept_stretches()
    if stretches and loaded():
        slugs = [entry["slug"] for entry in organisations()]
        date_events(stretches, list(Tenant.objects.filter(slug__in=slugs).values_list("pk", flat=True)))
    forget_stretches()


def _load(password: str, say: Say, only: Collection[str], before_the_end: Callable[[], None]) -> None:
    with transaction.atomic():
        with at(timezone.now() - dt.timedelta(days=800)):
            users = make_accounts(password)
        for entry in organisations():
            with timezone.override(entry["time_zone"]), translation.override(entry["language"]):
                today = timezone.localdate()
                with at(moment_of(today, -790)):
                    world = make_organisation(entry, users, today)
                before_projects(world)
                specs = [spec for spec in read(f"projects_{entry['slug']}") if not only or spec["code"] in only]
                for spec in sorted(specs, key=lambda one: one["started"]):
                    _replay(world, spec)
                    say(f"{spec['code']} {spec['en']}")
                _order(world, specs)
                after_projects(world)
        before_the_end()


def _replay(world: World, spec: dict[str, Any]) -> Case:
    """The life of one project, gate by gate."""
    case = register(world, spec)
    with world.acting(case.person("pmo")):
        outcomes = plan(case)
    for gate in gates_passed(spec):
        with case.in_order():
            _pass(case, gate, outcomes)
    _work_ahead(case, outcomes)
    with world.acting(case.person("pmo")):
        case.project.refresh_from_db()
    tell(case)
    with at(case.moment(-1, hour=17)):
        settle(case, closed=False, told_only=True)
    collect(case)
    keep_up(case)
    _set_aside(case)
    with world.acting(case.person("pmo")):
        finish(case)
    return case


def _pass(case: Case, gate: str, outcomes: Any) -> None:
    """Everything due is answered and approved, the round is opened, signed and decided."""
    day = gate_day(case.spec, gate)
    first = max(case.spec["started"], day - 8)
    case.filler.words["review_day"] = f"@{max(first + 176, 20)}"
    with at(case.moment(first, hour=14)):
        fill(case, gate, outcomes)
    with at(case.moment(max(first, day - 4), hour=15)):
        if gate in ("G2", "G4"):
            settle(case, closed=gate == "G4")
        approve(case, gate, outcomes)
    prepare(case, gate, max(first, day - 3))
    decide(case, gate, day, max(first, day - 2))


def _work_ahead(case: Case, outcomes: Any) -> None:
    """What is done for the gate that comes next."""
    gate = gate_ahead(case.spec)
    if gate == "G5":
        return
    passed = gates_passed(case.spec)
    last = gate_day(case.spec, passed[-1]) if passed else case.spec["started"]
    day = min(-1, last + max(1, -last // 2))
    case.filler.words["review_day"] = f"@{day + 176}"
    with at(case.moment(day, hour=14)):
        fill(case, gate, outcomes)
    with at(case.moment(min(-1, day // 2), hour=15)):
        if gate == "G2":
            settle(case, closed=False, leave=0 if case.story.startswith("approval") else 2)
        elif gate == "G4":
            settle(case, closed=case.story in ("flagship", "eu_launch_open"))
        elif gate == "G1" and case.spec["started"] < -55:
            settle(case, closed=False, leave=3)
        approve(case, gate, outcomes)


def _set_aside(case: Case) -> None:
    stage = case.spec["stage"]
    acts = {"on_hold": hold_project, "stopped": stop_project, "retired": retire_project}
    if stage not in acts:
        return
    who = case.person("pmo")
    with at(case.moment(-24, hour=16)), case.world.acting(who) as by:
        case.project.refresh_from_db()
        if stage != "on_hold":
            report_ends(case)
        acts[stage](case.project, by=by.user, reason=case.spec["reason"])


def _order(world: World, specs: list[dict[str, Any]]) -> None:
    """The latest changes, in the order of the content: what a visitor should see first stands first."""
    now = timezone.now()
    with world.acting(world.roles["pmo"]):
        for spec in specs:
            when = now - dt.timedelta(minutes=11 * spec["order"] ** 2 // 3 + 3)
            Project.objects.filter(code=spec["code"]).update(updated_at=when)
            ProjectSummary.objects.filter(code=spec["code"]).update(updated_at=when)
