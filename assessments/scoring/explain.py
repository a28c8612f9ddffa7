"""Why: for every result the inputs, the rule in words, the parameters and the version they come from."""

from assessments.scoring.explain_results import (
    explain_criterion,
    explain_dimension,
    explain_readiness,
    explain_tier,
)
from assessments.scoring.explain_verdicts import explain_verdict, rules_of_item, waiting_in_words
from assessments.scoring.explanations import Explanation, InputShown, ParameterShown, verdict_label

__all__ = [
    "Explanation",
    "InputShown",
    "ParameterShown",
    "explain_criterion",
    "explain_dimension",
    "explain_readiness",
    "explain_tier",
    "explain_verdict",
    "rules_of_item",
    "verdict_label",
    "waiting_in_words",
]
