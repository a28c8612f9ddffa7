"""The kinds of messages the product sends: what they say, what a person's preferences call them, where they lead.

Each slice declares its kinds from ``AppConfig.ready``. ``subject`` and ``body`` are lazily translated templates with ``{fields}`` from
the parameters of ``notify``; they are filled in when somebody reads them, in that reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.audit.sentences import fill


@dataclass(frozen=True)
class NoticeKind:
    """One kind of message. ``label`` names it in the preferences; ``url(notice, tenant_slug)`` is its address if it has none.

    ``locked``: why its e-mails cannot be switched off; ``chosen_elsewhere``: a part of the preferences of its own says how it comes.
    """

    name: str
    label: Any
    subject: Any
    body: Any = ""
    url: Callable[[Any, str], str] | None = None
    tone: str = "info"
    locked: Any = ""
    chosen_elsewhere: bool = False

    @property
    def choosable(self) -> bool:
        """Whether a person ticks this kind for e-mail."""
        return not self.locked and not self.chosen_elsewhere

    def subject_for(self, params: Mapping[str, Any]) -> str:
        """The subject in the active language."""
        return fill(self.subject, params)

    def body_for(self, params: Mapping[str, Any]) -> str:
        """The sentences below the subject in the active language; may be empty."""
        return fill(self.body, params)


_kinds: dict[str, NoticeKind] = {}


def declare(
    kind: str,
    subject: Any,
    body: Any = "",
    url: Callable[[Any, str], str] | None = None,
    *,
    label: Any = "",
    tone: str = "info",
    locked: Any = "",
    chosen_elsewhere: bool = False,
) -> None:
    """Make a kind known. Without ``label`` the preferences show the subject's template, so give one where it has fields."""
    _kinds[kind] = NoticeKind(kind, label or subject, subject, body, url, tone, locked, chosen_elsewhere)


def known() -> dict[str, NoticeKind]:
    """All kinds by name, in the order of declaration."""
    return dict(_kinds)


def get(kind: str) -> NoticeKind:
    """The kind of this name; raises KeyError with a sentence for an unknown one."""
    try:
        return _kinds[kind]
    except KeyError:
        raise KeyError(f"Unknown kind of message {kind!r}: declare it with portal.notices.kinds.declare from AppConfig.ready.") from None
