"""One look at the checklists of a project: what is stored, and why it is judged as it is. Each thing is read once.

scene = Scene(project)                      # reads lazily
scene.dimensions()                          # ten entries: state, answered of total, score
scene.verdict("D9.03"), scene.why("D9.03")  # judged on what is stored, with the rule in words
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, cast

from assessments.checklists.dependencies import dependencies
from assessments.checklists.judging import ProjectView
from assessments.checklists.loading import AnswerRow, load_answers, load_runs, read_rows
from assessments.checklists.models import Answer, Assessment
from assessments.checklists.states import AnswerState
from assessments.checklists.summary import Standing, letter
from assessments.scoring.answers import ItemAnswer
from assessments.scoring.context import ProjectContext
from assessments.scoring.explain import Explanation, explain_verdict, rules_of_item
from assessments.scoring.functions import ItemRules
from assessments.scoring.verdicts import OPEN, Verdict, judge_items
from portal.catalogue import Catalogue, Text, catalogue
from portal.catalogue.parts import Calculator, Item
from portal.catalogue.words import Lexicon, say_rule
from portal.core.errors import NotFound
from portal.core.expressions import UNKNOWN, Expression, ExpressionError
from portal.core.expressions.evaluation import Run, compile_tree
from portal.core.expressions.tree import Junction, Tree
from portal.projects.facts.queries import project_facts
from portal.projects.models import Project
from portal.projects.strip import LETTERS
from portal.tenants.clock import organisation_today


@dataclass(frozen=True)
class DimensionEntry:
    """One of the ten dimensions in the list beside the items: ``tone`` of its symbol, how much is answered."""

    id: str
    label: Text
    summary: Text
    tone: str
    answered: int
    total: int
    in_review: int
    approved: int
    blockers: int
    url: str = ""


@dataclass(frozen=True)
class Need:
    """One thing that a pass asks for: met, not met, or (None) waiting for something unknown."""

    text: Text
    met: bool | None


class Scene:
    """The checklists of one project as stored. ``wanted``: items that will be explained (all by default)."""

    def __init__(self, project: Project, wanted: Collection[str] | None = None, *, assessment: Assessment | None = None) -> None:
        self.project = project
        self._wanted = wanted
        self.figures: dict[str, Any] = {}  # calculators already put into words
        if assessment is not None:
            self.__dict__["assessment"] = assessment

    @cached_property
    def assessment(self) -> Assessment:
        """The assessment. Raises :class:`NotFound` for a project that has none."""
        found = Assessment.objects.filter(project=self.project).first()
        if found is None:
            raise NotFound()
        return found

    @cached_property
    def content(self) -> Catalogue:
        """The version of the content the project is on."""
        return catalogue(self.assessment.catalogue_id)

    @cached_property
    def needed(self) -> frozenset[str]:
        """Items whose answers the explanations read."""
        if self._wanted is None:
            return frozenset(self.content.items)
        graph = dependencies(self.content)
        calculators = {name for item in self._wanted for name in (self.content.items[item].calculator,) if name}
        found = set(self._wanted)
        for item in self._wanted:
            reads = graph.reads(item)
            found |= reads.items
            calculators |= reads.calculators
        for calculator in calculators:
            found |= graph.answers_of[calculator]
        return frozenset(found)

    @cached_property
    def rows(self) -> dict[str, AnswerRow]:
        """Every item's row; values of the needed ones."""
        return load_answers(self.assessment, sorted(self.needed), self.today)

    @cached_property
    def today(self) -> Any:
        """The day everything is judged on."""
        return organisation_today()

    @cached_property
    def view(self) -> ProjectView:
        """The project seen through its facts."""
        return ProjectView.of(self.content, project_facts(self.project), today=self.today, project_id=self.project.pk)

    @cached_property
    def answers(self) -> dict[str, ItemAnswer]:
        """The needed answers as rules read them."""
        return read_rows(self.content, self.rows, self.needed)

    @cached_property
    def runs(self) -> dict[str, Any]:
        """The latest run of each calculator."""
        return load_runs(self.assessment)

    @cached_property
    def context(self) -> ProjectContext:
        """All that rules see."""
        outputs = {name: run.outputs for name, run in self.runs.items()}
        graph = dependencies(self.content)
        filings = any(graph.reads(item).filings for item in (self.content.items if self._wanted is None else self._wanted))
        return self.view.context(self.answers, outputs, filings=filings)

    @cached_property
    def rules(self) -> ItemRules:
        """Scopes for the rules of items."""
        return ItemRules(self.context)

    @cached_property
    def _verdicts(self) -> dict[str, Verdict]:
        items = [self.content.items[name] for name in self.needed if name in self.rows and self.rows[name].applies]
        return judge_items(self.rules, items)

    def item(self, key: str) -> Item:
        """The catalogue item. Raises :class:`NotFound` for an unknown one."""
        found = self.content.items.get(key)
        if found is None:
            raise NotFound()
        return found

    def verdict(self, key: str) -> Verdict:
        """How the item stands; one that does not apply is open."""
        return self._verdicts.get(key, Verdict(key, OPEN))

    def why(self, key: str) -> Explanation:
        """Why it stands so."""
        return explain_verdict(self.context, self.content.items[key], self.verdict(key))

    def rules_in_words(self, key: str) -> Mapping[str, Text]:
        """The three rules of the item in words."""
        return _rules_in_words(self.content.version, key)

    def calculator(self, name: str) -> Calculator:
        """The calculator. Raises :class:`NotFound` for an unknown one."""
        found = self.content.calculators.get(name)
        if found is None:
            raise NotFound()
        return found

    def needs(self, key: str) -> list[Need]:
        """What a pass of this item asks for, part by part, each met or not."""
        item = self.content.items[key]
        rule = item.rule.passes
        scope = self.rules.for_item(item)
        found = []
        for part, words in _parts(self.content.version, key):
            try:
                value = compile_tree(part, rule.text)(Run(scope.values, scope.functions, scope.yes_no))
            except ExpressionError:
                value = False  # nothing there yet that the rule could read
            found.append(Need(words, None if value is UNKNOWN else value is True))
        return found

    def dimensions(self, urls: Any = None) -> list[DimensionEntry]:
        """The ten dimensions as the list beside the items shows them: over everything that applies. ``urls`` makes them links."""
        found = []
        for dimension in self.content.dimensions.values():
            items = self.content.items_by_dimension[dimension.id]
            rows = [self.rows[item.id] for item in items if item.id in self.rows and self.rows[item.id].applies]
            standing = [Standing(row.verdict, row.state) for row in rows]
            blocking = {item.id for item in items if item.blocker}
            found.append(
                DimensionEntry(
                    id=dimension.id,
                    label=dimension.label,
                    summary=dimension.summary,
                    tone=LETTERS[letter(standing)],
                    answered=sum(row.verdict != OPEN or row.state == AnswerState.WAIVED for row in rows),
                    total=len(rows),
                    in_review=sum(row.state == AnswerState.IN_REVIEW for row in rows),
                    approved=sum(row.state in (AnswerState.APPROVED, AnswerState.NOT_APPLICABLE) for row in rows),
                    blockers=sum(
                        row.item in blocking and row.verdict in ("fail", "open") and row.state != AnswerState.WAIVED for row in rows
                    ),
                    url=urls.dimension(dimension.id) if urls is not None else "",
                )
            )
        return found

    def stored(self, keys: Collection[str]) -> dict[str, Answer]:
        """The full rows of some items, with the people on them. One query."""
        rows = Answer.objects.filter(assessment=self.assessment, item_key__in=keys).select_related("answered_by", "approved_by", "assignee")
        found = {}
        for row in rows:
            row.assessment, row.project = self.assessment, self.project
            found[row.item_key] = row
        return found


@lru_cache(maxsize=2048)
def _rules_in_words(version: str, key: str) -> Mapping[str, Text]:
    content = catalogue(version)
    return rules_of_item(content, content.items[key])


class _Part:
    """A part of a rule in the shape that the words of rules are made from."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree


@lru_cache(maxsize=2048)
def _parts(version: str, key: str) -> tuple[tuple[Tree, Text], ...]:
    """The parts of the pass rule that are joined by *and*, each with its words."""
    content = catalogue(version)
    item = content.items[key]
    tree = item.rule.passes.tree
    parts = tree.parts if isinstance(tree, Junction) and tree.word == "and" else (tree,)
    lexicon = Lexicon(content, item=item)
    return tuple((part, say_rule(cast(Expression, _Part(part)), lexicon)) for part in parts)
