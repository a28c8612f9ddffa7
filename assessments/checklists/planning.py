"""When each gate is due: spread over the time between registration and planned launch, so that work lists have dates from day one.

The shares are a proposal of the product; an open round brings its own date, and a date set by hand on an item stays.
"""

from __future__ import annotations

import datetime as dt

from portal.catalogue import Catalogue
from portal.projects.models import Project
from portal.projects.states import Stage

# Share of the way from registration to launch at which a gate is due, in percent.
SHARES = {"G0": 5, "G1": 30, "G2": 45, "G3": 80, "G4": 100}
REVIEW_GATE = "G5"


def dates_between(start: dt.date, launch: dt.date | None) -> dict[str, dt.date]:
    """The planned day of each gate up to launch; empty without a planned launch."""
    if launch is None:
        return {}
    days = max((launch - start).days, 0)
    return {gate: start + dt.timedelta(days=days * share // 100) for gate, share in SHARES.items()}


def gate_dates(project: Project) -> dict[str, dt.date]:
    """The planned day of each gate. Periodic review has its own date."""
    found = dates_between(project.started_on, project.launched_on or project.target_launch)
    if project.review_due is not None:
        found[REVIEW_GATE] = project.review_due
    return found


def next_gate(content: Catalogue, project: Project) -> str:
    """The gate that leads on from the project's stage; "" when none does."""
    stage = str(project.stage_before if project.stage == Stage.ON_HOLD and project.stage_before else project.stage)
    if stage in (Stage.STOPPED, Stage.RETIRED):
        return ""
    if stage == Stage.PERIODIC_REVIEW:
        stage = str(Stage.LIVE)
    return next((gate.id for gate in content.gates.values() if gate.from_stage == stage), "")
