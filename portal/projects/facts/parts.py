"""Counts of the organisation that add up over projects: people whose data is processed, exports since 1 January.

    save_part(project | None, fact_id, value, source=…, version=…, by=actor) -> CountPart
    plan_part(project | None, fact_id, value) -> Changes          # what the organisation's answer would become; writes nothing
    recount(tenant_id) -> int                                     # nightly: the year turns, projects end

As long as a part is on record, the organisation's answer is the sum of the parts; the first part of a project is taken as a part of the
number typed before, whose rest becomes the organisation's own. A person who is in two projects counts twice; the
organisation's own part may be negative to take such people out again, since the law counts each once (PIPL art. 52 and the counts of
the CAC's rules on exports, art. 7 and 8). A stock (people processed) leaves out projects that are over; a count since 1 January keeps
what they did in that year and begins anew with the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.catalogue import Catalogue, FactValueError, validate_fact_value
from portal.catalogue.parts.facts import Fact
from portal.catalogue.values import UNKNOWN_MARKER
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.core.formats import in_language
from portal.core.tenancy import require_scope, tenant_context
from portal.projects.access import may_on_project, projects_visible_to
from portal.projects.facts import dictionary
from portal.projects.facts.actions import LONGEST_SOURCE, Changes, differences, save_organisation_facts
from portal.projects.facts.queries import organisation_facts
from portal.projects.models import CountPart, FactAnswer, Project
from portal.projects.words import CLOSED
from portal.tenants.clock import organisation_today
from portal.tenants.models import Tenant, User

EDIT, EDIT_ORGANISATION = "portal.edit_facts", "portal.edit_organisation_facts"
LARGEST = 100_000_000_000


def adds_up(fact: Fact) -> bool:
    """Whether an answer of the organisation is a number of people, which its projects have their parts in."""
    return fact.scope == "organisation" and fact.type == "int" and fact.unit == "people"


def is_yearly(fact: Fact) -> bool:
    """Whether it is counted from 1 January (the content marks such counts in their id)."""
    return fact.id.endswith("_ytd")


def year_of(fact: Fact) -> int:
    """The year that parts of today belong to; 0 for a stock."""
    return organisation_today().year if is_yearly(fact) else 0


def _rows(fact: Fact) -> list[CountPart]:
    rows = CountPart.objects.filter(fact_key=fact.id, year=year_of(fact), value__isnull=False)
    return list(rows.select_related("project", "answered_by").order_by("answered_at", "pk"))


def _counts(fact: Fact, row: CountPart) -> bool:
    return is_yearly(fact) or row.project is None or row.project.stage not in CLOSED


def _total(fact: Fact, rows: list[CountPart]) -> int | None:
    """The sum; None without a part."""
    return sum(row.value or 0 for row in rows if _counts(fact, row)) if rows else None


def counted_now(content: Catalogue) -> frozenset[str]:
    """Facts whose answer is a sum at present. One query."""
    facts = {fact.id: year_of(fact) for fact in content.facts.values() if adds_up(fact)}
    found = CountPart.objects.filter(fact_key__in=facts, value__isnull=False).values_list("fact_key", "year").distinct()
    return frozenset(key for key, year in found if facts[key] == year)


@dataclass(frozen=True)
class Parts:
    """The parts of one count as one reader sees them. ``hidden``: projects the reader may not see, ``hidden_sum``: theirs together."""

    fact: Fact
    rows: tuple[CountPart, ...]
    over: frozenset[Any]
    hidden: int
    hidden_sum: int
    own: CountPart | None
    outside: CountPart | None
    total: int | None
    year: int


def parts_of(fact: Fact, place: Project | None, reader: Actor) -> Parts:
    """What adds up to the answer. ``own``: the part of ``place`` (None: of the organisation itself). Two queries."""
    rows = _rows(fact)
    named = [row.project_id for row in rows if row.project_id]
    seen = set(projects_visible_to(reader, Project.objects.filter(pk__in=named)).values_list("pk", flat=True)) if named else set()
    unseen = [row for row in rows if row.project_id and row.project_id not in seen]
    own_rows = CountPart.objects.filter(fact_key=fact.id, year=year_of(fact), project=place)
    return Parts(
        fact,
        tuple(row for row in rows if row.project_id in seen),
        frozenset(row.pk for row in rows if not _counts(fact, row)),
        len(unseen),
        sum(row.value or 0 for row in unseen if _counts(fact, row)),
        own_rows.select_related("answered_by").first(),
        next((row for row in rows if row.project_id is None), None),
        _total(fact, rows),
        year_of(fact),
    )


def counted_fact(project: Project | None, name: str) -> Fact:
    """The count by its id. Raises NotFound for any other fact."""
    fact = dictionary.content_of(project).facts.get(name)
    if fact is None or not adds_up(fact):
        raise NotFound()
    return fact


def _number(fact: Fact, place: Project | None, raw: Any) -> int | None:
    """The stored form; None takes the part back. Below 0 only for the organisation itself."""
    text = str(raw).strip() if raw is not None and not isinstance(raw, bool) else "" if raw is None else "?"
    if not text:
        return None
    sign = -1 if place is None and text[0] in "-−" else 1
    try:
        found = validate_fact_value(fact, text[1:] if sign < 0 else text)
    except FactValueError as error:
        raise Invalid(_("Some answers cannot be used."), fields={"value": [in_language(error.text)]}) from error
    if not isinstance(found, int) or found > LARGEST:
        sentence = _("Give a whole number of people, or leave the field empty.")
        raise Invalid(_("Some answers cannot be used."), fields={"value": [sentence]})
    return sign * found


def _typed_before(fact: Fact, rows: list[CountPart]) -> FactAnswer | None:
    """The number that somebody typed for the whole organisation, while no part is on record."""
    if rows:
        return None
    stands = FactAnswer.objects.select_related("answered_by").filter(project=None, fact_key=fact.id).first()
    return stands if stands is not None and isinstance(stands.value, int) else None


def _after(fact: Fact, place: Project | None, value: int | None) -> int | None:
    known = _rows(fact)
    typed = _typed_before(fact, known)
    if typed is not None and place is not None and value is not None:
        return max(typed.value, value)
    rows = [row for row in known if row.project_id != (place.pk if place else None)]
    if value is not None:
        rows.append(CountPart(project=place, fact_key=fact.id, value=value))
    total = _total(fact, rows)
    if total is not None and total < 0:
        sentence = _("The sum would be below 0: more people are taken out than the projects have.")
        raise Invalid(_("Some answers cannot be used."), fields={"value": [sentence]})
    return total


def plan_part(project: Project | None, name: str, raw: Any) -> Changes:
    """How the organisation's answer would change; empty where it stays. Raises Invalid, NotFound."""
    fact = counted_fact(project, name)
    total = _after(fact, project, _number(fact, project, raw))
    return {} if total is None else differences(organisation_facts(), {fact.id: total})


@transaction.atomic
def save_part(project: Project | None, name: str, raw: Any, *, source: str, version: int, by: Actor) -> CountPart:
    """State, change or take back (empty) one part; the organisation's answer becomes the sum, and projects follow by a job.

    ``version``: of the part the person saw, 0 for none. Without any part left the answer stays as it is and can be typed again.
    Raises NotAllowed, Invalid, Conflict (somebody else was faster; carries what stands).
    """
    allowed = may_on_project(by, EDIT, project) if project is not None else by.may(EDIT_ORGANISATION)
    if not allowed:
        raise NotAllowed(_("Your role does not include answering these facts."))
    fact = counted_fact(project, name)
    value = _number(fact, project, raw)
    tenant = Tenant.objects.select_for_update(no_key=True).get(pk=require_scope().tenant_id)
    row = CountPart.objects.filter(fact_key=fact.id, year=year_of(fact), project=project).first()
    if (row.version if row is not None else 0) != version:
        raise Conflict(
            _("Somebody else changed this part in the meantime. Nothing was overwritten; see what stands now."),
            code="stale_version",
            current={"value": row.value, "version": row.version} if row is not None else {"value": None, "version": 0},
        )
    total = _after(fact, project, value)
    if project is not None and value is not None:
        _keep_rest(fact, value)
    given = {"value": value, "source": source.strip()[:LONGEST_SOURCE], "answered_by": by.user, "answered_at": timezone.now()}
    if row is None:
        row = CountPart.objects.create(project=project, fact_key=fact.id, year=year_of(fact), **given)
    else:
        CountPart.objects.filter(pk=row.pk).update(**given, version=F("version") + 1)
        row.refresh_from_db()
    told = {"fact": dict(fact.question)} | ({} if value is None else {"value": str(value), "total": str(total)})
    act = "portal.count.part_taken_back" if value is None else "portal.count.part_saved"
    record_act(act, project if project is not None else tenant, project_id=project.pk if project is not None else None, **told)
    if total is not None:
        save_organisation_facts({fact.id: total}, by=by.user, counted=True)
    return row


def _keep_rest(fact: Fact, value: int) -> None:
    """The first part of a project is a part of the number typed before: what is left of it stands as the organisation's own part."""
    typed = _typed_before(fact, _rows(fact))
    if typed is None or typed.value <= value:
        return
    who = {"source": typed.source, "answered_by": typed.answered_by, "answered_at": typed.answered_at}
    CountPart.objects.update_or_create(
        project=None,
        fact_key=fact.id,
        year=year_of(fact),
        defaults={"value": typed.value - value, **who, "version": F("version") + 1},
        create_defaults={"value": typed.value - value, **who},
    )


def recount(tenant_id: int) -> int:
    """Bring the sums of one organisation up to today: projects end, a year begins. Returns how many moved; twice does nothing."""
    with tenant_context(tenant_id):
        if not CountPart.objects.exists():
            return 0
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        return sum(_moved(fact) for fact in dictionary.content_of(None).facts.values() if adds_up(fact))


def _moved(fact: Fact) -> bool:
    last = CountPart.objects.filter(fact_key=fact.id).select_related("answered_by").order_by("-answered_at").first()
    if last is None:
        return False
    total: int | str | None = _total(fact, _rows(fact))
    if total is None:
        # A new year asks anew, unless somebody has typed the answer of this year already.
        stands = FactAnswer.objects.filter(project=None, fact_key=fact.id).first()
        if not is_yearly(fact) or last.year >= year_of(fact) or stands is None or stands.answered_at.year >= year_of(fact):
            return False
        total = UNKNOWN_MARKER
    person: User = last.answered_by
    return bool(save_organisation_facts({fact.id: total}, by=person, counted=True))
