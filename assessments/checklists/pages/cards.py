"""One item as its page shows it: question, input, verdict with its reason, proofs, people, what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from assessments.checklists import rules
from assessments.checklists.actions.submitting import why_not_submit
from assessments.checklists.files.kinds import accept_attribute
from assessments.checklists.models import Answer
from assessments.checklists.pages.addresses import ItemAddresses, Urls
from assessments.checklists.pages.fields import AnswerForm
from assessments.checklists.pages.figures import FiguresShown
from assessments.checklists.pages.proofs import EvidenceShown
from assessments.checklists.pages.scene import Need, Scene
from assessments.checklists.people import Holder
from assessments.checklists.states import AnswerState
from assessments.checklists.values import is_group, parts_of, say_answer, say_cell
from assessments.scoring.applying import visibility
from assessments.scoring.explain import waiting_in_words
from assessments.scoring.verdicts import ERROR, OPEN, PASS, RULE_GAP
from portal.catalogue import Text
from portal.catalogue.parts import Item, same
from portal.catalogue.words import fact_label
from portal.core import formats
from portal.core.access import Actor
from portal.projects.access import may_on_project


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere."""

    label: Any
    url: str


@dataclass(frozen=True)
class Figure:
    """A value that a rule reads, with the page where it is given."""

    label: Any
    value: Any
    known: bool
    url: str


@dataclass(frozen=True)
class Framework:
    """A reference of an item to a standard: its code and the standard's name."""

    code: str
    name: Any


@dataclass
class ItemCard(ItemAddresses):
    """Everything one item's template needs; texts in both languages where the content has them."""

    scene: Scene
    item: Item
    answer: Answer
    actor: Actor
    urls: Urls
    form: AnswerForm
    evidence: list[EvidenceShown]
    holders: Mapping[str, list[Holder]]
    figures: FiguresShown | None
    why_not: str
    raised_from: int = 0  # the version that the act just done took on to the next one, because it moved the figures

    @property
    def dom(self) -> str:
        """The code without its point, for ids of pieces (a point in a selector means a class)."""
        return self.item.id.replace(".", "-")

    @property
    def own_key(self) -> list[str]:
        """The code alone, where a form takes several."""
        return [self.item.id]

    @property
    def can(self) -> bool:
        """The person may answer it."""
        return not self.why_not

    @property
    def applies(self) -> bool:
        """It counts at present."""
        return self.answer.applies

    @cached_property
    def voluntary(self) -> bool:
        """Deeper than the tier asks: may be answered, counts nowhere."""
        tier = self.scene.content.tiers.tier(self.scene.assessment.tier)
        return self.item.depth not in tier.depths

    @cached_property
    def depth(self) -> Any:
        """The word for its depth."""
        return next(one.label for one in self.scene.content.tiers.depths if one.value == self.item.depth)

    @property
    def state_label(self) -> Any:
        """The word of the content for its state."""
        return self.scene.content.vocabularies["item_states"].label(self.answer.state)

    @property
    def verdict_tone(self) -> str:
        """Tone of the verdict badge: a waiver shows as such."""
        return "waived" if self.answer.state == AnswerState.WAIVED else self.answer.verdict

    @cached_property
    def verdict_note(self) -> str:
        """What stands beside the verdict: waits for something, no rule fits, broken rule."""
        remark = self.scene.verdict(self.key).remark
        if remark == RULE_GAP:
            return _("no rule fits exactly")
        if remark == ERROR:
            return _("rule cannot be evaluated")
        return _("waiting") if remark else ""

    @cached_property
    def rule(self) -> Mapping[str, Text]:
        """The rules for pass, attention and fail in words."""
        return self.scene.rules_in_words(self.key)

    @cached_property
    def because(self) -> str:
        """Why it stands so, in one sentence; empty for an item nobody answered."""
        if not self.applies or self.verdict_tone == "waived":
            return ""
        verdict = self.scene.verdict(self.key)
        if verdict.verdict == OPEN and not verdict.remark:
            return ""
        if verdict.remark == "waiting" and not verdict.waiting.names():
            return ""
        return capital(formats.in_language(self.scene.why(self.key).sentence))

    @cached_property
    def needs(self) -> list[Need]:
        """What a pass asks for, while there is no pass; empty if nothing can be said."""
        if not self.applies or self.answer.verdict in (PASS, "na"):
            return []
        return [need for need in self.scene.needs(self.key) if formats.in_language(need.text, "en") != "never"]

    @cached_property
    def waits_for(self) -> list[Link]:
        """Facts, items and figures the item waits for, each with the page where it is given."""
        if not (self.answer.waiting or self.answer.remark == "waiting"):
            return []
        return list(self._waiting_links())

    def _waiting_links(self) -> Iterable[Link]:
        content = self.scene.content
        verdict = self.scene.verdict(self.key)
        facts = list(verdict.waiting.facts)
        if self.answer.waiting and self.item.visible_if is not None:
            facts += visibility(self.scene.rules, self.item).waiting.facts
        for name in dict.fromkeys(facts):
            yield Link(fact_label(content.facts[name]), f"{self.urls.facts}#fact-{name}")
        for name in verdict.waiting.items:
            yield Link(f"{name} {formats.in_language(content.items[name].question)}", self.urls.item(name))
        for name in dict.fromkeys(output.partition(".")[0] for output in verdict.waiting.outputs):
            yield Link(content.calculators[name].name, self.urls.calculator(name))
        if verdict.waiting.filings:
            yield Link(_("the filing pre-check"), self.urls.filings)

    @cached_property
    def waiting_words(self) -> str:
        """The same in words."""
        return formats.in_language(waiting_in_words(self.scene.content, self.scene.verdict(self.key).waiting))

    @cached_property
    def headline(self) -> list[Figure]:
        """What the rule reads besides the answer itself: facts, figures of calculators, other items."""
        if not self.applies:
            return []
        found = []
        for one in self.scene.why(self.key).inputs:
            if one.source == "fact":
                found.append(Figure(one.label, one.value, one.known, f"{self.urls.facts}#fact-{one.id}"))
            elif one.source == "calc":
                name, _dot, output = one.id.partition(".")
                label = self.scene.content.calculators[name].outputs[output].label
                found.append(Figure(label, one.value, one.known, self.urls.calculator(name)))
            elif one.source == "item":
                found.append(Figure(same(one.id), one.value, one.known, self.urls.item(one.id)))
            elif one.source == "filings":
                found.append(Figure(one.label, one.value, one.known, self.urls.filings))
        return found

    @property
    def figures_name(self) -> str:
        """Names the calculator's table beside this item: several items of a page may show the same calculator."""
        return f"{self.key} {formats.in_language(self.figures.calculator.name)}" if self.figures is not None else self.key

    @cached_property
    def read(self) -> dict[str, Any]:
        """The answer for people who may not change it: rows of a table, or lines."""
        currency = self.scene.project.currency
        proofs = {str(one.id): one.name for one in self.evidence}
        if self.item.answer_type == "table" and not is_group(self.item):
            rows = parts_of(self.item, self.answer.value).table
            return {"columns": self.form.columns, "rows": [self._cells(row, currency, proofs) for row in rows]}
        lines = say_answer(self.item, self.answer.value, currency=currency, evidence=proofs)
        if is_group(self.item):
            lines = lines[0].split(" · ") if lines else []
        return {"rows": [], "lines": lines}

    def _cells(self, row: Mapping[str, Any], currency: str, proofs: Mapping[str, str]) -> list[dict[str, Any]]:
        return [
            {
                "label": column.label,
                "numeric": column.numeric,
                "value": say_cell(self.item.fields[column.column], row.get(column.column), currency=currency, evidence=proofs),
            }
            for column in self.form.columns
        ]

    @property
    def saved_at(self) -> Any:
        """When the answer was saved last, if it ever was."""
        return self.answer.answered_at

    @property
    def gate_name(self) -> Any:
        """Name of the gate it is due at."""
        gate = self.scene.content.gates.get(self.item.due_gate)
        return gate.name if gate is not None else ""

    @property
    def most_bytes(self) -> int:
        """The largest file that is taken."""
        return int(settings.EVIDENCE_MAX_BYTES)

    @property
    def accept(self) -> str:
        """Extensions that are taken."""
        return accept_attribute()

    @property
    def dimension_label(self) -> Any:
        """Name of its dimension."""
        return self.scene.content.dimensions[self.item.dimension].label

    @property
    def has_file_columns(self) -> bool:
        """Cells name proofs of the item, so that its inputs follow its evidence."""
        return any(column.type == "file" for column in self.item.fields.values())

    @cached_property
    def frameworks(self) -> list[Framework]:
        """References with the names of the standards."""
        by_prefix = {one.prefix: one.name for one in self.scene.content.frameworks.values()}
        return [Framework(code, by_prefix.get(code.partition(":")[0], "")) for code in self.item.refs]

    @cached_property
    def article(self) -> list[Any]:
        """Points of the source article that the item covers."""
        return [
            self.scene.content.article_points[name].text for name in self.item.article_points if name in self.scene.content.article_points
        ]

    @property
    def answers_role(self) -> Any:
        """Name of the role that answers."""
        return self.scene.content.roles[self.item.answered_by].name

    @property
    def approves_role(self) -> Any:
        """Name of the role that approves."""
        return self.scene.content.roles[self.item.approved_by].name

    @property
    def answerers(self) -> list[Holder]:
        """Holders of the role that answers."""
        return self.holders.get(self.item.answered_by, [])

    @property
    def approvers(self) -> list[Holder]:
        """Holders of the role that approves."""
        return self.holders.get(self.item.approved_by, [])

    @cached_property
    def submit_refusal(self) -> str:
        """What it lacks before it can be handed over."""
        return self.why_not or why_not_submit(self.answer)

    @property
    def can_submit(self) -> bool:
        """It could be handed over as it is stored."""
        return not self.submit_refusal

    @property
    def offers_submit(self) -> bool:
        """The button "save and submit" makes sense: the person may answer, and it is not with a reviewer already."""
        return self.can and self.applies and self.answer.state not in (AnswerState.IN_REVIEW, AnswerState.WAIVED, AnswerState.EXPIRED)

    @property
    def can_recall(self) -> bool:
        """It is in review and the person could have answered it."""
        return self.can and self.answer.state == AnswerState.IN_REVIEW

    @cached_property
    def can_assign(self) -> bool:
        """The person may hand it to somebody."""
        return not rules.why_not_assign(self.actor, self.scene.project)

    @cached_property
    def can_comment(self) -> bool:
        """The person may comment."""
        return not rules.why_not_comment(self.actor, self.scene.project)

    @cached_property
    def may_review(self) -> bool:
        """The person may see the review page of the item."""
        return may_on_project(self.actor, "assessments.review_item", self.scene.project)

    @property
    def version(self) -> int:
        """The version the form is based on."""
        return self.answer.version


def capital(sentence: str) -> str:
    """The sentence with a capital letter and a full stop of its language."""
    if not sentence:
        return ""
    stop = "。" if any("\u4e00" <= sign <= "\u9fff" for sign in sentence) else "."
    return sentence[0].upper() + sentence[1:] + ("" if sentence[-1] in ".。!?！？" else stop)
