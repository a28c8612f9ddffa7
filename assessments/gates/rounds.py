"""Acts at a gate: open a round on a frozen revision, sign it, decide it, withdraw it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.checklists.rescore import rescore_project
from assessments.gates import rules
from assessments.gates.conditions import NewCondition, check_condition, count_conditions, drop_conditions_of, put_down, use_up_confirmations
from assessments.gates.freezing.revision import freeze_revision
from assessments.gates.models import GateRound, Signature
from assessments.gates.staleness import check_decided, count_stale
from assessments.gates.standing import Standing, outcome_label
from assessments.gates.states import OUTCOME_KIND, POSITIVE, ROUND_TRANSITIONS, STAGE_AFTER, RoundState
from assessments.reviews import segregation
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.states import move
from portal.notices.actions import notify
from portal.projects.actions import advance_stage, hold_project, retire_project, stop_project
from portal.projects.locking import lock_project
from portal.projects.models import Project, ProjectSummary
from portal.projects.states import Stage
from portal.tenants.clock import organisation_today

VALID_FOR = timedelta(days=365)
REVIEW_AFTER = timedelta(days=365)
LONGEST_REMARK = 2000


def what_stands_against(standing: Standing, gate: str, *, delta: bool) -> list[dict[str, Any]]:
    """Why a round cannot be opened now: criteria that are not met, a stale earlier gate, the wrong stage. Empty when it can."""
    found: list[dict[str, Any]] = []
    entry = standing.content.gates[gate]
    if not delta and standing.project.stage not in stages_before(entry):
        found.append({"kind": "stage", "reason": _("The project is not at the stage that this gate leads on from.")})
    for name in standing.stale_before(gate):
        found.append(
            {"kind": "stale", "gate": name, "reason": _("The sign-off of {gate} is stale. Decide it anew first.").format(gate=name)}
        )
    result = standing.judge(gate)
    found += [{"kind": "criterion", "criterion": one} for one in result.criteria if not one.met and not one.pending]
    return found


def stages_before(gate: Any) -> tuple[str, ...]:
    """Stages in which a gate can be opened. The periodic review is a stage of its own while it goes on."""
    if gate.to_stage == Stage.PERIODIC_REVIEW:
        return (gate.from_stage, gate.to_stage)
    return (gate.from_stage,)


@transaction.atomic
def open_round(project: Project, gate: str, *, by: Actor, due_on: date | None = None, delta: bool = False, asked: str = "") -> GateRound:
    """Freeze a revision and open the gate for signature. ``asked``: what is put to the roles, in the words of the person who opens it.

    ``delta`` renews a stale or expired sign-off: it covers the same gate, its record says what changed since, and the stage stays.
    Raises Conflict while a criterion is not met or a round is open already.
    """
    refusal = rules.why_not_open(by, project)
    if refusal:
        raise NotAllowed(refusal)
    lock_project(project)
    if GateRound.objects.filter(project=project, gate=gate, state=RoundState.OPEN).exists():
        raise Conflict(_("A round of this gate is open already."), code="round_open")
    standing = Standing(project)
    if gate not in standing.content.gates:
        raise Invalid(_("There is no such gate."))
    earlier = standing.decided(gate)
    if delta and (earlier is None or not (earlier.stale_since or standing.expired(gate))):
        raise Conflict(_("The sign-off of this gate still holds, so there is nothing to renew."))
    against = what_stands_against(standing, gate, delta=delta)
    if against:
        raise Conflict(
            _("The gate cannot be opened yet: see what is missing."),
            code="criteria_not_met",
            current=[str(one["criterion"].id if "criterion" in one else one["reason"]) for one in against],
        )
    if due_on is not None and due_on < organisation_today():
        raise Invalid(_("The date must not lie in the past."), fields={"due_on": [_("The date must not lie in the past.")]})
    number = (GateRound.objects.filter(project=project, gate=gate).aggregate(top=Max("number"))["top"] or 0) + 1
    now = timezone.now()
    revision = freeze_revision(standing, gate=gate, round_number=number, delta=delta, by=by, at=now, asked=asked)
    try:
        with transaction.atomic():
            opened = GateRound.objects.create(
                project=project,
                gate=gate,
                number=number,
                delta_of=earlier if delta else None,
                revision=revision,
                opened_by=by.user,
                opened_at=now,
                due_on=due_on or organisation_today() + timedelta(days=7),
            )
    except IntegrityError as error:
        raise Conflict(_("A round of this gate is open already."), code="round_open") from error
    if not delta and standing.content.gates[gate].to_stage == Stage.PERIODIC_REVIEW and project.stage == Stage.LIVE:
        advance_stage(project, Stage.PERIODIC_REVIEW, by=by.user, reason=gate)
    ProjectSummary.objects.filter(project=project).update(gate_waiting=True, next_gate=gate, next_gate_due=opened.due_on)
    if delta:
        rescore_project(project)  # the gate ahead is an earlier one again: other items count
    record_act("assessments.gate.opened", opened, gate=gate, round=number, revision=revision.number, sha256=revision.sha256, delta=delta)
    for role in standing.content.gates[gate].approvers:
        notify(
            segregation.holders_of(project, role) - {by.user_id},
            "assessments.gate_to_sign",
            once_key=f"gate:{opened.pk}:{role}",
            project_id=project.pk,
            gate=gate,
            role=role,
            project=project.name,
            due=opened.due_on.isoformat() if opened.due_on else "",
        )
    return opened


def _outcome(round_: GateRound, outcome: str, content: Any) -> str:
    """The kind of an outcome that this gate offers; raises Invalid for another."""
    if outcome not in {choice.value for choice in content.gates[round_.gate].outcomes} or outcome not in OUTCOME_KIND:
        raise Invalid(_("This gate does not offer that outcome."), fields={"outcome": [outcome]})
    return OUTCOME_KIND[outcome]


def why_only_negative(stale: list[str]) -> str:
    """What somebody reads who would approve while sign-offs of these earlier gates are stale: no later gate is decided before them."""
    return ngettext(
        "The sign-off of {gates} is stale. Renew it with a delta round first; until then this round cannot be approved.",
        "The sign-offs of {gates} are stale. Renew them with delta rounds first; until then this round cannot be approved.",
        len(stale),
    ).format(gates=_(", ").join(stale))


_WORDS = {
    RoundState.APPROVED: Signature.Word.APPROVE,
    RoundState.APPROVED_WITH_CONDITIONS: Signature.Word.APPROVE_WITH_CONDITIONS,
    RoundState.RETURNED: Signature.Word.RETURN,
    RoundState.REJECTED: Signature.Word.REJECT,
}


@transaction.atomic
def sign_round(
    round_: GateRound,
    project: Project,
    *,
    role: str,
    outcome: str,
    remark: str = "",
    conditions: Iterable[NewCondition] = (),
    revision_sha256: str,
    by: Actor,
) -> GateRound:
    """Sign the frozen revision in one role. The last positive signature, or any return or rejection, decides the round.

    ``revision_sha256`` is the hash that was on the screen: a signature is never given for something else.
    """
    lock_project(project)
    locked = GateRound.objects.select_for_update(of=("self",)).select_related("revision").get(pk=round_.pk)
    signatures = rules.signatures_of(locked)
    refusal = rules.why_not_sign(by, project, locked, role, signatures)
    if refusal:
        # Somebody was faster, or the button was pressed twice: that is no lack of rights.
        late = locked.state != RoundState.OPEN or rules.signed_already(by, signatures, role)
        raise (Conflict(refusal, code="signed_already") if late else NotAllowed(refusal, code="segregation"))
    if revision_sha256 != locked.revision.sha256:
        raise Conflict(_("The page showed another revision. Reload it and read what you are signing."), code="stale_revision")
    standing = Standing(project)
    kind = _outcome(locked, outcome, standing.content)
    stale = standing.stale_before(locked.gate) if kind in POSITIVE else []
    if stale:
        raise Conflict(why_only_negative(stale), code="earlier_stale", current=stale)
    given = list(conditions)
    if any(entry.item_key and entry.item_key not in standing.content.items for entry in given):
        raise NotFound()
    remark = remark.strip()
    _check_words(project, kind, remark, given)
    authority = rules.signing_authority(by, project, locked, role, signatures)
    try:
        with transaction.atomic():
            signature = Signature.objects.create(
                round=locked,
                role_key=role,
                word=_WORDS[RoundState(kind)],
                outcome=outcome,
                remark=remark,
                signed_by=by.user,
                signed_person_id=by.person_id,
                signed_at=timezone.now(),
                delegation_id=authority.delegation_id if authority else None,
                revision_sha256=locked.revision.sha256,
            )
    except IntegrityError as error:
        raise Conflict(_("This role has signed already, or you have signed in another role."), code="signed_already") from error
    for entry in given:
        put_down(project, locked.gate, entry, by=by, round_=locked)
    if given:
        count_conditions(project)
    record_act(
        "assessments.gate.signed",
        locked,
        gate=locked.gate,
        round=locked.number,
        role=role,
        role_name=standing.content.roles[role].name,
        outcome=outcome,
        outcome_name=outcome_label(standing.content.gates[locked.gate], outcome),
        remark=remark,
        sha256=locked.revision.sha256,
        signature=str(signature.pk),
        conditions=len(given),
    )
    _decide_if_complete(locked, project, standing, kind, outcome, by)
    return locked


def _check_words(project: Project, kind: str, remark: str, given: list[NewCondition]) -> None:
    """A return or rejection needs words; an approval with conditions needs at least one, each with owner and date."""
    if len(remark) > LONGEST_REMARK:
        raise Invalid(_("At most 2,000 characters."), fields={"remark": [_("At most 2,000 characters.")]})
    if kind in (RoundState.RETURNED, RoundState.REJECTED) and not remark:
        raise Invalid(_("Say why, so that the team can act on it."), fields={"remark": [_("A reason is needed.")]})
    if kind == RoundState.APPROVED_WITH_CONDITIONS and not given:
        raise Invalid(
            _("Write at least one condition, with owner and date."), fields={"conditions": [_("At least one condition is needed.")]}
        )
    if kind not in POSITIVE and given:
        raise Invalid(_("Conditions go with an approval only."), fields={"conditions": [_("Conditions go with an approval only.")]})
    faults: dict[str, list[str]] = {}
    for index, entry in enumerate(given):
        faults |= {
            f"conditions.{index}.{name}": texts for name, texts in check_condition(project, entry.text, entry.owner, entry.due_on).items()
        }
    if faults:
        raise Invalid(_("A condition needs words, an owner and a date."), fields=faults)


def _decide_if_complete(round_: GateRound, project: Project, standing: Standing, kind: str, outcome: str, by: Actor) -> None:
    gate = standing.content.gates[round_.gate]
    signatures = list(Signature.objects.filter(round=round_))
    if kind in (RoundState.RETURNED, RoundState.REJECTED):
        _decide(round_, project, kind, outcome, by, gate)
        return
    if {row.role_key for row in signatures} < set(gate.approvers):
        return
    # The most careful of the positive words counts: one condition makes the whole approval conditional.
    careful = next((row for row in signatures if OUTCOME_KIND[row.outcome] == RoundState.APPROVED_WITH_CONDITIONS), None)
    final = careful or signatures[-1]
    _decide(round_, project, OUTCOME_KIND[final.outcome], final.outcome, by, gate)


def _decide(round_: GateRound, project: Project, kind: str, outcome: str, by: Actor, gate: Any) -> None:
    now = timezone.now()
    positive = kind in POSITIVE
    valid_until = organisation_today() + VALID_FOR if positive else None
    move(round_, ROUND_TRANSITIONS, kind, outcome=outcome, decided_by=by.user, decided_at=now, valid_until=valid_until)
    record_act(
        "assessments.gate.decided",
        round_,
        gate=round_.gate,
        round=round_.number,
        outcome=outcome,
        outcome_name=outcome_label(gate, outcome),
        sha256=round_.revision.sha256,
    )
    if positive and round_.delta_of_id is None:
        _lead_on(round_, project, gate, outcome, by)
    elif outcome in STAGE_AFTER:
        _SET_ASIDE[STAGE_AFTER[outcome]](project, by=by.user, reason=_first_words(round_))
    if not positive:
        drop_conditions_of(round_, reason=_first_words(round_), by=by)
    after_decision(project)
    people = {project.owner_id, project.sponsor_id, round_.opened_by_id}
    people |= set(Signature.objects.filter(round=round_).values_list("signed_by_id", flat=True))
    notify(
        {uid for uid in people if uid and uid != by.user_id},
        "assessments.gate_decided",
        once_key=f"decided:{round_.pk}",
        project_id=project.pk,
        gate=round_.gate,
        outcome=outcome,
        project=project.name,
    )
    if positive:
        check_decided(round_, project)


_SET_ASIDE = {"stopped": stop_project, "on_hold": hold_project, "retired": retire_project}


def _lead_on(round_: GateRound, project: Project, gate: Any, outcome: str, by: Actor) -> None:
    """The stage after a positive decision. A periodic review ends where it began, with the next one a year ahead."""
    review = gate.to_stage == Stage.PERIODIC_REVIEW
    if review:
        use_up_confirmations(round_, project, gate)
    target = Stage.LIVE if review else gate.to_stage
    if project.stage != target:
        advance_stage(project, target, by=by.user, reason=f"{gate.id} {outcome}")
    if target == Stage.LIVE:
        due = organisation_today() + REVIEW_AFTER
        Project.objects.filter(pk=project.pk).update(review_due=due)
        project.review_due = due


def _first_words(round_: GateRound) -> str:
    negative = Signature.objects.filter(round=round_, word__in=[Signature.Word.REJECT, Signature.Word.RETURN]).first()
    return (negative.remark if negative else "")[:300]


def after_decision(project: Project) -> None:
    """Bring scores and summary up to date after a round was decided or withdrawn: another gate is ahead, other items count."""
    project.refresh_from_db(fields=["stage", "review_due"])
    rescore_project(project)
    waiting = GateRound.objects.filter(project=project, state=RoundState.OPEN).exists()
    ProjectSummary.objects.filter(project=project).update(gate_waiting=waiting, stale_gates=count_stale(project))
    count_conditions(project)


@transaction.atomic
def withdraw_round(round_: GateRound, project: Project, *, reason: str, by: Actor) -> GateRound:
    """Take an open round back, with a reason. Signatures given stay on record; a new round freezes a new revision."""
    lock_project(project)
    refusal = rules.why_not_withdraw(by, project, round_)
    if refusal:
        raise NotAllowed(refusal)
    words = rules.needed_words(reason, "reason", _("A reason is needed."))
    move(round_, ROUND_TRANSITIONS, RoundState.WITHDRAWN, remark=words, decided_by=by.user, decided_at=timezone.now())
    record_act("assessments.gate.withdrawn", round_, gate=round_.gate, round=round_.number, reason=words)
    drop_conditions_of(round_, reason=words, by=by)
    after_decision(project)
    return round_
