"""Acts on waivers and delegations (rules S4, S8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.models import Answer
from assessments.checklists.rescore import rescore
from assessments.checklists.states import TRANSITIONS as ANSWER_TRANSITIONS
from assessments.checklists.states import AnswerState
from assessments.reviews import segregation
from assessments.reviews.actions import item_of
from assessments.reviews.models import Delegation, Waiver
from assessments.reviews.states import TRANSITIONS, WaiverState
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.states import move
from portal.notices.actions import notify
from portal.projects.access import may_on_project
from portal.projects.models import Project
from portal.roles.models import Role
from portal.tenants.models import Membership, User

WAIVABLE_VERDICTS = ("fail", "attention", "open")
SPONSOR = "exec_sponsor"
MAX_DELEGATION = timedelta(days=184)


def why_not_waivable(answer: Answer) -> str:
    """Why this item cannot be waived, or an empty text (S4)."""
    item = item_of(answer)
    rule = catalogue(answer.assessment.catalogue_id).segregation["S4"]
    if not item.waivable or item.id in rule.items:
        return _("This item cannot be waived by anybody (rule S4).")
    if not answer.applies:
        return _("This item does not apply to the project, so there is nothing to waive.")
    if answer.verdict not in WAIVABLE_VERDICTS:
        return _("This item has no gap that would need a waiver.")
    return ""


def last_day(answer: Answer) -> date:
    """The latest end date a waiver may have from today."""
    rule = catalogue(answer.assessment.catalogue_id).segregation["S4"]
    return timezone.localdate() + timedelta(days=rule.max_days or 90)


@transaction.atomic
def request_waiver(answer: Answer, project: Project, *, reason: str, measure: str, until: date, by: Actor) -> Waiver:
    """Ask for a waiver. Raises Invalid with the fields that do not fit, Conflict when one is open or the item is not waivable."""
    refusal = segregation.why_read_only(by, project)
    if refusal or not may_on_project(by, "assessments.request_waiver", project):
        raise NotAllowed(refusal or _("Your role in this project does not include asking for waivers."))
    refusal = why_not_waivable(answer)
    if refusal:
        raise Conflict(refusal, code="not_waivable")
    fields: dict[str, list[str]] = {}
    reason, measure = reason.strip(), measure.strip()
    if not reason:
        fields["reason"] = [_("Say why the gap has to be accepted for now.")]
    if not measure:
        fields["measure"] = [_("Say what is done instead to keep the risk down.")]
    if len(reason) > 1000 or len(measure) > 1000:
        fields["reason"] = [_("At most 1,000 characters.")]
    if until <= timezone.localdate():
        fields["until"] = [_("The end date must lie in the future.")]
    elif until > last_day(answer):
        fields["until"] = [_("A waiver lasts at most until {day}.").format(day=last_day(answer).isoformat())]
    if fields:
        raise Invalid(_("The waiver cannot be asked for like this."), fields=fields)
    item = item_of(answer)
    try:
        with transaction.atomic():
            waiver = Waiver.objects.create(
                answer=answer,
                project=project,
                item_key=answer.item_key,
                reason=reason,
                measure=measure,
                until=until,
                requested_by=by.user,
                requested_person_id=by.person_id,
                approver_role=_first_role(item),
                sponsor_role=SPONSOR,
            )
    except IntegrityError as error:
        raise Conflict(_("A waiver for this item is waiting or in force already.")) from error
    record_act("assessments.waiver.requested", waiver, item=answer.item_key, reason=reason, measure=measure, until=until.isoformat())
    for role in (waiver.approver_role, SPONSOR):
        notify(
            segregation.holders_of(project, role) - {by.user_id},
            "assessments.waiver_waiting",
            once_key=f"waiver:{waiver.pk}:{role}",
            project_id=project.pk,
            item=answer.item_key,
            project=project.name,
            by=by.user.name,
        )
    return waiver


def _first_role(item: Any) -> str:
    """The role that signs beside the executive sponsor: the item's approver, or compliance where the sponsor approves the item."""
    return "compliance" if item.approved_by == SPONSOR else item.approved_by


def _people_of(waiver: Waiver) -> dict[str, set[int]]:
    """Ids of the persons of a waiver by what they did: as stored then, and as their accounts are linked now."""
    return {
        name: {
            person
            for person in (
                getattr(waiver, f"{name}_person_id"),
                getattr(waiver, f"{name}_by").person_id if getattr(waiver, f"{name}_by_id") else None,
            )
            if person is not None
        }
        for name in ("requested", "approver", "sponsor")
    }


def open_slots(waiver: Waiver, project: Project, by: Actor) -> list[tuple[str, segregation.Authority]]:
    """Which of the two signatures the actor could give now: [("approver"|"sponsor", authority)]."""
    slots = []
    barred = set().union(*_people_of(waiver).values(), {project.owner.person_id})
    for slot, role, taken in (
        ("approver", waiver.approver_role, waiver.approver_person_id),
        ("sponsor", waiver.sponsor_role, waiver.sponsor_person_id),
    ):
        authority = segregation.authority_for(by, project, role, barred=barred) if taken is None else None
        if authority is not None:
            slots.append((slot, authority))
    return slots


def why_not_sign_waiver(waiver: Waiver, project: Project, by: Actor) -> str:
    """Why the actor cannot sign this waiver, or an empty text."""
    refusal = segregation.why_read_only(by, project) or segregation.why_not_owner(project, by)
    if refusal:
        return refusal
    people = _people_of(waiver)
    if by.person_id in people["requested"]:
        return _("You asked for this waiver. Two other people have to agree.")
    if by.person_id in people["approver"] | people["sponsor"]:
        return _("You have signed already. The second signature must come from another person.")
    if not open_slots(waiver, project, by):
        return _("A waiver is signed by the approver of the item and by the executive sponsor.")
    return ""


@transaction.atomic
def sign_waiver(waiver: Waiver, project: Project, *, by: Actor) -> Waiver:
    """Give one of the two signatures. The second one puts the waiver in force and the item leaves the blockers."""
    refusal = why_not_sign_waiver(waiver, project, by)
    if refusal:
        raise NotAllowed(refusal, code="segregation")
    slot, authority = open_slots(waiver, project, by)[0]
    new = WaiverState.ACTIVE if waiver.state == WaiverState.FIRST_APPROVED else WaiverState.FIRST_APPROVED
    if waiver.until < timezone.localdate():
        raise Conflict(_("The end date of this waiver has passed. Ask for a new one."))
    try:
        move(
            waiver,
            TRANSITIONS,
            new,
            **{f"{slot}_by": by.user, f"{slot}_person_id": by.person_id, f"{slot}_role": authority.role, f"{slot}_at": timezone.now()},
        )
    except IntegrityError as error:
        raise NotAllowed(_("The two signatures must come from two people."), code="segregation") from error
    record_act("assessments.waiver.signed", waiver, item=waiver.item_key, role=authority.role, active=new == WaiverState.ACTIVE)
    if new == WaiverState.ACTIVE:
        answer = Answer.objects.select_related("assessment").get(pk=waiver.answer_id)
        move(answer, ANSWER_TRANSITIONS, AnswerState.WAIVED)
        rescore(answer.assessment, changed={answer.item_key})
        notify(
            {waiver.requested_by_id},
            "assessments.waiver_active",
            once_key=f"waiver-active:{waiver.pk}",
            project_id=project.pk,
            item=waiver.item_key,
            project=project.name,
            until=waiver.until.isoformat(),
        )
    return waiver


@transaction.atomic
def end_waiver(waiver: Waiver, project: Project, *, refuse: bool, reason: str, by: Actor) -> Waiver:
    """Refuse a waiver that waits, or withdraw one; with a reason. The item counts again at once."""
    if not reason.strip():
        raise Invalid(_("A reason is needed."), fields={"reason": [_("A reason is needed.")]})
    if refuse:
        refusal = why_not_sign_waiver(waiver, project, by)
    else:
        mine = by.user_id in (waiver.requested_by_id, waiver.approver_by_id, waiver.sponsor_by_id)
        refusal = segregation.why_no_judge(by, project) or ("" if mine else _("Only the people of this waiver can withdraw it."))
    if refusal:
        raise NotAllowed(refusal)
    _close(waiver, WaiverState.REFUSED if refuse else WaiverState.WITHDRAWN, reason.strip()[:500])
    return waiver


def _close(waiver: Waiver, state: str, reason: str) -> None:
    was_active = waiver.state == WaiverState.ACTIVE
    move(waiver, TRANSITIONS, state, ended_at=timezone.now(), end_reason=reason)
    record_act(f"assessments.waiver.{state}", waiver, item=waiver.item_key, reason=reason)
    if was_active:
        answer = Answer.objects.select_related("assessment").get(pk=waiver.answer_id)
        if answer.state == AnswerState.WAIVED:
            move(answer, ANSWER_TRANSITIONS, AnswerState.OPEN if answer.value is None else AnswerState.ANSWERED)
        rescore(answer.assessment, changed={answer.item_key})


def lapse_due_waivers(today: date | None = None) -> int:
    """End every waiver of the tenant in scope whose last day has passed; returns how many. Run nightly."""
    day = today or timezone.localdate()
    due = Waiver.objects.filter(until__lt=day, state__in=[WaiverState.PROPOSED, WaiverState.FIRST_APPROVED, WaiverState.ACTIVE])
    count = 0
    for waiver in due.select_related("project"):
        with transaction.atomic():
            _close(waiver, WaiverState.LAPSED, "")
            notify(
                {waiver.requested_by_id, *(uid for uid in (waiver.approver_by_id, waiver.sponsor_by_id) if uid)},
                "assessments.waiver_lapsed",
                once_key=f"waiver-lapsed:{waiver.pk}",
                project_id=waiver.project_id,
                item=waiver.item_key,
                project=waiver.project.name,
            )
        count += 1
    return count


@transaction.atomic
def delegate(
    *, receiver: User, role_key: str, project: Project | None, starts_on: date, ends_on: date, reason: str, by: Actor
) -> Delegation:
    """Let somebody sign in one's place for a limited time. Chains are impossible: a delegate cannot delegate further."""
    fields: dict[str, list[str]] = {}
    if receiver.pk == by.user_id or receiver.person_id == by.person_id:
        fields["receiver"] = [_("Choose somebody else.")]
    elif not Membership.objects.filter(user=receiver, active=True).exists():
        fields["receiver"] = [_("This person is not a member of the organisation.")]
    if ends_on < starts_on or ends_on < timezone.localdate():
        fields["ends_on"] = [_("The end must not lie before the beginning or in the past.")]
    elif ends_on - starts_on > MAX_DELEGATION:
        fields["ends_on"] = [_("A delegation lasts at most half a year.")]
    if not reason.strip():
        fields["reason"] = [_("A reason is needed.")]
    if role_key and not Role.objects.filter(kind=Role.Kind.PROJECT, key=role_key).exists():
        fields["role_key"] = [_("There is no such role.")]
    if fields:
        raise Invalid(_("The delegation cannot be made like this."), fields=fields)
    delegation = Delegation.objects.create(
        giver=by.user,
        receiver=receiver,
        role_key=role_key,
        project=project,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason.strip()[:300],
    )
    record_act(
        "assessments.delegation.made", delegation, giver=by.user.name, receiver=receiver.name, role=role_key, until=ends_on.isoformat()
    )
    notify({receiver.pk}, "assessments.delegated", once_key=f"delegation:{delegation.pk}", giver=by.user.name, until=ends_on.isoformat())
    return delegation


def revoke_delegation(delegation: Delegation, *, by: Actor) -> None:
    """End a delegation at once; what was signed under it stays signed."""
    if delegation.giver_id != by.user_id and not by.may("portal.manage_people"):
        raise NotAllowed(_("Only the person who delegated can take it back."))
    updated = Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now())
    if not updated:
        raise Conflict(_("This delegation has ended already."))
    record_act("assessments.delegation.revoked", delegation, giver=delegation.giver.name, receiver=delegation.receiver.name)
