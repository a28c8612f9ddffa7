"""Where one document of a filing stands, and what may follow."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import models
from django.utils.translation import pgettext_lazy


class DocumentState(models.TextChoices):
    """Where one document stands. ``missing``: nothing is there yet."""

    MISSING = "missing", pgettext_lazy("state of a document", "missing")
    DRAFT = "draft", pgettext_lazy("state of a document", "draft")
    READY = "ready", pgettext_lazy("state of a document", "ready")
    APPROVED = "approved", pgettext_lazy("state of a document", "approved")
    NOT_NEEDED = "not_needed", pgettext_lazy("state of a document", "not needed")


S = DocumentState
# What a person may set. A new file makes every state a draft again; that is no step of this table.
TRANSITIONS: Mapping[str, Collection[str]] = {
    S.MISSING: (S.READY, S.NOT_NEEDED),
    S.DRAFT: (S.READY, S.NOT_NEEDED),
    S.READY: (S.APPROVED, S.DRAFT, S.NOT_NEEDED),
    S.APPROVED: (S.DRAFT,),
    S.NOT_NEEDED: (S.MISSING,),
}
# Good enough to hand in.
DONE = frozenset({S.READY, S.APPROVED})
