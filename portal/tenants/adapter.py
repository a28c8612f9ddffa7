"""How allauth behaves here: accounts are made by invitation, mails are in the reader's language, there are no user names."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up: the page of an invitation makes the account, nothing else does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see portal/roles/views/invitations.py."""
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the account, whatever language the browser that asked for the mail speaks."""
        language = getattr(context.get("user"), "language", "") or translation.get_language()
        with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
            super().send_mail(template_prefix, email, context)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Security notices name their reader, so that the language is known."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)
