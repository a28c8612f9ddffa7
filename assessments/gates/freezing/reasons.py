"""Why each item stands where it stands, judged on what is stored at the freeze."""

from __future__ import annotations

from assessments.gates.standing import Standing
from assessments.scoring.applying import Application, applications
from assessments.scoring.functions import ItemRules
from assessments.scoring.verdicts import NA, RULE_GAP, WAITING, Verdict, judge_item
from portal.catalogue import Text
from portal.catalogue.words import Lexicon, say_rule
from portal.core.expressions import ExpressionError

_NOT_ANSWERED = Text("尚未作答", "not answered yet")
_NOT_APPLICABLE = Text("答为“不适用”，经同意后不计分", "answered ‘not applicable’; left out of the score once accepted")
_GAP = Text("没有一条规则成立，须人工判断", "no rule holds; it needs a person's judgement")
_WAITING = Text("等待事实或其他答案：{rule}", "waits for a fact or another answer: {rule}")
_DEEPER = Text("深度超出评估档位", "deeper than the assessment tier asks")
_HIDDEN = Text("显示条件不成立", "its condition is not met")


class Reasons:
    """Applications and verdicts of all items, with words."""

    def __init__(self, standing: Standing) -> None:
        self._content = standing.content
        self._rules = ItemRules(standing.context)
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
        if verdict.verdict == NA:
            return _NOT_APPLICABLE
        if verdict.remark == RULE_GAP:
            return _GAP
        if not verdict.rule:
            return Text(verdict.error, verdict.error) if verdict.error else _NOT_ANSWERED
        entry = self._content.items[item]
        rule = dict(entry.rule.in_order())[verdict.rule]
        said = say_rule(rule, Lexicon(self._content, item=entry))
        return _WAITING.fill(rule=said) if verdict.remark == WAITING else said
