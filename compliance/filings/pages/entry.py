"""The page of one filing: why it applies, what to hand in, who decided, where the procedure stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from compliance.filings import registry, rules
from compliance.filings.actions.correcting import correctable, fields_of
from compliance.filings.actions.deciding import needs_reason
from compliance.filings.actions.stepping import DUE, asks_for, next_steps, pattern_blocks
from compliance.filings.evaluation import facts_on_record, organisation_regimes
from compliance.filings.forms import CorrectStepForm, DecideForm, PlanForm, ReasonForm, StepForm
from compliance.filings.history import EVENTS
from compliance.filings.models import Filing, FilingEvent
from compliance.filings.pages import words
from compliance.filings.pages.addresses import fact_url, filing_url, overview_url
from compliance.filings.pages.changes import what_would_change
from compliance.filings.pages.overview import line_of
from compliance.filings.proposals import proposed_due
from compliance.filings.states import NEEDS_SECOND, OWED, FilingDecision
from compliance.filings.subjects import Subject, is_shared
from compliance.filings.taking_back import needs_two, wish_of
from portal.audit.sentences import fill
from portal.catalogue.parts import Filing as Entry
from portal.catalogue.words import fact_label, say_fact_value
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.projects.facts.pages import disclaimer
from portal.tenants.clock import organisation_today

MOST_EVENTS = 100


def facts_used(subject: Subject, slug: str) -> list[dict[str, Any]]:
    """The facts that the rules name, with their values in words and where they are answered."""
    content, open_facts = subject.content, set(subject.ruling.open_facts)
    found = []
    for name, value in facts_on_record(subject.ruling).items():
        fact = content.facts[name]
        found.append(
            {
                "id": name,
                "label": tr(fact_label(fact)),
                "question": tr(fact.question),
                "value": tr(say_fact_value(fact, value)),
                "unknown": value == "unknown",
                "derived": fact.derived is not None,
                "open": name in open_facts,
                "presumed": name in subject.ruling.presumed,
                "url": "" if fact.derived is not None else fact_url(slug, subject.project, name),
            }
        )
    return found


def questions(subject: Subject, slug: str) -> list[dict[str, str]]:
    """What to answer so that the result is settled."""
    facts = subject.content.facts
    return [{"question": tr(facts[name].question), "url": fact_url(slug, subject.project, name)} for name in subject.ruling.missing]


def _links(subject: Subject, slug: str, ids: tuple[str, ...]) -> list[dict[str, str]]:
    entries = subject.content.filings
    return [
        {"name": tr(entries[one].name), "url": filing_url(slug, subject.project, one)}
        for one in ids
        if one in entries and _shows(subject, one)
    ]


def _shows(subject: Subject, regime: str) -> bool:
    return subject.project is not None or regime in organisation_regimes(subject.content)


def about(subject: Subject, slug: str) -> dict[str, Any]:
    """What the content says of the regime, for information."""
    entry, content = subject.ruling.filing, subject.content
    return {
        "rule": tr(words.rule_text(content, subject.regime)),
        "because": because(subject),
        "clauses": words.clauses(content, entry),
        "confidence": words.confidence(entry),
        "sources": words.sources(content, entry),
        "facts": facts_used(subject, slug),
        "questions": questions(subject, slug),
        "changes": what_would_change(subject, slug),
        "authority": tr(entry.authority.name),
        "portal": entry.authority.portal or "",
        "kind": words.label(content, "filing_kinds", entry.kind),
        "jurisdictions": [words.label(content, "jurisdictions", code) for code in entry.jurisdiction],
        "gate": words.label(content, "filing_gates", entry.gate),
        "documents": [
            {"label": tr(one.label), "required": one.required, "note": tr(one.note) if one.note else ""} for one in entry.documents
        ],
        "identifier": _identifier(entry),
        "clocks": [words.clock(content, one) for one in entry.clocks],
        "authority_clock": _authority_clock(subject),
        "typical": tr(entry.typical_time.text) if entry.typical_time else "",
        "validity": tr(entry.validity.text) if entry.validity else "",
        "recurring": [tr(one.text) for one in entry.recurring],
        "consequences": tr(entry.consequences),
        "note": tr(entry.note) if entry.note else "",
        "review": tr(entry.review) if entry.review else "",
        "depends_on": _links(subject, slug, entry.depends_on),
        "related": _links(subject, slug, tuple(one for one in entry.related if one not in entry.depends_on)),
        "disclaimer": tr(disclaimer(content)),
    }


def because(subject: Subject) -> str:
    """Why the rule has this result now."""
    ruling, facts = subject.ruling, subject.content.facts
    if ruling.result == "required":
        return _("All conditions hold on the facts below.")
    if ruling.result == "not_applicable":
        return _("At least one condition does not hold on the facts below.")
    if ruling.result == "undetermined":
        return _("Facts are missing. Until they are answered the filing stays on the list; an unknown fact never hides a duty.")
    if ruling.presumed:
        names = _(", ").join(f"“{tr(fact_label(facts[name]))}”" for name in ruling.presumed)
        return _("It holds if these are so, which is presumed until shown otherwise: {facts}").format(facts=names)
    return _("The rule for “likely” holds on the facts below.")


def _identifier(entry: Entry) -> dict[str, Any] | None:
    known = entry.identifier
    if known is None:
        return None
    return {
        "display": tr(known.display),
        "pattern": known.pattern or "",
        "samples": [{"value": value, "made_up": made_up} for value, made_up in known.samples],
        "blocks": pattern_blocks(entry),
    }


def _authority_clock(subject: Subject) -> str:
    known = subject.ruling.filing.authority_clock
    if known is None:
        return ""
    return _("The authority has {period} from: {event}").format(
        period=words.period(subject.content, known.period), event=tr(known.from_event)
    )


def events_of(subject: Subject) -> list[dict[str, Any]]:
    """The history of the record in words, newest first. One query."""
    if subject.row is None:
        return []
    rows = FilingEvent.objects.filter(filing=subject.row).select_related("done_by").order_by("-done_at", "-id")[:MOST_EVENTS]
    return [_event(subject, row) for row in rows]


_TONES = {
    "decision_lapsed": "attention",
    "objected": "attention",
    "rejected": "na",
    "withdrawn": "attention",
    "withdrawal_asked": "attention",
    "withdrawal_refused": "attention",
    "confirmed": "pass",
    "seconded": "pass",
}


def _event(subject: Subject, row: FilingEvent) -> dict[str, Any]:
    content, detail = subject.content, dict(row.detail)
    for name in ("result", "old", "new"):
        if row.verb in ("appeared", "result_moved") and name in detail:
            detail[name] = words.label(content, "results", str(detail[name]))
    if row.verb == "timing_moved":
        detail |= {name: words.timing_word(str(detail.get(name, ""))) for name in ("old", "new")}
    if row.verb == "decision_lapsed":
        moved = [(content.facts[name], *pair) for name, pair in detail.get("facts", {}).items() if name in content.facts]
        detail["facts"] = [
            f"{tr(fact_label(fact))}: {tr(say_fact_value(fact, old))} → {tr(say_fact_value(fact, new))}" for fact, old, new in moved
        ]
    if row.verb == "planned":
        detail["changed"] = [f"{plan_labels().get(name, name)}: {value or '–'}" for name, value in detail.get("changed", {}).items()]
    if row.verb == "corrected":
        detail["changed"] = _(", ").join(
            f"{step_labels().get(name, name)}: {old or '–'} → {new}" for name, (old, new) in detail["changed"].items()
        )
        detail["step_word"] = words.label(content, "filing_states", str(detail.get("step", "")))
    detail["state"] = words.label(content, "filing_states", row.new_state)
    if not detail.get("reason"):
        detail["reason"] = " "
    plain = {name: value for name, value in detail.items() if isinstance(value, str)}
    said = {
        "on": _("on {on}"),
        "number": _("number {number}"),
        "receipt": _("proof: {receipt}"),
        "valid_until": _("valid until {valid_until}"),
        "due_on": _("to be done by {due_on}"),
    }
    notes = [text.format(**plain) for name, text in said.items() if plain.get(name)]
    if detail.get("unusual_number"):
        notes.append(_("the number has an unusual form, please check"))
    if row.verb == "stepped" and detail.get("note"):
        notes.append(str(detail["note"]))
    if row.new_state != row.old_state and row.verb != "stepped":
        notes.append(_("state: {state}").format(state=detail["state"]))
    return {
        "text": fill(EVENTS.get(row.verb, row.verb), detail),
        "who": row.done_by.name if row.done_by else _("Tenfold, from the facts"),
        "at": row.done_at,
        "tone": _TONES.get(row.verb, ""),
        "note": " · ".join(notes),
    }


def step_labels() -> dict[str, str]:
    """Names of what a step is given."""
    return {"on": _("Date"), "receipt": _("Receipt"), "number": _("Number"), "valid_until": _("Valid until")}


def plan_labels() -> dict[str, str]:
    """Names of the plan's columns."""
    return {"owner": _("Owner"), "due_on": _("Due"), "cost": _("Cost"), "renewal_on": _("Renewal reminder"), "note": _("Remark")}


def filing_page(subject: Subject, actor: Actor, slug: str, **forms: Any) -> dict[str, Any]:
    """Context of the page. ``forms`` may bring filled ones: ``decide``, ``second``, ``withdraw``, ``plan``, ``step`` (with ``step_to``)."""
    row, project = subject.row, subject.project
    decided = row is not None and row.decision != FilingDecision.NONE
    shared = is_shared(subject)
    wish = None if shared else wish_of(row, subject.ruling.result)
    return {
        "subject": subject,
        "line": line_of(subject, slug),
        "row": row,
        "about": about(subject, slug),
        "decided": decided,
        "confirmed": decided and row is not None and row.decision == FilingDecision.CONFIRMED,
        "shared": shared,
        "shared_url": filing_url(slug, None, subject.regime) if shared and actor.may(rules.VIEW_ALL) else "",
        "may_decide": not shared and not decided and not rules.why_not_decide(actor, project),
        "may_withdraw": not shared and decided and not rules.why_not_withdraw(actor, project, wish),
        "withdraw_by_two": needs_two(row, subject.ruling.result),
        "wish": wish,
        "wish_role": words.role_name(subject.content, str(wish.detail.get("role", ""))) if wish is not None else "",
        "wish_refusal": rules.why_not_withdraw(actor, project, wish) if wish is not None else "",
        "second_refusal": "" if shared else rules.why_not_second(actor, project, row),
        "decide_refusal": rules.why_not_decide(actor, project),
        "may_work": not shared and not rules.why_not_work(actor, project),
        "reject_refusal": rules.why_not_reject(row),
        "reason_needed": {
            "confirm": needs_reason(subject.ruling.result, confirm=True),
            "reject": needs_reason(subject.ruling.result, confirm=False),
        },
        "decide_form": forms.get("decide") or DecideForm(),
        "second_form": forms.get("second") or ReasonForm(prefix="second"),
        "withdraw_form": forms.get("withdraw") or ReasonForm(prefix="withdraw"),
        "plan_form": forms.get("plan") or PlanForm.of(row, project),
        "plan_open": "plan" in forms,
        "steps": _steps(subject, actor, forms),
        "corrections": _corrections(subject, actor, forms),
        "people": _people(subject),
        "history": events_of(subject),
        "urls": {
            act: filing_url(slug, project, subject.regime, act) for act in ("decide", "second", "withdraw", "step", "plan", "correct")
        },
        "back_url": overview_url(slug, project),
        "currency": project.currency if project is not None else "CNY",
    }


def _corrections(subject: Subject, actor: Actor, forms: dict[str, Any]) -> list[dict[str, Any]]:
    """Forms to correct what the latest steps were given; the last step first."""
    row, entry = subject.row, subject.ruling.filing
    if row is None or is_shared(subject) or rules.why_not_work(actor, subject.project):
        return []
    found = []
    for step in correctable(row, entry):
        shown = forms.get("correct_step") == step.event
        form = forms["correct"] if shown else CorrectStepForm(step=step, names=fields_of(step, entry))
        label = words.label(subject.content, "filing_states", step.to)
        refusal = rules.why_not_correct(actor, subject.project, step.to)
        found.append({"step": step, "label": label, "form": form, "open": shown, "refusal": refusal})
    return found


def _steps(subject: Subject, actor: Actor, forms: dict[str, Any]) -> list[dict[str, Any]]:
    row = subject.row
    if row is None or row.decision != FilingDecision.CONFIRMED:
        return []
    found = []
    for to in next_steps(row):
        needed, others = asks_for(to, row.state, subject.ruling.filing)
        form = (
            forms["step"]
            if forms.get("step_to") == to
            else StepForm(to=to, needed=needed, others=others, initial=_proposed(subject, row, to))
        )
        found.append(
            {
                "to": to,
                "label": words.label(subject.content, "filing_states", to),
                "form": form,
                "open": forms.get("step_to") == to,
                "refusal": rules.why_not_step(row, to)
                or registry.step_refusal(subject, to)
                or rules.why_not_take(actor, subject.project, row, to),
                "second": to in NEEDS_SECOND,
            }
        )
    return found


def _proposed(subject: Subject, row: Filing, to: str) -> dict[str, Any]:
    """What the form of a step is filled in with."""
    found = proposed_due(subject.content, row, to, organisation_today()) if to in OWED else None
    return {DUE: found.on if found is not None else row.due_on} if to in OWED else {}


def _people(subject: Subject) -> list[dict[str, Any]]:
    row = subject.row
    if row is None:
        return []
    pairs = ((row.decided_by, row.decided_role, row.decided_at), (row.second_by, row.second_role, row.second_at))
    return [{"user": user, "role": words.role_name(subject.content, role), "at": at} for user, role, at in pairs if user is not None]
