"""Reading stakeholders: the directory, the list of a project, the matrix with its gaps and clashes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.catalogue.installed import catalogue
from portal.core.access import Actor
from portal.core.formats import in_language
from portal.core.listing import Order
from portal.core.text import search_words
from portal.projects.access import projects_visible_to
from portal.projects.models import Project
from portal.projects.people import holders_today, members_of, project_roles, standing_holders
from portal.projects.strip import DIMENSIONS
from portal.roles.models import MembershipRole
from portal.stakeholders.models import Contact, Responsibility, Stakeholder

PAGE_SIZE = 50
ORDER = Order("name", "id")
ORDER_OF_LETTERS = ("R", "A", "AR", "C", "I")


def contacts_of(actor: Actor, text: str = "") -> QuerySet[Any]:
    """The directory as plain dicts; ``projects`` counts only projects the person may see."""
    rows = Contact.objects.all()
    for word in search_words(text[:100]):
        rows = rows.filter(
            Q(name__icontains=word) | Q(organisation__icontains=word) | Q(position__icontains=word) | Q(email__icontains=word)
        )
    visible = projects_visible_to(actor)
    return rows.annotate(projects=Count("parts", filter=Q(parts__project__in=visible))).values(
        "id", "name", "organisation", "position", "email", "phone", "version", "projects"
    )


def stakeholders_of(project: Project) -> list[dict[str, Any]]:
    """Everybody on the project's list, most influence first."""
    rows = Stakeholder.objects.filter(project=project).values(
        "pk", "user_id", "contact_id", "part", "influence", "interest", "note", "version",
        user_name=F("user__name"), contact_name=F("contact__name"), organisation=F("contact__organisation"),
    )  # fmt: skip
    found = []
    for row in rows.order_by("-influence", "-interest", "created_at"):
        row["name"] = row["user_name"] or row["contact_name"]
        row["inside"] = row["user_id"] is not None
        found.append(row)
    return found


def influence_grid(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Influence (5 at the top) by interest (1 at the left): five rows of five cells, each with people and how to deal with them."""
    grid = []
    for influence in range(5, 0, -1):
        cells = []
        for interest in range(1, 6):
            here = [row for row in rows if row["influence"] == influence and row["interest"] == interest]
            cells.append({"interest": interest, "people": here, "way": _way(influence, interest)})
        grid.append({"influence": influence, "cells": cells})
    return grid


def _way(influence: int, interest: int) -> str:
    """The quarter a cell belongs to: manage, satisfy, inform, watch."""
    if influence >= 4:
        return "manage" if interest >= 4 else "satisfy"
    return "inform" if interest >= 4 else "watch"


@dataclass
class Matrix:
    """Ten dimensions by people, with what is wrong."""

    people: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    gaps: list[str] = field(default_factory=list)
    clashes: list[dict[str, str]] = field(default_factory=list)


def matrix_of(project: Project) -> Matrix:
    """The responsibility matrix of a project; eight queries at most, whatever its size."""
    content = catalogue()
    people = stakeholders_of(project)
    letters: dict[tuple[Any, str], set[str]] = defaultdict(set)
    for stakeholder_id, dimension, letter in Responsibility.objects.filter(project=project).values_list(
        "stakeholder_id", "dimension", "raci"
    ):
        letters[stakeholder_id, dimension].add(letter)
    rows = []
    gaps = []
    for code in DIMENSIONS:
        label = in_language(content.dimensions[code].label)
        cells = [{"person": person, "value": _value(letters[person["pk"], code])} for person in people]
        held = {letter for person in people for letter in letters[person["pk"], code]}
        missing = [letter for letter in ("A", "R") if letter not in held]
        rows.append({"code": code, "label": label, "cells": cells, "missing": missing})
        if "A" in missing:
            gaps.append(code)
    return Matrix(people, rows, gaps, _clashes(project, people, letters))


def _value(found: set[str]) -> str:
    return "".join(sorted(found))


def _clashes(project: Project, people: list[dict[str, Any]], letters: dict[tuple[Any, str], set[str]]) -> list[dict[str, str]]:
    """What the separation of duties says about the matrix: sole approvers who do the work themselves, readers, people without account."""
    content = catalogue()
    names = {role.key: in_language(role.name) for role in project_roles()}
    holders = holders_today(project, members_of(project), standing_holders(project))
    by_role: dict[str, set[int]] = defaultdict(set)
    for holder in holders:
        by_role[holder.role].add(holder.person_id)
    persons = dict(Stakeholder.objects.filter(project=project, user__isnull=False).values_list("pk", "user__person_id"))
    readers = set(
        MembershipRole.objects.filter(role__kind="tenant", role__key="auditor", membership__active=True).values_list(
            "membership__user__person_id", flat=True
        )
    ) | by_role.get("auditor", set())
    lines = []
    for person in people:
        person_id = persons.get(person["pk"])
        for code in DIMENSIONS:
            held = letters[person["pk"], code]
            if person_id is None:
                if "A" in held:
                    text = _("%(name)s is accountable for %(code)s but has no account: nobody can sign for it here.")
                    lines.append({"tone": "attention", "text": text % {"name": person["name"], "code": code}, "reason": ""})
                continue
            if held & {"R", "A"} and person_id in readers:
                text = _("%(name)s is an auditor and cannot be responsible or accountable for %(code)s.") % {
                    "name": person["name"],
                    "code": code,
                }
                lines.append({"tone": "fail", "text": text, "reason": in_language(content.segregation["S6"].text)})
        if person_id is not None:
            done = [code for code in DIMENSIONS if "R" in letters[person["pk"], code]]
            lines += _alone(content, person["name"], person_id, done, by_role, names)
    return sorted(lines, key=lambda line: line["tone"] != "fail")


def _alone(
    content: Any, name: str, person_id: int, done: list[str], by_role: dict[str, set[int]], names: dict[str, str]
) -> list[dict[str, str]]:
    """A person who does the work of dimensions and is the only one who could approve some of their items (S1)."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for code in done:
        for item in content.items_by_dimension[code]:
            if by_role.get(item.approved_by) == {person_id}:
                counts[item.approved_by][code] += 1
    lines = []
    for role, per_dimension in sorted(counts.items()):
        number = sum(per_dimension.values())
        text = ngettext(
            "%(name)s works on %(codes)s and alone is %(role)s, who approves %(n)d item there. Name a deputy.",
            "%(name)s works on %(codes)s and alone is %(role)s, who approves %(n)d items there. Name a deputy.",
            number,
        ) % {"name": name, "codes": _(", ").join(per_dimension), "role": names.get(role, role), "n": number}
        lines.append({"tone": "attention", "text": text, "reason": in_language(content.segregation["S1"].text)})
    return lines
