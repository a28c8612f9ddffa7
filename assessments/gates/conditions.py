"""Acts on written conditions and on recorded confirmations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.models import Assessment
from assessments.checklists.people import members_who_act
from assessments.gates import rules
from assessments.gates.flags import CONFIRMED_BY, LABELS, flags_of_gate, human_flags
from assessments.gates.models import Condition, ConditionChange, Confirmation, GateRound
from assessments.gates.staleness import mark_affected
from assessments.gates.states import CONDITION_TRANSITIONS, ConditionState, RoundState
from assessments.reviews import segregation
from portal.audit.actions import record_act
from portal.audit.sentences import bilingual
from portal.catalogue import Catalogue, catalogue
from portal.catalogue.parts import Gate
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.states import move
from portal.notices.actions import notify
from portal.projects.access import may_on_project
from portal.projects.locking import lock_project
from portal.projects.models import Project, ProjectSummary
from portal.tenants.clock import organisation_today, organisation_zone
from portal.tenants.models import User


@dataclass(frozen=True)
class NewCondition:
    """A condition to be written down."""

    text: str
    owner: User | None
    due_on: date | None
    item_key: str = ""


def owners_of_conditions(project: Project) -> list[User]:
    """The people who can own a condition of this project, by name: they see it and can report."""
    return [member.user for member in members_who_act(project)]


def _can_own(project: Project, user: User) -> bool:
    return members_who_act(project).filter(user=user).exists()


def check_condition(project: Project, text: str, owner: User | None, due_on: date | None) -> dict[str, list[str]]:
    """Faults of a condition by field: every condition has words, an owner who sees the project and can act, and a date ahead."""
    fields: dict[str, list[str]] = {}
    if not text.strip():
        fields["text"] = [_("Write what has to be done.")]
    elif len(text) > 1000:
        fields["text"] = [_("At most 1,000 characters.")]
    if owner is None or not _can_own(project, owner):
        fields["owner"] = [_("Choose somebody who sees this project and does not only audit it.")]
    if due_on is None:
        fields["due_on"] = [_("A date is needed.")]
    elif due_on < organisation_today():
        fields["due_on"] = [_("The date must not lie in the past.")]
    return fields


@transaction.atomic
def write_condition(project: Project, *, gate: str, text: str, owner: User, due_on: date, by: Actor, item_key: str = "") -> Condition:
    """Write a condition down on a blocker that needs attention. The owner is told."""
    if segregation.why_no_judge(by, project) or not may_on_project(by, "assessments.write_condition", project):
        raise NotAllowed(segregation.why_no_judge(by, project) or _("Your role in this project does not include writing conditions."))
    lock_project(project)
    content = _content(project)
    if gate not in content.gates or (item_key and item_key not in content.items):
        raise NotFound()
    if GateRound.objects.filter(project=project, gate=gate, state=RoundState.OPEN).exists():
        raise Conflict(_("A round of this gate is open. Conditions come with a signature, or after its decision."), code="round_open")
    fields = check_condition(project, text, owner, due_on)
    if fields:
        raise Invalid(_("The condition cannot be written like this."), fields=fields)
    condition = put_down(project, gate, NewCondition(text, owner, due_on, item_key), by=by)
    count_conditions(project)
    return condition


def put_down(project: Project, gate: str, entry: NewCondition, *, by: Actor, round_: GateRound | None = None) -> Condition:
    """Store one checked condition, with a signature of ``round_`` or by itself: on record, and the owner is told. The caller counts."""
    if entry.owner is None or entry.due_on is None:
        raise ValueError("a condition is checked before it is stored")
    condition = Condition.objects.create(
        project=project,
        round=round_,
        gate=gate,
        item_key=entry.item_key,
        text=entry.text.strip(),
        owner=entry.owner,
        due_on=entry.due_on,
        created_by=by.user,
    )
    record_act(
        "assessments.condition.written",
        condition,
        gate=gate,
        item=entry.item_key,
        text=condition.text,
        owner=entry.owner.name,
        due=entry.due_on.isoformat(),
    )
    _tell_owner(condition, project, by, f"condition:{condition.pk}")
    return condition


def _tell_owner(condition: Condition, project: Project, by: Actor, once_key: str) -> None:
    """Tell the owner of a condition, unless it is the actor, or somebody who does not see the project any more."""
    if condition.owner_id == by.user_id or not _can_own(project, condition.owner):
        return
    notify(
        {condition.owner_id},
        "assessments.condition_yours",
        once_key=once_key,
        project_id=project.pk,
        gate=condition.gate,
        text=condition.text,
        due=condition.due_on.isoformat(),
        project=project.name,
    )


def _content(project: Project) -> Catalogue:
    return catalogue(Assessment.objects.only("catalogue_id").get(project=project).catalogue_id)


def count_conditions(project: Project) -> None:
    """Bring the number of open conditions on the summary row up to date."""
    open_now = Condition.objects.filter(project=project, state__in=[ConditionState.OPEN, ConditionState.REPORTED]).count()
    ProjectSummary.objects.filter(project=project).update(open_conditions=open_now)


@transaction.atomic
def report_condition(condition: Condition, project: Project, *, report: str, by: Actor) -> Condition:
    """The owner says how the condition was met."""
    refusal = rules.why_not_report_condition(by, project, condition)
    if refusal:
        raise NotAllowed(refusal)
    words = rules.needed_words(report, "report", _("Say how the condition was met."))
    move(
        condition,
        CONDITION_TRANSITIONS,
        ConditionState.REPORTED,
        report=words,
        reported_by=by.user,
        reported_person_id=by.person_id,
    )
    record_act("assessments.condition.reported", condition, gate=condition.gate, text=condition.text, report=condition.report)
    return condition


@transaction.atomic
def settle_condition(condition: Condition, project: Project, *, accept: bool, by: Actor, reason: str = "") -> Condition:
    """A role that signs the gate accepts what was reported, or sends it back to the owner with a reason."""
    refusal = rules.why_not_settle_condition(by, project, condition, _content(project))
    if refusal:
        raise NotAllowed(refusal, code="segregation")
    if not accept:
        rules.needed_words(reason, "reason", _("A reason is needed."))
    changes: dict[str, Any] = {}
    if accept:
        changes = {"closed_by": by.user, "closed_person_id": by.person_id, "closed_at": timezone.now()}
    try:
        move(condition, CONDITION_TRANSITIONS, ConditionState.MET if accept else ConditionState.OPEN, **changes)
    except IntegrityError as error:
        raise NotAllowed(_("You reported this condition as met. Somebody else has to accept it."), code="segregation") from error
    verb = "assessments.condition.met" if accept else "assessments.condition.reopened"
    record_act(verb, condition, gate=condition.gate, text=condition.text, reason=reason.strip())
    if not accept:
        _tell_owner(condition, project, by, f"condition-back:{condition.pk}:{timezone.now().timestamp()}")
    count_conditions(project)
    return condition


@transaction.atomic
def change_condition(condition: Condition, project: Project, *, owner: User, due_on: date, reason: str, by: Actor) -> Condition:
    """Give an open condition another date, another owner or both, with a reason. The owner is told; what was set first stays on record."""
    lock_project(project)
    row = Condition.objects.select_for_update(of=("self",)).select_related("owner").get(pk=condition.pk)
    round_open = GateRound.objects.filter(project=project, gate=row.gate, state=RoundState.OPEN).exists()
    refusal = rules.why_not_change_condition(by, project, row, _content(project), round_open=round_open)
    if refusal:
        moved_on = round_open or row.state != ConditionState.OPEN
        raise (Conflict(refusal, code="condition_moved_on") if moved_on else NotAllowed(refusal, code="segregation"))
    words = rules.needed_words(reason, "reason", _("A reason is needed."))
    fields = check_condition(project, row.text, owner, due_on)
    if due_on == row.due_on:  # a late condition can go to another owner as it is
        fields.pop("due_on", None)
    if (owner, due_on) == (row.owner, row.due_on):
        fields["due_on"] = [_("Choose another date or another owner.")]
    if fields:
        raise Invalid(_("The condition cannot be changed like this."), fields=fields)
    change: ConditionChange = {
        "at": timezone.localtime(timezone.now(), organisation_zone()).isoformat(timespec="seconds"),
        "by": by.user_id,
        "by_name": by.user.name,
        "owner": row.owner_id,
        "owner_name": row.owner.name,
        "new_owner": owner.pk,
        "new_owner_name": owner.name,
        "due": row.due_on.isoformat(),
        "new_due": due_on.isoformat(),
        "reason": words,
    }
    row.owner, row.due_on, row.changes = owner, due_on, [*row.changes, change]
    row.save(update_fields=["owner", "due_on", "changes"])
    short = in_short(change)
    record_act("assessments.condition.changed", row, gate=row.gate, text=row.text, owner=short["owner"], due=short["due"], reason=words)
    _tell_owner(row, project, by, f"condition-changed:{row.pk}:{len(row.changes)}")
    return row


def in_short(change: ConditionChange) -> dict[str, str]:
    """``owner`` and ``due`` after the change, with what they were before where they differ."""
    owner, due = change["new_owner_name"], change["new_due"]
    return {
        "owner": owner if change["owner"] == change["new_owner"] else f"{change['owner_name']} → {owner}",
        "due": due if change["due"] == due else f"{change['due']} → {due}",
    }


@transaction.atomic
def drop_condition(condition: Condition, project: Project, *, reason: str, by: Actor) -> Condition:
    """Give a condition up that was written by mistake, with a reason; conditions of a decided round stay."""
    if refusal := segregation.why_no_judge(by, project):
        raise NotAllowed(refusal)
    if condition.round_id is not None:
        raise Conflict(_("This condition belongs to a decision and can only be met."))
    if condition.state != ConditionState.OPEN:
        raise Conflict(_("This condition is not open."))
    if condition.created_by_id != by.user_id and not may_on_project(by, "assessments.write_condition", project):
        raise NotAllowed(_("Only the person who wrote the condition can take it back."))
    _give_up(condition, rules.needed_words(reason, "reason", _("A reason is needed.")), by)
    count_conditions(project)
    return condition


def drop_conditions_of(round_: GateRound, *, reason: str, by: Actor) -> None:
    """Give up what an approval of this round asked for: the round ended without one, so nobody has to meet it.

    Runs inside the transaction that ends the round; the caller counts anew.
    """
    unsettled = [ConditionState.OPEN, ConditionState.REPORTED]
    for condition in Condition.objects.select_for_update(of=("self",)).filter(round=round_, state__in=unsettled).order_by("pk"):
        _give_up(condition, reason, by)


def _give_up(condition: Condition, reason: str, by: Actor) -> None:
    move(
        condition, CONDITION_TRANSITIONS, ConditionState.DROPPED, closed_by=by.user, closed_person_id=by.person_id, closed_at=timezone.now()
    )
    record_act("assessments.condition.dropped", condition, gate=condition.gate, text=condition.text, reason=reason)


@transaction.atomic
def confirm_flag(project: Project, *, flag: str, text: str, by: Actor) -> Confirmation:
    """Record a confirmation that a gate asks for (a ``flag`` of the catalogue), with words and role."""
    if flag not in human_flags():
        raise Invalid(_("There is no such confirmation."), fields={"flag": [flag]})
    refusal = segregation.why_no_judge(by, project)
    if refusal or not may_on_project(by, "assessments.confirm_flag", project):
        raise NotAllowed(refusal or _("Your role in this project does not include recording confirmations."))
    role = ""
    wanted = CONFIRMED_BY.get(flag, ())
    if wanted:
        authorities = [authority for key in wanted if (authority := segregation.authority_for(by, project, key)) is not None]
        if not authorities:
            raise NotAllowed(_("This confirmation is given by another role of the project."))
        role = authorities[0].role
    words = rules.needed_words(text, "text", _("Write what you confirm, so that others can follow it."))
    lock_project(project)
    try:
        with transaction.atomic():
            row = Confirmation.objects.create(
                project=project, flag=flag, text=words, confirmed_by=by.user, confirmed_person_id=by.person_id, role_key=role
            )
    except IntegrityError as error:
        raise Conflict(_("This has been confirmed already.")) from error
    record_act("assessments.confirmation.recorded", row, flag=flag, flag_name=bilingual(LABELS[flag]), text=row.text, role=role)
    return row


def use_up_confirmations(round_: GateRound, project: Project, gate: Gate) -> None:
    """A periodic review has dealt with what was confirmed for it: the next review asks anew. What came after the freeze stays."""
    now = timezone.now()
    rows = Confirmation.objects.filter(project=project, flag__in=flags_of_gate(gate), withdrawn_at=None, confirmed_at__lte=round_.opened_at)
    for row in rows.order_by("flag"):
        Confirmation.objects.filter(pk=row.pk, withdrawn_at=None).update(withdrawn_at=now)
        record_act("assessments.confirmation.used", row, flag=row.flag, flag_name=bilingual(LABELS[row.flag]), gate=gate.id)


@transaction.atomic
def withdraw_confirmation(confirmation: Confirmation, project: Project, *, by: Actor) -> None:
    """Take a confirmation back; it stays in the trail. A sign-off that rested on it no longer covers the project."""
    if refusal := segregation.why_no_judge(by, project):
        raise NotAllowed(refusal)
    lock_project(project)
    if confirmation.confirmed_by_id != by.user_id and not may_on_project(by, "assessments.open_gate", project):
        raise NotAllowed(_("Only the person who confirmed can take it back."))
    updated = Confirmation.objects.filter(pk=confirmation.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    if not updated:
        raise Conflict(_("This confirmation was taken back already."))
    record_act("assessments.confirmation.withdrawn", confirmation, flag=confirmation.flag, flag_name=bilingual(LABELS[confirmation.flag]))
    mark_affected(project, facts_changed=True)
