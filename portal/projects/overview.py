"""What the overview page of a project shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.audit.models import AuditEvent
from portal.audit.sentences import sentence
from portal.catalogue.installed import catalogue
from portal.core.formats import in_language, money, number, percent
from portal.projects import registry
from portal.projects.access import project_permissions_of
from portal.projects.charts import radar
from portal.projects.forms import scenario_word
from portal.projects.links import project_url
from portal.projects.portfolio.tiles import share_target
from portal.projects.states import FLOW
from portal.projects.strip import DIMENSIONS, scores_of, tones_of
from portal.projects.words import ACTIVE, filings_word
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

LATEST = 6


def overview_context(request: HttpRequest) -> dict[str, Any]:
    """Everything of the page besides the frame."""
    project: Any = request.project  # type: ignore[attr-defined]
    summary = project.summary
    may = project_permissions_of(request.actor, project)  # type: ignore[attr-defined]
    content = catalogue()
    names = [in_language(content.dimensions[code].label) for code in DIMENSIONS]
    weights = [content.dimensions[code].weight for code in DIMENSIONS]
    return {
        "project": project,
        "may": may,
        "scenario": scenario_word(project.scenario) if project.scenario else "",
        "dimensions": _dimensions(request, names),
        "radar": radar(summary, names, weights) if summary.items_total else None,
        "money": _money(project),
        "standing": _standing(request, may),
        "history": latest_acts(project.pk) if "portal.view_history" in may else None,
        "main_panels": _panels(request, "main", may),
        "side_panels": _panels(request, "side", may),
        "today": organisation_today(),
    }


def _address(request: HttpRequest, name: str, **more: Any) -> str:
    return project_url(name, request, request.project, **more)  # type: ignore[attr-defined]


def _dimensions(request: HttpRequest, names: list[str]) -> list[dict[str, Any]]:
    summary = request.project.summary  # type: ignore[attr-defined]
    rows = zip(DIMENSIONS, names, tones_of(summary.strip), scores_of(summary), strict=True)
    return [
        {"code": code, "name": name, "tone": tone, "score": score, "url": _address(request, "assessments:dimension", dimension=code)}
        for code, name, tone, score in rows
    ]


def _money(project: Any) -> dict[str, Any] | None:
    """Plan, spending and the part for compliance, as amounts and as shares of the plan."""
    if project.budget is None and project.spent is None and project.compliance_budget is None:
        return None
    budget = project.budget or Decimal(0)

    def share(amount: Decimal | None) -> Decimal | None:
        return 100 * amount / budget if amount is not None and budget else None

    spent, compliance = share(project.spent), share(project.compliance_budget)
    target = share_target()
    return {
        "budget": money(project.budget, project.currency),
        "spent": money(project.spent, project.currency),
        "compliance": money(project.compliance_budget, project.currency),
        "spent_share": None if spent is None else number(spent, 1),
        "spent_tone": "fail" if spent is not None and spent > 100 else "primary",
        "compliance_share": None if compliance is None else number(compliance, 1),
        "compliance_tone": "pass" if compliance is not None and compliance >= target else "attention",
        "target": target,
        "target_text": percent(target),
    }


def _standing(request: HttpRequest, may: frozenset[str]) -> list[dict[str, Any]]:
    """What stands between here and the next gate, from the counters: lines with tone, text and address."""
    project: Any = request.project  # type: ignore[attr-defined]
    summary = project.summary
    gates = _address(request, "assessments:gates")
    checklist = _address(request, "assessments:checklist")
    filings = _address(request, "compliance:project_filings") if "compliance.view_project_filings" in may else ""
    today = organisation_today()
    lines = []

    def said(due: date | None) -> str:
        return "" if due is None else _("today") if due == today else due.isoformat()

    def line(tone: str, text: str, url: str = "", note: str = "") -> None:
        lines.append({"tone": tone, "text": text, "url": url, "note": note})

    if summary.next_gate and project.stage in ACTIVE:
        due = summary.next_gate_due
        # On hold no gate is late: the same rule as the list's.
        late = due is not None and due < today and project.stage in FLOW
        tone = "fail" if late else "review" if summary.gate_waiting else "open"
        text = _("Next gate: %(gate)s, waits for signatures") if summary.gate_waiting else _("Next gate: %(gate)s")
        line(tone, text % {"gate": summary.next_gate}, gates, said(due))
    if summary.open_blockers:
        text = ngettext("%(n)d blocker is open", "%(n)d blockers are open", summary.open_blockers) % {"n": summary.open_blockers}
        line("fail", text, gates)
    left = summary.items_total - summary.items_answered
    if left > 0:
        line("open", ngettext("%(n)d item is not answered", "%(n)d items are not answered", left) % {"n": left}, checklist)
    waiting = summary.items_answered - summary.items_approved - summary.waived
    if waiting > 0:
        line("review", ngettext("%(n)d answer is not approved", "%(n)d answers are not approved", waiting) % {"n": waiting}, checklist)
    if summary.waived:
        line(
            "waived", ngettext("%(n)d waiver is in force", "%(n)d waivers are in force", summary.waived) % {"n": summary.waived}, checklist
        )
    if summary.stale_gates:
        text = ngettext("%(n)d sign-off has lapsed", "%(n)d sign-offs have lapsed", summary.stale_gates) % {"n": summary.stale_gates}
        line("fail", text, gates)
    if summary.open_conditions:
        text = ngettext("%(n)d condition is open", "%(n)d conditions are open", summary.open_conditions) % {"n": summary.open_conditions}
        line("attention", text, gates)
    tone, word = filings_word(summary.filings_state)
    note = ngettext("%(n)d open", "%(n)d open", summary.filings_open) % {"n": summary.filings_open} if summary.filings_open else ""
    line(tone, _("Filings: %(state)s") % {"state": word}, filings, note)
    if summary.next_clock_due and project.stage in ACTIVE:
        late = summary.next_clock_due < today
        line("fail" if late else "attention", _("Next legal time limit"), filings, said(summary.next_clock_due))
    return lines


def latest_acts(project_id: Any, limit: int = LATEST) -> list[dict[str, Any]]:
    """The latest acts in the project as lines of a timeline, newest first. Two queries."""
    found = list(
        AuditEvent.objects.filter(project_id=project_id, kind=AuditEvent.Kind.ACT)
        .order_by("-at", "-id")
        .values("verb", "changes", "user_id", "at")[:limit]
    )
    people = dict(User.objects.filter(pk__in={row["user_id"] for row in found if row["user_id"]}).values_list("pk", "name"))
    return [
        {
            "text": sentence(row["verb"], row["changes"]),
            "who": people.get(row["user_id"], ""),
            "at": row["at"],
            "tone": "",
            "before": None,
            "after": None,
        }
        for row in found
    ]


def _panels(request: HttpRequest, place: str, may: frozenset[str]) -> list[str]:
    """The panels of upper apps as HTML, those the person may see."""
    shown: list[str] = []
    for panel in registry.panels(place):
        built = panel.build(request, request.project) if panel.permission in may else None  # type: ignore[attr-defined]
        if built is not None:
            template, context = built
            shown.append(render_to_string(template, dict(context), request=request))
    return shown
