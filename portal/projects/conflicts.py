"""Who sits on two chairs: pairs of project roles in one hand that the separation of duties (catalogue: segregation.yaml) forbids,
and roles whose work nobody can do. Pure functions over the content and a list of holders; they warn, the acts themselves refuse.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.catalogue.parts.bundle import Catalogue
from portal.core.formats import in_language

# Pairs that the content names in words (roles.yaml, "may_not"): the second role would control the first.
# "owner" stands for the project's owner, who is the one that asks for the money.
APART: tuple[tuple[str, str], ...] = (
    ("tech_lead", "security"),
    ("infra_ops", "security"),
    ("data_owner", "security"),
    ("business_owner", "finance"),
    ("owner", "finance"),
)
SPONSOR = "exec_sponsor"


@dataclass(frozen=True)
class Holder:
    """A person in a role of the project; ``person_id`` is the human being behind the account."""

    person_id: int
    name: str
    role: str
    deputy: bool = False


@dataclass(frozen=True)
class Clash:
    """One line for people: ``tone`` "fail" where something cannot be approved by anybody, else "attention"."""

    tone: str
    text: str
    reason: str


def approvals(content: Catalogue) -> Mapping[tuple[str, str], int]:
    """(role that answers, role that approves) → number of items."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for item in content.items.values():
        counts[item.answered_by, item.approved_by] += 1
    return counts


def warnings(content: Catalogue, holders: Iterable[Holder], owner: Holder, role_name: Mapping[str, str]) -> list[Clash]:
    """What stands against the way the roles are given, worst first.

    ``holders`` are those of today, stand-ins by a tenant-wide role included; ``role_name`` are names in the active language.
    """
    by_role: dict[str, dict[int, str]] = defaultdict(dict)
    for holder in holders:
        by_role[holder.role][holder.person_id] = holder.name
    lines = [
        *_self_approval(content, by_role, role_name),
        *_apart(content, by_role, owner, role_name),
        *_owner(content, by_role, owner, role_name),
    ]
    return sorted(lines, key=lambda line: line.tone != "fail")


def _self_approval(content: Catalogue, by_role: Mapping[str, Mapping[int, str]], names: Mapping[str, str]) -> list[Clash]:
    """S1: one person answers and approves the same items. Bad only where nobody else can approve."""
    rule = content.segregation["S1"].text
    found = []
    for (answers, approves), count in sorted(approvals(content).items()):
        both = by_role.get(answers, {}).keys() & by_role.get(approves, {}).keys()
        if answers == approves or not both:
            continue
        others = by_role[approves].keys() - both
        others_answer = by_role[answers].keys() - both
        name = _(", ").join(sorted(by_role[answers][person] for person in both))
        roles = {"name": name, "answers": names.get(answers, answers), "approves": names.get(approves, approves), "n": count}
        text = ngettext(
            "%(name)s is both %(answers)s and %(approves)s: %(n)d item is answered by the one and approved by the other.",
            "%(name)s is both %(answers)s and %(approves)s: %(n)d items are answered by the one and approved by the other.",
            count,
        )
        found.append(Clash("attention" if others or others_answer else "fail", text % roles, in_language(rule)))
    return found


def _apart(content: Catalogue, by_role: Mapping[str, Mapping[int, str]], owner: Holder, names: Mapping[str, str]) -> list[Clash]:
    """Roles that control each other in one hand."""
    found = []
    for first, second in APART:
        in_first = {owner.person_id} if first == "owner" else by_role.get(first, {}).keys()
        both = in_first & by_role.get(second, {}).keys()
        if not both or (first == "business_owner" and owner.person_id in both):
            continue  # said once, as owner
        name = _(", ").join(sorted(by_role[second][person] for person in both))
        words = {"name": name, "first": _("owner") if first == "owner" else names.get(first, first), "second": names.get(second, second)}
        role = content.roles.get(second)
        reason = _("%(role)s may not: %(what)s") % {"role": words["second"], "what": in_language(role.may_not)} if role else ""
        found.append(Clash("attention", _("%(name)s is both %(first)s and %(second)s.") % words, reason))
    return found


def _owner(content: Catalogue, by_role: Mapping[str, Mapping[int, str]], owner: Holder, names: Mapping[str, str]) -> list[Clash]:
    """S3: the owner approves nothing, so a role that only the owner holds approves nothing."""
    rule = in_language(content.segregation["S3"].text)
    counts: dict[str, int] = defaultdict(int)
    for item in content.items.values():
        counts[item.approved_by] += 1
    found = []
    for role, count in sorted(counts.items()):
        held = by_role.get(role, {})
        if set(held) == {owner.person_id}:
            text = ngettext(
                "Only %(name)s, who owns the project, is %(role)s: %(n)d item has nobody to approve it. Name a deputy.",
                "Only %(name)s, who owns the project, is %(role)s: %(n)d items have nobody to approve them. Name a deputy.",
                count,
            )
            found.append(Clash("fail", text % {"name": owner.name, "role": names.get(role, role), "n": count}, rule))
    return found


def uncovered(content: Catalogue, holders: Iterable[Holder]) -> dict[str, tuple[int, int]]:
    """Roles without a holder → (items to answer, items to approve) that wait for one."""
    held = {holder.role for holder in holders}
    answers: dict[str, int] = defaultdict(int)
    approves: dict[str, int] = defaultdict(int)
    for item in content.items.values():
        answers[item.answered_by] += 1
        approves[item.approved_by] += 1
    return {role: (answers[role], approves[role]) for role in content.roles if role not in held and (answers[role] or approves[role])}
