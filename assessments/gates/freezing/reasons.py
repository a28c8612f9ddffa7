"""Why each item stands where it stands, judged on what is stored at the freeze."""

from __future__ import annotations

from assessments.gates.standing import Standing
from assessments.scoring.applying import Application, applications
from assessments.scoring.explain import explain_verdict
from assessments.scoring.functions import ItemRules
from assessments.scoring.verdicts import Verdict, judge_item
from portal.catalogue import Text
from portal.core.expressions import ExpressionError

_DEEPER = Text("深度超出评估档位", "deeper than the assessment tier asks")
_HIDDEN = Text("显示条件不成立", "its condition is not met")


class Reasons:
    """Applications and verdicts of all items, with words."""

    def __init__(self, standing: Standing) -> None:
        self._content = standing.content
        self._context = standing.context
        self._rules = ItemRules(self._context)
        self._applications = applications(self._rules, standing.assessment.tier)
        self._verdicts: dict[str, Verdict | None] = {}
        for name, one in self._applications.items():
            self._verdicts[name] = self._judge(name) if one.applies else None

    def _judge(self, name: str) -> Verdict:
        try:
            return judge_item(self._rules, self._content.items[name])
        except ExpressionError as error:
            return Verdict(name, "open", "error", error=str(error))

    def application(self, item: str) -> Application:
        """Whether the item applies and why not."""
        return self._applications[item]

    def verdict(self, item: str) -> Verdict | None:
        """The verdict; None for an item that does not apply."""
        return self._verdicts[item]

    def verdict_in_words(self, item: str) -> Text:
        """Why the verdict came out: the rule that decided, in words."""
        verdict = self._verdicts[item]
        if verdict is None:
            return _DEEPER if self._applications[item].not_applying == "depth" else _HIDDEN
        entry = self._content.items[item]
        return explain_verdict(self._context, entry, verdict).sentence
