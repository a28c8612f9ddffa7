"""What the steps of the wizard show: fields, suggestions, and what the answers lead to so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.catalogue import Catalogue
from portal.catalogue.parts.facts import Fact
from portal.catalogue.words import say_fact_value
from portal.core.formats import in_language
from portal.core.tenancy import require_scope
from portal.projects import registry
from portal.projects.facts.controls import Control, control_of, fill_in, grouped
from portal.projects.facts.grouping import grouped_effects
from portal.projects.facts.queries import FactState, organisation_facts, with_stage
from portal.projects.facts.relevance import settled_questions
from portal.projects.intake.drafts import usable_facts
from portal.projects.intake.steps import all_asked, asked_first
from portal.projects.models import ProjectMember
from portal.roles.models import MembershipRole
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

# Tenant-wide roles whose holders are suggested for a project role.
_STAND_INS = {"pmo": "pmo", "compliance_officer": "compliance", "executive": "exec_sponsor"}


class Outlook:
    """What a project with these answers would face: lines of the registry, worked out once."""

    def __init__(self, content: Catalogue, data: Mapping[str, Any]) -> None:
        self.content = content
        self.values, self.faults = usable_facts(content, data)
        self.inherited = organisation_facts()
        self.facts = with_stage({**self.inherited, **self.values}, None)
        self.lines = registry.effects(None, None, self.facts)

    @property
    def tier(self) -> registry.Effect | None:
        """The line on the tier."""
        return next((line for line in self.lines if line.kind == "tier_set"), None)

    @property
    def deciding(self) -> list[str]:
        """Facts that could still move the tier."""
        data = self.tier.data if self.tier is not None else {}
        return [*data.get("could_raise", ()), *data.get("could_lower", ())]

    @property
    def settled(self) -> frozenset[str]:
        """Open questions that make no difference at present."""
        return settled_questions(self.content, self.facts)

    def side(self) -> dict[str, Any]:
        """Context of the panel beside the facts."""
        groups = {group.key: group for group in grouped_effects(self.lines)}
        deciding = [self.content.facts[name] for name in dict.fromkeys(self.deciding)]
        return {
            "tier": self.tier,
            "stops": groups.get("stops"),
            "filings": groups.get("filings"),
            "undetermined": groups.get("undetermined"),
            "deciding": deciding[:6],
            "deciding_more": max(len(deciding) - 6, 0),
            "settled": sorted(self.settled),
        }


def fact_controls(content: Catalogue, draft: Mapping[str, Any], outlook: Outlook, *, everything: bool) -> list[Control]:
    """Fields of the facts step with what was typed before."""
    typed = draft.get("facts", {})
    values = typed.get("values", {})
    facts: list[Fact] = all_asked(content) if everything else asked_first(content, deciding=outlook.deciding, answered=values)
    settled = outlook.settled
    controls = [control_of(FactState(fact, outlook.values.get(fact.id, "unknown")), settled=fact.id in settled) for fact in facts]
    fill_in(controls, values, outlook.faults, typed.get("sources", {}))
    return controls


def fact_groups(content: Catalogue, controls: list[Control]) -> Any:
    """The fields in their groups, in the order in which they are asked."""
    order = {control.id: number for number, control in enumerate(controls)}
    groups = grouped(content, controls)
    for group in groups:
        group.controls.sort(key=lambda control: order[control.id])
    return sorted(groups, key=lambda group: order[group.controls[0].id])


def suggested_people(content: Catalogue, data: Mapping[str, Any]) -> dict[str, str]:
    """A person for each role: the owner and the sponsor, then holders of tenant-wide roles, then who held the role last. Two queries."""
    basics = data.get("basics", {})
    found: dict[str, str] = {}
    if basics.get("owner"):
        found["business_owner"] = str(basics["owner"])
    if basics.get("sponsor"):
        found["exec_sponsor"] = str(basics["sponsor"])
    today = organisation_today()
    latest = (
        ProjectMember.objects.filter(
            deputy=False, starts_on__lte=today, user__memberships__tenant_id=require_scope().tenant_id, user__memberships__active=True
        )
        .order_by("role_key", "-created_at")
        .distinct("role_key")
        .values_list("role_key", "user_id")
    )
    links = MembershipRole.objects.filter(role__kind="tenant", role__key__in=_STAND_INS, membership__active=True)
    for key, user in links.order_by("membership__created_at").values_list("role__key", "membership__user_id"):
        found.setdefault(_STAND_INS[key], str(user))
    for key, user in latest:
        found.setdefault(key, str(user))
    return {role: user for role, user in found.items() if role in content.roles and not content.roles[role].read_only}


def people_notes(content: Catalogue, people: Mapping[str, int], owner: str) -> list[dict[str, Any]]:
    """What the choice of people means for signing later (rules S2 and S3). One query at most."""
    notes: list[dict[str, Any]] = []
    held: dict[int, list[str]] = {}
    for role, user in people.items():
        held.setdefault(user, []).append(role)
    several = {user: roles for user, roles in held.items() if len(roles) > 1}
    names = dict(User.objects.filter(pk__in=several).values_list("pk", "name")) if several else {}
    for user, roles in several.items():
        labels = [in_language(content.roles[role].name) for role in roles]
        notes.append({"kind": "several", "name": names.get(user, ""), "roles": labels})
    signing = {role for gate in content.gates.values() for role in gate.approvers}
    own = [role for role in held.get(int(owner), ()) if role in signing] if str(owner).isdecimal() else []
    if own:
        notes.append({"kind": "owner", "roles": [in_language(content.roles[role].name) for role in own]})
    missing = [in_language(content.roles[role].name) for role in content.roles if role in signing and role not in people]
    if missing:
        notes.append({"kind": "missing", "roles": missing})
    return notes


def answers_in_words(content: Catalogue, outlook: Outlook) -> list[dict[str, Any]]:
    """The facts given, with questions and values in words."""
    return [
        {"question": content.facts[name].question, "value": say_fact_value(content.facts[name], value)}
        for name, value in outlook.values.items()
    ]
