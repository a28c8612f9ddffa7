"""What this slice puts into the list of work: open proposals, and numbers that nobody has looked for in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assessments.checklists.work import WorkRow, WorkSource, register_source, shaped
from compliance.filings.pages.addresses import url_of
from compliance.filings.queries import workable_by
from compliance.filings.states import OWED, SETTLED
from compliance.upkeep.duty import duties, latest_checks
from compliance.upkeep.models import FilingProposal
from compliance.upkeep.states import ProposalState
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.projects.states import Stage
from portal.tenants.clock import organisation_today

AHEAD = timedelta(days=14)
_ENDED = (Stage.STOPPED, Stage.RETIRED, Stage.ON_HOLD)


def _shaped(rows: QuerySet[Any], kind: str, path: str, due: Any) -> QuerySet[Any]:
    def named(column: str, organisation: str) -> Coalesce:
        return Coalesce(f"{path}project__{column}", Value(organisation), output_field=CharField())

    return shaped(
        rows,
        kind=kind,
        project=F(f"{path}project_id"),
        code=named("code", ""),
        zh=named("name_zh", "本单位"),
        en=named("name_en", "The organisation"),
        key=F(f"{path}regime"),
        due=due,
        version=F(f"{path}catalogue_version"),
    )


def proposals_for(actor: Actor) -> QuerySet[Any]:
    """Open proposals for filings that the person may carry through; also of projects that have ended."""
    rows = FilingProposal.objects.filter(state=ProposalState.OPEN, filing__in=workable_by(actor).values("pk"))
    return _shaped(rows.exclude(filing__project__stage=Stage.ON_HOLD), "filing_proposal", "filing__", F("due_on"))


def displays_for(actor: Actor) -> QuerySet[Any]:
    """Filings whose number has to be shown and has not been looked for, or has to be again within 14 days: of those in charge of them."""
    states = sorted(str(state) for state in SETTLED | OWED)
    rows = workable_by(actor).filter(Q(owner_id=actor.user_id) | Q(owner=None), state__in=states, regime__in=duties(catalogue()))
    looked = latest_checks().filter(filing_id=OuterRef("pk")).order_by("next_check_on").values("next_check_on")[:1]
    rows = rows.exclude(number="").exclude(project__stage__in=_ENDED).annotate(look_on=Coalesce(Subquery(looked), F("approved_on")))
    rows = rows.filter(look_on__lte=organisation_today() + AHEAD)
    return _shaped(rows, "filing_display", "", F("look_on"))


def _title(row: WorkRow) -> str:
    entry = catalogue(row.version or None).filings.get(row.key)
    return tr(entry.name) if entry is not None else row.key


def _to(anchor: str) -> Any:
    return lambda row, slug: f"{url_of(slug, row.project_id, row.key)}#{anchor}"


def install() -> None:
    """Register the sources."""
    register_source(
        WorkSource(
            "filing_proposal",
            _("Filings to change, renew or cancel"),
            39,
            proposals_for,
            _("Look"),
            "attention",
            title=_title,
            url=_to("proposals"),
        )
    )
    register_source(
        WorkSource(
            "filing_display",
            _("Numbers to look for"),
            46,
            displays_for,
            _("Check the display"),
            "attention",
            title=_title,
            url=_to("display"),
        )
    )
