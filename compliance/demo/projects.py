"""Registering a project of the demo: the row, its facts, its people, and everything the product starts from them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assessments.checklists.models import Assessment
from compliance.demo.clock import at, moment_of
from compliance.demo.content import Filler, chance, read
from compliance.demo.world import World
from portal.catalogue import Catalogue, catalogue
from portal.catalogue.values import UNKNOWN_MARKER
from portal.projects import registry
from portal.projects.actions import create_project
from portal.projects.facts.actions import save_facts
from portal.projects.models import Project, ProjectMember
from portal.projects.states import FLOW, Stage

GATES = ("G0", "G1", "G2", "G3", "G4", "G5")
# Project roles of those who are not named in the content of the project.
USUAL = {
    "xinghe": {
        "data_owner": "fanghui",
        "tech_lead": "maxiao",
        "security": "dingrui",
        "compliance": "hanlin",
        "infra_ops": "jiangtao",
        "finance": "qianwei",
    },
    "nordhagen": {
        "data_owner": "ingrid.solberg",
        "tech_lead": "lukas.meier",
        "security": "deniz.aydin",
        "compliance": "anne.fischer",
        "infra_ops": "sofie.janssen",
        "finance": "marek.dvorak",
    },
}
_SHARE_OF_COMPLIANCE = Decimal("0.092")
_PAUSE = dt.timedelta(minutes=5)
_SIZES = ((1, "S"), (10, "M"), (100, "L"))
_CLASSES = ("C1", "C2", "C3", "C4")


@dataclass
class Case:
    """One project of the demo while it is loaded. ``spec``: its content; ``people``: role → key of the person who acts in it."""

    world: World
    spec: dict[str, Any]
    project: Project
    assessment: Assessment
    content: Catalogue
    people: dict[str, str]
    filler: Filler
    facts: dict[str, Any]
    papers: dict[str, Any] = field(default_factory=dict)
    _last: dt.datetime | None = None

    @property
    def code(self) -> str:
        """The project's code."""
        return str(self.spec["code"])

    @property
    def story(self) -> str:
        """What is special about the project."""
        return str(self.spec.get("story", ""))

    def person(self, role: str) -> str:
        """Who acts in a role and may approve: never the owner of the project (rule S3)."""
        return self.people[role]

    def answerer(self, role: str) -> str:
        """Who answers in a role: the owner for the business owner."""
        return str(self.spec["owner"]) if role == "business_owner" else self.people[role]

    def moment(self, days: int, *, hour: int = 10, minute: int = 0) -> dt.datetime:
        """A moment so many days from the day of loading; inside :meth:`in_order` never before the one asked for last."""
        moment = moment_of(self.world.today, days, hour=hour, minute=minute)
        if self._last is not None:
            self._last = moment = max(moment, self._last + _PAUSE)
        return moment

    @contextmanager
    def in_order(self) -> Iterator[None]:
        """Acts follow one another even where days of a weekend fall together on the Friday before."""
        self._last = dt.datetime.min.replace(tzinfo=dt.UTC)
        try:
            yield
        finally:
            self._last = None


def stage_reached(spec: dict[str, Any]) -> str:
    """How far along the flow the project has come, whatever became of it afterwards."""
    stage = spec["stage"]
    return {"on_hold": spec.get("hold_from", "build"), "stopped": "assessment", "retired": "live"}.get(stage, stage)


def gates_passed(spec: dict[str, Any]) -> tuple[str, ...]:
    """The gates that lead to where the project stands."""
    return GATES[: FLOW.index(Stage(stage_reached(spec)))][:5]


def gate_ahead(spec: dict[str, Any]) -> str:
    """The next gate."""
    return GATES[len(gates_passed(spec))]


def gate_day(spec: dict[str, Any], gate: str) -> int:
    """When a gate that is passed was decided, in days from today: as planned, or squeezed in before today for a project that runs ahead."""
    shares = {"G0": 5, "G1": 30, "G2": 45, "G3": 80, "G4": 100}
    started, launch = spec["started"], spec["launch"]
    planned = started + (launch - started) * shares[gate] // 100
    passed = gates_passed(spec)
    if launch <= 0 and "G4" in passed:
        return int(planned)
    last = -4 if gate_ahead(spec) in ("G1", "G2") else -9
    ahead = started + (last - started) * (passed.index(gate) + 1) // (len(passed) + (0 if spec.get("fresh") else 1))
    return int(min(planned, ahead))


def register(world: World, spec: dict[str, Any]) -> Case:
    """Register the project as its owner does, on the day it was registered."""
    slug = world.tenant.slug
    people = {
        **USUAL[slug],
        **spec.get("people", {}),
        "business_owner": spec["deputy"],
        "exec_sponsor": spec["sponsor"],
        "pmo": world.roles["pmo"],
    }
    facts = {**read("facts")["common"][slug], **read("facts")["profiles"][spec["profile"]], **spec.get("facts", {})}
    budget = Decimal(spec["budget"])
    words = _words(world, spec, facts, people, budget)
    facts = _with_plan(world, spec, facts, words)
    filler = Filler(world.language, world.today, words)
    with at(moment_of(world.today, spec["started"], hour=9, minute=20)), world.acting(spec["owner"]) as owner:
        project = create_project(
            names={"zh": spec["zh"], "en": spec["en"]},
            owner=world.users[spec["owner"]],
            sponsor=world.users[spec["sponsor"]],
            by=owner.user,
            code=spec["code"],
            unit=spec["unit"],
            scenario=spec["scene"],
            purpose=spec["purpose"],
            confidential=bool(spec.get("confidential")),
            target_launch=world.today + dt.timedelta(days=spec["launch"]),
            budget=budget,
            spent=budget * spec["spent"] / 100,
            compliance_budget=budget * _SHARE_OF_COMPLIANCE,
            tags=spec["tags"],
        )
        save_facts(
            project, facts, by=owner.user, sources=dict.fromkeys(facts, filler({"zh": "立项登记", "en": "Registration"})), quietly=True
        )
        _name_people(world, project, people, spec)
        registry.project_registered(project, by=owner.user)
        assessment = Assessment.objects.get(project=project)
    return Case(world, spec, project, assessment, catalogue(assessment.catalogue_id), people, filler, facts)


def _name_people(world: World, project: Project, people: dict[str, str], spec: dict[str, Any]) -> None:
    """Holders and deputies of the project roles. The sponsor stands in the project itself, the PMO acts for the whole organisation."""
    rows = [(role, key, role == "business_owner") for role, key in people.items() if role not in ("exec_sponsor", "pmo")]
    rows.append(("business_owner", spec["owner"], False))
    ProjectMember.objects.bulk_create(
        ProjectMember(project=project, user=world.users[key], role_key=role, deputy=deputy, starts_on=project.started_on)
        for role, key, deputy in rows
    )


def _with_plan(world: World, spec: dict[str, Any], facts: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """The facts with launch date and approved budget; what is not known is left out."""
    calls, cloud = Decimal(words["calls"]), Decimal(spec["budget"]) * Decimal("0.03")
    tokens = (
        30 * calls * (Decimal("1850") * 2 * Decimal("0.79") + 320 * 8 + (Decimal("2600") * 2 * Decimal("0.88") + 480 * 8) / 3) / 1_000_000
    )
    year = (tokens * Decimal("13.42") + 12 * cloud) * Decimal("1.15")
    approved = int(year * Decimal("0.955")) if spec.get("budget_tight") else math.ceil(year * Decimal("1.12") / 10000) * 10000
    planned = {"launch_date": (world.today + dt.timedelta(days=spec["launch"])).isoformat(), "approved_annual_budget": str(approved)}
    return {**{name: value for name, value in facts.items() if value != UNKNOWN_MARKER}, **planned}


def _words(world: World, spec: dict[str, Any], facts: dict[str, Any], people: dict[str, str], budget: Decimal) -> dict[str, Any]:
    """What the content is filled in with."""
    names = {role: world.users[key].name for role, key in people.items()}
    mau = int(facts.get("monthly_active_users") or facts["registered_users"] * 6 // 10)
    peak = mau * 0.8 * 0.34 * 3 * 0.14 / 3600 * 1.5
    qps = min(60, max(2, math.ceil(peak)))
    hosting, sourcing = facts["hosting"], facts["sourcing"]
    own = hosting.startswith("self_hosted")
    scene = spec["scene"]
    language = "zh" if world.language.startswith("zh") else "en"
    data = [
        {
            "name": name,
            "kind": kind,
            "system": system,
            "owner": names["data_owner"],
            "volume": volume,
            "volume_unit": unit,
            "data_class": level,
            "personal": personal,
        }
        for name, kind, system, volume, unit, level, personal in spec["data"]
    ]
    spent = budget * spec["spent"] / 100
    done = spec["stage"] in ("pre_launch", "live", "periodic_review", "retired")
    compliance = budget * _SHARE_OF_COMPLIANCE
    return {
        **names,
        **read("phrases")[world.tenant.slug],
        "infra": names["infra_ops"],
        "owner": world.users[spec["owner"]].name,
        "deputy": names["business_owner"],
        **_own_figures(spec["code"]),
        "code": spec["code"],
        "name": spec[language],
        "purpose": spec["purpose"],
        "users_word": spec["users_word"],
        "task1": spec["tasks"][0],
        "task2": spec["tasks"][1],
        "data1": spec["data"][0][0],
        "data2": spec["data"][1][0],
        "datasets": data,
        "data_class": max((row["data_class"] for row in data), key=_CLASSES.index),
        "data_top": max(data, key=lambda row: _CLASSES.index(row["data_class"]))["name"],
        "docs": sum(row["volume"] for row in data if row["volume_unit"] == "files") or 4000,
        "raw_gb": sum(row["volume"] for row in data if row["volume_unit"] == "gb") or 20,
        "metric": spec["metric"][0],
        "metric_from": spec["metric"][1],
        "metric_to": spec["metric"][2],
        "metric_unit": spec["metric"][3],
        "scene": scene,
        "audience": facts["audience"],
        "users": facts["registered_users"],
        "mau": mau,
        "calls": max(40, min(mau, 240000) // 5),
        "calls2": max(14, min(mau, 240000) // 15),
        "qps": qps,
        "conc": qps * 2,
        "ordered": math.ceil(qps * 1.8 / 1.5),
        "gpus": 24 if qps > 20 else 4,
        "store": 6000 + mau // 100,
        "size": next((size for limit, size in _SIZES if peak < limit), "XL"),
        "budget": budget,
        "compliance_money": compliance,
        "compliance_spent": compliance * Decimal("0.94") if done else min(spent, budget) * _SHARE_OF_COMPLIANCE,
        "model": facts.get("upstream_model_name", "—"),
        "model_number": facts.get("upstream_filing_number", "—"),
        "gpu": _gpu(own, language, 24 if qps > 20 else 4),
        "place": "idc" if hosting == "self_hosted_idc" else "managed",
        "platform": "own_stack" if own else "one_stop",
        "special": "own_cluster" if own else "dedicated",
        "intent": {"in_house": "core", "hybrid": "validated", "outsourced": "explore"}[sourcing],
        "intent_odd": {"in_house": "validated", "hybrid": "core", "outsourced": "validated"}[sourcing],
    }


# What differs from project to project in tests and drills: name → least and most; questions of the test set come in steps of 20.
_FIGURES = {"inj": (90, 180), "leak": (60, 118), "over": (42, 96), "found": (4, 9), "stop": (10, 19), "told": (26, 58), "diff": (7, 19)}
FLAGSHIP = "XH-0007"


def _own_figures(code: str) -> dict[str, int]:
    found = {name: least + chance(f"{code}:{name}", most - least + 1) for name, (least, most) in _FIGURES.items()}
    return {**found, "qn": 320 if code == FLAGSHIP else 240 + 20 * chance(f"{code}:qn", 11)}


def _gpu(own: bool, language: str, cards: int) -> str:
    if own:
        return f"80 GB × {cards}"
    return "服务商独占实例" if language == "zh" else "dedicated instance of the vendor"
