"""Letters of authorities, checks of the display and reported ends in the demo: by the same acts as in the product."""

from __future__ import annotations

import datetime as dt
from typing import Any

from compliance.clocks.actions import start_clocks
from compliance.demo.clock import at
from compliance.demo.content import read
from compliance.demo.projects import Case
from compliance.filings.actions import step_filing
from compliance.filings.models import Filing
from compliance.filings.steps import last_dated
from compliance.filings.subjects import subject_of
from compliance.rounds import actions as rounds
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.upkeep.actions import check_display
from compliance.upkeep.following import unstarted_ends
from portal.core.access import Actor
from portal.tenants.clock import organisation_today


def keep_up(case: Case) -> None:
    """What the story tells of letters and displays of this project; nothing for most."""
    told: dict[str, Any] = read("upkeep").get(case.code, {})
    for regime, letter in told.get("letters", {}).items():
        with at(case.moment(-1, hour=19)), case.world.acting(case.person("compliance")) as by:
            _letter(case, regime, letter, by)
    for regime, check in told.get("displays", {}).items():
        with at(case.moment(-check["days"], hour=10)), case.world.acting(case.person("compliance")) as by:
            given = {name: check[name] for name in ("place", "ok", "url", "note") if name in check}
            check_display(case.project, regime, checked_on=organisation_today(), version=_row(case, regime).version, by=by, **given)


def report_ends(case: Case) -> None:
    """The service has ended: the limits of the cancellations run before the project is taken out of service."""
    for row, event in unstarted_ends(case.project):
        start_clocks(subject_of(case.project, row.regime), event, event_on=organisation_today(), by=None, cause="reported")


def _row(case: Case, regime: str) -> Filing:
    return Filing.objects.get(project=case.project, regime=regime)


def _letter(case: Case, regime: str, letter: dict[str, Any], by: Actor) -> None:
    """One letter with its questions; sent back and closed where the story says so, and the authority examines the filing again."""
    row, today = _row(case, regime), organisation_today()
    last = last_dated(row)
    day = min(today, (last.on if last is not None and last.on is not None else today) + dt.timedelta(days=letter.get("after", 0)))
    made = rounds.open_round(
        case.project,
        regime,
        version=row.version,
        by=by,
        letter_on=day - dt.timedelta(days=2),
        received_on=day,
        due_on=day + dt.timedelta(days=14),
        reference=letter["reference"],
        questions=[one["text"] for one in letter["questions"]],
    )
    for question, one in zip(AuthorityQuestion.objects.filter(round=made).order_by("position"), letter["questions"], strict=True):
        user = case.world.users[case.person(one["by"])]
        held = rounds.edit_question(question, text=question.text, category=one["category"], assignee=user, version=1, by=by)
        if one.get("answer"):
            documents = one.get("documents", [])
            rounds.answer_question(held, answer=one["answer"], documents=documents, done=True, version=held.version, by=by)
    if letter.get("receipt"):
        version = _row(case, regime).version
        sent = rounds.send_reply(made, on=today, receipt=letter["receipt"], version=made.version, filing_version=version, by=by)
        step_filing(case.project, regime, to="under_review", version=_row(case, regime).version, by=by)
        rounds.close_round(AuthorityRound.objects.select_related("filing__project").get(pk=sent.pk), version=sent.version, by=by)
