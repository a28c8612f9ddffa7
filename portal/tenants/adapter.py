"""How allauth behaves here: accounts are made by invitation, mails are ours, the frame knows no user names."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

INVITATION_SESSION_KEY = "invitation"


class AccountAdapter(DefaultAccountAdapter):
    """Closed sign-up: only a person with a valid invitation link may make an account."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """True while a valid invitation is open in this browser."""
        return bool(request.session.get(INVITATION_SESSION_KEY))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Give the new account a person of its own and the name from the form."""
        from portal.tenants.models import Person

        name = (form.cleaned_data.get("name") or form.cleaned_data.get("email", "").split("@")[0])[:120]
        user.name = name
        if user.person_id is None:
            user.person = Person.objects.create(name=name)
        return super().save_user(request, user, form, commit)
