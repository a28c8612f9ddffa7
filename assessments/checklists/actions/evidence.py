"""Proofs: added to a project's library once, attached to any number of its items, taken off, removed, expired."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists import rules
from assessments.checklists.actions.answers import invalid, item_of, lock_answer, refuse_unless, reopen_for_evidence, scored
from assessments.checklists.files import names, storing
from assessments.checklists.hashing import text_hash
from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from assessments.checklists.rescore import lock_assessment, lock_of, rescore
from assessments.checklists.states import EXPIRING
from assessments.checklists.telling import tell
from assessments.checklists.values.reading import read_text
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

LONGEST_NOTE = 8000
MOST_PER_ITEM = 50
MOST_PER_PROJECT = 5000
WARN_DAYS = 30


def add_evidence(
    project: Project,
    *,
    kind: str,
    by: Actor,
    upload: Any = None,
    url: str = "",
    text: str = "",
    name: str = "",
    expires_on: date | None = None,
    personal_data: bool = False,
    attach_to: Iterable[Answer] = (),
    store_again: bool = False,
) -> Evidence:
    """Add a file, a link or a note to the library and attach it to items.

    Raises Invalid or TooLarge for what cannot be taken, NotAllowed with a reason, and Conflict (``duplicate_evidence``, with the
    known ``evidence``) when the same content is in the library already, unless ``store_again``.
    """
    answers = list(attach_to)
    refuse_unless(rules.why_not_add_evidence(by, project))
    for answer in answers:
        refuse_unless(rules.why_not_answer(by, project, item_of(answer), answer))
    row = Evidence(
        project=project,
        kind=kind,
        personal_data=personal_data,
        expires_on=checked_expiry(expires_on),
        added_by=by.user,
        added_person_id=by.person_id,
    )
    match kind:
        case Evidence.Kind.FILE:
            if upload is None:
                raise Invalid(_("Choose a file."), fields={"file": [_("Choose a file.")]})
            looked = storing.look_at(upload)
            row.name, row.size, row.content_type, row.sha256 = name.strip() or looked.name, looked.size, looked.content_type, looked.sha256
        case Evidence.Kind.LINK:
            row.url = checked_url(url)
            row.name = name.strip() or urlsplit(row.url).netloc
            row.sha256 = text_hash(row.url)
        case Evidence.Kind.NOTE:
            row.text = checked_note(text)
            row.name = name.strip() or row.text.split("\n", 1)[0][:60]
            row.sha256 = text_hash(row.text)
        case _:
            raise Invalid(_("A proof is a file, a link or a note."), fields={"kind": [_("Choose from the list.")]})
    row.name = checked_name(row.name)
    known = duplicate_of(project, row.kind, row.sha256)
    if known is not None and not store_again:
        raise Conflict(
            _("“{name}” with the same content is in the evidence library already. Use that one, or keep both.").format(name=known.name),
            code="duplicate_evidence",
            evidence=known,
            current={"id": str(known.pk), "name": known.name},
        )
    if Evidence.objects.filter(project=project, removed_at=None).count() >= MOST_PER_PROJECT:
        raise Invalid(_("The library holds {most} proofs, which is the most. Remove some first.").format(most=MOST_PER_PROJECT), fields={})
    if kind == Evidence.Kind.FILE:
        row.file_key = storing.store(upload, row.tenant_id, project.pk)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record_act("assessments.evidence.added", row, name=row.name, kind=row.kind, sha256=row.sha256)
            if answers:
                attach_evidence(answers, row, by=by)
    except BaseException:
        storing.forget(row.file_key)  # nobody will ever refer to these bytes
        raise
    return row


def duplicate_of(project: Project, kind: str, sha256: str) -> Evidence | None:
    """A proof of the project with the same content that has not been removed."""
    return Evidence.objects.filter(project=project, kind=kind, sha256=sha256, removed_at=None).order_by("added_at").first()


def checked_url(given: str) -> str:
    """An absolute address of the web. Raises Invalid for anything else (scripts, files, other programs)."""
    url = given.strip()
    try:
        URLValidator(schemes=["http", "https"])(url)
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise ValidationError("credentials")
    except (ValidationError, ValueError):
        raise invalid({"url": _("Write a full address that begins with http:// or https://, without a password in it.")}) from None
    if len(url) > 1000:
        raise invalid({"url": _("At most {most} characters; there are {length}.").format(most=1000, length=len(url))})
    return url


def checked_note(given: str) -> str:
    """The text of a note, not empty and not too long."""
    try:
        text = read_text(given, LONGEST_NOTE)
    except ValueError as error:
        raise invalid({"text": str(error)}) from None
    if not text:
        raise invalid({"text": _("Write what the note says.")})
    return text


def checked_name(given: str) -> str:
    """The name people see: one line, without hidden characters."""
    name = names.visible_line(given)
    if not name:
        raise invalid({"name": _("Give it a name.")})
    return name


def checked_expiry(given: date | None) -> date | None:
    """A date that is not past."""
    if given is not None and given < organisation_today():
        raise invalid({"expires_on": _("This date is past. A proof that is no longer valid proves nothing.")})
    return given


def attach_evidence(answers: Iterable[Answer], *proofs: Evidence, by: Actor) -> list[Answer]:
    """Attach proofs to items of their project; items that have one already keep it as it is.

    Returns the items that changed, scored once.
    """
    wanted = list(answers)
    today = organisation_today()
    for evidence in proofs:
        if evidence.removed_at is not None:
            raise Conflict(_("This proof has been removed from the library."), code="evidence_removed")
        if evidence.expires_on and evidence.expires_on < today:
            raise Conflict(
                _("This proof expired on {day}. Extend its validity or attach a newer one.").format(day=evidence.expires_on),
                code="evidence_expired",
            )
    if not wanted:
        return []
    lock_assessment(assessment_id=wanted[0].assessment_id)
    changed: dict[UUID, Answer] = {}
    for evidence in proofs:
        for answer in wanted:
            done = _attach(answer, evidence, by)
            if done is not None:
                changed[done.pk] = done
    _score(list(changed.values()))
    return list(changed.values())


def _attach(answer: Answer, evidence: Evidence, by: Actor) -> Answer | None:
    """The item as it is with the proof attached; None if it had the proof before."""
    refuse_unless(rules.why_not_answer(by, evidence.project, item_of(answer), answer))
    if answer.project_id != evidence.project_id:
        raise Invalid(_("A proof serves items of its own project only."), fields={})
    if AnswerEvidence.objects.filter(answer=answer, evidence__removed_at=None).count() >= MOST_PER_ITEM:
        raise Conflict(_("An item takes at most {most} proofs.").format(most=MOST_PER_ITEM), code="too_many_proofs")
    try:
        with transaction.atomic():
            _link, made = AnswerEvidence.objects.get_or_create(answer=answer, evidence=evidence)
    except IntegrityError:
        made = False  # somebody else attached it in the same moment
    if not made:
        return None
    fresh = Answer.objects.select_related("assessment", "project").get(pk=answer.pk)
    return reopen_for_evidence(fresh, by=by, verb="assessments.item.evidence_attached", name=evidence.name)


def detach_evidence(answer: Answer, evidence: Evidence, *, by: Actor) -> Answer:
    """Take a proof off one item; it stays in the library and on other items."""
    fresh = lock_answer(answer)
    refuse_unless(rules.why_not_answer(by, fresh.project, item_of(fresh), fresh))
    deleted, _rows = AnswerEvidence.objects.filter(answer=fresh, evidence=evidence).delete()
    if not deleted:
        raise Conflict(_("This proof is not attached to the item."), code="not_attached")
    reopen_for_evidence(fresh, by=by, verb="assessments.item.evidence_detached", name=evidence.name)
    return scored(fresh)


def change_evidence(evidence: Evidence, *, name: str, expires_on: date | None, personal_data: bool, by: Actor) -> Evidence:
    """Correct name, validity and the mark for personal data. A changed validity reopens the items that rest on the proof."""
    refuse_unless(rules.why_not_remove_evidence(by, evidence.project, evidence))
    name = checked_name(name)
    moved = expires_on != evidence.expires_on
    if moved:
        checked_expiry(expires_on)
    if (name, expires_on, personal_data) == (evidence.name, evidence.expires_on, evidence.personal_data):
        return evidence
    answers = _locked_items_with(evidence) if moved else []
    evidence.name, evidence.expires_on, evidence.personal_data = name, expires_on, personal_data
    evidence.save(update_fields=["name", "expires_on", "personal_data"])
    record_act("assessments.evidence.changed", evidence, name=name, expires_on=expires_on)
    for answer in answers:
        reopen_for_evidence(answer, by=None, verb="assessments.item.evidence_changed", name=name)
    _score(answers)
    return evidence


def remove_evidence(evidence: Evidence, *, by: Actor) -> list[Answer]:
    """Take a proof out of the library and off all items; row and file stay for the revisions that name it."""
    refuse_unless(rules.why_not_remove_evidence(by, evidence.project, evidence))
    answers = _locked_items_with(evidence)
    if not Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=timezone.now()):
        raise Conflict(_("This proof has been removed from the library."), code="evidence_removed")
    record_act("assessments.evidence.removed", evidence, name=evidence.name)
    for answer in answers:
        reopen_for_evidence(answer, by=None, verb="assessments.item.evidence_detached", name=evidence.name)
    _score(answers)
    return answers


def items_with(evidence: Evidence) -> list[Answer]:
    """Items of the assessment's version that the proof is attached to."""
    rows = Answer.objects.filter(evidence_links__evidence=evidence).select_related("assessment", "project")
    return [row for row in rows.order_by("position") if row.item_key in rules.catalogue_of(row).items]


def _locked_items_with(evidence: Evidence) -> list[Answer]:
    """The same, read after the assessment was locked: an answer saved meanwhile must not be written over by what was read before."""
    lock_of(evidence.project)
    return items_with(evidence)


def _score(answers: list[Answer]) -> None:
    if answers:
        done = rescore(answers[0].assessment, changed={answer.item_key for answer in answers}, locked=True)
        for answer in answers:
            answer.rescored = done


def run_out(day: date) -> list[UUID]:
    """Ids of proofs of the organisation in scope that ran out before this day while items still rest on them."""
    rows = Evidence.objects.filter(expires_on__lt=day, removed_at=None, answer_links__answer__state__in=EXPIRING)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def expire_proof(evidence_id: UUID, day: date) -> int:
    """Mark the items of a proof that has run out, and tell the people; returns how many items moved. Twice changes nothing more."""
    evidence = Evidence.objects.select_related("project").filter(pk=evidence_id, expires_on__lt=day, removed_at=None).first()
    answers = _locked_items_with(evidence) if evidence is not None else []
    if evidence is None or not answers:
        return 0  # changed, or taken off its items, since the list was read
    changed = []
    for answer in answers:
        if answer.state in EXPIRING:
            changed.append(reopen_for_evidence(answer, by=None, verb="assessments.item.evidence_expired", name=evidence.name))
    _score(changed)
    people = {evidence.added_by_id} | {user for answer in changed for user in (answer.answered_by_id, answer.assignee_id) if user}
    tell(
        people,
        "assessments.evidence_expired",
        once_key=f"expired:{evidence.pk}:{evidence.expires_on}",
        answer=changed[0] if changed else None,
        project=evidence.project,
        name=evidence.name,
        items=[answer.item_key for answer in changed],
    )
    return len(changed)


def running_out(day: date) -> list[UUID]:
    """Ids of proofs of the organisation in scope that run out within 30 days and on which items rest."""
    soon = Evidence.objects.filter(expires_on__gte=day, expires_on__lte=day + timedelta(days=WARN_DAYS), removed_at=None)
    return list(soon.filter(answer_links__isnull=False).order_by("pk").values_list("pk", flat=True).distinct())


def announce(evidence_id: UUID) -> int:
    """Tell who added a proof that it runs out soon, once per proof and date; returns how many messages are new."""
    evidence = Evidence.objects.select_related("project").filter(pk=evidence_id, removed_at=None).first()
    if evidence is None or evidence.expires_on is None:
        return 0
    return tell(
        {evidence.added_by_id},
        "assessments.evidence_expiring",
        once_key=f"expiring:{evidence.pk}:{evidence.expires_on}",
        project=evidence.project,
        name=evidence.name,
        day=evidence.expires_on.isoformat(),
    )
