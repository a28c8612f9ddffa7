"""Who may do what at a gate, each with a sentence for the person; empty when nothing stands against it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments.checklists.rules import why_only_reads
from assessments.gates.models import Condition, GateRound, Revision, Signature
from assessments.gates.states import ConditionState, RoundState
from assessments.reviews import segregation
from assessments.reviews.models import Delegation
from portal.catalogue import Catalogue, catalogue
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.projects.access import may_on_project, project_roles_of
from portal.projects.models import Project
from portal.tenants.models import User

LONGEST_WORDS = 1000


def needed_words(text: str, field: str, missing: str) -> str:
    """The text without blanks around it. Raises Invalid with ``missing`` when nothing is left, and for more than ``LONGEST_WORDS``."""
    words = text.strip()
    if not words:
        raise Invalid(missing, fields={field: [missing]})
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("At most 1,000 characters."), fields={field: [_("At most 1,000 characters.")]})
    return words


def why_not_open(actor: Actor, project: Project) -> str:
    """Why the actor cannot open a round on this project."""
    refusal = segregation.why_no_judge(actor, project)
    if refusal:
        return refusal
    if not may_on_project(actor, "assessments.open_gate", project):
        return _("Gate rounds are opened by the PMO or the business owner.")
    return ""


def signatures_of(round_: GateRound) -> list[Signature]:
    """The signatures of a round with their accounts, each with ``giver_person_id``, the person who delegated it, None for an own role."""
    giver = Delegation.objects.filter(pk=OuterRef("delegation_id")).values("giver__person_id")[:1]
    return list(Signature.objects.filter(round=round_).select_related("signed_by").annotate(giver_person_id=Subquery(giver)))


def _signers(signatures: Collection[Signature]) -> set[int]:
    """Ids of the persons who signed: as stored then, and as their accounts are linked now (S2 holds for people, not accounts)."""
    return {person for row in signatures for person in (row.signed_person_id, row.signed_by.person_id) if person is not None}


def _givers(signatures: Collection[Signature]) -> set[int]:
    """Ids of the persons on whose delegation somebody signed."""
    return {row.giver_person_id for row in signatures if row.giver_person_id is not None}


def _owners(actor: Actor, project: Project, round_: GateRound) -> set[int]:
    """Ids of the persons who own the project now or owned it when the round was opened: its revision names the owner (S3)."""
    known: Any = actor.project_cache  # like the roles on the project, looked up once per request
    key = (round_.pk, "owner")
    if key not in known:
        # By its path: pages leave the content of revisions where it is.
        named = Revision.objects.filter(pk=round_.revision_id).values_list("content__project__owner__id", flat=True).first()
        there = project.owner if named is None or named == str(project.owner_id) else User.objects.get(pk=named)
        known[key] = there.person_id
    return {project.owner.person_id, known[key]}


def signing_authority(
    actor: Actor, project: Project, round_: GateRound, role: str, signatures: Collection[Signature]
) -> segregation.Authority | None:
    """How the actor may sign the round in this role: nobody who owns the project, signed it or let somebody sign it delegates that (S8)."""
    barred = {*_owners(actor, project, round_), *_signers(signatures), *_givers(signatures)}
    return segregation.authority_for(actor, project, role, barred=barred)


def why_not_sign(actor: Actor, project: Project, round_: GateRound, role: str, signatures: Collection[Signature]) -> str:
    """Why the actor cannot sign this round, which carries these signatures, in this role."""
    if round_.state != RoundState.OPEN:
        return _("This round has been decided already.")
    gate = catalogue(round_.revision.catalogue_id).gates[round_.gate]
    refusal = segregation.why_not_sign(actor, project, role, gate.approvers)
    if refusal:
        return refusal
    return (
        signed_already(actor, signatures, role)
        or why_owned(actor, project, round_, role)
        or why_one_person(actor, project, round_, role, signatures)
    )


def signed_already(actor: Actor, signatures: Collection[Signature], role: str) -> str:
    """What the signatures of a round leave no room for: the role again, or the same person in another role."""
    if any(row.role_key == role for row in signatures):
        return _("This role has signed already.")
    if actor.person_id in _signers(signatures):
        return _("You have signed this round in another role. Two roles need two people (rule S2).")
    return ""


def why_owned(actor: Actor, project: Project, round_: GateRound, role: str) -> str:
    """S3 after a hand-over: why the owner whom the revision names neither signs the round nor lets somebody sign it.

    For an actor who holds the role or to whom it is delegated.
    """
    owners = _owners(actor, project, round_)
    if actor.person_id in owners:
        return _("This round was opened while you owned the project. Somebody else who holds the role has to sign it (rule S3).")
    if segregation.authority_for(actor, project, role, barred=owners) is None:
        return _("The person who delegated this role to you owned the project when this round was opened (rule S3).")
    return ""


def why_one_person(actor: Actor, project: Project, round_: GateRound, role: str, signatures: Collection[Signature]) -> str:
    """S2 by way of S8: why a signature in this role would rest on a person behind another signature of the round.

    For an actor who holds the role or to whom it is delegated.
    """
    if actor.person_id in _givers(signatures):
        return _("Somebody has signed this round on your delegation. Two roles need two people (rule S2).")
    if signing_authority(actor, project, round_, role, signatures) is None:
        return _(
            "The person who delegated this role to you is behind another signature of this round. Two roles need two people (rule S2)."
        )
    return ""


def why_not_withdraw(actor: Actor, project: Project, round_: GateRound) -> str:
    """Why the actor cannot withdraw the open round."""
    if round_.state != RoundState.OPEN:
        return _("This round has been decided already.")
    if round_.opened_by_id != actor.user_id and not may_on_project(actor, "assessments.open_gate", project):
        return _("A round is withdrawn by the person who opened it or by the PMO.")
    return segregation.why_no_judge(actor, project)


def why_not_report_condition(actor: Actor, project: Project, condition: Condition) -> str:
    """Why the actor cannot report the condition as met."""
    if condition.state != ConditionState.OPEN:
        return _("This condition is not open.")
    if condition.owner_id != actor.user_id:
        return _("The owner of the condition reports that it is met.")
    return why_only_reads(actor, project)


def why_not_change_condition(actor: Actor, project: Project, condition: Condition, content: Catalogue, *, round_open: bool) -> str:
    """Why the actor cannot give the condition another date or owner: a role that signs its gate does, neither its owner nor the project's.

    ``round_open``: a round of its gate is open, so what is signed there must not move.
    """
    refusal = segregation.why_read_only(actor, project) or segregation.why_not_owner(project, actor)
    if refusal:
        return refusal
    if condition.state != ConditionState.OPEN:
        return _("This condition is not open.")
    if round_open:
        return _("A round of this gate is open. Its conditions can be changed after the decision.")
    if condition.owner.person_id == actor.person_id:
        return _("You own this condition. Somebody else who signs this gate changes its date or owner.")
    gate = content.gates.get(condition.gate)
    if not set(gate.approvers if gate else ()) & set(project_roles_of(actor, project)):
        return _("Conditions are changed by a role that signs this gate.")
    return ""


def _reporters(condition: Condition) -> set[int]:
    """Ids of the person who reported the condition: as stored then, and as the account is linked now."""
    found = {condition.reported_person_id, condition.reported_by.person_id if condition.reported_by else None}
    return {person for person in found if person is not None}


def why_not_settle_condition(actor: Actor, project: Project, condition: Condition, content: Catalogue) -> str:
    """Why the actor cannot accept or refuse the reported condition: an approver of its gate does, never the reporter.

    ``content``: the version of the catalogue that the project is on.
    """
    refusal = segregation.why_no_judge(actor, project)
    if refusal:
        return refusal
    if actor.person_id in _reporters(condition):
        return _("You reported this condition as met. Somebody else has to accept it.")
    gate = content.gates.get(condition.gate)
    approvers = set(gate.approvers) if gate else set()
    if not approvers & set(project_roles_of(actor, project)):
        return _("Conditions are accepted by a role that signs this gate.")
    return ""
