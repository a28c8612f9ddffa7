"""Handing answers over for review, one item or all that are ready, and taking one back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists import rules
from assessments.checklists.actions.answers import item_of, lock_answer, refuse_unless, scored
from assessments.checklists.models import Answer
from assessments.checklists.rescore import lock_assessment, rescore
from assessments.checklists.states import TRANSITIONS, AnswerState
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict
from portal.core.states import move
from portal.projects.models import Project

SUBMITTABLE = (AnswerState.ANSWERED, AnswerState.RETURNED)


@dataclass(frozen=True)
class Submitted:
    """What became of one item: ``refusal`` is empty when it was handed over."""

    item_key: str
    refusal: str = ""


def why_not_submit(answer: Answer) -> str:
    """What an item lacks before somebody can review it; empty when it is ready."""
    if not answer.applies:
        return _("This item does not apply to the project at present.")
    if answer.state in (AnswerState.IN_REVIEW, AnswerState.APPROVED, AnswerState.NOT_APPLICABLE):
        return _("This item is in review or approved already.")
    if answer.state == AnswerState.WAIVED:
        return _("This item is waived.")
    if answer.state == AnswerState.EXPIRED:
        return _("A proof of this item has expired. Replace it first.")
    if answer.state == AnswerState.OPEN:
        return _("The figures of this item are not complete yet.") if item_of(answer).computed else _("This item has no answer yet.")
    return ""


def submit_items(project: Project, keys: Collection[str], *, by: Actor) -> list[Submitted]:
    """Hand the named items over for review; each on its own, so that one that is not ready does not hold the others.

    Computed figures are thereby confirmed by the person who submits them.
    """
    assessment = lock_assessment(project_id=project.pk)
    answers = list(Answer.objects.filter(assessment=assessment, item_key__in=keys).order_by("position"))
    results, moved = [], set()
    for answer in answers:
        answer.assessment, answer.project = assessment, project
        refusal = rules.why_not_answer(by, project, item_of(answer), answer) or why_not_submit(answer)
        if not refusal and not _hand_over(answer, by):
            refusal = _("Somebody changed this item in the meantime.")
        results.append(Submitted(answer.item_key, refusal))
        if not refusal:
            moved.add(answer.item_key)
            record_act("assessments.item.submitted", answer, item=answer.item_key, version=answer.version)
    if moved:
        rescore(assessment, changed=moved, locked=True)
    return results


def _hand_over(answer: Answer, by: Actor) -> bool:
    changes = {"state": AnswerState.IN_REVIEW, "return_reason": "", "updated_at": timezone.now()}
    if item_of(answer).computed or answer.answered_person_id is None:
        # The person who hands figures over answers for them as they are now, and cannot approve them (rule S1).
        changes |= {"answered_by": by.user, "answered_person_id": by.person_id, "answered_at": timezone.now()}
    return bool(Answer.objects.filter(pk=answer.pk, version=answer.version, state=answer.state).update(**changes))


def recall_item(answer: Answer, *, by: Actor) -> Answer:
    """Take an item back from review, before anybody decided on it."""
    current = lock_answer(answer)
    refuse_unless(rules.why_not_answer(by, current.project, item_of(current), current))
    if current.state != AnswerState.IN_REVIEW:
        raise Conflict(_("This item is not in review."), code="no_such_step")
    move(current, TRANSITIONS, AnswerState.ANSWERED)
    record_act("assessments.item.recalled", current, item=current.item_key)
    return scored(current)
