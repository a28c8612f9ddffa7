"""Acts of reviewers: approve, return."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.models import Answer
from assessments.checklists.rescore import rescore
from assessments.checklists.states import TRANSITIONS, AnswerState
from assessments.reviews import segregation
from assessments.reviews.models import ReviewDecision
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, Refused
from portal.core.states import move
from portal.notices.actions import notify
from portal.projects.models import Project
from portal.tenants.models import Tenant


@dataclass(frozen=True)
class Outcome:
    """What became of one item of a bulk decision: ``refusal`` is empty when it was done."""

    answer_id: UUID
    item_key: str
    refusal: str = ""


def item_of(answer: Answer) -> Any:
    """The catalogue item of an answer, in the version its assessment is on."""
    return catalogue(answer.assessment.catalogue_id).items[answer.item_key]


def _check(answer: Answer, project: Project, *, version: int, by: Actor) -> segregation.Authority:
    item = item_of(answer)
    refusal = segregation.why_not_approve(by, project, item, answer)
    authority = segregation.approving_authority(by, project, item, answer)
    if refusal or authority is None:
        raise NotAllowed(refusal, code="segregation")
    if answer.version != version:
        raise Conflict(
            _("The answer was changed while you were reading it. Read the new answer and decide again."),
            code="stale_answer",
            old=version,
            new=answer.version,
        )
    return authority


def _item_url(answer: Answer, project: Project) -> str:
    slug = Tenant.objects.only("slug").get(pk=int(answer.tenant_id or 0)).slug
    return reverse("assessments:item", kwargs={"tenant_slug": slug, "project_id": project.pk, "item_key": answer.item_key})


def _decide(answer: Answer, authority: segregation.Authority, outcome: str, reason: str, by: Actor) -> ReviewDecision:
    return ReviewDecision.objects.create(
        answer=answer,
        project_id=answer.project_id,
        outcome=outcome,
        reason=reason,
        answer_version=answer.version,
        content_hash=answer.content_hash,
        verdict=answer.verdict,
        answered_person_id=answer.answered_person_id,
        decided_by=by.user,
        decided_person_id=by.person_id,
        role_key=authority.role,
        delegation_id=authority.delegation_id,
    )


@transaction.atomic
def approve_item(answer: Answer, project: Project, *, version: int, by: Actor) -> Answer:
    """Approve the answer that was on the screen (its ``version``); an accepted "not applicable" leaves the score.

    Raises NotAllowed with the segregation reason, Conflict when the answer moved on.
    """
    authority = _check(answer, project, version=version, by=by)
    item = item_of(answer)
    accepted_na = answer.verdict == "na"
    if segregation.lacks_guardian(item, catalogue(answer.assessment.catalogue_id).segregation["S2"]):
        raise Conflict(_("The catalogue names neither security nor compliance for this item, so nobody may approve it (rule S2)."))
    now = timezone.now()
    try:
        move(
            answer,
            TRANSITIONS,
            AnswerState.NOT_APPLICABLE if accepted_na else AnswerState.APPROVED,
            where={"version": version, "content_hash": answer.content_hash},
            approved_by=by.user,
            approved_person_id=by.person_id,
            approved_role=authority.role,
            approved_at=now,
            approved_hash=answer.content_hash,
            return_reason="",
        )
        _decide(answer, authority, ReviewDecision.Outcome.APPROVED, "", by)
    except IntegrityError as error:
        raise NotAllowed(_("You answered this item yourself. Somebody else has to approve it."), code="segregation") from error
    record_act(
        "assessments.item.approved", answer, item=answer.item_key, verdict=answer.verdict, role=authority.role, hash=answer.content_hash
    )
    rescore(answer.assessment, changed={answer.item_key})
    return answer


@transaction.atomic
def return_item(answer: Answer, project: Project, *, version: int, reason: str, by: Actor) -> Answer:
    """Send the answer back with a reason; the person who answered and the assignee are told."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say what is missing, so that the other person can act on it."), fields={"reason": [_("A reason is needed.")]})
    if len(reason) > 1000:
        raise Invalid(_("The reason is too long."), fields={"reason": [_("At most 1,000 characters.")]})
    authority = _check(answer, project, version=version, by=by)
    move(
        answer,
        TRANSITIONS,
        AnswerState.RETURNED,
        where={"version": version},
        return_reason=reason,
        approved_by=None,
        approved_person_id=None,
        approved_role="",
        approved_at=None,
        approved_hash="",
    )
    decision = _decide(answer, authority, ReviewDecision.Outcome.RETURNED, reason, by)
    record_act("assessments.item.returned", answer, item=answer.item_key, reason=reason, role=authority.role)
    people = {user_id for user_id in (answer.answered_by_id, answer.assignee_id) if user_id and user_id != by.user_id}
    notify(
        people,
        "assessments.item_returned",
        once_key=f"returned:{decision.pk}",
        url=_item_url(answer, project),
        project_id=project.pk,
        item=answer.item_key,
        reason=reason,
        by=by.user.name,
        project=project.name,
    )
    rescore(answer.assessment, changed={answer.item_key})
    return answer


def decide_items(
    choices: Iterable[tuple[UUID, int]], *, outcome: str, reason: str = "", by: Actor, project_of: dict[UUID, Project]
) -> list[Outcome]:
    """Approve or return several items: each on its own, so that one refusal does not undo the others.

    ``choices`` are (answer id, version on the screen); ``project_of`` maps answer ids to projects the actor may see.
    """
    found = {answer.pk: answer for answer in Answer.objects.filter(pk__in=list(project_of)).select_related("assessment")}
    results = []
    for answer_id, version in choices:
        answer = found.get(answer_id)
        if answer is None:
            results.append(Outcome(answer_id, "?", _("This item does not exist or is not yours to see.")))
            continue
        project = project_of[answer_id]
        try:
            if outcome == ReviewDecision.Outcome.APPROVED:
                approve_item(answer, project, version=version, by=by)
            else:
                return_item(answer, project, version=version, reason=reason, by=by)
        except Refused as refusal:
            results.append(Outcome(answer_id, answer.item_key, str(refusal.message)))
        else:
            results.append(Outcome(answer_id, answer.item_key))
    return results
