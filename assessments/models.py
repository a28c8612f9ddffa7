"""All models of the assessing app, so that Django finds them."""

from assessments.checklists.models import Answer, AnswerEvidence, Assessment, CalculatorRun, Comment, Evidence, TierRaise
from assessments.gates.models import Condition, Confirmation, GateRound, Revision, Signature
from assessments.reviews.models import Delegation, ReviewDecision, Waiver

__all__ = [
    "Answer",
    "AnswerEvidence",
    "Assessment",
    "CalculatorRun",
    "Comment",
    "Condition",
    "Confirmation",
    "Delegation",
    "Evidence",
    "GateRound",
    "ReviewDecision",
    "Revision",
    "Signature",
    "TierRaise",
    "Waiver",
]
