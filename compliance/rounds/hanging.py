"""What rounds of questions hang into the product: a part of the filing's page, a view beside the list, work, messages."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessments.checklists.work import RESTING, WorkRow, WorkSource, register_source, shaped
from compliance.filings import registry
from compliance.filings.hanging import to_filing
from compliance.filings.history import EVENTS as FILING_EVENTS
from compliance.filings.pages.addresses import url_of
from compliance.rounds.actions.answering import YOURS_NOTICE
from compliance.rounds.actions.replying import after_correction, after_step, why_not_resubmit
from compliance.rounds.history import EVENTS, SENTENCES
from compliance.rounds.models import AuthorityQuestion
from compliance.rounds.pages import part
from compliance.rounds.states import QuestionState, RoundState
from portal.audit import sentences
from portal.core.access import Actor
from portal.notices import kinds


def install() -> None:
    """Register everything once, from ``AppConfig.ready``."""
    registry.on_stepped(30, after_step)
    registry.on_corrected(30, after_correction)
    registry.refuse_step(why_not_resubmit)
    registry.register_part(registry.Part(10, "rounds", "compliance/rounds/part.html", part))
    registry.register_view(registry.View(60, "rounds", pgettext_lazy("filings", "Questions"), "compliance:filings_rounds"))
    sentences.register(SENTENCES)
    FILING_EVENTS.update(EVENTS)
    register_source(
        WorkSource(
            "filing_question", _("Questions of authorities"), 38, _mine, _("Answer"), "attention", title=lambda row: row.note, url=_url
        )
    )
    kinds.declare(
        YOURS_NOTICE,
        _("Question {number} on “{filing}” is yours to answer ({project})"),
        _("{by} gave it to you. Reply due: {due}. {question}"),
        url=to_filing,
        label=_("A question of an authority is mine to answer"),
        tone="attention",
    )


def _mine(actor: Actor) -> QuerySet[Any]:
    """Open questions that were given to the person."""
    rows = AuthorityQuestion.objects.filter(assignee_id=actor.user_id, state=QuestionState.OPEN, round__state=RoundState.OPEN)

    def named(column: str, organisation: str) -> Coalesce:
        return Coalesce(f"filing__project__{column}", Value(organisation), output_field=CharField())

    return shaped(
        rows.exclude(filing__project__stage__in=RESTING),
        kind="filing_question",
        project=F("filing__project_id"),
        code=named("code", ""),
        zh=named("name_zh", "本单位"),
        en=named("name_en", "The organisation"),
        key=F("filing__regime"),
        due=F("round__due_on"),
        note=F("text"),
        version=F("filing__catalogue_version"),
    )


def _url(row: WorkRow, slug: str) -> str:
    return f"{url_of(slug, row.project_id, row.key)}#question-{row.id}"
