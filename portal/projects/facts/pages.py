"""What the pages of facts show: fields in groups, a difference in words, one fact with its uses and its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse

from portal.audit.models import AuditEvent
from portal.catalogue import Catalogue, Text
from portal.catalogue.parts.facts import Fact
from portal.catalogue.words import say_fact_value
from portal.projects.facts import dictionary
from portal.projects.facts.controls import Control, ControlGroup, control_of, grouped
from portal.projects.facts.parts import counted_now
from portal.projects.facts.queries import FactState, facts_with_provenance
from portal.projects.facts.relevance import settled_questions
from portal.projects.models import FactAnswer, Project
from portal.tenants.models import User

_HISTORY = 20


def controls_for(project: Project | None, content: Catalogue) -> list[Control]:
    """Fields of every asked fact: of the project with the inherited ones, or of the organisation alone. One query."""
    states = facts_with_provenance(project, content)
    values = {state.fact.id: state.value for state in states if not state.derived}
    settled = settled_questions(content, values)
    scope = None if project is not None else "organisation"
    wanted = {fact.id for fact in dictionary.asked(content, scope)}
    return [control_of(state, settled=state.fact.id in settled) for state in states if state.fact.id in wanted]


def form_context(project: Project | None, content: Catalogue, controls: Sequence[Control]) -> dict[str, Any]:
    """Context of the form: groups, and how many facts are known."""
    groups: list[ControlGroup] = grouped(content, controls)
    sums = counted_now(content)
    for control in controls:
        control.summed = control.id in sums
    own = [control for control in controls if not control.inherited]
    return {
        "groups": groups,
        "known": sum(control.known for control in controls),
        "asked": len(controls),
        "settled": sum(control.settled for control in own),
        "faults": [control for control in controls if control.errors],
        "content": content,
        "currency": project.currency if project is not None else "",
    }


def changes_in_words(
    content: Catalogue, changed: Mapping[str, tuple[Any, Any]], sources: Mapping[str, str], sourced: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Each changed fact with its question and both values in words, then those that only get another source."""
    lines: list[dict[str, Any]] = [
        {
            "id": name,
            "question": content.facts[name].question,
            "old": say_fact_value(content.facts[name], old),
            "new": say_fact_value(content.facts[name], new),
            "source": sources.get(name, ""),
        }
        for name, (old, new) in changed.items()
    ]
    return lines + [{"id": name, "question": content.facts[name].question, "source": source} for name, source in sourced.items()]


def hidden_fields(facts: Mapping[str, Fact], typed: Any) -> list[tuple[str, str]]:
    """The typed values as hidden fields of the next step's form."""
    found: list[tuple[str, str]] = []
    for name, raw in typed.values.items():
        if facts[name].type == "set":
            values = ["-"] if raw == [] else list(raw) if isinstance(raw, list) else [""]
        else:
            values = ["" if raw == "unknown" else str(raw)]
        found += [(f"f-{name}", value) for value in values]
        found += [(f"was-{name}", typed.was[name]), (f"v-{name}", str(typed.versions[name]))]
        found += [(f"s-{name}", typed.sources[name]), (f"ws-{name}", typed.was_sources[name])]
    return found


# Where the thing that reads a fact is shown; the names belong to upper apps and may be missing.
_USE_PAGES = {"item": ("assessments:item", "item_key"), "filing": ("compliance:filing", "regime")}


def uses_with_urls(request: Any, project: Project | None, content: Catalogue, fact: Fact) -> list[dict[str, Any]]:
    """What reads the fact, with the address of its page where there is one."""
    found = []
    for use in dictionary.uses(content, fact):
        url = ""
        page = _USE_PAGES.get(use.kind)
        if page is not None and project is not None:
            try:
                url = reverse(page[0], kwargs={"tenant_slug": request.tenant.slug, "project_id": project.pk, page[1]: use.key})
            except NoReverseMatch:
                url = ""
        if use.kind == "tier" and project is not None:
            try:
                url = reverse("assessments:tier", kwargs={"tenant_slug": request.tenant.slug, "project_id": project.pk})
            except NoReverseMatch:
                url = ""
        found.append({"kind": use.kind, "key": use.key, "label": use.label, "url": url})
    return found


def fact_history(project: Project | None, fact: Fact) -> list[dict[str, Any]]:
    """What was answered when, newest first, from the trail of the row. At most three queries."""
    row = FactAnswer.objects.filter(project=project, fact_key=fact.id).values_list("pk", flat=True).first()
    if row is None:
        return []
    events = AuditEvent.objects.filter(table_name=FactAnswer._meta.db_table, row_id=str(row), kind=AuditEvent.Kind.ROW)
    events = list(events.order_by("-at")[:_HISTORY])
    names = dict(User.objects.filter(pk__in={event.user_id for event in events if event.user_id}).values_list("pk", "name"))
    entries = []
    for event in events:
        value = event.changes.get("value")
        if value is None and "source" not in event.changes:
            continue
        old, new = value if event.verb == "update" and isinstance(value, list) and len(value) == 2 else (None, value)
        source = event.changes.get("source")
        entries.append(
            {
                "old": say_fact_value(fact, old) if old is not None else None,
                "new": say_fact_value(fact, new) if value is not None else None,
                "source": source[1] if isinstance(source, list) else source or "",
                "who": names.get(event.user_id, ""),
                "at": event.at,
            }
        )
    return entries


def state_of(project: Project | None, content: Catalogue, fact: Fact) -> FactState:
    """One fact as it stands."""
    return next(state for state in facts_with_provenance(project, content) if state.fact.id == fact.id)


def disclaimer(content: Catalogue) -> Text:
    """The sentence that stands beside every result of the rules."""
    return Text(
        f"规则（版本 {content.version}）只作建议，由合规人员决定；不构成法律意见。",
        f"The rules (version {content.version}) propose, compliance decides; this is not legal advice.",
    )
