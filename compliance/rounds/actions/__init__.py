"""Acts on rounds of questions: a letter comes in, questions are worked on, the reply goes out."""

from compliance.rounds.actions.answering import answer_question, edit_question
from compliance.rounds.actions.opening import open_round
from compliance.rounds.actions.replying import close_round, send_reply

__all__ = ["answer_question", "close_round", "edit_question", "open_round", "send_reply"]
