"""What comes next in a project, said from its stage and its counters alone (no query)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.projects.access import project_permissions_of
from portal.projects.links import project_url
from portal.projects.registry import NextStep
from portal.projects.states import Stage


def default_step(request: Any, project: Any) -> NextStep | None:
    """The step anybody can see from the counters; upper apps register better ones for a person (``register_next_step``)."""
    summary = project.summary
    if project.stage == Stage.ON_HOLD:
        return NextStep(_("On hold: %(reason)s") % {"reason": project.stage_reason or "–"}, tone="attention")
    if project.stage == Stage.STOPPED:
        return NextStep(_("Stopped: %(reason)s") % {"reason": project.stage_reason or "–"}, tone="na")
    if project.stage == Stage.RETIRED:
        return NextStep(_("Retired: %(reason)s") % {"reason": project.stage_reason or "–"}, tone="na")
    if summary.stale_gates and summary.gate_waiting:
        sentence = _("A sign-off has lapsed; a round is open and waits for signatures.")
        return _towards(request, project, sentence, "assessments:gates", _("Go to the gates"), "review", "portal.view_project")
    if summary.stale_gates:
        sentence = ngettext(
            "%(n)d sign-off has lapsed because something material changed; a delta round renews it.",
            "%(n)d sign-offs have lapsed because something material changed; delta rounds renew them.",
            summary.stale_gates,
        )
        return _towards(
            request,
            project,
            sentence % {"n": summary.stale_gates},
            "assessments:gates",
            _("Go to the gates"),
            "fail",
            "assessments.sign_gate",
        )
    if summary.gate_waiting:
        sentence = _("%(gate)s waits for signatures.") % {"gate": summary.next_gate}
        return _towards(request, project, sentence, "assessments:gates", _("Go to the gate"), "review", "portal.view_project")
    if summary.open_blockers:
        sentence = ngettext(
            "%(n)d blocker keeps %(gate)s from being decided.", "%(n)d blockers keep %(gate)s from being decided.", summary.open_blockers
        ) % {"n": summary.open_blockers, "gate": summary.next_gate or _("the next gate")}
        return _towards(request, project, sentence, "assessments:gates", _("See what is missing"), "fail", "portal.view_project")
    left = summary.items_total - summary.items_answered
    if summary.items_total and left > 0:
        sentence = ngettext(
            "%(n)d of %(total)d items is still to be answered.", "%(n)d of %(total)d items are still to be answered.", left
        ) % {
            "n": left,
            "total": summary.items_total,
        }
        return _towards(request, project, sentence, "assessments:checklist", _("Go to the checklists"), "info", "portal.view_project")
    waiting = summary.items_answered - summary.items_approved - summary.waived
    if summary.items_total and waiting > 0:
        sentence = ngettext("%(n)d answer waits for review.", "%(n)d answers wait for review.", waiting) % {"n": waiting}
        return _towards(request, project, sentence, "assessments:checklist", _("Go to the checklists"), "review", "portal.view_project")
    if summary.next_gate:
        sentence = _("Everything for %(gate)s is there: it can be opened.") % {"gate": summary.next_gate}
        return _towards(request, project, sentence, "assessments:gates", _("Go to the gates"), "pass", "portal.view_project")
    return None


def _towards(request: Any, project: Any, sentence: str, url_name: str, label: str, tone: str, permission: str) -> NextStep:
    """A step with a button, if the page exists and the person may open it."""
    url = project_url(url_name, request, project) if permission in project_permissions_of(request.actor, project) else ""
    return NextStep(sentence, url, label if url else "", tone)
