"""The page of one dimension: its items in sections, the ten dimensions beside them, what the next gate lacks, what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from assessments.checklists.actions.submitting import why_not_submit
from assessments.checklists.history import latest_of
from assessments.checklists.pages.addresses import Urls
from assessments.checklists.pages.building import build_cards
from assessments.checklists.pages.cards import ItemCard
from assessments.checklists.pages.scene import DimensionEntry, Scene
from assessments.checklists.pages.sidebar import Lack, lacks
from assessments.checklists.people import members_who_answer
from assessments.checklists.rules import why_not_assign
from portal.catalogue.parts.items import Dimension
from portal.core.errors import NotFound

FILTERS = ("open", "mine", "blockers", "review")


@dataclass(frozen=True)
class Section:
    """Items that stand together. ``folded``: shown only when opened (voluntary ones, hidden ones)."""

    key: str
    title: str
    lead: str
    cards: list[ItemCard]
    folded: bool = False


@dataclass(frozen=True)
class DimensionPage:
    """Everything the page of a dimension shows."""

    dimension: Dimension
    entry: DimensionEntry
    entries: list[DimensionEntry]
    sections: list[Section]
    ready: list[ItemCard]
    lacks: list[Lack]
    latest: list[dict[str, Any]]
    shown: str
    counts: dict[str, int]
    previous: DimensionEntry | None
    following: DimensionEntry | None
    chips: list[dict[str, Any]]
    people: list[Any]
    submit_url: str
    assign_url: str

    @property
    def keys(self) -> list[str]:
        """Items that apply and that somebody answers, for assigning them all."""
        return [card.key for card in self.cards if card.applies and not card.item.computed]

    @property
    def cards(self) -> list[ItemCard]:
        """All cards in order."""
        return [card for section in self.sections for card in section.cards]


def urls_of(request: HttpRequest) -> Urls:
    """Addresses inside the request's project."""
    return Urls(request.tenant.slug, request.project.pk)  # type: ignore[attr-defined]


def dimension_page(request: Any, dimension_id: str) -> DimensionPage:
    """Read and put together the page. Raises :class:`NotFound` for an unknown dimension."""
    scene = Scene(request.project)
    if dimension_id not in scene.content.dimensions:
        raise NotFound()
    keys = [item.id for item in scene.content.items_by_dimension[dimension_id]]
    scene = Scene(request.project, keys, assessment=scene.assessment)
    urls = urls_of(request)
    cards = build_cards(scene, keys, actor=request.actor, urls=urls)
    shown = request.GET.get("show", "")
    entries = scene.dimensions(urls)
    place = next(number for number, entry in enumerate(entries) if entry.id == dimension_id)
    applying = [card for card in cards if card.applies]
    counts = {name: sum(_matches(card, name, request.actor) for card in applying) for name in FILTERS}
    return DimensionPage(
        dimension=scene.content.dimensions[dimension_id],
        entry=entries[place],
        entries=entries,
        sections=_sections(cards, shown if shown in FILTERS else "", request.actor),
        ready=[card for card in applying if card.can and not why_not_submit(card.answer)],
        lacks=lacks(request, scene),
        latest=latest_of(request.project),
        shown=shown if shown in FILTERS else "",
        counts=counts,
        previous=entries[place - 1] if place else None,
        following=entries[place + 1] if place + 1 < len(entries) else None,
        chips=_chips(shown if shown in FILTERS else "", counts, len(applying)),
        people=list(members_who_answer(request.project)) if not why_not_assign(request.actor, request.project) else [],
        submit_url=urls.named("assessments:dimension_submit", dimension=dimension_id),
        assign_url=urls.named("assessments:items_assign"),
    )


def _chips(shown: str, counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    labels = {"open": _("To do"), "mine": _("Mine"), "blockers": _("Blockers"), "review": _("In review")}
    chips = [{"label": _("All"), "url": "?", "count": total, "on": not shown}]
    return chips + [{"label": label, "url": f"?show={name}", "count": counts[name], "on": shown == name} for name, label in labels.items()]


def _matches(card: ItemCard, name: str, actor: Any) -> bool:
    match name:
        case "open":
            return card.answer.verdict == "open" or card.answer.state in ("returned", "expired")
        case "mine":
            return card.answer.assignee_id == actor.user_id or (card.answer.assignee_id is None and card.can)
        case "blockers":
            return card.item.blocker
        case "review":
            return card.answer.state == "in_review"
    return True


def _sections(cards: list[ItemCard], shown: str, actor: Any) -> list[Section]:
    applying = [card for card in cards if card.applies and _matches(card, shown, actor)]
    voluntary = [card for card in cards if not card.applies and card.voluntary]
    hidden = [card for card in cards if not card.applies and not card.voluntary]
    sections = [Section("applying", "", "", applying)]
    if voluntary and not shown:
        lead = _(
            "These items go deeper than the tier of this project asks for. "
            "Answers are kept and can be used by calculators; they count nowhere."
        )
        sections.append(Section("voluntary", _("Voluntary items"), lead, voluntary, folded=True))
    if hidden and not shown:
        lead = _("The facts of this project rule these items out. They come back when the facts change.")
        sections.append(Section("hidden", _("Items that do not apply"), lead, hidden, folded=True))
    return sections
