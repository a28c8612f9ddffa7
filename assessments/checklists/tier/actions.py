"""Raising the tier and withdrawing a raise (rules R1 to R4 of the content).

plan_raise(project, tier, by=actor) -> list[Effect]              # what it would open; writes nothing
raise_tier(project, tier, reason_key=…, reason=…, by=actor)      # at once in force
plan_withdrawal(project, by=actor) -> list[Effect]
withdraw_raise(project, reason=…, by=actor)                      # by another person, no open gate round
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists.effects import tier_effects
from assessments.checklists.models import Assessment, TierRaise
from assessments.checklists.registry import gate_facts
from assessments.checklists.rescore import Rescored, lock_assessment, rescore
from assessments.scoring.tier import is_higher
from portal.audit.actions import record_act
from portal.catalogue import Catalogue, catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.projects.access import project_roles_of
from portal.projects.locking import lock_project
from portal.projects.models import Project
from portal.projects.registry import Effect, facts_saved

LONGEST_REASON = 500  # characters
OTHER = "other"
TIER_CHANGE = "assessment_tier"


def raising_role(content: Catalogue, actor: Actor, project: Project) -> str:
    """The role in which the person may raise or withdraw; "" when none."""
    held = project_roles_of(actor, project)
    return next((role for role in content.tiers.raise_roles if role in held), "")


def open_raise(assessment: Assessment) -> TierRaise | None:
    """The raise that is not withdrawn, in force or overtaken by the computed tier."""
    return TierRaise.objects.select_related("raised_by").filter(assessment=assessment, withdrawn_at=None).first()


def why_not_raise(content: Catalogue, actor: Actor, project: Project) -> str:
    """Why the person cannot raise the tier; empty when nothing stands against it."""
    if not raising_role(content, actor, project):
        return _("The tier is raised by the PMO, information security, legal and compliance, or the executive sponsor.")
    return ""


def why_not_withdraw(content: Catalogue, actor: Actor, project: Project, raised: TierRaise) -> str:
    """Why the person cannot withdraw the raise; empty when nothing stands against it."""
    if not raising_role(content, actor, project):
        return why_not_raise(content, actor, project)
    # The person as stored then, and as the account is linked now: two accounts of one human being are one.
    if actor.person_id in (raised.raised_person_id, raised.raised_by.person_id):
        return _("You raised the tier yourself. Another person of the same roles withdraws it.")
    if gate := gate_facts(project).open_round:
        return _("A round of {gate} is open. The raise can be withdrawn once it is decided.").format(gate=gate)
    return ""


def raisable(assessment: Assessment) -> list[str]:
    """Tiers above the computed one and above the one in force."""
    content = catalogue(assessment.catalogue_id)
    return [tier.id for tier in content.tiers.tiers if is_higher(content, tier.id, assessment.tier_computed) and tier.id != assessment.tier]


def _assessment_of(project: Project) -> Assessment:
    found = Assessment.objects.select_related("project").filter(project=project).first()
    if found is None:
        raise NotFound()
    return found


def plan_raise(project: Project, tier: str, *, by: Actor) -> list[Effect]:
    """What the raise would open and make stale; writes nothing."""
    assessment = _assessment_of(project)
    _check(assessment, project, tier, by)
    return tier_effects(assessment, tier)


def _check(assessment: Assessment, project: Project, tier: str, by: Actor) -> str:
    content = catalogue(assessment.catalogue_id)
    if refusal := why_not_raise(content, by, project):
        raise NotAllowed(refusal)
    if tier not in [one.id for one in content.tiers.tiers]:
        raise Invalid(_("There is no such tier."), fields={"tier": [_("Choose a tier.")]})
    if not is_higher(content, tier, assessment.tier_computed):
        raise Conflict(_("The tier can only be raised above the one that follows from the facts."), code="not_above_computed")
    if not is_higher(content, tier, assessment.tier):
        raise Conflict(_("This tier is in force already."), code="in_force")
    return raising_role(content, by, project)


@transaction.atomic
def raise_tier(project: Project, tier: str, *, reason_key: str, reason: str, by: Actor) -> Rescored:
    """Raise the tier in force, with a reason; items open at once. A lower raise before it is closed as overtaken."""
    lock_project(project)
    assessment = lock_assessment(project_id=project.pk)
    content = catalogue(assessment.catalogue_id)
    role = _check(assessment, project, tier, by)
    text = " ".join(reason.split())
    faults: dict[str, list[str]] = {}
    if reason_key not in [one.value for one in content.tiers.raise_reasons]:
        faults["reason_key"] = [_("Choose a reason.")]
    if not text:
        faults["reason"] = [_("Say why, so that others understand it later.")]
    elif len(text) > LONGEST_REASON:
        faults["reason"] = [_("At most {most} characters; there are {length}.").format(most=LONGEST_REASON, length=len(text))]
    if faults:
        raise Invalid(_("The tier cannot be raised like this."), fields=faults)
    old = assessment.tier
    TierRaise.objects.filter(assessment=assessment, withdrawn_at=None).update(withdrawn_at=timezone.now(), withdrawn_reason=f"→ {tier}")
    row = TierRaise.objects.create(
        assessment=assessment,
        tier=tier,
        reason_key=reason_key,
        reason=text,
        role_key=role,
        raised_by=by.user,
        raised_person_id=by.person_id,
    )
    done = _apply(project, assessment, tier, old, by)
    record_act("assessments.tier.raised", row, project_id=project.pk, old=old, new=tier, reason=text, role=role, opened=len(done.opened))
    return done


def plan_withdrawal(project: Project, *, by: Actor) -> list[Effect]:
    """What the withdrawal would take off; writes nothing."""
    assessment = _assessment_of(project)
    _withdrawable(assessment, project, by)
    return tier_effects(assessment, "")


def _withdrawable(assessment: Assessment, project: Project, by: Actor) -> TierRaise:
    raised = open_raise(assessment)
    if raised is None:
        raise Conflict(_("No raise is in force."), code="no_raise")
    if refusal := why_not_withdraw(catalogue(assessment.catalogue_id), by, project, raised):
        raise NotAllowed(refusal, code="segregation")
    return raised


@transaction.atomic
def withdraw_raise(project: Project, *, reason: str, by: Actor) -> Rescored:
    """Go back to the computed tier: another person, with a reason, while no gate round is open."""
    lock_project(project)
    assessment = lock_assessment(project_id=project.pk)
    raised = _withdrawable(assessment, project, by)
    text = " ".join(reason.split())
    if not text or len(text) > LONGEST_REASON:
        sentence = _("Say why, so that others understand it later.") if not text else _("The reason is too long.")
        raise Invalid(sentence, fields={"reason": [sentence]})
    TierRaise.objects.filter(pk=raised.pk, withdrawn_at=None).update(
        withdrawn_by=by.user, withdrawn_person_id=by.person_id, withdrawn_reason=text, withdrawn_at=timezone.now()
    )
    old = assessment.tier
    done = _apply(project, assessment, "", old, by)
    record_act("assessments.tier.withdrawn", raised, project_id=project.pk, old=old, new=assessment.tier, reason=text)
    return done


def _apply(project: Project, assessment: Assessment, raised: str, old: str, by: Actor) -> Rescored:
    Assessment.objects.filter(pk=assessment.pk).update(tier_raised=raised)
    assessment.tier_raised = raised
    done = rescore(assessment, locked=True, project=project)
    if done.tier[0] != done.tier[1]:
        # Gates look for sign-offs that no longer cover the project; the filings and the scores are up to date already.
        facts_saved(project, changed={TIER_CHANGE: done.tier}, by=by.user)
    return done
