"""Acts on filings: decide, second, withdraw or keep; carry through; plan."""

from compliance.filings.actions.correcting import correct_step
from compliance.filings.actions.deciding import decide_filing, keep_decision, second_decision, withdraw_decision
from compliance.filings.actions.planning import plan_filing
from compliance.filings.actions.stepping import Stepped, step_filing

__all__ = [
    "Stepped",
    "correct_step",
    "decide_filing",
    "keep_decision",
    "plan_filing",
    "second_decision",
    "step_filing",
    "withdraw_decision",
]
