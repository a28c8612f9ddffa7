"""Answering an item, and taking the last change back.

A save names the version it was typed on. Two people on one item: the second gets a :class:`Conflict` that carries what the
first one saved, and nothing is lost; the same save sent twice (a connection that broke) is one save. A proof attached while
somebody types is a new version too, but nothing to choose from: the save that was on its way counts.
All acts run in the transaction that ``tenant_context`` opened.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists import rules
from assessments.checklists.hashing import content_hash, evidence_mark
from assessments.checklists.history import former_content, only_proofs_since
from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from assessments.checklists.rescore import lock_assessment, rescore
from assessments.checklists.states import TRANSITIONS, AnswerState
from assessments.checklists.values import AnswerInvalid, clean_answer
from assessments.checklists.values.cleaning import clean_note
from portal.audit.actions import record_act
from portal.catalogue.parts.items import Item
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.states import check_step
from portal.tenants.clock import organisation_today

# An approval stands only for the content it was given for (rule S5).
NO_APPROVAL: dict[str, Any] = {
    "approved_by": None,
    "approved_person_id": None,
    "approved_role": "",
    "approved_at": None,
    "approved_hash": "",
}


def lock_answer(answer: Answer) -> Answer:
    """The answer as it is now, with its assessment locked until the transaction ends (lock order: assessment, answers, summary)."""
    assessment = lock_assessment(assessment_id=answer.assessment_id)
    fresh = Answer.objects.select_related("answered_by").get(pk=answer.pk)
    fresh.assessment, fresh.project = assessment, assessment.project
    return fresh


def item_of(answer: Answer) -> Item:
    """The catalogue item of an answer in the version of its assessment. Raises :class:`NotFound` for one that the version dropped."""
    item = rules.catalogue_of(answer).items.get(answer.item_key)
    if item is None:
        raise NotFound()
    return item


def evidence_of(answer: Answer) -> list[Evidence]:
    """Proofs attached to the item that have not been removed. No query for an item that never had any."""
    return attached_to(answer) if answer.evidence_count else []


def attached_to(answer: Answer) -> list[Evidence]:
    """Proofs attached to the item, read anew whatever the counter says."""
    links = AnswerEvidence.objects.filter(answer=answer, evidence__removed_at=None).select_related("evidence__added_by")
    return [link.evidence for link in links]


def marks_of(evidence: list[Evidence]) -> list[str]:
    """What of the proofs enters the hash."""
    return [evidence_mark(one.kind, one.sha256, one.expires_on) for one in evidence]


def hash_of(answer: Answer, value: Any, note: str, evidence: list[Evidence]) -> str:
    """What an approval is bound to. That of a computed item are its figures; only a recomputation says whether they moved."""
    item = rules.catalogue_of(answer).items.get(answer.item_key)
    return answer.content_hash if item is not None and item.computed else content_hash(answer.item_key, value, note, marks_of(evidence))


def stale(answer: Answer, version: int) -> Conflict:
    """The refusal of a save that was typed on an older version, with what is saved now.

    Figures of a computed item move by what somebody entered elsewhere, so that whoever wrote its remark is not named.
    """
    who = answer.answered_by.name if answer.answered_by and not item_of(answer).computed else _("Somebody")
    return Conflict(
        _("{name} changed this item while you were typing. Nothing of yours is lost: compare both and choose.").format(name=who),
        code="stale_answer",
        old=version,
        new=answer.version,
        current={
            "version": answer.version,
            "value": answer.value,
            "note": answer.note,
            "state": answer.state,
            "by": answer.answered_by.name if answer.answered_by else "",
            "at": answer.answered_at.isoformat() if answer.answered_at else None,
        },
        answer=answer,
    )


def save_answer(answer: Answer, *, value: Any, note: str = "", version: int, by: Actor) -> Answer:
    """Save an answer and its note; gives the answer as it is afterwards, scored anew.

    ``value`` has the stored shape with values as typed (see ``values.shapes``), None clears the answer; ``version`` is the one
    on the screen. Raises NotAllowed with a reason, Invalid with sentences by field, Conflict when somebody else saved meanwhile.
    """
    current = lock_answer(answer)
    item = item_of(current)
    refuse_unless(rules.why_not_answer(by, current.project, item, current))
    evidence = evidence_of(current)
    try:
        stored = clean_answer(item, value, currency=current.project.currency, evidence={str(one.pk) for one in evidence})
        words = clean_note(note)
    except AnswerInvalid as error:
        raise invalid(error.fields) from None
    if item.answer_type == "file" and stored == {"approved": False} and not any(one.kind == Evidence.Kind.FILE for one in evidence):
        stored = None  # a form sent without a file says nothing yet
    if stored == "na" and not words:
        raise invalid({"note": _("Say why this does not apply; somebody else has to agree.")})
    same = stored == current.value and words == current.note
    if current.version != version:
        if same and current.answered_by_id == by.user_id:
            return current  # the same save again: its first answer was lost on the way
        if item.computed or not only_proofs_since(current, version):
            raise stale(current, version)
    confirms = item.computed and current.state in (AnswerState.RETURNED, AnswerState.EXPIRED)
    if same and not confirms:
        return current
    write_content(current, by=by, value=stored, note=words, evidence=evidence)
    record_act("assessments.item.answered", current, item=current.item_key, version=current.version)
    return scored(current)


def scored(answer: Answer) -> Answer:
    """The answer after everything that reads it was scored anew; ``answer.rescored`` says what changed."""
    done = rescore(answer.assessment, changed={answer.item_key}, locked=True)
    if item_of(answer).computed:
        answer.refresh_from_db(fields=["verdict", "remark", "state", "content_hash", "version"])
    answer.verdict = done.verdicts.get(answer.item_key, (answer.verdict, answer.verdict))[1]
    answer.rescored = done
    return answer


def write_content(answer: Answer, *, by: Actor, value: Any, note: str, evidence: list[Evidence]) -> None:
    """Write value and note and everything that follows from a change of content: state, hash, approval, version, person."""
    state = next_state(answer, value=value, evidence=evidence)
    if state != answer.state:
        check_step(TRANSITIONS, answer.state, state)
    changes: dict[str, Any] = {
        "value": value,
        "note": note,
        "state": state,
        "content_hash": hash_of(answer, value, note, evidence),
        "evidence_count": len(evidence),
        "answered_by": by.user,
        "answered_person_id": by.person_id,
        "answered_at": timezone.now(),
        "version": answer.version + 1,
        "updated_at": timezone.now(),
        "return_reason": "" if state != AnswerState.RETURNED else answer.return_reason,
        **NO_APPROVAL,
    }
    if not Answer.objects.filter(pk=answer.pk, version=answer.version, state=answer.state).update(**changes):
        raise stale(Answer.objects.select_related("answered_by").get(pk=answer.pk), answer.version)
    for name, content in changes.items():
        setattr(answer, name, content)


def next_state(answer: Answer, *, value: Any, evidence: list[Evidence]) -> str:
    """The state after a change of content (rule S5: approved and in review lead back to answered).

    A waiver stands until it ends, whatever is written meanwhile.
    """
    return str(AnswerState.WAIVED) if answer.state == AnswerState.WAIVED else state_of_content(answer, value=value, evidence=evidence)


def state_of_content(answer: Answer, *, value: Any, evidence: list[Evidence]) -> str:
    """The state that value and proofs alone lead to; an item whose proof has expired stays expired until the proof is replaced."""
    if any(one.expires_on and one.expires_on < organisation_today() for one in evidence):
        return str(AnswerState.EXPIRED) if AnswerState.EXPIRED in (answer.state, *TRANSITIONS[answer.state]) else str(AnswerState.ANSWERED)
    item = rules.catalogue_of(answer).items.get(answer.item_key)  # none for an item that a newer version dropped
    held = value is not None
    if item is not None and not held:
        held = item.computed or (item.answer_type == "file" and any(one.kind == Evidence.Kind.FILE for one in evidence))
    return str(AnswerState.ANSWERED if held else AnswerState.OPEN)


def undo_answer(answer: Answer, *, version: int, by: Actor) -> Answer:
    """Bring back what the item held before its last change, as a new version. Undoing twice brings the change back.

    Raises Conflict when there is nothing to take back or the item moved on.
    """
    current = lock_answer(answer)
    item = item_of(current)
    refuse_unless(rules.why_not_answer(by, current.project, item, current))
    if current.version != version:
        raise stale(current, version)
    former = former_content(current)
    if former is None:
        raise Conflict(_("There is no earlier answer to bring back."), code="nothing_to_undo")
    value, note = former
    evidence = evidence_of(current)
    attached = {str(one.pk) for one in evidence}
    try:
        value = clean_answer(item, drop_gone(item, value, attached), currency=current.project.currency, evidence=attached)
    except AnswerInvalid as error:
        raise invalid(error.fields) from None
    write_content(current, by=by, value=value, note=note, evidence=evidence)
    record_act("assessments.item.undone", current, item=current.item_key, version=current.version)
    return scored(current)


def drop_gone(item: Item, value: Any, attached: set[str]) -> Any:
    """A stored value without cells that name a proof the item no longer has."""
    files = {name for name, column in item.fields.items() if column.type == "file"}
    if not files or not isinstance(value, list):
        return value
    return [{name: cell for name, cell in row.items() if name not in files or cell in attached} for row in value]


def reopen_for_evidence(answer: Answer, *, by: Actor | None, verb: str, **detail: Any) -> Answer:
    """After the proofs of an item changed: count and hash them anew, lift the approval, move the state, say so in the trail.

    ``by`` None is the portal itself (a proof expired); it answers nothing, so the person who answered stays. The caller has
    locked the assessment and scores it afterwards.
    """
    evidence = attached_to(answer)
    value = answer.value
    attached = {str(one.pk) for one in evidence}
    value = drop_gone(item_of(answer), value, attached)
    changes: dict[str, Any] = {
        "value": value,
        "state": next_state(answer, value=value, evidence=evidence),
        "content_hash": hash_of(answer, value, answer.note, evidence),
        "evidence_count": len(evidence),
        "version": answer.version + 1,
        "updated_at": timezone.now(),
        **NO_APPROVAL,
    }
    if by is not None:
        changes |= {"answered_by": by.user, "answered_person_id": by.person_id, "answered_at": timezone.now()}
    if changes["state"] != answer.state:
        check_step(TRANSITIONS, answer.state, changes["state"])
    Answer.objects.filter(pk=answer.pk).update(**changes)
    for name, content in changes.items():
        setattr(answer, name, content)
    record_act(verb, answer, item=answer.item_key, version=answer.version, **detail)
    return answer


def refuse_unless(refusal: str) -> None:
    """Raise :class:`NotAllowed` with the sentence, if there is one."""
    if refusal:
        raise NotAllowed(refusal)


def invalid(fields: dict[str, str]) -> Invalid:
    """The refusal that names each field at fault."""
    return Invalid(_("Not saved: some fields cannot be read."), fields={name: [text] for name, text in fields.items()})


def visible_answer(project: Any, item_key: str) -> Answer:
    """The answer of an item of a project the actor may see. Raises :class:`NotFound` for an unknown item."""
    found = Answer.objects.select_related("assessment", "project", "answered_by", "approved_by", "assignee").filter(
        project=project, item_key=item_key
    )
    answer = found.first()
    if answer is None:
        raise NotFound()
    item_of(answer)
    return answer
