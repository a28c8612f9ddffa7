"""Proposals and the display of the number, as parts of the page of a filing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from compliance.filings import rules
from compliance.filings.subjects import Subject, is_shared
from compliance.upkeep.duty import is_late, latest_checks, months_between, must_show, why_no_check
from compliance.upkeep.forms import AcceptForm, CheckForm, DismissForm
from compliance.upkeep.history import own_reason
from compliance.upkeep.models import DisplayCheck, FilingProposal
from compliance.upkeep.proposing import due_of
from compliance.upkeep.states import STEP_OF, ProposalState
from portal.catalogue.words import fact_label, say_fact_value
from portal.core.formats import in_language as tr
from portal.projects.models import Project
from portal.tenants.clock import organisation_today

MOST_PAST = 20


def act_url(slug: str, project: Project | None, regime: str, name: str, **keys: Any) -> str:
    """Address of an act of this slice, below the project or the organisation."""
    given = {"tenant_slug": slug, "regime": regime, **keys}
    if project is None:
        return reverse(f"compliance:organisation_{name}", kwargs=given)
    return reverse(f"compliance:{name}", kwargs={**given, "project_id": project.pk})


def facts_in_words(subject: Subject, proposal: FilingProposal) -> list[dict[str, str]]:
    """The facts that changed, before and after."""
    found = []
    for name, (old, new) in dict(proposal.detail.get("facts", {})).items():
        fact = subject.content.facts.get(name)
        if fact is not None:
            found.append({"label": tr(fact_label(fact)), "old": tr(say_fact_value(fact, old)), "new": tr(say_fact_value(fact, new))})
    return found


def proposals_part(request: Any, subject: Subject) -> dict[str, Any] | None:
    """Open proposals with what can be done, and those that are settled. One query."""
    row = subject.row
    if row is None or is_shared(subject):
        return None
    rows = list(
        FilingProposal.objects.filter(filing=row).select_related("settled_by", "proposed_by").order_by("-proposed_at", "-id")[:MOST_PAST]
    )
    if not rows:
        return None
    actor, slug, project = request.actor, request.tenant.slug, subject.project
    works, decides = not rules.why_not_work(actor, project), not rules.why_not_decide(actor, project)
    kept = getattr(request, "part_forms", {})
    found = []
    for one in rows:
        facts = facts_in_words(subject, one)
        line = {"row": one, "facts": facts, "reason": own_reason(one.reason), "valid_until": one.detail.get("valid_until", "")}
        if one.state == ProposalState.OPEN:
            refusal = rules.why_not_step(row, STEP_OF[one.kind])
            due_on = due_of(row, one.kind) or one.due_on
            said = "; ".join(f"{fact['label']}: {fact['old']} → {fact['new']}" for fact in facts)[:1000]
            line |= {
                "due_on": due_on,
                "refusal": refusal,
                "accept": kept.get(f"accept:{one.pk}") or AcceptForm(proposal=one, initial={"due_on": due_on, "note": said})
                if works and not refusal
                else None,
                "accept_open": f"accept:{one.pk}" in kept,
                "dismiss": (kept.get(f"dismiss:{one.pk}") or DismissForm(proposal=one)) if decides else None,
                "dismiss_open": f"dismiss:{one.pk}" in kept,
                "url": {
                    act: act_url(slug, project, subject.regime, f"proposal_{act}", proposal_id=one.pk) for act in ("accept", "dismiss")
                },
            }
        found.append(line)
    return {
        "open": [one for one in found if one["row"].state == ProposalState.OPEN],
        "past": [one for one in found if one["row"].state != ProposalState.OPEN],
    }


def display_part(request: Any, subject: Subject) -> dict[str, Any] | None:
    """The duty to show the number, the last check of each place, and the form of a new one. Two queries."""
    row, entry = subject.row, subject.ruling.filing
    if row is None or not row.number or not must_show(entry) or is_shared(subject):
        return None
    actor, slug, project, today = request.actor, request.tenant.slug, subject.project, organisation_today()
    latest = list(latest_checks().filter(filing=row).select_related("checked_by").order_by("place"))
    shown = {check.pk for check in latest}
    past = DisplayCheck.objects.filter(filing=row).exclude(pk__in=shown).select_related("checked_by").order_by("-checked_on", "-id")
    kept = getattr(request, "part_forms", {})
    works = not rules.why_not_work(actor, project) and not why_no_check(subject)
    if not latest:
        tone = "attention"
    else:
        tone = (
            "fail" if any(not check.ok for check in latest) else "attention" if any(is_late(check, today) for check in latest) else "pass"
        )

    def line(check: DisplayCheck) -> dict[str, Any]:
        proof = act_url(slug, project, subject.regime, "display_proof", check_id=check.pk) if check.file_key else ""
        return {"row": check, "late": is_late(check, today), "other_number": check.number != row.number, "proof": proof}

    return {
        "duty": tr(entry.identifier.display) if entry.identifier is not None else "",
        "number": row.number,
        "tone": tone,
        "latest": [line(check) for check in latest],
        "past": [line(check) for check in past[:MOST_PAST]],
        "months": months_between(subject),
        "form": (kept.get("display") or CheckForm(initial={"checked_on": today})) if works else None,
        "form_open": "display" in kept,
        "url": act_url(slug, project, subject.regime, "display_check"),
    }
