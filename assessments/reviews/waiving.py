"""Acts on waivers and delegations (rules S4, S8)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.actions.answers import NO_APPROVAL, evidence_of, item_of, lock_answer, state_of_content
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.rescore import rescore
from assessments.checklists.states import TRANSITIONS as ANSWER_TRANSITIONS
from assessments.checklists.states import AnswerState
from assessments.reviews import segregation
from assessments.reviews.actions import checked_reason
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
from portal.tenants.clock import organisation_today, slug_in_scope
from portal.tenants.models import Membership, User

WAIVABLE_VERDICTS = ("fail", "attention", "open")
SPONSOR = "exec_sponsor"
OPEN_STATES = (WaiverState.PROPOSED, WaiverState.FIRST_APPROVED, WaiverState.ACTIVE)
MAX_DELEGATION = timedelta(days=184)


def _waivers_url(project: Project) -> str:
    return reverse("assessments:waivers", kwargs={"tenant_slug": slug_in_scope(), "project_id": project.pk})


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
    return organisation_today() + timedelta(days=rule.max_days or 90)


def why_not_request(actor: Actor, project: Project) -> str:
    """Why the actor cannot ask for waivers in this project, or an empty text."""
    refusal = segregation.why_read_only(actor, project)
    if refusal or may_on_project(actor, "assessments.request_waiver", project):
        return refusal
    return _("Your role in this project does not include asking for waivers.")


@transaction.atomic
def request_waiver(answer: Answer, project: Project, *, reason: str, measure: str, until: date, by: Actor) -> Waiver:
    """Ask for a waiver. Raises Invalid with the fields that do not fit, Conflict when one is open or the item is not waivable."""
    refusal = why_not_request(by, project)
    if refusal:
        raise NotAllowed(refusal)
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
    if until <= organisation_today():
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
            url=_waivers_url(project),
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


def _locked(waiver: Waiver) -> Answer:
    """The waiver's answer with its assessment locked (lock order: assessment, answers, waivers); the waiver as it is now."""
    answer = lock_answer(waiver.answer)
    waiver.refresh_from_db()
    return answer


@transaction.atomic
def sign_waiver(waiver: Waiver, project: Project, *, by: Actor) -> Waiver:
    """Give one of the two signatures. The second one puts the waiver in force and the item leaves the blockers.

    Raises NotAllowed with the rule, Conflict when the gap is gone, the end date has passed or somebody else was faster.
    """
    answer = _locked(waiver)
    refusal = why_not_sign_waiver(waiver, project, by)
    if refusal:
        raise NotAllowed(refusal, code="segregation")
    refusal = why_not_waivable(answer)
    if refusal:
        raise Conflict(refusal, code="not_waivable")
    slot, authority = open_slots(waiver, project, by)[0]
    new = WaiverState.ACTIVE if waiver.state == WaiverState.FIRST_APPROVED else WaiverState.FIRST_APPROVED
    if waiver.until < organisation_today():
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
        move(answer, ANSWER_TRANSITIONS, AnswerState.WAIVED)
        rescore(answer.assessment, changed={answer.item_key}, locked=True)
        notify(
            {waiver.requested_by_id},
            "assessments.waiver_active",
            once_key=f"waiver-active:{waiver.pk}",
            url=_waivers_url(project),
            project_id=project.pk,
            item=waiver.item_key,
            project=project.name,
            until=waiver.until.isoformat(),
        )
    return waiver


@transaction.atomic
def end_waiver(waiver: Waiver, project: Project, *, refuse: bool, reason: str, by: Actor) -> Waiver:
    """Refuse a waiver that waits, or withdraw one; with a reason. The item counts again at once."""
    reason = checked_reason(reason, most=500)
    answer = _locked(waiver)
    if refuse:
        refusal = why_not_sign_waiver(waiver, project, by)
    else:
        mine = by.user_id in (waiver.requested_by_id, waiver.approver_by_id, waiver.sponsor_by_id)
        refusal = segregation.why_no_judge(by, project) or ("" if mine else _("Only the people of this waiver can withdraw it."))
    if refusal:
        raise NotAllowed(refusal)
    _close(waiver, answer, WaiverState.REFUSED if refuse else WaiverState.WITHDRAWN, reason)
    return waiver


def _close(waiver: Waiver, answer: Answer, state: str, reason: str) -> None:
    """End the waiver; an item that was waived stands where its content puts it, and an approval of before is not one of now."""
    was_active = waiver.state == WaiverState.ACTIVE
    move(waiver, TRANSITIONS, state, ended_at=timezone.now(), end_reason=reason)
    record_act(f"assessments.waiver.{state}", waiver, item=waiver.item_key, reason=reason)
    if was_active:
        if answer.state == AnswerState.WAIVED:
            state = state_of_content(answer, value=answer.value, evidence=evidence_of(answer))
            move(answer, ANSWER_TRANSITIONS, state, **NO_APPROVAL)
        rescore(answer.assessment, changed={answer.item_key}, locked=True)


def lapse_waivers_of(assessment: Assessment, keys: Collection[str]) -> None:
    """End the waivers of items that a newer version of the content dropped: there is nothing left to accept."""
    for waiver in Waiver.objects.filter(answer__assessment=assessment, item_key__in=keys, state__in=OPEN_STATES).order_by("pk"):
        _close(waiver, _locked(waiver), WaiverState.LAPSED, _("The item is not part of the new version of the content."))


def due_waivers(day: date) -> list[UUID]:
    """Ids of the open waivers of the organisation in scope whose last day lies before this one."""
    return list(Waiver.objects.filter(until__lt=day, state__in=OPEN_STATES).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def lapse_waiver(waiver_id: UUID) -> int:
    """End a waiver whose last day has passed and tell its people; 0 when somebody ended it since the list was read."""
    waiver = Waiver.objects.get(pk=waiver_id)
    answer = _locked(waiver)
    if waiver.state not in OPEN_STATES:
        return 0
    _close(waiver, answer, WaiverState.LAPSED, "")
    notify(
        {waiver.requested_by_id, *(uid for uid in (waiver.approver_by_id, waiver.sponsor_by_id) if uid)},
        "assessments.waiver_lapsed",
        once_key=f"waiver-lapsed:{waiver.pk}",
        url=_waivers_url(waiver.project),
        project_id=waiver.project_id,
        item=waiver.item_key,
        project=waiver.project.name,
    )
    return 1


def lapse_due_waivers(today: date | None = None) -> int:
    """End every waiver of the tenant in scope whose last day has passed; returns how many."""
    return sum(lapse_waiver(pk) for pk in due_waivers(today or organisation_today()))


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
    if ends_on < starts_on or ends_on < organisation_today():
        fields["ends_on"] = [_("The end must not lie before the beginning or in the past.")]
    elif ends_on - starts_on > MAX_DELEGATION:
        fields["ends_on"] = [_("A delegation lasts at most half a year.")]
    try:
        reason = checked_reason(reason, most=300)
    except Invalid as fault:
        fields |= fault.detail["fields"]
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
        reason=reason,
    )
    record_act(
        "assessments.delegation.made", delegation, giver=by.user.name, receiver=receiver.name, role=role_key, until=ends_on.isoformat()
    )
    notify(
        {receiver.pk},
        "assessments.delegated",
        once_key=f"delegation:{delegation.pk}",
        url=reverse("assessments:delegations", kwargs={"tenant_slug": slug_in_scope()}),
        giver=by.user.name,
        until=ends_on.isoformat(),
    )
    return delegation


def revoke_delegation(delegation: Delegation, *, by: Actor) -> None:
    """End a delegation at once; what was signed under it stays signed."""
    if delegation.giver_id != by.user_id and not by.may("portal.manage_people"):
        raise NotAllowed(_("Only the person who delegated can take it back."))
    updated = Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now())
    if not updated:
        raise Conflict(_("This delegation has ended already."))
    record_act("assessments.delegation.revoked", delegation, giver=delegation.giver.name, receiver=delegation.receiver.name)
