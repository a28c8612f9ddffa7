"""Reading reports."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from assessments.gates.models import GateRound
from assessments.gates.states import POSITIVE, RoundState
from compliance.reports.models import Report
from compliance.reports.states import ReportState
from portal.core.access import Actor
from portal.core.errors import NotFound
from portal.core.tenancy import tenant_context
from portal.projects.access import projects_visible_to
from portal.projects.models import Project
from portal.tenants.models import Tenant


def with_standing(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with ``superseded``: a later round of the same gate was decided, for or against. One that was returned decides nothing."""
    newer = GateRound.objects.filter(
        project_id=OuterRef("project_id"),
        gate=OuterRef("round__gate"),
        number__gt=OuterRef("round__number"),
        state__in=(*POSITIVE, RoundState.REJECTED),
    )
    return rows.annotate(superseded=Exists(newer))


def reports_of(project: Project) -> QuerySet[Report]:
    """Reports of a project, newest first, with what a row shows."""
    rows: QuerySet[Report] = (
        with_standing(Report.objects.filter(project=project))
        .select_related("round", "job", "ordered_by")
        .only(
            *_SHOWN,
            "round__stale_since",
            "round__gate",
            "round__number",
            "round__state",
            "round__valid_until",
            "job__state",
            "job__stage",
            "job__progress",
            "job__failure",
            "job__kind",
            "job__ordered_by",
            "ordered_by__name",
        )
        .order_by("-ordered_at", "-id")
    )
    return rows


_SHOWN = (
    *("tenant", "project", "number", "edition", "gate", "language", "state", "draft", "lapsed", "failure", "size", "pages"),
    *("content_sha256", "ordered_at", "made_at", "keep_until", "deleted_at", "file_key", "file_sha256", "verify_code"),
)


def report_of(project: Project, report_id: UUID) -> Report:
    """One report of a project; raises NotFound."""
    rows = with_standing(Report.objects.select_related("round", "job", "ordered_by", "project"))
    found = rows.filter(project=project, pk=report_id).first()
    if found is None:
        raise NotFound()
    return found


def rounds_to_report(project: Project) -> list[GateRound]:
    """Rounds a report can be made of, newest first, without their frozen content."""
    rows = (
        GateRound.objects.filter(project=project).exclude(state=RoundState.WITHDRAWN).select_related("revision").defer("revision__content")
    )
    return list(rows.order_by("-opened_at", "-pk"))


def reports_visible_to(actor: Actor) -> QuerySet[Any]:
    """Reports of all projects the person may see, as rows for the organisation's list."""
    rows: QuerySet[Any] = with_standing(Report.objects.filter(project__in=projects_visible_to(actor).values("pk"))).values(
        *(
            "id",
            "number",
            "edition",
            "gate",
            "language",
            "state",
            "draft",
            "lapsed",
            "size",
            "pages",
            "ordered_at",
            "made_at",
            "keep_until",
        ),
        *("project_id", "project__code", "project__name_zh", "project__name_en", "round__stale_since", "job__state", "ordered_by__name"),
        *("round__state", "round__valid_until", "superseded"),
    )
    return rows


# Tenant in base 36 (at most what a bigint holds), then the 96 bits of `order_report`; nothing else comes near the database.
_CODE = re.compile(r"(?P<tenant>[0-9a-zA-Z]{1,10})-(?P<secret>[0-9a-f]{24})")


def verified_report(code: str) -> tuple[Report, Tenant] | None:
    """The report of a verification code "<tenant>-<code>" and its issuer, None for anything else. Needs no membership.

    The code names the organisation, so row-level security holds here as everywhere; nobody can list anything by guessing.
    """
    known = _CODE.fullmatch(code)
    if known is None:
        return None
    tenant = Tenant.objects.filter(pk=int(known["tenant"], 36)).first()
    if tenant is None:
        return None
    with tenant_context(tenant.pk):
        rows = with_standing(Report.objects.select_related("round")).filter(verify_code=known["secret"])
        found = rows.exclude(state=ReportState.ORDERED).first()
    return (found, tenant) if found is not None and found.content_sha256 else None


def verify_code_of(report: Report) -> str:
    """The code in the report's verification address."""
    digits, value = "", int(report.tenant_id or 0)
    while value:
        value, rest = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return f"{digits or '0'}-{report.verify_code}"
