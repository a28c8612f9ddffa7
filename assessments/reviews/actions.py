"""Acts of reviewers: approve, return."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.actions.answers import NO_APPROVAL, item_of, lock_answer
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.rescore import rescore
from assessments.checklists.states import TRANSITIONS, AnswerState
from assessments.checklists.telling import item_url
from assessments.reviews import segregation
from assessments.reviews.models import ReviewDecision
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, Refused
from portal.core.states import move
from portal.notices.actions import notify
from portal.projects.access import projects_visible_to
from portal.projects.models import Project


@dataclass(frozen=True)
class Outcome:
    """What became of one item of a bulk decision: ``refusal`` is empty when it was done."""

    answer_id: UUID
    item_key: str
    refusal: str = ""


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

    Gives the answer as it is afterwards. Raises NotAllowed with the segregation reason, Conflict when the answer moved on.
    """
    current = lock_answer(answer)
    _approve(current, project, version=version, by=by)
    rescore(current.assessment, changed={current.item_key}, locked=True)
    return current


def _approve(answer: Answer, project: Project, *, version: int, by: Actor) -> None:
    authority = _check(answer, project, version=version, by=by)
    accepted_na = answer.verdict == "na"
    if segregation.lacks_guardian(item_of(answer), catalogue(answer.assessment.catalogue_id).segregation["S2"]):
        raise Conflict(_("The catalogue names neither security nor compliance for this item, so nobody may approve it (rule S2)."))
    try:
        with transaction.atomic():
            move(
                answer,
                TRANSITIONS,
                AnswerState.NOT_APPLICABLE if accepted_na else AnswerState.APPROVED,
                where={"version": version, "content_hash": answer.content_hash},
                approved_by=by.user,
                approved_person_id=by.person_id,
                approved_role=authority.role,
                approved_at=timezone.now(),
                approved_hash=answer.content_hash,
                return_reason="",
            )
            _decide(answer, authority, ReviewDecision.Outcome.APPROVED, "", by)
    except IntegrityError as error:
        raise NotAllowed(_("You answered this item yourself. Somebody else has to approve it."), code="segregation") from error
    record_act(
        "assessments.item.approved", answer, item=answer.item_key, verdict=answer.verdict, role=authority.role, hash=answer.content_hash
    )


@transaction.atomic
def return_item(answer: Answer, project: Project, *, version: int, reason: str, by: Actor) -> Answer:
    """Send the answer back with a reason; the person who answered and the assignee are told. Gives the answer as it is afterwards."""
    reason = checked_reason(reason)
    current = lock_answer(answer)
    _return(current, project, version=version, reason=reason, by=by)
    rescore(current.assessment, changed={current.item_key}, locked=True)
    return current


def checked_reason(reason: str, most: int = 1000) -> str:
    """The reason without blanks around it. Raises Invalid for none and for one that is too long; nothing is ever cut off."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say what is missing, so that the other person can act on it."), fields={"reason": [_("A reason is needed.")]})
    if len(reason) > most:
        fields = {"reason": [_("At most {most} characters; there are {length}.").format(most=most, length=len(reason))]}
        raise Invalid(_("The reason is too long."), fields=fields)
    return reason


def _return(answer: Answer, project: Project, *, version: int, reason: str, by: Actor) -> None:
    authority = _check(answer, project, version=version, by=by)
    move(answer, TRANSITIONS, AnswerState.RETURNED, where={"version": version}, return_reason=reason, **NO_APPROVAL)
    decision = _decide(answer, authority, ReviewDecision.Outcome.RETURNED, reason, by)
    record_act("assessments.item.returned", answer, item=answer.item_key, reason=reason, role=authority.role)
    people = {user_id for user_id in (answer.answered_by_id, answer.assignee_id) if user_id and user_id != by.user_id}
    notify(
        people,
        "assessments.item_returned",
        once_key=f"returned:{decision.pk}",
        url=item_url(answer),
        project_id=project.pk,
        item=answer.item_key,
        reason=reason,
        by=by.user.name,
        project=project.name,
    )


def decide_items(
    choices: Iterable[tuple[UUID, int]], *, outcome: str, reason: str = "", by: Actor, project_of: dict[UUID, Project]
) -> list[Outcome]:
    """Approve or return several items: each on its own, so that one refusal does not undo the others.

    ``choices`` are (answer id, version on the screen); ``project_of`` maps the ids of answers that wait for the actor to projects the
    actor may see. Raises Invalid for a return without a usable reason.
    """
    chosen = list(choices)
    approving = outcome == ReviewDecision.Outcome.APPROVED
    reason = reason if approving else checked_reason(reason)
    projects = {project.pk for project in project_of.values()}
    # All locks first and in one order: two people with many items each take turns instead of blocking each other for ever.
    locked = {one.pk: one for one in Assessment.objects.select_for_update(no_key=True).filter(project__in=projects).order_by("pk")}
    found = {answer.pk: answer for answer in Answer.objects.filter(pk__in=list(project_of)).select_related("answered_by")}
    missing = [pk for pk, _version in chosen if pk not in found]
    gone = dict(Answer.objects.filter(pk__in=missing, project__in=projects_visible_to(by)).values_list("pk", "item_key") if missing else ())
    results: list[Outcome] = []
    moved: dict[UUID, set[str]] = {}
    for answer_id, version in chosen:
        answer = found.get(answer_id)
        if answer is None:
            refusal = _("Somebody else decided first, or the answer changed: it no longer waits for you.")
            if answer_id not in gone:
                refusal = _("This item does not exist or is not yours to see.")
            results.append(Outcome(answer_id, gone.get(answer_id, "?"), refusal))
            continue
        answer.assessment = locked[answer.assessment_id]
        try:
            with transaction.atomic():
                if approving:
                    _approve(answer, project_of[answer_id], version=version, by=by)
                else:
                    _return(answer, project_of[answer_id], version=version, reason=reason, by=by)
        except Refused as refused:
            results.append(Outcome(answer_id, answer.item_key, str(refused.message)))
        else:
            moved.setdefault(answer.assessment_id, set()).add(answer.item_key)
            results.append(Outcome(answer_id, answer.item_key))
    for assessment_id, keys in moved.items():
        rescore(locked[assessment_id], changed=keys, locked=True)
    return results
