"""Whether a report may be ordered, started again, deleted; the sentences say why not."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from assessments.gates.models import GateRound
from assessments.gates.states import POSITIVE, RoundState
from compliance.reports.models import Report
from compliance.reports.states import ReportState, Standing
from portal.jobs.states import JobState

OPEN_JOBS = (JobState.QUEUED, JobState.RUNNING)


def why_not_order(round_: GateRound) -> str:
    """Reason against a report of a round, "" if there is none."""
    if round_.state == RoundState.WITHDRAWN:
        return _("This round was withdrawn. Order the report of another round.")
    return ""


def is_being_made(report: Report) -> bool:
    """Waits or is being made; the job row is the truth."""
    return report.state == ReportState.ORDERED and report.job is not None and report.job.state in OPEN_JOBS


def has_failed(report: Report) -> bool:
    """Failed, or its job ended without a file (cancelled, given up after several interruptions)."""
    return report.state == ReportState.FAILED or (report.state == ReportState.ORDERED and not is_being_made(report))


def standing(report: Report, today: dt.date) -> str:
    """What the decision behind a made report is worth today, whatever the file says.

    ``report`` comes from a query that knows whether a newer decision replaced it (``queries.with_standing``).
    """
    if report.draft or report.round is None:
        return Standing.DRAFT
    return standing_of(
        state=report.round.state,
        lapsed=report.lapsed or report.round.stale_since is not None,
        valid_until=report.round.valid_until,
        superseded=report.superseded,  # type: ignore[attr-defined]
        today=today,
    )


def standing_of(*, state: str, lapsed: bool, valid_until: dt.date | None, superseded: bool, today: dt.date) -> str:
    """The same of a decided round in plain values; what weighs most comes first."""
    if state not in POSITIVE:
        return Standing.REFUSED
    if lapsed:
        return Standing.LAPSED
    if valid_until is not None and valid_until < today:
        return Standing.EXPIRED
    return Standing.SUPERSEDED if superseded else Standing.VALID


def why_not_delete(report: Report, today: dt.date) -> str:
    """Reason against deleting, "" if it may be deleted: drafts and failures at any time, sign-offs only after retention."""
    if report.state == ReportState.DELETED:
        return _("The report has been deleted already.")
    if is_being_made(report):
        return _("The report is being made. Cancel it first.")
    if has_failed(report) or report.draft:
        return ""
    if report.keep_until is not None and report.keep_until >= today:
        return _("Sign-off reports are kept until {day}.").format(day=report.keep_until.isoformat())
    return ""
