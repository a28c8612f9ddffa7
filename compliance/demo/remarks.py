"""What people of a project write to each other, send back, report and waive; with whom it is shared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.checklists.actions.answers import visible_answer
from assessments.checklists.actions.comments import add_comment
from assessments.checklists.models import Answer
from assessments.reviews.actions import return_item
from assessments.reviews.waiving import end_waiver, lapse_due_waivers, request_waiver, sign_waiver
from compliance.demo.clock import at
from compliance.demo.content import read
from compliance.demo.gating import signer
from compliance.demo.projects import Case
from portal.projects.actions import share_with_person, share_with_team
from portal.roles.models import Team
from portal.tenants.clock import organisation_today


def person_of(case: Case, name: str) -> str:
    """The key of a person: the project's owner, who acts in a role, or the person named by key."""
    if name == "owner":
        return str(case.spec["owner"])
    return name if name in case.world.users else signer(case, name)


def share(case: Case) -> None:
    """Share the project with single people and teams, as its owner does."""
    for entry in read("around")[case.world.tenant.slug]["shares"].get(case.code, ()):
        day = max(entry["day"], case.spec["started"] + 1)
        with at(case.moment(day, hour=9)), case.world.acting(case.spec["owner"]) as by:
            if "team" in entry:
                share_with_team(case.project, team=Team.objects.get(name=entry["team"]), level=entry["level"], by=by.user)
            else:
                share_with_person(case.project, user=case.world.users[entry["person"]], level=entry["level"], by=by.user)


def comment(case: Case) -> None:
    """Remarks on items, in the order in which they were written."""
    for number, entry in enumerate(read("stories")["comments"].get(case.code, ())):
        moment = case.moment(entry["day"], hour=9 + number, minute=(7 * number) % 60)
        with at(moment), case.world.acting(person_of(case, entry["by"])) as by:
            named = [case.world.users[person_of(case, name)].pk for name in entry["names"]]
            add_comment(visible_answer(case.project, entry["item"]), body=entry["text"], by=by, mentioned=named)


def return_items(case: Case) -> None:
    """Items that came back from review, each with its reason."""
    for number, (item, reason) in enumerate(read("stories")["returned"].get(case.code, {}).items()):
        with at(case.moment(-2, hour=16, minute=9 * number)), case.world.acting(case.person(case.content.items[item].approved_by)) as by:
            answer = visible_answer(case.project, item)
            return_item(answer, case.project, version=answer.version, reason=reason, by=by)


def waive(case: Case) -> None:
    """Waivers in all their states: asked for, signed by one, in force, refused, lapsed."""
    for entry in read("stories")["waivers"].get(case.code, ()):
        _waive(case, entry)


def _waive(case: Case, entry: dict[str, Any]) -> None:
    world, day, ends = case.world, entry["asked"], entry.get("ends", "")
    until = world.today + dt.timedelta(days=entry["until"])
    role = case.content.items[entry["item"]].answered_by
    with at(case.moment(day)), world.acting(case.answerer(role)) as by:
        answer: Answer = visible_answer(case.project, entry["item"])
        waiver = request_waiver(answer, case.project, reason=entry["reason"], measure=entry["measure"], until=until, by=by)
    if ends == "asked":
        return
    if ends == "refused":
        with at(case.moment(day + 2)), world.acting(case.person("exec_sponsor")) as by:
            end_waiver(waiver, case.project, refuse=True, reason=entry["why"], by=by)
        return
    signers = [case.person("exec_sponsor")] if ends == "first" else [signer(case, waiver.approver_role), case.person("exec_sponsor")]
    for number, key in enumerate(signers, 1):
        with at(case.moment(day + number)), world.acting(key) as by:
            sign_waiver(waiver, case.project, by=by)
    if ends == "lapsed":
        with world.acting(case.person("pmo")), at(case.moment(entry["until"] + 1)):
            lapse_due_waivers(organisation_today())
