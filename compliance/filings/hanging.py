"""What this slice hangs into the product: records follow facts, people see the difference before they save, work, messages, pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.scoring.registry import register_filing_provider
from compliance.filings import registry as views
from compliance.filings import tasks as _tasks  # noqa: F401 - the kind of its job must be known where it is ordered
from compliance.filings import work
from compliance.filings.actions.deciding import DECIDED_NOTICE, KEPT_NOTICE, SECOND_NOTICE, WITHDRAW_NOTICE
from compliance.filings.actions.planning import OWNER_NOTICE
from compliance.filings.clocks import note_next_date
from compliance.filings.effects import filing_effects
from compliance.filings.evaluation import LAPSED_NOTICE, NEW_NOTICE, evaluate_project
from compliance.filings.history import SENTENCES
from compliance.filings.nightly import NIGHT_NOTICE
from compliance.filings.provider import provider
from portal.audit import sentences
from portal.core import navigation
from portal.notices import kinds
from portal.projects import registry
from portal.projects.models import Project
from portal.tenants.models import User


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    register_filing_provider(provider)
    registry.register_effects(20, filing_effects)
    registry.on_project_registered(10, _registered)
    registry.on_facts_saved(10, _saved)
    registry.register_tab(registry.Tab(30, "filings", _("Filings"), "compliance:project_filings", "compliance.view_project_filings"))
    navigation.register(
        navigation.Entry(
            40,
            "filings",
            _("Filings"),
            "file-certificate",
            "compliance:filings",
            "compliance.view_filings",
            count=_count,
        )
    )
    views.register_view(views.View(10, "list", _("List"), "compliance:filings"))
    sentences.register(SENTENCES)
    work.install()
    _declare_notices()


def _count(request: HttpRequest) -> int:
    return work.count_waiting(request.actor)  # type: ignore[attr-defined]


def _declare_notices() -> None:
    kinds.declare(
        LAPSED_NOTICE,
        _("The decision on “{filing}” no longer stands ({project})"),
        _("A fact it rests on has changed. Look at the filing again and decide anew; until then the rule’s result counts."),
        url=_to_project,
        label=_("A decision of mine on a filing no longer stands"),
        tone="attention",
    )
    kinds.declare(
        NEW_NOTICE,
        _("{count} filings of {project} wait for your decision"),
        _("{required} of them are required by the rules. Confirm or reject each with a reason."),
        url=_to_project,
        label=_("Filings wait for my decision"),
        tone="attention",
    )
    kinds.declare(
        NIGHT_NOTICE,
        _("Filings of {projects} projects moved with the date or the content"),
        _(
            "{appeared} came onto the list, {result_moved} have another result, {timing_moved} came into force or out of it, "
            "{decision_lapsed} decisions lapsed. Nobody changed a fact."
        ),
        url=_to_changed,
        label=_("Filings moved with the date or the content"),
        tone="attention",
    )
    kinds.declare(
        SECOND_NOTICE,
        _("A decision on “{filing}” waits for a second person ({project})"),
        _("{by} has decided. A person of another role has to agree or object."),
        url=to_filing,
        label=_("A decision on a filing waits for me as the second person"),
        tone="attention",
    )
    kinds.declare(
        WITHDRAW_NOTICE,
        _("The decision on “{filing}” shall be taken back ({project})"),
        _("{by} asks for it: {reason} It counts until a person of another role agrees; that person can object too."),
        url=to_filing,
        label=_("Taking a decision on a filing back waits for me as the second person"),
        tone="attention",
    )
    kinds.declare(
        KEPT_NOTICE,
        _("The decision on “{filing}” stays ({project})"),
        _("{by} objected to taking it back: {reason}"),
        url=to_filing,
        label=_("Somebody objected to my wish to take a decision on a filing back"),
        tone="attention",
    )
    kinds.declare(
        DECIDED_NOTICE,
        _("“{filing}”: {result}"),
        _("{by} was the second person of this decision."),
        url=to_filing,
        label=_("A filing was decided by two people"),
        tone="info",
    )
    kinds.declare(
        OWNER_NOTICE,
        _("You carry “{filing}” through"),
        _("{by} put you in charge. Due: {due}."),
        url=to_filing,
        label=_("A filing is mine to carry through"),
        tone="info",
    )


def _to_changed(notice: Any, slug: str) -> str:
    return f"{reverse('compliance:filings', kwargs={'tenant_slug': slug})}?sort=changed"


def _to_project(notice: Any, slug: str) -> str:
    if notice.project_id is None:
        return reverse("compliance:organisation_filings", kwargs={"tenant_slug": slug})
    return reverse("compliance:project_filings", kwargs={"tenant_slug": slug, "project_id": notice.project_id})


def to_filing(notice: Any, slug: str) -> str:
    """The page of the filing that a message is about."""
    regime = notice.params.get("regime", "")
    if not regime:
        return _to_project(notice, slug)
    if notice.project_id is None:
        return reverse("compliance:organisation_filing", kwargs={"tenant_slug": slug, "regime": regime})
    return reverse("compliance:filing", kwargs={"tenant_slug": slug, "project_id": notice.project_id, "regime": regime})


def _registered(project: Project, by: User) -> None:
    evaluate_project(project, by=by)


def _saved(project: Project, changed: Mapping[str, tuple[Any, Any]], by: User) -> None:
    evaluate_project(project, by=by, tell=by is not None)  # what the date moves is told once for all projects (nightly)
    note_next_date(project)  # one that applies no more has no date to keep
