"""Every state machine of the product, drawn from the tables that the code moves by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils import translation

from assessments.checklists.states import TRANSITIONS as ANSWERS
from assessments.checklists.states import AnswerState
from assessments.gates.states import CONDITION_TRANSITIONS, ROUND_TRANSITIONS, ConditionState, RoundState
from assessments.reviews.states import TRANSITIONS as WAIVERS
from assessments.reviews.states import WaiverState
from compliance.clocks.states import TRANSITIONS as CLOCKS
from compliance.clocks.states import ClockState
from compliance.filings.states import FilingState
from compliance.reports.states import TRANSITIONS as REPORTS
from compliance.reports.states import ReportState
from portal.catalogue import catalogue
from portal.catalogue.parts import FilingState as FilingEntry
from portal.jobs.states import TRANSITIONS as JOBS
from portal.jobs.states import JobState
from portal.projects.states import TRANSITIONS as STAGES
from portal.projects.states import Stage

Steps = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Machine:
    """One state machine: where its table lives, its steps and the words for its states."""

    title: str
    source: str
    start: str
    steps: Steps
    labels: Mapping[str, str]
    note: str = ""


def _labels(choices: type) -> dict[str, str]:
    with translation.override("en"):
        return {str(member.value): str(member.label) for member in choices}  # type: ignore[attr-defined]


def filing_steps() -> dict[str, tuple[str, ...]]:
    """The steps of a filing as the newest catalogue states them."""
    states = catalogue().vocabularies["filing_states"].choices.values()
    return {state.value: tuple(state.next) for state in states if isinstance(state, FilingEntry)}


def machines() -> list[Machine]:
    """All state machines in the order of the main job."""
    return [
        Machine(
            "Project",
            "portal/projects/states.py",
            "intake",
            STAGES,
            _labels(Stage),
            "Steps along the flow are taken by gate decisions only; hold, stop, resume and retire by people who steer the project.",
        ),
        Machine(
            "Answer to an item",
            "assessments/checklists/states.py",
            "open",
            ANSWERS,
            _labels(AnswerState),
            "Any change of the answer or its evidence leads back to “answered” (rule S5) and is a new version of the item. The figures of "
            "a computed item are its answer: when they move they are a new version too, although the verdict stays, so that reviewers do "
            "not approve figures they have not seen and sign-offs of gates become stale.",
        ),
        Machine(
            "Waiver",
            "assessments/reviews/states.py",
            "proposed",
            WAIVERS,
            _labels(WaiverState),
            "Two people of two roles; lapses by itself (S4).",
        ),
        Machine(
            "Gate round",
            "assessments/gates/states.py",
            "open",
            ROUND_TRANSITIONS,
            _labels(RoundState),
            "One open round per project and gate. A positive round can become stale; a delta round renews it, and no later gate is "
            "approved before.",
        ),
        Machine(
            "Condition",
            "assessments/gates/states.py",
            "open",
            CONDITION_TRANSITIONS,
            _labels(ConditionState),
            "Reported by its owner, accepted by somebody else. A role that signs its gate can give an open one another date or owner.",
        ),
        Machine(
            "Filing",
            "portal/catalogue/data/*/vocabularies.yaml (filing_states)",
            "not_assessed",
            filing_steps(),
            _labels(FilingState),
            "The table is content; the code names the states only.",
        ),
        Machine(
            "Time limit of a filing",
            "compliance/clocks/states.py",
            "running",
            CLOCKS,
            _labels(ClockState),
            "Only the authority's own period is ever paused. A limit by law is never waived; two people find it void.",
        ),
        Machine("Report", "compliance/reports/states.py", "ordered", REPORTS, _labels(ReportState)),
        Machine(
            "Job",
            "portal/jobs/states.py",
            "queued",
            JOBS,
            _labels(JobState),
            "A worker claims a job with a lease; the reconciler wakes what was forgotten.",
        ),
    ]


def drawing(machine: Machine) -> str:
    """One machine as a Mermaid state diagram with a table of its states below."""
    lines = [
        f"## {machine.title}",
        "",
        f"Table: `{machine.source}`." + (f" {machine.note}" if machine.note else ""),
        "",
        "```mermaid",
        "stateDiagram-v2",
    ]
    lines += [f"    {state}: {label}" for state, label in machine.labels.items() if state in machine.steps]
    lines.append(f"    [*] --> {machine.start}")
    for state, following in machine.steps.items():
        lines += [f"    {state} --> {target}" for target in following]
        if not following:
            lines.append(f"    {state} --> [*]")
    return "\n".join([*lines, "```", ""])


def document() -> str:
    """The whole of docs/workflows.md."""
    head = [
        "# Workflows",
        "",
        "Drawn by `bin/manage draw_workflows` from the tables that the code moves by; a test keeps the two equal.",
        "Every step is a compare-and-set on the state (`portal/core/states.py`): when somebody else was faster, the answer is 409.",
        "",
    ]
    return "\n".join([*head, *(drawing(machine) for machine in machines())])
