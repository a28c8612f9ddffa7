"""The evidence library of a project: every proof with what it serves, filters, pages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.checklists import rules
from assessments.checklists.models import AnswerEvidence, Evidence
from assessments.checklists.pages.dimension import urls_of
from assessments.checklists.pages.proofs import EvidenceShown, evidence_shown
from portal.tenants.clock import organisation_today

PAGE = 50
SHOWN = ("expired", "expiring", "unused", "personal")


@dataclass(frozen=True)
class LibraryRow:
    """A proof in the library with the items it serves."""

    proof: Evidence
    shown: EvidenceShown
    items: list[str]
    changeable: bool

    @property
    def key(self) -> str:
        """The proof's id as text, for ids of its fields."""
        return str(self.proof.pk)


@dataclass(frozen=True)
class LibraryPage:
    """One page of the library."""

    rows: list[LibraryRow]
    after: str
    shown: str
    query: str
    total: int
    can_add: bool
    chips: list[dict[str, Any]]
    next_url: str
    first_url: str

    @property
    def filtered(self) -> bool:
        """Any filter is on."""
        return bool(self.shown or self.query)

    @property
    def summary(self) -> str:
        """How much there is."""
        return ngettext("%(n)d proof", "%(n)d proofs", self.total) % {"n": self.total}


def library_page(request: Any, *, only: UUID | None = None) -> LibraryPage:
    """The proofs of the project, newest first; or one of them alone. Four queries, however many proofs."""
    query = request.GET.get("q", "").strip()[:80]
    shown = request.GET.get("show", "")
    every = Evidence.objects.filter(project=request.project, removed_at=None)
    chosen = _chosen(every, shown, query)
    mark = _read_mark(request.GET.get("after", ""))
    if mark is not None:
        at, pk = mark
        chosen = chosen.filter(Q(added_at__lt=at) | Q(added_at=at, pk__lt=pk))
    if only is not None:
        chosen = chosen.filter(pk=only)
    found = list(chosen.select_related("added_by").order_by("-added_at", "-pk")[: PAGE + 1])
    proofs = found[:PAGE]
    items: dict[Any, list[str]] = {}
    links = AnswerEvidence.objects.filter(evidence__in=proofs).order_by("answer__position")
    for evidence_id, key in links.values_list("evidence_id", "answer__item_key"):
        items.setdefault(evidence_id, []).append(key)
    urls, today = urls_of(request), organisation_today()
    for proof in proofs:
        proof.project = request.project
    rows = [
        LibraryRow(
            proof,
            evidence_shown(proof, urls, today),
            items.get(proof.pk, []),
            not rules.why_not_remove_evidence(request.actor, request.project, proof),
        )
        for proof in proofs
    ]
    shown = shown if shown in SHOWN else ""
    after = f"{proofs[-1].added_at.isoformat()}~{proofs[-1].pk}" if len(found) > PAGE else ""
    asked = {name: value for name, value in (("show", shown), ("q", query)) if value}
    labels = {"expired": _("Expired"), "expiring": _("Expire within 30 days"), "unused": _("Not used"), "personal": _("Personal data")}
    chips = [{"label": _("All"), "url": "?", "on": not shown}]
    return LibraryPage(
        rows=rows,
        after=after,
        shown=shown,
        query=query,
        total=every.count(),
        can_add=not rules.why_not_add_evidence(request.actor, request.project),
        chips=chips + [{"label": label, "url": f"?show={name}", "on": shown == name} for name, label in labels.items()],
        next_url=f"?{urlencode({**asked, 'after': after})}" if after else "",
        first_url=f"?{urlencode(asked)}" if mark is not None else "",
    )


def _chosen(rows: Any, shown: str, query: str) -> Any:
    today = organisation_today()
    match shown:
        case "expired":
            rows = rows.filter(expires_on__lt=today)
        case "expiring":
            rows = rows.filter(expires_on__gte=today, expires_on__lte=today + dt.timedelta(days=30))
        case "unused":
            rows = rows.filter(answer_links=None)
        case "personal":
            rows = rows.filter(personal_data=True)
    return rows.filter(Q(name__icontains=query) | Q(url__icontains=query) | Q(text__icontains=query)) if query else rows


def _read_mark(after: str) -> tuple[dt.datetime, UUID] | None:
    at, _, pk = after.partition("~")
    try:
        return dt.datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        return None
