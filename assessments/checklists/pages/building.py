"""The cards of some items, with what they share fetched once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from assessments.checklists import rules
from assessments.checklists.models import AnswerEvidence, Evidence
from assessments.checklists.pages.addresses import Urls
from assessments.checklists.pages.cards import ItemCard
from assessments.checklists.pages.fields import answer_form
from assessments.checklists.pages.figures import figures_of
from assessments.checklists.pages.proofs import evidence_shown
from assessments.checklists.pages.scene import Scene
from assessments.checklists.people import holders_by_role
from portal.core.access import Actor


def build_cards(
    scene: Scene,
    keys: Iterable[str],
    *,
    actor: Actor,
    urls: Urls,
    posted: QueryDict | None = None,
    faults: Mapping[str, str] | None = None,
) -> list[ItemCard]:
    """Cards of some items, in the order of the content. ``posted`` and ``faults`` belong to the only item asked for."""
    wanted = list(keys)
    answers = scene.stored(wanted)
    links: dict[Any, list[Evidence]] = {}
    rows = AnswerEvidence.objects.filter(answer_id__in=[answer.pk for answer in answers.values()], evidence__removed_at=None)
    for link in rows.select_related("evidence").order_by("evidence__added_at"):
        links.setdefault(link.answer_id, []).append(link.evidence)
    holders = holders_by_role(scene.project)
    cards = []
    for item in scene.content.items.values():
        answer = answers.get(item.id)
        if answer is None:
            continue
        why_not = rules.why_not_answer(actor, scene.project, item, answer)
        proofs = links.get(answer.pk, [])
        shown = [
            evidence_shown(
                row,
                urls,
                scene.today,
                "" if why_not else urls.named("assessments:item_evidence_detach", item_key=item.id, evidence_id=row.pk),
            )
            for row in proofs
        ]
        cards.append(
            ItemCard(
                scene=scene,
                item=item,
                answer=answer,
                actor=actor,
                urls=urls,
                form=answer_form(
                    item,
                    answer.value,
                    answer.note,
                    currency=scene.project.currency,
                    proofs={str(row.pk): row.name for row in proofs},
                    posted=posted,
                    faults=faults,
                ),
                evidence=shown,
                holders=holders,
                figures=figures_of(scene, item, urls),
                why_not=why_not,
            )
        )
    return cards
