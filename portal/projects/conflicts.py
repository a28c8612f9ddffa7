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

OWNER = "owner"  # no role of its own: whoever owns the project
# Pairs that the content names in words (roles.yaml, "may_not"): the second role would control the first.
# The owner of the project is the one that asks for the money.
APART: tuple[tuple[str, str], ...] = (
    ("tech_lead", "security"),
    ("infra_ops", "security"),
    ("data_owner", "security"),
    ("business_owner", "finance"),
    (OWNER, "finance"),
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
    by_role[OWNER] = {owner.person_id: owner.name}
    names = {**role_name, OWNER: _("owner of the project")}
    lines = [*_owner(content, by_role, owner, names), *_pairs(content, by_role, names)]
    return sorted(lines, key=lambda line: line.tone != "fail")


def _pairs(content: Catalogue, by_role: Mapping[str, Mapping[int, str]], names: Mapping[str, str]) -> list[Clash]:
    """Two roles in one hand of which one approves what the other answers (S1), or which the content keeps apart."""
    counts = approvals(content)
    pairs = {tuple(sorted(pair)) for pair in counts if pair[0] != pair[1]} | {tuple(sorted(pair)) for pair in APART}
    found = []
    for first, second in sorted(pairs):
        both = by_role.get(first, {}).keys() & by_role.get(second, {}).keys()
        if OWNER in (first, second):
            both = both - by_role.get("business_owner", {}).keys()  # said with that role already
        if not both:
            continue
        number = counts.get((first, second), 0) + counts.get((second, first), 0)
        words = {
            "name": _(", ").join(sorted(by_role[first][person] for person in both)),
            "first": names.get(first, first),
            "second": names.get(second, second),
            "n": number,
        }
        text = _("%(name)s is both %(first)s and %(second)s.") % words
        reasons = []
        if number:
            text = ngettext(
                "%(name)s is both %(first)s and %(second)s: %(n)d item is answered by the one and approved by the other.",
                "%(name)s is both %(first)s and %(second)s: %(n)d items are answered by the one and approved by the other.",
                number,
            )
            text = text % words
            reasons.append(in_language(content.segregation["S1"].text))
        for controlled in {watched for other, watched in APART if {other, watched} == {first, second}} & content.roles.keys():
            what = {"role": names.get(controlled, controlled), "what": in_language(content.roles[controlled].may_not)}
            reasons.append(_("%(role)s may not: %(what)s.") % what)
        # Somebody else in one of the two roles can answer or approve instead.
        others = (by_role[first].keys() | by_role[second].keys()) - both
        found.append(Clash("attention" if others or not number else "fail", text, " ".join(reasons)))
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
