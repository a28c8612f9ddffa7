"""Stakeholders of the demo: who has a part in a project, inside and outside, and who is responsible for which dimension.

The parts that every project has are written per project with two statements, for the reason given in ``answering.py``; what is
special goes through the single acts.
"""

from __future__ import annotations

from typing import Any

from compliance.demo.acts import Act, record_acts
from compliance.demo.clock import at
from compliance.demo.content import chance, read
from compliance.demo.projects import Case
from portal.core.access import Actor
from portal.stakeholders.actions import add_stakeholder, create_contact, set_responsibility
from portal.stakeholders.models import Contact, Responsibility, Stakeholder

_STEPS = (-1, 0, 0, 1)


def name_stakeholders(case: Case) -> None:
    """Name them two days after the project was registered, as its owner does."""
    special = read("stakeholders")["projects"].get(case.code, {})
    day = min(case.spec["started"] + 2, -1)
    with at(case.moment(day, hour=13)), case.world.acting(case.spec["owner"]) as by:
        people = _people(case)
        users = {case.world.users[key].pk: key for key in people.values()}
        others = special.get("others", ())
        named = {entry["user"] for entry in others if "user" in entry}
        _usual(case, people, special.get("set", {}), without=named)
        known = {users.get(row.user_id): row for row in Stakeholder.objects.filter(project=case.project)}
        for entry in others:
            row = _add(case, entry, by)
            letters = dict(entry.get("raci", {}))
            if "user" in entry:
                known[entry["user"]] = row
                letters |= special.get("set", {}).get(entry["user"], {})
            for dimension, given in letters.items():
                set_responsibility(row, dimension, given, by=by.user)


def _people(case: Case) -> dict[str, str]:
    """Part → key of the person, each person once."""
    found: dict[str, str] = {"owner": str(case.spec["owner"])}
    for role in read("stakeholders")["parts"]:
        if role in case.people and case.people[role] not in found.values():
            found[role] = case.people[role]
    for helper, keys in read("stakeholders")["helpers"][case.world.tenant.slug].items():
        free = next((key for key in keys if key not in {*case.people.values(), *found.values()}), None)
        if free is not None:
            found[helper] = free
    return found


def _usual(case: Case, people: dict[str, str], changed: dict[str, dict[str, str]], *, without: set[str]) -> None:
    language = "zh" if case.world.language.startswith("zh") else "en"
    parts = read("stakeholders")["parts"]
    rows: list[Stakeholder] = []
    letters: list[Responsibility] = []
    acts: list[Act] = []
    for role, key in people.items():
        if key in without:
            continue
        entry, user = parts[role], case.world.users[key]
        row = Stakeholder(
            project=case.project,
            user=user,
            part=entry["part"][language],
            influence=_near(case, role, entry["influence"]),
            interest=_near(case, f"{role} interest", entry["interest"]),
        )
        rows.append(row)
        acts.append(("portal.stakeholder.added", row, {"name": user.name, "part": row.part}))
        if case.spec["stage"] == "intake":
            continue  # the matrix is filled in once the project is admitted
        for dimension, given in {**_working(role, entry["raci"], people), **changed.get(role, {})}.items():
            if not given:
                continue
            letters += [Responsibility(project=case.project, stakeholder=row, dimension=dimension, raci=letter) for letter in given]
            detail = {"name": user.name, "dimension": dimension, "before": "", "letters": given}
            acts.append(("portal.responsibility.set", row, detail))
    Stakeholder.objects.bulk_create(rows)
    Responsibility.objects.bulk_create(letters)
    record_acts(case.project.pk, acts)


def _working(role: str, letters: dict[str, str], people: dict[str, str]) -> dict[str, str]:
    """Who is accountable does the work as well where there is no colleague for it."""
    missing = {"tech_lead": "helper_tech", "infra_ops": "helper_tech", "data_owner": "helper_data"}.get(role, "")
    if not missing or missing in people:
        return letters
    return {dimension: "AR" if given == "A" else given for dimension, given in letters.items()}


def _near(case: Case, seed: str, usual: int) -> int:
    return min(5, max(1, usual + _STEPS[chance(f"{case.code}:{seed}", len(_STEPS))]))


def _add(case: Case, entry: dict[str, Any], by: Actor) -> Stakeholder:
    common = {"part": entry["part"], "influence": entry["influence"], "interest": entry["interest"], "note": entry.get("note", "")}
    if "user" in entry:
        return add_stakeholder(case.project, by=by.user, user=case.world.users[entry["user"]], **common)
    contact = Contact.objects.filter(name=entry["name"], organisation=entry["organisation"]).first()
    if contact is None:
        more = {name: entry[name] for name in ("position", "email") if name in entry}
        contact = create_contact(by=by.user, name=entry["name"], organisation=entry["organisation"], **more)
    return add_stakeholder(case.project, by=by.user, contact=contact, **common)
