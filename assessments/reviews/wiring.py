"""What the reviews slice hangs into the frame: navigation, sentences, kinds of messages, work to do, the nightly task."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.checklists import hooks, work
from assessments.reviews.pages import count_waiting
from assessments.reviews.queries import review_queue_of, waivers_waiting_for
from assessments.reviews.waiving import lapse_waivers_of
from portal.audit import sentences
from portal.core import navigation
from portal.notices import kinds

SENTENCES: dict[str, Any] = {
    "assessments.item.approved": _("approved {item}"),
    "assessments.item.returned": _("sent {item} back: {reason}"),
    "assessments.waiver.requested": _("asked for a waiver of {item} until {until}: {reason}"),
    "assessments.waiver.signed": _("signed the waiver of {item}"),
    "assessments.waiver.refused": _("refused the waiver of {item}: {reason}"),
    "assessments.waiver.withdrawn": _("withdrew the waiver of {item}: {reason}"),
    "assessments.waiver.lapsed": _("the waiver of {item} lapsed"),
    "assessments.delegation.made": _("let {receiver} sign for {giver} until {until}"),
    "assessments.delegation.revoked": _("took the delegation to {receiver} back"),
}


def _count(request: HttpRequest) -> int:
    return count_waiting(request.actor)  # type: ignore[attr-defined]


def _review_url(row: work.WorkRow, slug: str) -> str:
    return reverse("assessments:review_item", kwargs={"tenant_slug": slug, "project_id": row.project_id, "item_key": row.key})


def _waivers_url(row: work.WorkRow, slug: str) -> str:
    return reverse("assessments:waivers", kwargs={"tenant_slug": slug, "project_id": row.project_id})


def install() -> None:
    """Hang the slice on; called from ``AppConfig.ready``."""
    sentences.register(SENTENCES)
    hooks.on_items_removed(lapse_waivers_of)
    navigation.register(
        navigation.Entry(30, "review", _("Review queue"), "clipboard-check", "assessments:review_queue", "*member", count=_count)
    )
    work.register_source(
        work.WorkSource(
            "review",
            _("To review"),
            30,
            rows=lambda actor: work.as_rows(
                review_queue_of(actor).select_related(None), kind="review", blocker=F("blocker"), version=F("assessment__catalogue_id")
            ),
            act=_("Review"),
            tone="review",
            url=_review_url,
        )
    )
    work.register_source(
        work.WorkSource(
            "waiver",
            _("Waivers to sign"),
            40,
            rows=lambda actor: work.as_rows(
                waivers_waiting_for(actor).select_related(None), kind="waiver", due="until", version=F("answer__assessment__catalogue_id")
            ),
            act=_("Sign or refuse"),
            tone="waived",
            url=_waivers_url,
        )
    )
    kinds.declare(
        "assessments.item_returned",
        _("{by} sent {item} of {project} back"),
        _("{reason}"),
        label=_("An item I answered is sent back"),
        tone="attention",
    )
    kinds.declare(
        "assessments.waiver_waiting",
        _("A waiver of {item} of {project} waits for your signature"),
        _("Asked for by {by}."),
        label=_("A waiver waits for my signature"),
        tone="attention",
    )
    kinds.declare(
        "assessments.waiver_active",
        _("The waiver of {item} of {project} is in force"),
        _("It lapses by itself after {until}."),
        label=_("A waiver I asked for is in force"),
        tone="pass",
    )
    kinds.declare(
        "assessments.waiver_lapsed",
        _("The waiver of {item} of {project} has lapsed"),
        _("The item counts again. Close the gap or ask for a new waiver."),
        label=_("A waiver of mine has lapsed"),
        tone="fail",
    )
    kinds.declare(
        "assessments.delegated",
        _("{giver} lets you sign in his or her place"),
        _("Until {until}. What you sign shows the delegation."),
        label=_("Somebody delegated a signature to me"),
        tone="info",
    )
