"""Whether a filing applies: the compliance officer decides, a second person of another role stands beside it (rule S2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.reviews.segregation import holders_of
from compliance.filings import registry, rules
from compliance.filings.actions.common import follow, hold, put_on_record, row_of, write
from compliance.filings.candidates import owners_for, tenant_holders, whose
from compliance.filings.evaluation import UNDECIDED, facts_on_record, ruling_columns
from compliance.filings.models import GUARDIANS, Filing
from compliance.filings.states import FilingDecision, FilingState, after_undeciding, first_state
from compliance.filings.subjects import Subject
from compliance.filings.taking_back import ASKED, KEPT, needs_two, wish_of
from compliance.regimes.applicability import APPLYING, NOT_APPLICABLE
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.actions import notify
from portal.projects.models import Project

SECOND_NOTICE = "compliance.filing_to_second"
WITHDRAW_NOTICE = "compliance.filing_to_withdraw"
KEPT_NOTICE = "compliance.filing_kept"
DECIDED_NOTICE = "compliance.filing_decided"
LONGEST_REASON = 1000
# What a procedure that begins anew after a cancellation does not take over; the history keeps it.
_ANEW: Mapping[str, Any] = {
    "number": "",
    "submitted_on": None,
    "approved_on": None,
    "valid_until": None,
    "due_on": None,
    "renewal_on": None,
}


def needs_reason(result: str, *, confirm: bool) -> bool:
    """A decision that only repeats the rule explains itself; every other one needs words."""
    return result not in APPLYING if confirm else result != NOT_APPLICABLE


def _reason(given: str, *, needed: bool, missing: str = "") -> str:
    reason = given.strip()
    if needed and not reason:
        raise Invalid(missing or _("Say why you decide otherwise than the rule."), fields={"reason": [_("A reason is needed.")]})
    if len(reason) > LONGEST_REASON:
        raise Invalid(_("The reason is too long."), fields={"reason": [_("At most {n} characters.").format(n=LONGEST_REASON)]})
    return reason


@transaction.atomic
def decide_filing(project: Project | None, regime: str, *, confirm: bool, reason: str = "", version: int, by: Actor) -> Filing:
    """Confirm that a filing applies, or find it not applicable. ``version``: of the record on the screen, 0 for none.

    A confirmed filing enters its procedure at once, a cancelled one anew; one found not applicable leaves it when a second person agrees.
    """
    refusal = rules.why_not_decide(by, project)
    if refusal:
        raise NotAllowed(refusal)
    subject = hold(project, regime, version)
    if subject.row is not None and subject.row.decision != FilingDecision.NONE:
        raise Conflict(_("This filing is decided already. Take that decision back first."), code="decided_already")
    if not confirm and (refusal := rules.why_not_reject(subject.row)):
        raise Conflict(refusal, code="with_authority")
    reason = _reason(reason, needed=needs_reason(subject.ruling.result, confirm=confirm))
    row = row_of(subject)
    old, now = row.state, timezone.now()
    begins = confirm and old in (FilingState.NOT_ASSESSED, FilingState.NOT_APPLICABLE, FilingState.CANCELLED)
    write(
        row,
        **ruling_columns(subject.content, subject.ruling, now),
        decision=FilingDecision.CONFIRMED if confirm else FilingDecision.REJECTED,
        decision_reason=reason,
        decided_result=subject.ruling.result,
        decided_facts=facts_on_record(subject.ruling),
        decided_by=by.user,
        decided_person_id=by.person_id,
        decided_role=rules.deciding_role(by, project),
        decided_at=now,
        state=first_state(subject.ruling.filing.gate) if begins else old,
        **(_ANEW if begins and old == FilingState.CANCELLED else {}),
    )
    verb = "confirmed" if confirm else "rejected"
    put_on_record(
        row, subject, verb, by, old_state=old, act=f"compliance.filing.{verb}", reason=reason, result=row.result, role=row.decided_role
    )
    _ask_second(subject, row, by)
    registry.decided(subject, verb=verb, by=by)
    follow(subject, by)
    return row


@transaction.atomic
def second_decision(project: Project | None, regime: str, *, agree: bool = True, reason: str = "", version: int, by: Actor) -> Filing:
    """The second person of rule S2 agrees, or objects with a reason, which takes the decision back."""
    subject = hold(project, regime, version)
    refusal = rules.why_not_second(by, project, subject.row)
    if refusal or subject.row is None:
        raise NotAllowed(refusal, code="segregation")
    row, old = subject.row, subject.row.state
    reason = _reason(reason, needed=not agree, missing=_("Say why you object."))
    first = row.decided_by_id
    if agree:
        rejects = row.decision == FilingDecision.REJECTED
        if rejects and (refusal := rules.why_not_reject(row)):
            raise Conflict(refusal, code="with_authority")
        write(
            row,
            second_by=by.user,
            second_person_id=by.person_id,
            second_role=rules.seconding_role(by, project, row.decided_role),
            second_at=timezone.now(),
            state=FilingState.NOT_APPLICABLE if rejects else old,
        )
        put_on_record(row, subject, "seconded", by, old_state=old, act="compliance.filing.seconded", reason=reason, role=row.second_role)
    else:
        write(row, **UNDECIDED, state=after_undeciding(old))
        put_on_record(row, subject, "objected", by, old_state=old, act="compliance.filing.objected", reason=reason)
    people = {first, row.owner_id, *([project.owner_id] if project is not None and agree else [])}
    notify(
        {uid for uid in people if uid and uid != by.user_id},
        DECIDED_NOTICE,
        once_key=f"filing-second:{row.pk}:{row.version}",
        project_id=row.project_id,
        regime=regime,
        filing=dict(subject.ruling.filing.name),
        by=by.user.name,
        agreed=agree,
        result=_outcome(row) if agree else {"zh": f"有异议：{reason}", "en": f"objection: {reason}"},
    )
    registry.decided(subject, verb="seconded" if agree else "objected", by=by)
    follow(subject, by)
    return row


def _outcome(row: Filing) -> dict[str, str]:
    if row.decision == FilingDecision.CONFIRMED:
        return {"zh": "须办理", "en": "it applies"}
    return {"zh": "不适用", "en": "it does not apply"}


@transaction.atomic
def withdraw_decision(project: Project | None, regime: str, *, reason: str, version: int, by: Actor) -> Filing:
    """Take a decision back, with a reason; the rule's result counts again. Work that was done stays on record.

    A duty that two people added takes two to go (``taking_back``): the first call puts the wish on record and changes nothing else, the
    call of a second person in another role takes the decision back.
    """
    subject = hold(project, regime, version)
    row, result = subject.row, subject.ruling.result
    wish = wish_of(row, result)
    refusal = rules.why_not_withdraw(by, project, wish)
    if refusal:
        raise NotAllowed(refusal)
    if row is None or row.decision == FilingDecision.NONE:
        raise Conflict(_("There is no decision to take back."), code="undecided")
    reason = _reason(reason, needed=wish is None, missing=_("Say why the decision shall be taken back."))
    if wish is None and needs_two(row, result):
        _wish(subject, row, reason, by)
        return row
    old, earlier = row.state, row.decision
    said = reason or (str(wish.detail["reason"]) if wish is not None else "")
    write(row, **UNDECIDED, state=after_undeciding(old))
    put_on_record(row, subject, "withdrawn", by, old_state=old, act="compliance.filing.withdrawn", reason=said, decision=earlier)
    registry.decided(subject, verb="withdrawn", by=by)
    follow(subject, by)
    return row


@transaction.atomic
def keep_decision(project: Project | None, regime: str, *, reason: str, version: int, by: Actor) -> Filing:
    """The second person objects to a wish to take a decision back, with a reason: the decision stays, and the wish waits no more."""
    subject = hold(project, regime, version)
    row = subject.row
    wish = wish_of(row, subject.ruling.result)
    if row is None or wish is None:
        raise Conflict(_("Nobody asks any more to take this decision back."), code="no_wish")
    refusal = rules.why_not_withdraw(by, project, wish)
    if refusal:
        raise NotAllowed(refusal, code="segregation")
    reason = _reason(reason, needed=True, missing=_("Say why you object."))
    write(row)  # whoever has the page open learns of it
    put_on_record(row, subject, KEPT, by, old_state=row.state, act="compliance.filing.withdrawal_refused", reason=reason)
    notify(
        {uid for uid in (wish.done_by_id,) if uid},
        KEPT_NOTICE,
        once_key=f"filing-kept:{row.pk}:{row.version}",
        project_id=row.project_id,
        regime=regime,
        filing=dict(subject.ruling.filing.name),
        by=by.user.name,
        reason=reason,
        project=whose(project),
    )
    return row


def _wish(subject: Subject, row: Filing, reason: str, by: Actor) -> None:
    role = rules.deciding_role(by, subject.project)
    write(row)  # whoever has the page open learns of it
    put_on_record(row, subject, ASKED, by, old_state=row.state, act="compliance.filing.withdrawal_asked", reason=reason, role=role)
    notify(
        seconders(subject.project, role) - {by.user_id},
        WITHDRAW_NOTICE,
        once_key=f"filing-to-withdraw:{row.pk}:{row.version}",
        project_id=row.project_id,
        regime=subject.regime,
        filing=dict(subject.ruling.filing.name),
        by=by.user.name,
        reason=reason,
        project=whose(subject.project),
    )


def _ask_second(subject: Subject, row: Filing, by: Actor) -> None:
    """Tell those who can complete the pair."""
    notify(
        seconders(subject.project, row.decided_role) - {by.user_id},
        SECOND_NOTICE,
        once_key=f"filing-to-second:{row.pk}:{row.version}",
        project_id=row.project_id,
        regime=subject.regime,
        filing=dict(subject.ruling.filing.name),
        by=by.user.name,
        project=whose(subject.project),
    )


def seconders(project: Project | None, decided_role: str) -> set[int]:
    """Accounts that hold a role which completes the pair; a project without one of its own falls back on the executives who see it."""
    wanted = [role for role in (*GUARDIANS, "exec_sponsor") if role != decided_role and (decided_role in GUARDIANS or role in GUARDIANS)]
    if project is not None:
        found = {uid for role in wanted for uid in holders_of(project, role)}
        if found:
            return found
    standing = tenant_holders(["executive"] if decided_role in GUARDIANS else ["compliance_officer"])
    return standing if project is None else set(owners_for(project).filter(pk__in=standing).values_list("pk", flat=True))
