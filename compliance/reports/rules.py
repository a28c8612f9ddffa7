"""Whether a report may be ordered, started again, deleted; the sentences say why not."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from assessments.gates.models import GateRound
from assessments.gates.states import RoundState
from compliance.reports.models import Report
from compliance.reports.states import ReportState
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


def has_lapsed(report: Report) -> bool:
    """The sign-off is stale today, whether or not the file already says so."""
    return report.lapsed or (not report.draft and report.round is not None and report.round.stale_since is not None)


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
