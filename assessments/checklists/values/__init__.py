"""Answers as people type them, as they are stored, as rules read them and as they are shown.

    stored = clean_answer(item, raw, currency="CNY")     # typed and bounded; raises AnswerInvalid with a sentence per field
    parts = parts_of(item, stored)                       # answer, table, fields, approved: what verdict rules read
    lines = say_answer(item, stored, currency="CNY")     # one line per thing, in the active language

Stored shapes by answer type: see ``assessments.checklists.values.shapes``.
"""

from assessments.checklists.values.cleaning import AnswerInvalid, clean_answer
from assessments.checklists.values.saying import say_answer, say_cell, say_choice
from assessments.checklists.values.shapes import AnswerParts, is_group, parts_of

__all__ = ["AnswerInvalid", "AnswerParts", "clean_answer", "is_group", "parts_of", "say_answer", "say_cell", "say_choice"]
