"""States of a round of questions and of one question; why an authority sends a filing back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import models
from django.utils.translation import pgettext_lazy


class RoundState(models.TextChoices):
    """Where a round stands: we work on it, the reply is out, the authority is content with it."""

    OPEN = "open", pgettext_lazy("round of questions", "being answered")
    ANSWERED = "answered", pgettext_lazy("round of questions", "replied")
    CLOSED = "closed", pgettext_lazy("round of questions", "closed")


class QuestionState(models.TextChoices):
    """Where one question stands."""

    OPEN = "open", pgettext_lazy("question of an authority", "to answer")
    ANSWERED = "answered", pgettext_lazy("question of an authority", "answered")


class Category(models.TextChoices):
    """Why the authority asks. The statistics of reasons count these."""

    UNSORTED = "unsorted", pgettext_lazy("reason for return", "not sorted yet")
    DOCUMENT_MISSING = "document_missing", pgettext_lazy("reason for return", "a document is missing")
    DOCUMENT_FORM = "document_form", pgettext_lazy("reason for return", "form, seal or signature")
    INCONSISTENT = "inconsistent", pgettext_lazy("reason for return", "statements do not agree")
    CORPUS = "corpus", pgettext_lazy("reason for return", "training data and its sources")
    SAFETY_TEST = "safety_test", pgettext_lazy("reason for return", "safety test or question bank")
    KEYWORDS = "keywords", pgettext_lazy("reason for return", "keyword list")
    MECHANISM = "mechanism", pgettext_lazy("reason for return", "how the algorithm or model works")
    PERSONAL_DATA = "personal_data", pgettext_lazy("reason for return", "personal information")
    LABELING = "labeling", pgettext_lazy("reason for return", "labels of generated content")
    RIGHTS = "rights", pgettext_lazy("reason for return", "users’ rights and complaints")
    SECURITY = "security", pgettext_lazy("reason for return", "security measures")
    SUBJECT = "subject", pgettext_lazy("reason for return", "the applicant’s own particulars")
    OTHER = "other", pgettext_lazy("reason for return", "something else")


R = RoundState
TRANSITIONS: Mapping[str, Collection[str]] = {R.OPEN: (R.ANSWERED,), R.ANSWERED: (R.CLOSED,), R.CLOSED: ()}
QUESTION_TRANSITIONS: Mapping[str, Collection[str]] = {
    QuestionState.OPEN: (QuestionState.ANSWERED,),
    QuestionState.ANSWERED: (QuestionState.OPEN,),
}
